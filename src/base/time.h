// Time. Two kinds that do not mix: Instant is the wall clock (what people and the ledger see), Tick
// is the steady clock (what deadlines are measured on). Both are arguments, never looked up by code
// that decides.
#pragma once

#include <chrono>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sg {

using Duration = std::chrono::nanoseconds;
using std::chrono_literals::operator""ns;
using std::chrono_literals::operator""us;
using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;
using std::chrono_literals::operator""min;
using std::chrono_literals::operator""h;

template <class Kind>
struct TimePoint {
    std::int64_t ns = 0;  // Nanoseconds since the clock's epoch.

    auto operator<=>(const TimePoint&) const = default;
    TimePoint operator+(Duration d) const { return {ns + d.count()}; }
    TimePoint operator-(Duration d) const { return {ns - d.count()}; }
    Duration operator-(TimePoint other) const { return Duration{ns - other.ns}; }
    static constexpr TimePoint never() { return {INT64_MAX}; }
};

using Instant = TimePoint<struct WallClock>;  // Since 1970-01-01T00:00:00Z.
using Tick = TimePoint<struct SteadyClock>;   // Since some moment before the process started.

// Where time comes from; tests and simulations pass their own.
class Clock {
  public:
    virtual ~Clock() = default;
    virtual Instant wall() const = 0;
    virtual Tick steady() const = 0;
};

const Clock& system_clock();
Instant wall_now();
Tick steady_now();

// RFC 3339 in UTC with milliseconds: 2026-11-23T06:22:31.042Z.
std::string to_rfc3339(Instant instant);
std::string to_rfc3339_exact(Instant instant);  // With nanoseconds where there are any.

// 2026-11-23T06:22:31Z, with up to nine decimals of a second, or with an offset such as +01:00.
std::optional<Instant> parse_rfc3339(std::string_view text);

}  // namespace sg
