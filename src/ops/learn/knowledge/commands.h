// Load, decide, record. For the spine and the API.
#pragma once

#include "ops/decision/turn.h"
#include "ops/learn/knowledge/decide.h"

namespace sg::knowledge {

// Nothing happens where there is one already. `measure_at` as draft() in decide.h.
Result<void> draft(const ops::Turn& turn, const ops::Actor& actor, const Postmortem& postmortem,
                   Instant measure_at);
Result<void> measure(const ops::Turn& turn, const PostmortemMeasured& measured);
Result<void> edit(const ops::Turn& turn, const ops::Actor& actor, std::int64_t incident,
                  const Edit& edit);
Result<void> act(const ops::Turn& turn, const ops::Actor& actor, std::int64_t incident,
                 const Command& command);
Result<void> hand_over(const ops::Turn& turn, const ops::Actor& actor, std::int64_t incident,
                       const std::string& owner);
Result<std::int64_t> add(const ops::Turn& turn, const ops::Actor& actor, std::int64_t incident,
                         ActionItem item);
Result<void> finish(const ops::Turn& turn, const ops::Actor& actor, std::int64_t item,
                    const std::string& verification);

// The same signal again, in `incident`.
Result<void> recur(const ops::Turn& turn, const std::string& key, std::int64_t incident);

Result<void> ring(const ops::Turn& turn, std::int64_t incident);
Result<void> ring_item(const ops::Turn& turn, std::int64_t item);

}  // namespace sg::knowledge
