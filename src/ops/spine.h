// What follows from what: the one table of the ops plane's wiring.
#pragma once

#include "ops/reaction.h"

namespace sg::ops {

const Spine& spine();

}  // namespace sg::ops
