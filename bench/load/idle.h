// Holds idle keep-alive connections: one verified request on each, then silence.
//
// Says on standard output how many it holds; a number on standard input makes it grow to that many;
// the end of standard input ends it.
#pragma once

#include "bench/load/plan.h"

namespace sg::load {

int hold_idle(const Plan& plan);  // The exit code: 1 if a connection was lost.

}  // namespace sg::load
