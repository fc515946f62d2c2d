// SQL of runs.
#pragma once

#include <span>

#include "ops/decision/turn.h"
#include "ops/respond/runs/ask.h"

namespace sg::runs {

std::span<const ops::FoldRow> folds();

// The runbook as it was when the run was started.
Result<std::string> text_of(store::Session& session, std::int64_t run);

Result<std::vector<Run>> open_of(store::Session& session, std::int64_t incident);

}  // namespace sg::runs
