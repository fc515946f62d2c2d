// SQL of the key figures: one row an incident, which follows from its events; no rules.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "ops/decision/turn.h"
#include "ops/learn/kpis/model.h"
#include "ops/learn/kpis/reckon.h"

namespace sg::kpis {

// Of the period, by service or team where it names one, newest first. Bound: the newest `limit`.
Result<std::vector<Case>> cases(store::Session& session, const Period& period, std::int64_t limit);
Result<std::int64_t> count(store::Session& session, const Period& period);

std::span<const ops::FoldRow> folds();

}  // namespace sg::kpis
