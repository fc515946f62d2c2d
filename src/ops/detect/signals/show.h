// The signals as a table for people.
#pragma once

#include <string>
#include <vector>

#include "ops/detect/signals/ask.h"

namespace sg::signals {

// Lines without their ends; rates and percentiles over `window` up to the second.
std::vector<std::string> table(const Second& second, const History& history, Duration window = 10s);

}  // namespace sg::signals
