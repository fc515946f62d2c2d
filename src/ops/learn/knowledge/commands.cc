#include "ops/learn/knowledge/commands.h"

#include <fmt/format.h>

#include "ops/learn/knowledge/store.h"

namespace sg::knowledge {

namespace {

// What came back is to be done again within the time that a new item would have at most.
constexpr Duration again_within = 7 * 24h;

const ops::Actor nobody{};

Result<Postmortem> load(const ops::Turn& turn, std::int64_t incident) {
    TRY(auto found, find(turn.tx.session(), incident));
    if (!found)
        return fail(Errc::not_found,
                    fmt::format("there is no post-mortem of incident {}", incident),
                    fmt::format("streamgate postmortem draft INC-{}", incident));
    return std::move(*found);
}

Result<void> write(const ops::Turn& turn, const ops::Actor& actor, const ops::Decision& decision) {
    TRY([[maybe_unused]] const auto recorded, ops::record(turn, actor, decision));
    return {};
}

}  // namespace

Result<void> draft(const ops::Turn& turn, const ops::Actor& actor, const Postmortem& postmortem,
                   Instant measure_at) {
    TRY(const auto found, find(turn.tx.session(), postmortem.incident));
    if (found) return {};
    return write(turn, actor, draft(postmortem, measure_at, turn.now));
}

Result<void> measure(const ops::Turn& turn, const PostmortemMeasured& measured) {
    TRY(const auto postmortem, load(turn, measured.incident));
    return write(turn, nobody, measure(postmortem, measured));
}

Result<void> edit(const ops::Turn& turn, const ops::Actor& actor, std::int64_t incident,
                  const Edit& wanted) {
    TRY(const auto postmortem, load(turn, incident));
    TRY(const auto decision, edit(postmortem, wanted));
    return write(turn, actor, decision);
}

Result<void> act(const ops::Turn& turn, const ops::Actor& actor, std::int64_t incident,
                 const Command& command) {
    TRY(const auto postmortem, load(turn, incident));
    Command stamped = command;
    stamped.remind = turn.config.operations.postmortem.remind;
    TRY(const auto decision, decide(postmortem, stamped, turn.now));
    return write(turn, actor, decision);
}

Result<void> hand_over(const ops::Turn& turn, const ops::Actor& actor, std::int64_t incident,
                       const std::string& owner) {
    TRY(const auto postmortem, load(turn, incident));
    TRY(const auto decision, hand_over(postmortem, owner));
    return write(turn, actor, decision);
}

Result<std::int64_t> add(const ops::Turn& turn, const ops::Actor& actor, std::int64_t incident,
                         ActionItem item) {
    TRY(const auto postmortem, load(turn, incident));
    TRY(item.id, ops::next_number(turn.tx, "action_item"));
    TRY(const auto decision, add(postmortem, item, turn.now));
    TRY_VOID(write(turn, actor, decision));
    return item.id;
}

Result<void> finish(const ops::Turn& turn, const ops::Actor& actor, std::int64_t item,
                    const std::string& verification) {
    TRY(const auto found, find_item(turn.tx.session(), item));
    if (!found)
        return fail(Errc::not_found, fmt::format("there is no action item {}", item),
                    "`streamgate action list` shows them");
    TRY(const auto decision, finish(*found, verification));
    return write(turn, actor, decision);
}

Result<void> recur(const ops::Turn& turn, const std::string& key, std::int64_t incident) {
    if (key.empty()) return {};
    TRY(const auto items, items_against(turn.tx.session(), key));
    return write(turn, nobody, recur(items, incident, turn.now + again_within));
}

Result<void> ring(const ops::Turn& turn, std::int64_t incident) {
    TRY(const auto postmortem, load(turn, incident));
    return write(turn, nobody,
                 ring(postmortem, turn.config.operations.postmortem.remind, turn.now));
}

Result<void> ring_item(const ops::Turn& turn, std::int64_t item) {
    TRY(const auto found, find_item(turn.tx.session(), item));
    if (!found) return fail(Errc::internal, "a clock of no action item");
    return write(turn, nobody, ring(*found, turn.config.operations.postmortem.remind, turn.now));
}

}  // namespace sg::knowledge
