// Who leads: of several processes on one PostgreSQL one writes, judges, pages and acts
// (docs/decisions/0003-leader.md). Who it is stands in a row, so that the others can say so.
#pragma once

#include <optional>
#include <string>

#include "ops/decision/turn.h"

namespace sg::ops {

struct LeaderChanged {
    static constexpr Kind kind = Kind::leader_changed;
    std::string leader;  // For people: `ops-2 (process 4711, /var/lib/streamgate)`.
    std::string host;
    std::string state;  // Folder: `--state` of the commands that ask it.
    std::int64_t process = 0;
};
void describe(Visitor& v, LeaderChanged& e);

struct ClockStepped {
    static constexpr Kind kind = Kind::clock_stepped;
    std::string direction;  // `forward`, `back`
    Duration by{};
};
void describe(Visitor& v, ClockStepped& e);

struct Leader {
    std::string name;
    Instant since;
};

// Recorded in the first transaction of its term; on SQLite, which nobody shares, nothing is.
Result<void> take_the_lead(const Turn& turn, const LeaderChanged& leader);
Result<std::optional<Leader>> who_leads(store::Session& session);

// The system's clock was set, forward or back if negative.
Result<void> note_step(const Turn& turn, Duration step);

std::span<const FoldRow> leader_folds();

}  // namespace sg::ops
