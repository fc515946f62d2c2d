#include "ops/learn/knowledge/model.h"

namespace sg::knowledge {

std::string_view word(State state) {
    return WordsOf<State>::words[static_cast<std::size_t>(state)];
}

std::string_view word(Verb verb) {
    static constexpr std::string_view words[] = {"publish", "return", "review", "close"};
    return words[static_cast<std::size_t>(verb)];
}

void describe(Visitor& v, Point& p) {
    v.field({.key = "at"}, p.at);
    v.field({.key = "per_second"}, p.per_second);
    v.field({.key = "error_share"}, p.error_share);
    v.field({.key = "latency_ms_p95"}, p.latency_ms_p95);
}

void describe(Visitor& v, Damage& d) {
    v.field({.key = "lasted"}, d.lasted);
    v.field({.key = "requests"}, d.requests);
    v.field({.key = "failed"}, d.failed);
    v.field({.key = "latency_ms_p95"}, d.latency_ms_p95);
    v.field({.key = "budget_share"}, d.budget_share);
    v.field({.key = "worst_route"}, d.worst_route);
    v.field({.key = "worst_version"}, d.worst_version);
}

void describe(Visitor& v, Postmortem& p) {
    v.field({.key = "incident"}, p.incident);
    v.field({.key = "state"}, p.state);
    v.field({.key = "version"}, p.version);
    v.field({.key = "severity"}, p.severity);
    v.field({.key = "title"}, p.title);
    v.field({.key = "service"}, p.service);
    v.field({.key = "team"}, p.team);
    v.field({.key = "owner"}, p.owner);
    v.field({.key = "runbook"}, p.runbook);
    v.field({.key = "required"}, p.required);
    v.field({.key = "keys"}, p.keys);
    v.field({.key = "sections"}, p.sections);
    v.field({.key = "damage"}, p.damage);
    v.field({.key = "step"}, p.step);
    v.field({.key = "graph"}, p.graph);
    v.field({.key = "drafted_at"}, p.drafted_at);
    v.field({.key = "due"}, p.due);
    v.field({.key = "published_at"}, p.published_at);
    v.field({.key = "reviewed_at"}, p.reviewed_at);
    v.field({.key = "closed_at"}, p.closed_at);
    v.field({.key = "reviewed_by"}, p.reviewed_by);
    v.field({.key = "reminders"}, p.reminders);
}

void describe(Visitor& v, ActionItem& i) {
    v.field({.key = "id"}, i.id);
    v.field({.key = "incident"}, i.incident);
    v.field({.key = "service"}, i.service);
    v.field({.key = "team"}, i.team);
    v.field({.key = "kind"}, i.kind);
    v.field({.key = "priority"}, i.priority);
    v.field({.key = "what"}, i.what);
    v.field({.key = "owner"}, i.owner);
    v.field({.key = "due"}, i.due);
    v.field({.key = "state"}, i.state);
    v.field({.key = "verification"}, i.verification);
    v.field({.key = "added_at"}, i.added_at);
    v.field({.key = "done_at"}, i.done_at);
    v.field({.key = "reopened"}, i.reopened);
    v.field({.key = "recurred"}, i.recurred);
    v.field({.key = "reminders"}, i.reminders);
}

void describe(Visitor& v, PostmortemDrafted& e) { v.field({.key = "postmortem"}, e.postmortem); }

void describe(Visitor& v, PostmortemMeasured& e) {
    v.field({.key = "incident"}, e.incident);
    v.field({.key = "step"}, e.step);
    v.field({.key = "graph"}, e.graph);
}

void describe(Visitor& v, PostmortemEdited& e) {
    v.field({.key = "incident"}, e.incident);
    v.field({.key = "section"}, e.section);
    v.field({.key = "text"}, e.text);
    v.field({.key = "version"}, e.version);
}

void describe(Visitor& v, PostmortemHandedOver& e) {
    v.field({.key = "incident"}, e.incident);
    v.field({.key = "owner"}, e.owner);
}

void describe(Visitor& v, PostmortemPublished& e) {
    v.field({.key = "incident"}, e.incident);
    v.field({.key = "after"}, e.after);
}

void describe(Visitor& v, PostmortemGivenBack& e) {
    v.field({.key = "incident"}, e.incident);
    v.field({.key = "reason"}, e.reason);
}

void describe(Visitor& v, PostmortemReviewed& e) {
    v.field({.key = "incident"}, e.incident);
    v.field({.key = "remark"}, e.remark);
}

void describe(Visitor& v, PostmortemClosed& e) {
    v.field({.key = "incident"}, e.incident);
    v.field({.key = "remark"}, e.remark);
}

void describe(Visitor& v, PostmortemOverdue& e) {
    v.field({.key = "incident"}, e.incident);
    v.field({.key = "reminder"}, e.reminder);
    v.field({.key = "due"}, e.due);
}

void describe(Visitor& v, ActionItemAdded& e) { v.field({.key = "added"}, e.added); }

void describe(Visitor& v, ActionItemDone& e) {
    v.field({.key = "item"}, e.item);
    v.field({.key = "what"}, e.what);
    v.field({.key = "verification"}, e.verification);
}

void describe(Visitor& v, ActionItemOverdue& e) {
    v.field({.key = "item"}, e.item);
    v.field({.key = "what"}, e.what);
    v.field({.key = "owner"}, e.owner);
    v.field({.key = "reminder"}, e.reminder);
    v.field({.key = "due"}, e.due);
}

void describe(Visitor& v, ActionItemReopened& e) {
    v.field({.key = "item"}, e.item);
    v.field({.key = "what"}, e.what);
    v.field({.key = "incident"}, e.incident);
    v.field({.key = "before"}, e.before);
    v.field({.key = "due"}, e.due);
}

}  // namespace sg::knowledge
