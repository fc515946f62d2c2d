// What stands for `${…}` in a runbook, and what its conditions are told. Pure.
#pragma once

#include "ops/respond/runs/decide.h"

namespace sg::runs {

// The targets that a check's `target` names; empty: the service has none of that sort.
std::vector<std::string> targets_of(std::string_view target, const Run& run, const Around& around);

// Error: what is not known.
Result<std::string> resolve(std::string_view text, const Run& run, const Around& around);

// Every value resolved, and each a name that the configuration has or a number within bounds: what
// telemetry says is never put into an act.
Result<ports::Act> resolve(const ports::Act& act, const Run& run, const Around& around);

runbooks::Facts facts_of(const Run& run, const Around& around);

const Look* look_at(const Run& run, std::string_view step);  // Null: it was not looked at.

}  // namespace sg::runs
