// The rules of an alert. Pure: no clock, no database.
//
// inactive → pending → firing → resolved, as the alert generator specification of Prometheus has
// it: what is not seen is inactive at once, unless `keep_firing` holds it; what comes back is a new
// alert.
#include "ops/detect/alerts/decide.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/json.h"
#include "ops/detect/alerts/groups.h"
#include "ops/detect/alerts/suppression.h"

namespace sg::alerts {

namespace {

constexpr std::string_view condition_gone = "the condition is gone";

std::vector<ops::Subject> subjects_of(const std::string& fingerprint, const std::string& service) {
    std::vector<ops::Subject> subjects{"alert:" + fingerprint};
    if (!service.empty()) subjects.push_back("service:" + service);
    return subjects;
}

std::vector<ops::Subject> subjects_of(const Alert& alert) {
    return subjects_of(alert.fingerprint, alert.service);
}

template <class Event>
Event facts(const Alert& alert) {
    Event event;
    event.fingerprint = alert.fingerprint;
    event.name = alert.name;
    event.service = alert.service;
    event.severity = alert.severity;
    event.page = alert.page;
    event.title = alert.title;
    event.labels = alert.labels;
    event.source = alert.source;
    event.started_at = alert.started_at;
    event.value = alert.value;
    event.threshold = alert.threshold;
    return event;
}

template <class Event>
Event raising(const Alert& alert) {
    auto event = facts<Event>(alert);
    event.annotations = alert.annotations;
    event.runbook = alert.runbook;
    event.url = alert.url;
    event.key = alert.key;
    event.keep_firing = alert.keep_firing;
    event.requests = alert.requests;
    event.failures = alert.failures;
    event.suppressed_by = alert.suppressed_by;
    return event;
}

Alert alert_of(const Condition& condition) {
    Alert alert;
    alert.fingerprint = fingerprint_of(condition.labels);
    alert.name = std::string(label(condition.labels, "alertname"));
    alert.service = std::string(label(condition.labels, "service"));
    alert.severity = severity_text(condition.severity);
    alert.page = condition.page;
    alert.title = condition.title;
    alert.labels = condition.labels;
    alert.source = condition.source;
    alert.runbook = condition.runbook;
    alert.pending = condition.pending;
    alert.keep_firing = condition.keep_firing;
    alert.started_at = condition.started_at;
    alert.value = condition.value;
    alert.threshold = condition.threshold;
    alert.requests = condition.requests;
    alert.failures = condition.failures;
    return alert;
}

void clear(const Alert& alert, std::string_view reason, ops::Decision& decision) {
    decision.event(AlertCleared{alert.fingerprint, alert.name, alert.service, alert.title,
                                std::string(reason), alert.fired_at, alert.suppressed_by},
                   subjects_of(alert));
}

void worsen(const Alert& row, const Alert& now, ops::Decision& decision) {
    decision.event(AlertWorsened{row.fingerprint, row.service, now.title, now.severity,
                                 row.severity, now.page, now.value},
                   subjects_of(row));
}

void raise(Alert alert, const std::map<std::string, Alert>& open, const Suppression& suppression,
           ops::Decision& decision) {
    alert.suppressed_by = suppression.by(alert, open);
    decision.event(raising<AlertRaised>(alert), subjects_of(alert));
}

// One condition under each fingerprint: the worst.
std::map<std::string, Alert> alerts_seen(std::span<const Condition> seen) {
    std::map<std::string, Alert> alerts;
    for (const Condition& condition : seen) {
        Alert alert = alert_of(condition);
        const auto [known, is_new] = alerts.try_emplace(alert.fingerprint, alert);
        if (!is_new && alert.severity < known->second.severity) known->second = std::move(alert);
    }
    return alerts;
}

void judge_seen(const Alert& now_seen, const Standing& standing, const Suppression& suppression,
                Instant now, ops::Decision& decision) {
    const auto found = standing.open.find(now_seen.fingerprint);
    if (found == standing.open.end()) {
        if (now_seen.pending == 0s) return raise(now_seen, standing.open, suppression, decision);
        auto event = facts<AlertPending>(now_seen);
        event.pending = now_seen.pending;
        decision.event(event, subjects_of(now_seen));
        return;
    }
    const Alert& row = found->second;
    if (row.state == State::pending) {
        if (now - row.active_at < row.pending) return;
        Alert alert = now_seen;
        alert.started_at = std::min(row.started_at, now_seen.started_at);
        return raise(std::move(alert), standing.open, suppression, decision);
    }
    // Nobody is to be told of what is suppressed; it is worse the moment it surfaces.
    if (now_seen.severity < row.severity && row.suppressed_by.empty())
        worsen(row, now_seen, decision);
}

void judge_unseen(const Alert& row, const std::map<std::string, Instant>& absent_since, Instant now,
                  ops::Decision& decision) {
    if (row.state == State::pending) {
        decision.event(AlertLapsed{row.fingerprint, row.service, row.title}, subjects_of(row));
        return;
    }
    const auto absent = absent_since.find(row.fingerprint);
    const Duration gone = absent == absent_since.end() ? Duration{0s} : now - absent->second;
    if (gone >= row.keep_firing) clear(row, condition_gone, decision);
}

void judge_silences(const Standing& standing, Instant now, ops::Decision& decision) {
    for (const Silence& silence : standing.silences) {
        std::string reason;
        if (state_of(silence, now) == SilenceState::expired) {
            reason = "its time is over";
        } else if (silence.until_clear && now >= silence.starts_at &&
                   std::ranges::none_of(standing.open, [&](const auto& open) {
                       return Suppression::is_meant(silence, open.second);
                   })) {
            reason = "what it silenced is clear";
        } else {
            continue;
        }
        decision.event(SilenceExpired{silence.number, reason},
                       {fmt::format("silence:{}", silence.number)});
    }
}

void judge_groups(const Standing& standing, const config::Grouping& grouping, Instant now,
                  ops::Decision& decision) {
    for (const Telling& telling : tellings(standing.open, standing.told, grouping, now)) {
        AlertGroupTold event;
        event.group = telling.group;
        event.reason = text_of(telling.tell);
        event.firing.assign(telling.news.firing.begin(), telling.news.firing.end());
        event.resolved.assign(telling.news.resolved.begin(), telling.news.resolved.end());
        event.firing_count = std::ssize(event.firing);
        event.resolved_count = std::ssize(event.resolved);
        decision.event(event, {});
    }
}

Alert alert_of(const config::Inbox& inbox, const OutsideAlert& outside, Instant now) {
    Alert alert;
    alert.fingerprint = fingerprint_of(inbox, outside);
    alert.name = std::string(label(outside.labels, "alertname"));
    if (alert.name.empty()) alert.name = inbox.name;
    alert.service = outside.service.empty() ? inbox.service : outside.service;
    const auto severity = outside.severity.value_or(inbox.severity);
    alert.severity = severity_text(severity);
    alert.page = severity != config::Severity::sev4;
    alert.title = outside.title;
    alert.labels = outside.labels;
    alert.labels.try_emplace("alertname", alert.name);
    if (!alert.service.empty()) alert.labels.try_emplace("service", alert.service);
    alert.annotations = outside.annotations;
    alert.source = "inbox:" + inbox.name;
    alert.url = outside.url;
    alert.key = outside.key;
    alert.started_at = outside.starts_at == Instant{} ? now : outside.starts_at;
    return alert;
}

std::string alert_subject(const Alert& alert) { return "alert:" + alert.fingerprint; }

}  // namespace

void note_absence(std::map<std::string, Instant>& absent_since, const Standing& standing,
                  std::span<const Condition> seen, Instant now) {
    std::set<std::string> present;
    for (const Condition& condition : seen) present.insert(fingerprint_of(condition.labels));
    std::erase_if(absent_since, [&](const auto& known) {
        return present.contains(known.first) || !standing.open.contains(known.first);
    });
    for (const auto& [fingerprint, alert] : standing.open)
        if (alert.state == State::firing && !alert.is_told() && !present.contains(fingerprint))
            absent_since.try_emplace(fingerprint, now);
}

ops::Decision judge(const Standing& standing, std::span<const Condition> seen,
                    const std::map<std::string, Instant>& absent_since,
                    const config::Operations& operations, Instant now) {
    ops::Decision decision;
    const Suppression suppression(operations, standing.silences, now);
    const auto alerts = alerts_seen(seen);
    for (const auto& [fingerprint, row] : standing.open) {
        if (!row.is_told() && !alerts.contains(fingerprint))
            judge_unseen(row, absent_since, now, decision);
        else if (row.state == State::firing && !row.suppressed_by.empty() &&
                 suppression.by(row, standing.open).empty()) {
            Alert told = row;
            told.suppressed_by.clear();
            decision.event(raising<AlertSurfaced>(told), subjects_of(row));
        }
    }
    for (const auto& [fingerprint, alert] : alerts)
        judge_seen(alert, standing, suppression, now, decision);
    judge_silences(standing, now, decision);
    judge_groups(standing, operations.grouping, now, decision);
    return decision;
}

std::string fingerprint_of(const config::Inbox& inbox, const OutsideAlert& alert) {
    Labels labels;
    if (alert.key.empty()) labels = alert.labels;
    else labels["key"] = alert.key;
    labels["\ninbox"] = inbox.name;  // No label can be called so.
    return fingerprint_of(labels);
}

ops::Decision take_in(const Standing& standing, const config::Operations& operations,
                      const config::Inbox& inbox, const OutsideAlert& outside, Instant now) {
    ops::Decision decision;
    const Alert alert = alert_of(inbox, outside, now);
    const auto found = standing.open.find(alert.fingerprint);
    const bool is_open = found != standing.open.end() && found->second.state == State::firing;
    switch (outside.status) {
        case OutsideAlert::Status::acknowledged:
            if (is_open && !found->second.acknowledged)
                decision.event(AlertAcknowledged{alert.fingerprint, found->second.service,
                                                 found->second.title},
                               subjects_of(found->second));
            return decision;
        case OutsideAlert::Status::resolved:
            if (!is_open) return decision;
            clear(found->second, "resolved by its sender", decision);
            decision.stop("alert_ends", alert_subject(alert));
            return decision;
        case OutsideAlert::Status::firing: break;
    }
    if (!is_open) {
        raise(alert, standing.open, Suppression(operations, standing.silences, now), decision);
    } else {
        const Alert& row = found->second;
        if (alert.severity < row.severity && row.suppressed_by.empty())
            worsen(row, alert, decision);
        if (alert.title != row.title || alert.annotations != row.annotations ||
            alert.started_at < row.started_at)
            decision.event(
                AlertReworded{row.fingerprint, row.service, alert.title, alert.annotations,
                              std::min(alert.started_at, row.started_at)},
                subjects_of(row));
    }
    if (outside.ends_at) decision.set("alert_ends", alert_subject(alert), *outside.ends_at);
    return decision;
}

ops::Decision expire(const Alert& alert) {
    ops::Decision decision;
    if (alert.state == State::firing) clear(alert, "not sent again", decision);
    return decision;
}

Result<void> check(const Silence& silence, const Standing& standing,
                   const config::Operations& operations, Instant now) {
    if (silence.matchers.empty())
        return fail(Errc::invalid_argument, "a silence without matchers would silence everything",
                    "say what it is about: service=catalog");
    TRY(const auto matchers, parse_matchers(silence.matchers));
    if (matches_all(matchers, {}))
        return fail(Errc::invalid_argument, "the matchers match an alert without any label",
                    "one of them must ask for a value");
    if (silence.ends_at != Instant{} && silence.ends_at <= std::max(now, silence.starts_at))
        return fail(Errc::invalid_argument, "the silence would end before it begins");
    if (silence.ends_at == Instant{} && !silence.until_clear && silence.interval.empty())
        return fail(Errc::invalid_argument, "the silence would never end",
                    "give it an end, an interval, or let it last until all is clear");
    const auto is_meant = [&](const auto& open) {
        return Suppression::is_meant(silence, open.second);
    };
    if (silence.until_clear && std::ranges::none_of(standing.open, is_meant))
        return fail(Errc::conflict, "nothing that it matches fires, so it is clear already",
                    "give the silence an end instead");
    if (!silence.interval.empty() && !operations.intervals.contains(silence.interval))
        return fail(Errc::not_found, fmt::format("there is no interval `{}`", silence.interval),
                    "intervals are defined in the configuration");
    return {};
}

Alert alert_of(const config::Heartbeat& heartbeat, Instant now) {
    Alert alert;
    alert.name = "heartbeat_missed";
    alert.service = heartbeat.service;
    alert.severity = severity_text(heartbeat.severity);
    alert.page = heartbeat.severity <= config::Severity::sev3;
    alert.title = fmt::format("no heartbeat of {} for {}", heartbeat.name,
                              to_text(heartbeat.every + heartbeat.grace));
    alert.labels = {{"alertname", alert.name}, {"heartbeat", heartbeat.name}};
    if (!alert.service.empty()) alert.labels["service"] = alert.service;
    alert.fingerprint = fingerprint_of({{"alertname", alert.name}, {"heartbeat", heartbeat.name}});
    alert.source = "heartbeat";
    alert.started_at = now - heartbeat.grace;
    return alert;
}

ops::Decision miss(const Standing& standing, const config::Operations& operations,
                   const config::Heartbeat& heartbeat, Instant now) {
    ops::Decision decision;
    const Alert alert = alert_of(heartbeat, now);
    if (standing.open.contains(alert.fingerprint)) return decision;
    raise(alert, standing.open, Suppression(operations, standing.silences, now), decision);
    return decision;
}

ops::Decision beat(const config::Heartbeat& heartbeat, const std::optional<Alert>& row,
                   Instant now) {
    ops::Decision decision;
    if (row && row->state == State::firing) clear(*row, "heard again", decision);
    decision.set("heartbeat_missed", "heartbeat:" + heartbeat.name,
                 now + heartbeat.every + heartbeat.grace);
    return decision;
}

}  // namespace sg::alerts
