// Slow start: the share of a full endpoint's traffic that a new or healed one gets.
#pragma once

#include "base/time.h"

namespace sg::gateway::upstream {

inline constexpr double slow_start_least = 0.05;  // At the beginning: enough to be warmed by.

// Linear from `slow_start_least` to 1 between `since` and `until`.
constexpr double slow_start_share(Tick since, Tick until, Tick now) {
    if (now >= until) return 1;
    const auto whole = static_cast<double>((until - since).count());
    const auto gone = static_cast<double>((now - since).count());
    return slow_start_least + (1 - slow_start_least) * (gone > 0 ? gone / whole : 0);
}

}  // namespace sg::gateway::upstream
