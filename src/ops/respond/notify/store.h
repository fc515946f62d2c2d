// The rows: notifications on their way and behind us, and which channels do not reach whom.
#pragma once

#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "ops/decision/turn.h"
#include "ops/respond/notify/decide.h"

namespace sg::notify {

Result<std::optional<Notification>> find(const store::Tx& tx, const std::string& id);
Result<std::vector<Notification>> of_incident(const store::Tx& tx, std::int64_t incident);
Result<std::vector<Reachability>> broken_channels(const store::Tx& tx);

// What the rules need to know about one person, and about what shares an origin.
Result<Situation> situation_of(const store::Tx& tx, const std::string& person,
                               const std::string& origin, Instant now);

// When something was last taken by a channel, by purpose.
struct LastTaken {
    std::string channel;
    Purpose purpose = Purpose::page;
    Instant at;
};
Result<std::vector<LastTaken>> last_taken(const store::Tx& tx);
Result<std::vector<Notification>> under_way(const store::Tx& tx);  // Waiting or sending.

// Of those that have ended: when the first did, and how many did before a moment.
Result<std::optional<Instant>> first_ended(const store::Tx& tx);
Result<std::int64_t> count_ended(const store::Tx& tx, Instant before);

// For ops/spine.cc: how the rows follow from the events.
std::span<const ops::FoldRow> folds();

}  // namespace sg::notify
