// Load, decide, record. For the spine's ties and the API.
#pragma once

#include "ops/decision/turn.h"
#include "ops/learn/drills/ask.h"
#include "ops/learn/drills/scenario.h"

namespace sg::drills {

// Returns its number.
Result<std::int64_t> begin(const ops::Turn& turn, const ops::Actor& actor, const Plan& plan);
Result<void> abort(const ops::Turn& turn, const ops::Actor& actor, std::int64_t id,
                   const std::string& why);
Result<void> answer(const ops::Turn& turn, const ops::Actor& actor, std::int64_t id,
                    const Answer& said);
Result<void> finish(const ops::Turn& turn, const ops::Actor& actor, std::int64_t id);

// What came of an action. `error`: it failed.
struct Came {
    Work work;
    Done done;
    std::string error;
};
Result<void> on_prepared(const ops::Turn& turn, const Came& came);
Result<void> on_injected(const ops::Turn& turn, const Came& came);
Result<void> on_lifted(const ops::Turn& turn, const Came& came);

// Looks at what has happened since; returns how the drill is afterwards.
Result<Drill> look(const ops::Turn& turn, std::int64_t id, const Sight& sight);
// The ledger since the drill was begun. Bound: seen_most records.
inline constexpr std::int64_t seen_most = 5'000;
Result<std::vector<Seen>> seen_since(store::Session& session, std::int64_t seq);

}  // namespace sg::drills
