#include "platform/local/show.h"

#include <fmt/format.h>

#include <ctime>

namespace sg::platform::local {

namespace {

std::string one_decimal(double value, const char* unit) {
    return value < 9.95 ? fmt::format("{:.1f} {}", value, unit)
                        : fmt::format("{:.0f} {}", value, unit);
}

}  // namespace

std::string show_duration(Duration duration) {
    const double s = std::chrono::duration<double>(duration).count();
    if (s < 0.9995) return fmt::format("{:.0f} ms", s * 1000);
    if (s < 120) return one_decimal(s, "s");
    if (s < 7200) return one_decimal(s / 60, "min");
    if (s < 48 * 3600) return one_decimal(s / 3600, "h");
    return one_decimal(s / 86400, "d");
}

std::string show_bytes(std::uint64_t bytes) {
    if (bytes < 1024) return fmt::format("{} B", bytes);
    static constexpr const char* units[] = {"KiB", "MiB", "GiB", "TiB"};
    double value = static_cast<double>(bytes) / 1024;
    std::size_t unit = 0;
    while (value >= 999.5 && unit < 3) {
        value /= 1024;
        ++unit;
    }
    return one_decimal(value, units[unit]);
}

std::string show_clock(Instant instant) {
    const std::time_t seconds = instant.ns / 1'000'000'000;
    std::tm local{};
    localtime_r(&seconds, &local);
    return fmt::format("{:02}:{:02}:{:02}", local.tm_hour, local.tm_min, local.tm_sec);
}

}  // namespace sg::platform::local
