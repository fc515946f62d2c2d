// The clock on the wall in an IANA time zone, and the instants it shows. The only place that knows
// the library of time zones; its exceptions stop here.
//
// A clock time that does not exist that day (a gap) is the first instant after the gap; one that
// occurs twice (an overlap) is its first occurrence.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"

namespace date {
class time_zone;
}

namespace sg::oncall {

// What such a clock shows. Differences are in clock hours: a day has 24 of them, always.
using ClockTime = std::chrono::local_seconds;

class Zone {
  public:
    static Result<Zone> find(std::string_view name);  // `Europe/Berlin`
    Zone() = default;                                 // UTC.

    std::string_view name() const { return name_; }
    ClockTime clock(Instant at) const;  // Of a part of a second, the second it is in.
    Instant instant(ClockTime clock) const;
    std::chrono::seconds offset(Instant at) const;  // Of the clock, east of UTC positive.

  private:
    const date::time_zone* zone_ = nullptr;  // Null: UTC, which needs no database.
    std::string name_ = "UTC";
};

// RFC 3339 with the offset of the zone, to the second: 2026-03-08T03:00:00-05:00.
std::string to_text(Instant at, const Zone& zone);

}  // namespace sg::oncall
