#include "base/time.h"

#include <fmt/format.h>

#include <ctime>

namespace sg {

namespace {

std::int64_t read(clockid_t id) {
    timespec t{};
    clock_gettime(id, &t);
    return t.tv_sec * 1'000'000'000LL + t.tv_nsec;
}

class SystemClock final : public Clock {
  public:
    Instant wall() const override { return wall_now(); }
    Tick steady() const override { return steady_now(); }
};

}  // namespace

Instant wall_now() { return {read(CLOCK_REALTIME)}; }
Tick steady_now() { return {read(CLOCK_MONOTONIC)}; }

const Clock& system_clock() {
    static const SystemClock clock;
    return clock;
}

std::string to_rfc3339(Instant instant) {
    // Floor, so that instants before 1970 keep a positive fraction.
    std::int64_t seconds = instant.ns / 1'000'000'000;
    std::int64_t rest = instant.ns % 1'000'000'000;
    if (rest < 0) {
        rest += 1'000'000'000;
        --seconds;
    }
    const std::time_t t = seconds;
    std::tm utc{};
    gmtime_r(&t, &utc);
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", utc.tm_year + 1900,
                       utc.tm_mon + 1, utc.tm_mday, utc.tm_hour, utc.tm_min, utc.tm_sec,
                       rest / 1'000'000);
}

}  // namespace sg
