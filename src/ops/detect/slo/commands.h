// For the spine: once a second.
#pragma once

#include "ops/decision/turn.h"
#include "ops/detect/slo/meter.h"

namespace sg::slo {

// Judges every objective. `meter` is the caller's, the same from call to call; with a new one the
// first call reads the windows from the history.
Result<void> judge(const ops::Turn& turn, const signals::History& history, Meter& meter);

}  // namespace sg::slo
