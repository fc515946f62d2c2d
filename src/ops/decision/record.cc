// The only function that writes: events into the ledger and the rows, actions into the outbox,
// clocks; all in the transaction of the turn.
#include "ops/decision/turn.h"
#include "store/ledger.h"
#include "store/queue.h"

namespace sg::ops {

namespace {

Result<Recorded> append(const Turn& turn, const Actor& actor, const Event& event) {
    CHECK(event.subjects.size() <= subjects_max);
    const KindRow& row = row_of(event.kind);
    TRY(const auto entry, store::append(turn.tx, {.recorded_at = turn.now,
                                                  .kind = std::string(row.name),
                                                  .version = row.version,
                                                  .who = actor.who,
                                                  .origin = actor.origin,
                                                  .cause = turn.cause,
                                                  .subjects = event.subjects,
                                                  .payload = event.payload}));
    return Recorded{.seq = entry.seq,
                    .at = turn.now,
                    .kind = event.kind,
                    .version = row.version,
                    .actor = actor,
                    .cause = turn.cause,
                    .subjects = event.subjects,
                    .payload = event.payload};
}

Result<void> fold_into_rows(const Turn& turn, const Recorded& event) {
    for (const FoldRow& row : turn.folds)
        if (row.kind == event.kind) TRY_VOID(row.fold(turn.tx, event));
    return {};
}

Result<void> set(const store::Tx& tx, const ClockChange& clock, std::optional<std::int64_t> cause) {
    if (!clock.due) return store::stop_wakeup(tx, clock.name, clock.subject);
    return store::set_wakeup(tx, {clock.name, clock.subject, *clock.due, cause});
}

}  // namespace

Decision& Decision::add(Decision other) {
    const auto move = [](auto& from, auto& to) {
        to.insert(to.end(), std::make_move_iterator(from.begin()),
                  std::make_move_iterator(from.end()));
    };
    move(other.events, events);
    move(other.actions, actions);
    move(other.clocks, clocks);
    return *this;
}

Result<std::vector<Recorded>> record(const Turn& turn, const Actor& actor,
                                     const Decision& decision) {
    std::vector<Recorded> recorded;
    for (const Event& event : decision.events) {
        TRY(auto one, append(turn, actor, event));
        TRY_VOID(fold_into_rows(turn, one));
        recorded.push_back(std::move(one));
    }
    // What is set or to be done follows from the last event, or from what is being reacted to.
    const auto cause = recorded.empty() ? turn.cause : std::optional(recorded.back().seq);
    for (const Action& action : decision.actions) {
        const Instant from = std::max(action.not_before, turn.now);
        TRY_VOID(store::enqueue(turn.tx, {.kind = action.kind,
                                          .key = action.key,
                                          .body = action.body,
                                          .cause = cause,
                                          .urgency = action.urgency,
                                          .next_at = from,
                                          .give_up_at = from + action.deadline}));
    }
    for (const ClockChange& clock : decision.clocks) TRY_VOID(set(turn.tx, clock, cause));
    return recorded;
}

Result<std::int64_t> next_number(const store::Tx& tx, std::string_view what) {
    return store::next_number(tx, what);
}

}  // namespace sg::ops
