// Load, decide, record. For the spine and the API.
#pragma once

#include <functional>

#include "ops/decision/turn.h"
#include "ops/respond/runs/decide.h"

namespace sg::runs {

// What telemetry shows at this moment of what a run is about.
using Diagnose = std::function<Known(const Run&)>;

// Its number. Error `conflict`: the incident has one that goes on to acts, and so would this.
Result<std::int64_t> start(const ops::Turn& turn, const ops::Actor& actor,
                           const runbooks::Runbook& runbook, Beginning beginning,
                           const Diagnose& diagnose);

Result<void> take(const ops::Turn& turn, std::int64_t run, const Look& look,
                  const Diagnose& diagnose);
Result<void> give_up(const ops::Turn& turn, std::int64_t run, const Diagnose& diagnose);
Result<void> answer(const ops::Turn& turn, const ops::Actor& actor, std::int64_t run,
                    const Reply& reply, const Diagnose& diagnose);
Result<void> unanswered(const ops::Turn& turn, std::int64_t run);
Result<void> follow(const ops::Turn& turn, std::int64_t run, const Aftermath& aftermath,
                    const Diagnose& diagnose);
// All runs of an incident that has ended.
Result<void> overtake(const ops::Turn& turn, std::int64_t incident, const std::string& why);

}  // namespace sg::runs
