// Inspections of a Redis server.
#pragma once

#include "platform/inspect/order.h"
#include "platform/redis/session.h"
#include "platform/redis/texts.h"

namespace sg::platform::redis {

inspect::Findings inspect(const inspect::Order& order);

// What INFO said, twice: `now` a sample's length after `before`.
struct Sample {
    Facts before;
    Facts now;
    double seconds = 0;

    double rate(const std::string& name) const {  // Per second, of what only grows.
        return seconds <= 0 ? 0 : (now.number(name) - before.number(name)) / seconds;
    }
};

// From the sample alone.
using Judge = inspect::Findings(const Sample&, const inspect::Order&);
Judge judge_hits, judge_memory, judge_clients, judge_replication, judge_persistence;

// These ask further.
Result<inspect::Findings> look_at_server(Session& session, const Facts& facts, Duration first);
Result<inspect::Findings> look_at_slow(Session& session, const inspect::Order& order);
Result<inspect::Findings> look_at_keys(Session& session, const Facts& facts,
                                       const inspect::Order& order);

}  // namespace sg::platform::redis
