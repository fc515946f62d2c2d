// A drill among everything else: what surrounds it when it is to begin, what it sees while it runs,
// and how what it set off comes to its end.
#pragma once

#include "ops/learn/drills/commands.h"
#include "ops/reaction.h"

namespace sg::ops {

// Error: not now, not here, and why. Returns its number.
Result<std::int64_t> begin_drill(const Turn& turn, const Actor& actor,
                                 const drills::Scenario& scenario, const drills::Wish& wish,
                                 const Senses& senses);

}  // namespace sg::ops
