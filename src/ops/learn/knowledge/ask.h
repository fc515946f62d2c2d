// What others may ask of what was learnt.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "ops/learn/knowledge/model.h"
#include "store/session.h"

namespace sg::knowledge {

Result<std::optional<Postmortem>> find(store::Session& session, std::int64_t incident);
Result<std::optional<ActionItem>> find_item(store::Session& session, std::int64_t id);

struct Wish {  // Newest first.
    std::string service;
    std::string words;  // All of them are in it, in any form of upper and lower case.
    std::int64_t before = std::numeric_limits<std::int64_t>::max();
    std::int64_t limit = 50;
};
Result<std::vector<Postmortem>> list(store::Session& session, const Wish& wish);

// Of one post-mortem, or all that are open: those that are due first come first.
Result<std::vector<ActionItem>> items_of(store::Session& session, std::int64_t incident);
Result<std::vector<ActionItem>> open_items(store::Session& session, std::int64_t limit);

// Post-mortems of incidents before `incident` with one of these signals, newest first. Bound: 5.
Result<std::vector<Postmortem>> seen_before(store::Session& session,
                                            const std::vector<std::string>& keys,
                                            std::int64_t incident);

// `PM-204` as Markdown. What the ledger says of it is handed in: lines, oldest first.
struct Line {
    Instant at;
    std::string by;
    std::string text;
    int depth = 0;  // How many of the lines before it led to it.
};
struct Telling {
    Postmortem postmortem;
    std::vector<ActionItem> items;
    std::vector<std::pair<std::string, std::string>> times;  // `time to detect`, `4 s`
    std::vector<Line> before;                                // What changed just before.
    std::vector<Line> timeline;
};
std::string markdown(const Telling& telling);

}  // namespace sg::knowledge
