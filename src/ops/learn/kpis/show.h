// The key figures as a table for people.
#pragma once

#include <string>
#include <vector>

#include "ops/learn/kpis/model.h"

namespace sg::kpis {

// Lines without their ends, aligned, with units.
std::vector<std::string> table(const Report& report);

}  // namespace sg::kpis
