// Inspections of a PostgreSQL server: one session that only reads, all that is wanted in it.
#pragma once

#include "platform/inspect/order.h"
#include "platform/postgres/session.h"

namespace sg::platform::postgres {

inspect::Findings inspect(const inspect::Order& order);

// One for each inspection; an error is of the whole inspection, and of no other.
using Look = Result<inspect::Findings>(Session&, const inspect::Order&);
Look look_at_server, look_at_connections, look_at_queries, look_at_locks, look_at_replication,
    look_at_size, look_at_vacuum, look_at_cache;

// The plans of what is slow, with a proposal where there is one. `statements`: dearest first.
struct Statement {
    std::string text;
    std::string from;  // What is said of it: `running for 12 s`
};
inspect::Findings explain(Session& session, const inspect::Order& order,
                          const std::vector<Statement>& statements);

}  // namespace sg::platform::postgres
