// How the rows of alerts and silences follow from their events.
#include "base/json.h"
#include "ops/detect/alerts/decide.h"

namespace sg::alerts {

namespace {

template <class Event>
void take_facts(Alert& alert, const Event& event) {
    alert.fingerprint = event.fingerprint;
    alert.name = event.name;
    alert.service = event.service;
    alert.severity = event.severity;
    alert.page = event.page;
    alert.title = event.title;
    alert.labels = event.labels;
    alert.source = event.source;
    alert.started_at = event.started_at;
    alert.value = event.value;
    alert.threshold = event.threshold;
}

Result<Alert> begin_pending(const ops::Recorded& event) {
    TRY(const auto payload, from_json<AlertPending>(event.payload));
    Alert alert;
    take_facts(alert, payload);
    alert.state = State::pending;
    alert.pending = payload.pending;
    alert.active_at = event.at;
    return alert;
}

Result<Alert> begin_firing(const Alert& before, const ops::Recorded& event) {
    TRY(const auto payload, from_json<AlertRaised>(event.payload));
    Alert alert;
    take_facts(alert, payload);
    alert.annotations = payload.annotations;
    alert.runbook = payload.runbook;
    alert.url = payload.url;
    alert.key = payload.key;
    alert.keep_firing = payload.keep_firing;
    alert.requests = payload.requests;
    alert.failures = payload.failures;
    alert.suppressed_by = payload.suppressed_by;
    alert.state = State::firing;
    const bool was_pending = before.state == State::pending && before.active_at != Instant{};
    alert.pending = before.pending;
    alert.active_at = was_pending ? before.active_at : event.at;
    alert.fired_at = event.at;
    return alert;
}

}  // namespace

Result<Alert> apply(Alert alert, const ops::Recorded& event) {
    using ops::Kind;
    if (event.kind == Kind::alert_pending) return begin_pending(event);
    if (event.kind == Kind::alert_raised) return begin_firing(alert, event);
    if (event.kind == Kind::alert_surfaced) {
        alert.suppressed_by.clear();
    } else if (event.kind == Kind::alert_lapsed) {
        alert.state = State::resolved;
        alert.resolved_at = event.at;
    } else if (event.kind == Kind::alert_cleared) {
        alert.state = State::resolved;
        alert.resolved_at = event.at;
    } else if (event.kind == Kind::alert_acknowledged) {
        alert.acknowledged = true;
    } else if (event.kind == Kind::alert_worsened) {
        TRY(const auto payload, from_json<AlertWorsened>(event.payload));
        alert.severity = payload.severity;
        alert.page = payload.page;
        alert.title = payload.title;
        alert.value = payload.value;
    } else if (event.kind == Kind::alert_reworded) {
        TRY(const auto payload, from_json<AlertReworded>(event.payload));
        alert.title = payload.title;
        alert.annotations = payload.annotations;
        alert.started_at = payload.started_at;
    }
    return alert;
}

Result<Silence> apply(Silence silence, const ops::Recorded& event) {
    if (event.kind == ops::Kind::silence_created) {
        TRY(const auto payload, from_json<SilenceCreated>(event.payload));
        silence = {payload.number,
                   payload.matchers,
                   payload.starts_at,
                   payload.ends_at,
                   payload.interval,
                   payload.until_clear,
                   payload.created_by,
                   payload.comment,
                   false,
                   {}};
    } else if (event.kind == ops::Kind::silence_expired) {
        silence.over = true;
        silence.over_at = event.at;
    }
    return silence;
}

}  // namespace sg::alerts
