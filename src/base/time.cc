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

namespace {

// Floor, so that instants before 1970 keep a positive fraction.
struct Parts {
    std::tm utc{};
    std::int64_t rest_ns = 0;

    explicit Parts(Instant instant) : rest_ns(instant.ns % 1'000'000'000) {
        std::time_t seconds = instant.ns / 1'000'000'000;
        if (rest_ns < 0) {
            rest_ns += 1'000'000'000;
            --seconds;
        }
        gmtime_r(&seconds, &utc);
    }

    std::string to_the_second() const {
        return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", utc.tm_year + 1900,
                           utc.tm_mon + 1, utc.tm_mday, utc.tm_hour, utc.tm_min, utc.tm_sec);
    }
};

}  // namespace

std::string to_rfc3339(Instant instant) {
    const Parts parts(instant);
    return fmt::format("{}.{:03}Z", parts.to_the_second(), parts.rest_ns / 1'000'000);
}

std::string to_rfc3339_exact(Instant instant) {
    const Parts parts(instant);
    if (parts.rest_ns % 1'000'000 == 0) return to_rfc3339(instant);
    return fmt::format("{}.{:09}Z", parts.to_the_second(), parts.rest_ns);
}

}  // namespace sg
