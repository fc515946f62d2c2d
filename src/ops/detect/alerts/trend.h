// Where a level is going: a straight line that a few wild values cannot bend.
#pragma once

#include <optional>
#include <span>

#include "base/time.h"

namespace sg::alerts {

struct Sample {
    Instant at;
    double value = 0;
};

// The median of the slopes of all pairs (Theil and Sen), in value per second. Up to 29 % of the
// samples may be wrong. Bound: looks at 120 samples, evenly picked. Nothing: fewer than 10 samples.
std::optional<double> slope_of(std::span<const Sample> samples);

// How long until the level reaches `full`, going on as it does. Nothing: it does not rise, or too
// little is known: less than 30 minutes, or the samples scatter more than they rise.
std::optional<Duration> full_in(std::span<const Sample> samples, double full);

}  // namespace sg::alerts
