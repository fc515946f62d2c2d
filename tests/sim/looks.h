// What a check of a runbook sees in this world: the product's own form of it, made of how things
// stand here.
#pragma once

#include <map>
#include <set>
#include <string>

#include "ops/detect/signals/ask.h"
#include "ops/respond/runs/decide.h"

namespace sg::sim {

struct Looking {
    const std::map<std::string, signals::Health>& needs;
    const std::set<std::string>& bad;  // Inspections.
    signals::Second latest;
};

runs::Look look(const runs::LookOrder& order, const Looking& looking);

}  // namespace sg::sim
