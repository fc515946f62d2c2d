// How the rows of post-mortems and action items follow from their events.
#include "base/check.h"
#include "base/json.h"
#include "ops/learn/knowledge/decide.h"

namespace sg::knowledge {

namespace {

using ops::Recorded;

void on(Postmortem& p, const PostmortemDrafted& e, const Recorded& event) {
    p = e.postmortem;
    p.drafted_at = event.at;
}
void on(Postmortem& p, const PostmortemMeasured& e, const Recorded&) {
    p.step = e.step;
    p.graph = e.graph;
}
void on(Postmortem& p, const PostmortemEdited& e, const Recorded&) {
    p.version = e.version;
    if (e.text.empty()) p.sections.erase(e.section);
    else p.sections[e.section] = e.text;
}
void on(Postmortem& p, const PostmortemHandedOver& e, const Recorded&) { p.owner = e.owner; }
void on(Postmortem& p, const PostmortemPublished&, const Recorded& event) {
    p.state = State::in_review;
    p.published_at = event.at;
}
void on(Postmortem& p, const PostmortemGivenBack&, const Recorded&) {
    p.state = State::draft;
    p.published_at = p.reviewed_at = Instant{};
    p.reviewed_by.clear();
}
void on(Postmortem& p, const PostmortemReviewed&, const Recorded& event) {
    p.state = State::reviewed;
    p.reviewed_at = event.at;
    p.reviewed_by = event.actor.who;
}
void on(Postmortem& p, const PostmortemClosed&, const Recorded& event) {
    p.state = State::closed;
    p.closed_at = event.at;
}
void on(Postmortem& p, const PostmortemOverdue& e, const Recorded&) { p.reminders = e.reminder; }

void on(ActionItem& i, const ActionItemAdded& e, const Recorded&) { i = e.added; }
void on(ActionItem& i, const ActionItemDone& e, const Recorded& event) {
    i.state = ItemState::done;
    i.verification = e.verification;
    i.done_at = event.at;
}
void on(ActionItem& i, const ActionItemOverdue& e, const Recorded&) { i.reminders = e.reminder; }
void on(ActionItem& i, const ActionItemReopened& e, const Recorded&) {
    i.state = ItemState::open;
    i.done_at = Instant{};
    i.reminders = 0;
    ++i.reopened;
    i.recurred = e.incident;
    i.due = e.due;
}

template <class Payload, class Row>
bool try_one(Row& row, const Recorded& event, Result<void>& outcome) {
    if (event.kind != Payload::kind) return false;
    const auto payload = from_json<Payload>(event.payload);
    if (!payload) outcome = std::unexpected(payload.error());
    else on(row, *payload, event);
    return true;
}

template <class Row, class... Payloads>
Result<Row> apply_any(Row row, const Recorded& event) {
    Result<void> outcome;
    const bool known = (try_one<Payloads>(row, event, outcome) || ...);
    CHECK(known);
    if (!outcome) return std::unexpected(outcome.error());
    return row;
}

}  // namespace

Result<Postmortem> apply(Postmortem postmortem, const Recorded& event) {
    return apply_any<Postmortem, PostmortemDrafted, PostmortemMeasured, PostmortemEdited,
                     PostmortemHandedOver, PostmortemPublished, PostmortemGivenBack,
                     PostmortemReviewed, PostmortemClosed, PostmortemOverdue>(std::move(postmortem),
                                                                              event);
}

Result<ActionItem> apply(ActionItem item, const Recorded& event) {
    return apply_any<ActionItem, ActionItemAdded, ActionItemDone, ActionItemOverdue,
                     ActionItemReopened>(std::move(item), event);
}

}  // namespace sg::knowledge
