// How the row of an incident follows from its events.
#include <algorithm>

#include "base/check.h"
#include "ops/respond/incidents/decide.h"

namespace sg::incidents {

namespace {

void drop(std::vector<std::string>& list, const std::string& one) { std::erase(list, one); }

void take_trigger(Incident& i, const Trigger& trigger) {
    if (!trigger.key.empty()) i.alerts.push_back(trigger.key);
    drop(i.cleared, trigger.key);
    if (trigger.started_at != Instant{} &&
        (i.started_at == Instant{} || trigger.started_at < i.started_at))
        i.started_at = trigger.started_at;
}

void on(Incident& i, const IncidentDeclared& e, Instant at) {
    i.id = e.incident;
    i.title = e.trigger.title;
    i.severity = e.trigger.severity;
    i.service = e.trigger.service;
    i.team = e.trigger.team;
    i.declared_by = e.by;
    i.by_person = e.by_person;
    i.policy = e.policy;
    i.declared_at = at;
    i.started_at = e.trigger.started_at == Instant{} ? at : e.trigger.started_at;
    i.drill = e.trigger.drill;
    i.roles["scribe"] = "system";
    take_trigger(i, e.trigger);
}
void on(Incident& i, const IncidentJoined& e, Instant) { take_trigger(i, e.trigger); }
void on(Incident& i, const IncidentAcknowledged& e, Instant at) {
    i.state = State::acknowledged;
    i.acknowledged_by = e.by;
    i.acknowledged_at = at;
    i.roles.try_emplace("commander", e.by);
}
void on(Incident& i, const IncidentAssessed& e, Instant at) {
    i.impact = e.impact;
    i.assessed_at = at;
}
void on(Incident& i, const IncidentSignalCleared& e, Instant) {
    drop(i.alerts, e.alert);
    i.cleared.push_back(e.alert);
}
void on(Incident& i, const IncidentMitigated&, Instant at) {
    i.state = State::mitigated;
    i.mitigated_at = at;
}
void on(Incident& i, const IncidentVerified&, Instant at) { i.verified_at = at; }
void on(Incident& i, const IncidentRelapsed&, Instant) {
    i.state = State::declared;
    i.mitigated_at = i.verified_at = i.acknowledged_at = Instant{};
    ++i.relapses;
}
void on(Incident& i, const IncidentResolved&, Instant at) {
    i.state = State::resolved;
    i.resolved_at = at;
}
void on(Incident& i, const IncidentClosed&, Instant at) {
    i.state = State::closed;
    i.closed_at = at;
}
void on(Incident& i, const IncidentCancelled&, Instant at) {
    i.state = State::cancelled;
    i.closed_at = at;
}
void on(Incident& i, const IncidentSeverityChanged& e, Instant) {
    i.severity = e.to;
    i.policy = e.policy;
}
void on(Incident&, const IncidentNoted&, Instant) {}
void on(Incident&, const IncidentLinked&, Instant) {}
void on(Incident& i, const IncidentRoleTaken& e, Instant) { i.roles[e.role] = e.person; }
void on(Incident& i, const IncidentTold&, Instant at) { i.told_at = at; }
void on(Incident& i, const IncidentMerged& e, Instant at) {
    i.state = State::closed;
    i.merged_into = e.into;
    i.closed_at = at;
}
void on(Incident&, const IncidentClockMissed&, Instant) {}
void on(Incident&, const IncidentEscalated&, Instant) {}
void on(Incident& i, const IncidentBecameReal&, Instant) {
    i.drill = 0;
    if (i.state != State::acknowledged) return;
    i.state = State::declared;  // Whoever answered a drill has not answered this.
    i.acknowledged_at = Instant{};
    i.acknowledged_by.clear();
}

template <class Payload>
bool try_one(Incident& incident, const ops::Recorded& event, Result<void>& outcome) {
    if (event.kind != Payload::kind) return false;
    const auto payload = from_json<Payload>(event.payload);
    if (!payload) outcome = std::unexpected(payload.error());
    else on(incident, *payload, event.at);
    return true;
}

template <class... Payloads>
Result<void> apply_any(Incident& incident, const ops::Recorded& event) {
    Result<void> outcome;
    const bool known = (try_one<Payloads>(incident, event, outcome) || ...);
    CHECK(known);
    return outcome;
}

}  // namespace

Result<Incident> apply(Incident incident, const ops::Recorded& event) {
    // Of its post-mortem an incident knows only whether others agree with it.
    if (event.kind == ops::Kind::postmortem_reviewed) incident.reviewed_at = event.at;
    if (event.kind == ops::Kind::postmortem_given_back) incident.reviewed_at = Instant{};
    if (event.kind == ops::Kind::postmortem_reviewed ||
        event.kind == ops::Kind::postmortem_given_back)
        return incident;
    const auto changed =
        apply_any<IncidentDeclared, IncidentJoined, IncidentAcknowledged, IncidentAssessed,
                  IncidentSignalCleared, IncidentMitigated, IncidentVerified, IncidentRelapsed,
                  IncidentResolved, IncidentClosed, IncidentCancelled, IncidentSeverityChanged,
                  IncidentNoted, IncidentLinked, IncidentRoleTaken, IncidentTold, IncidentMerged,
                  IncidentClockMissed, IncidentEscalated, IncidentBecameReal>(incident, event);
    if (!changed) return std::unexpected(changed.error());
    const bool moved =
        event.kind == ops::Kind::incident_relapsed || incident.changed_at == Instant{};
    if (moved) incident.changed_at = event.at;
    return incident;
}

}  // namespace sg::incidents
