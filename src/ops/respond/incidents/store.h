// SQL of incidents; no rules.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "ops/decision/turn.h"
#include "ops/respond/incidents/model.h"

namespace sg::incidents {

Result<std::optional<Incident>> find(store::Session& session, std::int64_t id);
Result<std::vector<Incident>> open_of_service(store::Session& session, const std::string& service);
Result<std::vector<Incident>> with_alert(store::Session& session, const std::string& alert);

// How the tables follow from the events: one row per kind.
std::span<const ops::FoldRow> folds();

}  // namespace sg::incidents
