// What others may ask about mitigations.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "ops/respond/mitigation/model.h"
#include "store/session.h"

namespace sg::mitigation {

Result<std::optional<Mitigation>> find(store::Session& session, std::int64_t id);
// Proposed, under way or in force, oldest first.
Result<std::vector<Mitigation>> open_ones(store::Session& session);
Result<std::vector<Mitigation>> of_incident(store::Session& session, std::int64_t incident);
Result<std::vector<Mitigation>> newest(store::Session& session, std::int64_t limit);
Result<Switch> the_switch(store::Session& session);

}  // namespace sg::mitigation
