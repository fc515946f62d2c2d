// SQL of mitigations, beside what others may ask (ask.h); no rules.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "ops/decision/turn.h"
#include "ops/respond/mitigation/ask.h"

namespace sg::mitigation {

// The last ones of a runbook, newest first. Bound: `limit`.
Result<std::vector<Mitigation>> of_runbook(store::Session& session, const std::string& runbook,
                                           std::int64_t limit);
// The last ones with this verb on this very thing, newest first. Bound: 20.
Result<std::vector<Mitigation>> of_spot(store::Session& session, const std::string& spot);

// How the tables follow from the events: one row per kind.
std::span<const ops::FoldRow> folds();

}  // namespace sg::mitigation
