#include "ops/respond/incidents/model.h"

namespace sg::incidents {

std::string_view word(State state) {
    return WordsOf<State>::words[static_cast<std::size_t>(state)];
}

std::string_view word(Verb verb) {
    static constexpr std::string_view words[] = {"acknowledge", "mitigate", "relapse",
                                                 "resolve",     "close",    "cancel"};
    return words[static_cast<std::size_t>(verb)];
}

void describe(Visitor& v, Policy& p) {
    v.field({.key = "respond"}, p.respond);
    v.field({.key = "escalate"}, p.escalate);
    v.field({.key = "communicate"}, p.communicate);
    v.field({.key = "assess"}, p.assess);
    v.field({.key = "mitigate"}, p.mitigate);
    v.field({.key = "observe"}, p.observe);
    v.field({.key = "postmortem"}, p.postmortem);
    v.field({.key = "closes_reviewed"}, p.closes_reviewed);
}

void describe(Visitor& v, Trigger& t) {
    v.field({.key = "key"}, t.key);
    v.field({.key = "title"}, t.title);
    v.field({.key = "severity"}, t.severity);
    v.field({.key = "service"}, t.service);
    v.field({.key = "team"}, t.team);
    v.field({.key = "started_at"}, t.started_at);
    v.field({.key = "drill"}, t.drill);
}

void describe(Visitor& v, Impact& i) {
    v.field({.key = "requests"}, i.requests);
    v.field({.key = "failed"}, i.failed);
    v.field({.key = "failed_share"}, i.failed_share);
    v.field({.key = "worst_route"}, i.worst_route);
    v.field({.key = "worst_version"}, i.worst_version);
    v.field({.key = "worst_version_share"}, i.worst_version_share);
    v.field({.key = "likely"}, i.likely);
    v.field({.key = "latency_ms_p95"}, i.latency_ms_p95);
    v.field({.key = "clients"}, i.clients);
    v.field({.key = "since"}, i.since);
}

void describe(Visitor& v, Incident& i) {
    v.field({.key = "id"}, i.id);
    v.field({.key = "title"}, i.title);
    v.field({.key = "state"}, i.state);
    v.field({.key = "severity"}, i.severity);
    v.field({.key = "service"}, i.service);
    v.field({.key = "team"}, i.team);
    v.field({.key = "declared_by"}, i.declared_by);
    v.field({.key = "policy"}, i.policy);
    v.field({.key = "alerts"}, i.alerts);
    v.field({.key = "cleared"}, i.cleared);
    v.field({.key = "roles"}, i.roles);
    v.field({.key = "impact"}, i.impact);
    v.field({.key = "merged_into"}, i.merged_into);
    v.field({.key = "by_person"}, i.by_person);
    v.field({.key = "acknowledged_by"}, i.acknowledged_by);
    v.field({.key = "drill"}, i.drill);
    v.field({.key = "started_at"}, i.started_at);
    v.field({.key = "declared_at"}, i.declared_at);
    v.field({.key = "acknowledged_at"}, i.acknowledged_at);
    v.field({.key = "assessed_at"}, i.assessed_at);
    v.field({.key = "told_at"}, i.told_at);
    v.field({.key = "mitigated_at"}, i.mitigated_at);
    v.field({.key = "verified_at"}, i.verified_at);
    v.field({.key = "resolved_at"}, i.resolved_at);
    v.field({.key = "reviewed_at"}, i.reviewed_at);
    v.field({.key = "closed_at"}, i.closed_at);
    v.field({.key = "changed_at"}, i.changed_at);
    v.field({.key = "relapses"}, i.relapses);
}

void describe(Visitor& v, IncidentDeclared& e) {
    v.field({.key = "incident"}, e.incident);
    v.field({.key = "trigger"}, e.trigger);
    v.field({.key = "by"}, e.by);
    v.field({.key = "by_person"}, e.by_person);
    v.field({.key = "policy"}, e.policy);
}

void describe(Visitor& v, IncidentJoined& e) {
    v.field({.key = "incident"}, e.incident);
    v.field({.key = "trigger"}, e.trigger);
}

void describe(Visitor& v, IncidentAcknowledged& e) {
    v.field({.key = "incident"}, e.incident);
    v.field({.key = "by"}, e.by);
    v.field({.key = "after"}, e.after);
}

void describe(Visitor& v, IncidentAssessed& e) {
    v.field({.key = "incident"}, e.incident);
    v.field({.key = "impact"}, e.impact);
    v.field({.key = "summary"}, e.summary);
}

void describe(Visitor& v, IncidentSignalCleared& e) {
    v.field({.key = "incident"}, e.incident);
    v.field({.key = "alert"}, e.alert);
    v.field({.key = "left"}, e.left);
}

void describe(Visitor& v, IncidentMitigated& e) {
    v.field({.key = "incident"}, e.incident);
    v.field({.key = "how"}, e.how);
    v.field({.key = "after"}, e.after);
}

void describe(Visitor& v, IncidentVerified& e) {
    v.field({.key = "incident"}, e.incident);
    v.field({.key = "held"}, e.held);
}

void describe(Visitor& v, IncidentRelapsed& e) {
    v.field({.key = "incident"}, e.incident);
    v.field({.key = "why"}, e.why);
}

void describe(Visitor& v, IncidentResolved& e) {
    v.field({.key = "incident"}, e.incident);
    v.field({.key = "summary"}, e.summary);
    v.field({.key = "after"}, e.after);
}

void describe(Visitor& v, IncidentClosed& e) {
    v.field({.key = "incident"}, e.incident);
    v.field({.key = "reason"}, e.reason);
}

void describe(Visitor& v, IncidentCancelled& e) {
    v.field({.key = "incident"}, e.incident);
    v.field({.key = "reason"}, e.reason);
}

void describe(Visitor& v, IncidentSeverityChanged& e) {
    v.field({.key = "incident"}, e.incident);
    v.field({.key = "from"}, e.from);
    v.field({.key = "to"}, e.to);
    v.field({.key = "reason"}, e.reason);
    v.field({.key = "policy"}, e.policy);
}

void describe(Visitor& v, IncidentNoted& e) {
    v.field({.key = "incident"}, e.incident);
    v.field({.key = "text"}, e.text);
}

void describe(Visitor& v, IncidentLinked& e) {
    v.field({.key = "incident"}, e.incident);
    v.field({.key = "title"}, e.title);
    v.field({.key = "url"}, e.url);
}

void describe(Visitor& v, IncidentRoleTaken& e) {
    v.field({.key = "incident"}, e.incident);
    v.field({.key = "role"}, e.role);
    v.field({.key = "person"}, e.person);
}

void describe(Visitor& v, IncidentTold& e) {
    v.field({.key = "incident"}, e.incident);
    v.field({.key = "text"}, e.text);
}

void describe(Visitor& v, IncidentMerged& e) {
    v.field({.key = "incident"}, e.incident);
    v.field({.key = "into"}, e.into);
}

void describe(Visitor& v, IncidentClockMissed& e) {
    v.field({.key = "incident"}, e.incident);
    v.field({.key = "clock"}, e.clock);
    v.field({.key = "due"}, e.due);
    v.field({.key = "what"}, e.what);
}

void describe(Visitor& v, IncidentBecameReal& e) {
    v.field({.key = "incident"}, e.incident);
    v.field({.key = "drill"}, e.drill);
    v.field({.key = "why"}, e.why);
}

void describe(Visitor& v, IncidentEscalated& e) {
    v.field({.key = "incident"}, e.incident);
    v.field({.key = "why"}, e.why);
}

}  // namespace sg::incidents
