// SQL of mitigations; no rules.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "ops/decision/turn.h"
#include "ops/respond/mitigation/model.h"

namespace sg::mitigation {

Result<std::optional<Mitigation>> find(store::Session& session, std::int64_t id);
// Proposed, under way or in force, oldest first.
Result<std::vector<Mitigation>> open_ones(store::Session& session);
Result<std::vector<Mitigation>> of_incident(store::Session& session, std::int64_t incident);
Result<std::vector<Mitigation>> newest(store::Session& session, std::int64_t limit);
// What was prepared since then, whatever came of it.
Result<std::vector<Mitigation>> prepared_since(store::Session& session, Instant since);
// The last ones of a runbook, newest first. Bound: `limit`.
Result<std::vector<Mitigation>> of_runbook(store::Session& session, const std::string& runbook,
                                           std::int64_t limit);
// The last ones with this verb on this very thing, newest first. Bound: 20.
Result<std::vector<Mitigation>> of_spot(store::Session& session, const std::string& spot);

Result<Switch> the_switch(store::Session& session);

// How the tables follow from the events: one row per kind.
std::span<const ops::FoldRow> folds();

}  // namespace sg::mitigation
