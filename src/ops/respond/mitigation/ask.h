// What others may ask about mitigations.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "ops/respond/mitigation/model.h"
#include "store/session.h"

namespace sg::mitigation {

Result<std::optional<Mitigation>> find(store::Session& session, std::int64_t id);
// Proposed, under way or in force, oldest first.
Result<std::vector<Mitigation>> open_ones(store::Session& session);
Result<std::vector<Mitigation>> of_incident(store::Session& session, std::int64_t incident);
// What was prepared since then, whatever came of it.
Result<std::vector<Mitigation>> prepared_since(store::Session& session, Instant since);

struct Page {                   // Newest first.
    std::int64_t incident = 0;  // 0: of all.
    std::int64_t before = std::numeric_limits<std::int64_t>::max();
    std::int64_t limit = 50;
};
Result<std::vector<Mitigation>> list(store::Session& session, const Page& page);

Result<Switch> the_switch(store::Session& session);

bool is_in_force(const Mitigation& m);
bool is_under_way(const Mitigation& m);  // Its target is taken.

// `what was before is put back`, `by another act: run 2 of catalog v1`, or why there is none.
std::string way_back(const Proposal& wanted);
// What a person may say next of what waits or is in force. Empty: nothing.
std::string next_command(const Mitigation& m);

}  // namespace sg::mitigation
