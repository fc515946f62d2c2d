// Time ranges that come again, in a time zone. The only place here that knows the library of time
// zones; its exceptions stop here. Source: Alertmanager's time intervals.
#pragma once

#include "base/result.h"
#include "config/operations.h"

namespace sg::alerts {

// Every list that is not empty must have a range that holds. Ends of times are exclusive, of days,
// weekdays, months and years inclusive. Days count from the end when negative, and are clamped to
// the month: -31 is the first of February, 29-31 is the 29th of a leap one and never else.
// Error: the interval cannot be read, or the zone is not known.
Result<bool> is_within(const config::TimeInterval& interval, Instant at);

}  // namespace sg::alerts
