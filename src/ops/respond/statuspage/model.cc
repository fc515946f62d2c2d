#include "ops/respond/statuspage/model.h"

namespace sg::statuspage {

namespace {

template <class Word>
std::string_view word_of(Word value) {
    return WordsOf<Word>::words[static_cast<std::size_t>(value)];
}

}  // namespace

std::string_view word(Condition condition) { return word_of(condition); }
std::string_view word(Stage stage) { return word_of(stage); }
std::string_view word(Impact impact) { return word_of(impact); }
std::string_view word(Phase phase) { return word_of(phase); }

std::string_view phrase(Condition condition) {
    constexpr std::string_view phrases[] = {"operational", "degraded performance", "partial outage",
                                            "major outage", "under maintenance"};
    return phrases[static_cast<std::size_t>(condition)];
}

std::string_view phrase(Phase phase) {
    return phase == Phase::in_progress ? "in progress" : word_of(phase);
}

void describe(Visitor& v, Component& c) {
    v.field({.key = "name"}, c.name);
    v.field({.key = "condition"}, c.condition);
    v.field({.key = "since"}, c.since);
    v.field({.key = "why"}, c.why);
    v.field({.key = "fixed"}, c.fixed);
    v.field({.key = "until"}, c.until);
}

void describe(Visitor& v, Update& u) {
    v.field({.key = "number"}, u.number);
    v.field({.key = "status"}, u.status);
    v.field({.key = "body"}, u.body);
    v.field({.key = "at"}, u.at);
    v.field({.key = "by"}, u.by);
}

void describe(Visitor& v, Draft& d) {
    v.field({.key = "stage"}, d.stage);
    v.field({.key = "body"}, d.body);
    v.field({.key = "made_at"}, d.made_at);
    v.field({.key = "publish_at"}, d.publish_at);
}

void describe(Visitor& v, Notice& n) {
    v.field({.key = "id"}, n.id);
    v.field({.key = "incident"}, n.incident);
    v.field({.key = "title"}, n.title);
    v.field({.key = "stage"}, n.stage);
    v.field({.key = "impact"}, n.impact);
    v.field({.key = "components"}, n.components);
    v.field({.key = "promised"}, n.promised);
    v.field({.key = "began_at"}, n.began_at);
    v.field({.key = "opened_at"}, n.opened_at);
    v.field({.key = "published_at"}, n.published_at);
    v.field({.key = "changed_at"}, n.changed_at);
    v.field({.key = "monitoring_at"}, n.monitoring_at);
    v.field({.key = "resolved_at"}, n.resolved_at);
    v.field({.key = "updates"}, n.updates);
    v.field({.key = "draft"}, n.draft);
}

void describe(Visitor& v, Maintenance& m) {
    v.field({.key = "id"}, m.id);
    v.field({.key = "title"}, m.title);
    v.field({.key = "phase"}, m.phase);
    v.field({.key = "components"}, m.components);
    v.field({.key = "from"}, m.from);
    v.field({.key = "until"}, m.until);
    v.field({.key = "made_at"}, m.made_at);
    v.field({.key = "began_at"}, m.began_at);
    v.field({.key = "changed_at"}, m.changed_at);
    v.field({.key = "completed_at"}, m.completed_at);
    v.field({.key = "updates"}, m.updates);
}

void describe(Visitor& v, Day& d) {
    v.field({.key = "component"}, d.component);
    v.field({.key = "known"}, d.known);
    v.field({.key = "bad"}, d.bad);
}

void describe(Visitor& v, Target& t) {
    v.field({.key = "name"}, t.name);
    v.field({.key = "broken"}, t.broken);
    v.field({.key = "detail"}, t.detail);
    v.field({.key = "since"}, t.since);
}

void describe(Visitor& v, NoticeOpened& e) {
    v.field({.key = "notice"}, e.notice);
    v.field({.key = "incident"}, e.incident);
    v.field({.key = "title"}, e.title);
    v.field({.key = "impact"}, e.impact);
    v.field({.key = "components"}, e.components);
    v.field({.key = "promised"}, e.promised);
    v.field({.key = "began_at"}, e.began_at);
}

void describe(Visitor& v, UpdateDrafted& e) {
    v.field({.key = "notice"}, e.notice);
    v.field({.key = "incident"}, e.incident);
    v.field({.key = "stage"}, e.stage);
    v.field({.key = "body"}, e.body);
    v.field({.key = "publish_at"}, e.publish_at);
}

void describe(Visitor& v, UpdatePublished& e) {
    v.field({.key = "notice"}, e.notice);
    v.field({.key = "incident"}, e.incident);
    v.field({.key = "stage"}, e.stage);
    v.field({.key = "body"}, e.body);
    v.field({.key = "title"}, e.title);
    v.field({.key = "components"}, e.components);
}

void describe(Visitor& v, DraftDiscarded& e) {
    v.field({.key = "notice"}, e.notice);
    v.field({.key = "incident"}, e.incident);
    v.field({.key = "reason"}, e.reason);
}

void describe(Visitor& v, NoticeReassessed& e) {
    v.field({.key = "notice"}, e.notice);
    v.field({.key = "incident"}, e.incident);
    v.field({.key = "impact"}, e.impact);
    v.field({.key = "promised"}, e.promised);
}

void describe(Visitor& v, ComponentChanged& e) {
    v.field({.key = "component"}, e.component);
    v.field({.key = "condition"}, e.condition);
    v.field({.key = "was"}, e.was);
    v.field({.key = "why"}, e.why);
    v.field({.key = "fixed"}, e.fixed);
    v.field({.key = "until"}, e.until);
}

void describe(Visitor& v, MaintenanceScheduled& e) {
    v.field({.key = "maintenance"}, e.maintenance);
    v.field({.key = "title"}, e.title);
    v.field({.key = "body"}, e.body);
    v.field({.key = "components"}, e.components);
    v.field({.key = "from"}, e.from);
    v.field({.key = "until"}, e.until);
}

void describe(Visitor& v, MaintenanceMoved& e) {
    v.field({.key = "maintenance"}, e.maintenance);
    v.field({.key = "phase"}, e.phase);
    v.field({.key = "body"}, e.body);
}

void describe(Visitor& v, DayClosed& e) {
    v.field({.key = "day"}, e.day);
    v.field({.key = "components"}, e.components);
}

void describe(Visitor& v, TargetBroken& e) {
    v.field({.key = "target"}, e.target);
    v.field({.key = "detail"}, e.detail);
}

void describe(Visitor& v, TargetMended& e) { v.field({.key = "target"}, e.target); }

}  // namespace sg::statuspage
