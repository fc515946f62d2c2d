// The end of an incident: its post-mortem is drafted with what will not be known later, the
// measures and the graph. What the ledger knows is not copied.
#pragma once

#include "ops/reaction.h"

namespace sg::ops {

// By policy, of an incident that was resolved. Nothing happens where there is one already.
Result<void> draft_if_required(const Turn& turn, std::int64_t incident, const Senses& senses);

// Because somebody wants one. Error `conflict`: the incident is not over.
Result<void> draft_on_request(const Turn& turn, const Actor& actor, std::int64_t incident,
                              const Senses& senses);

// The end of its graph has come.
Result<void> measure_again(const Turn& turn, std::int64_t incident, const Senses& senses);

}  // namespace sg::ops
