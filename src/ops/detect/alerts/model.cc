// How the nouns are written.
#include "ops/detect/alerts/model.h"

#include <fmt/format.h>

namespace sg::alerts {

std::string severity_text(config::Severity severity) {
    return fmt::format("sev{}", static_cast<int>(severity) + 1);
}

std::optional<config::Severity> severity_from(std::string_view text) {
    if (text.size() != 4 || !text.starts_with("sev") || text[3] < '1' || text[3] > '4') return {};
    return static_cast<config::Severity>(text[3] - '1');
}

std::string fingerprint_of(const Labels& labels) {
    // FNV-1a, with a separator that is in no UTF-8 text.
    std::uint64_t hash = 0xcbf29ce484222325;
    const auto mix = [&](std::string_view text) {
        for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
        hash = (hash ^ 0xff) * 0x100000001b3;
    };
    for (const auto& [name, value] : labels) {
        mix(name);
        mix(value);
    }
    return fmt::format("{:016x}", hash);
}

std::string_view label(const Labels& labels, const std::string& name) {
    const auto found = labels.find(name);
    return found == labels.end() ? std::string_view{} : std::string_view{found->second};
}

namespace {

template <class Event>
void describe_which(Visitor& v, Event& event) {
    v.field({.key = "fingerprint"}, event.fingerprint);
    v.field({.key = "service"}, event.service);
    v.field({.key = "title"}, event.title);
}

// What an alert is, wherever it is told.
template <class Event>
void describe_facts(Visitor& v, Event& event) {
    describe_which(v, event);
    v.field({.key = "name"}, event.name);
    v.field({.key = "severity"}, event.severity);
    v.field({.key = "page"}, event.page);
    v.field({.key = "labels"}, event.labels);
    v.field({.key = "source"}, event.source);
    v.field({.key = "started_at"}, event.started_at);
    v.field({.key = "value"}, event.value);
    v.field({.key = "threshold"}, event.threshold);
}

template <class Event>
void describe_evidence(Visitor& v, Event& event) {
    v.field({.key = "annotations"}, event.annotations);
    v.field({.key = "runbook"}, event.runbook);
    v.field({.key = "url"}, event.url);
    v.field({.key = "key"}, event.key);
    v.field({.key = "keep_firing"}, event.keep_firing);
    v.field({.key = "requests"}, event.requests);
    v.field({.key = "failures"}, event.failures);
    v.field({.key = "suppressed_by"}, event.suppressed_by);
}

template <class Silenced>
void describe_silence(Visitor& v, Silenced& silence) {
    v.field({.key = "number"}, silence.number);
    v.field({.key = "matchers"}, silence.matchers);
    v.field({.key = "starts_at"}, silence.starts_at);
    v.field({.key = "ends_at"}, silence.ends_at);
    v.field({.key = "interval"}, silence.interval);
    v.field({.key = "until_clear"}, silence.until_clear);
    v.field({.key = "created_by"}, silence.created_by);
    v.field({.key = "comment"}, silence.comment);
}

template <class Heartbeat>
void describe_heartbeat(Visitor& v, Heartbeat& heartbeat) {
    v.field({.key = "name"}, heartbeat.name);
    v.field({.key = "every"}, heartbeat.every);
    v.field({.key = "grace"}, heartbeat.grace);
}

}  // namespace

void describe(Visitor& v, Alert& alert) {
    v.record({.name = "an alert"});
    describe_facts(v, alert);
    describe_evidence(v, alert);
    v.field({.key = "state"}, alert.state);
    v.field({.key = "pending"}, alert.pending);
    v.field({.key = "active_at"}, alert.active_at);
    v.field({.key = "fired_at"}, alert.fired_at);
    v.field({.key = "resolved_at"}, alert.resolved_at);
    v.field({.key = "acknowledged"}, alert.acknowledged);
}

void describe(Visitor& v, Silence& silence) {
    v.record({.name = "a silence"});
    describe_silence(v, silence);
    v.field({.key = "over"}, silence.over);
    v.field({.key = "over_at"}, silence.over_at);
}

void describe(Visitor& v, ExpectedHeartbeat& heartbeat) {
    v.record({.name = "an expected heartbeat"});
    describe_heartbeat(v, heartbeat);
}

void describe(Visitor& v, Told& told) {
    v.record({.name = "what a group was told"});
    v.field({.key = "group"}, told.group);
    v.field({.key = "firing"}, told.firing);
    v.field({.key = "resolved"}, told.resolved);
    v.field({.key = "at"}, told.at);
}

void describe(Visitor& v, AlertPending& event) {
    v.record({.name = "a pending alert"});
    describe_facts(v, event);
    v.field({.key = "pending"}, event.pending);
}

void describe(Visitor& v, AlertLapsed& event) {
    v.record({.name = "a lapsed alert"});
    describe_which(v, event);
}

void describe(Visitor& v, AlertRaised& event) {
    v.record({.name = "a raised alert"});
    describe_facts(v, event);
    describe_evidence(v, event);
}

void describe(Visitor& v, AlertSurfaced& event) {
    v.record({.name = "an alert that is no longer suppressed"});
    describe_facts(v, event);
    describe_evidence(v, event);
}

void describe(Visitor& v, AlertWorsened& event) {
    v.record({.name = "an alert that became worse"});
    describe_which(v, event);
    v.field({.key = "severity"}, event.severity);
    v.field({.key = "before"}, event.before);
    v.field({.key = "page"}, event.page);
    v.field({.key = "value"}, event.value);
}

void describe(Visitor& v, AlertReworded& event) {
    v.record({.name = "an alert that its sender describes anew"});
    describe_which(v, event);
    v.field({.key = "annotations"}, event.annotations);
    v.field({.key = "started_at"}, event.started_at);
}

void describe(Visitor& v, AlertAcknowledged& event) {
    v.record({.name = "an alert acknowledged where it came from"});
    describe_which(v, event);
}

void describe(Visitor& v, AlertCleared& event) {
    v.record({.name = "a cleared alert"});
    describe_which(v, event);
    v.field({.key = "name"}, event.name);
    v.field({.key = "reason"}, event.reason);
    v.field({.key = "fired_at"}, event.fired_at);
    v.field({.key = "suppressed_by"}, event.suppressed_by);
}

void describe(Visitor& v, AlertGroupTold& event) {
    v.record({.name = "news of a group of alerts"});
    v.field({.key = "group"}, event.group);
    v.field({.key = "reason"}, event.reason);
    v.field({.key = "firing"}, event.firing);
    v.field({.key = "resolved"}, event.resolved);
    v.field({.key = "firing_count"}, event.firing_count);
    v.field({.key = "resolved_count"}, event.resolved_count);
}

void describe(Visitor& v, SilenceCreated& event) {
    v.record({.name = "a new silence"});
    describe_silence(v, event);
}

void describe(Visitor& v, SilenceExpired& event) {
    v.record({.name = "an ended silence"});
    v.field({.key = "number"}, event.number);
    v.field({.key = "reason"}, event.reason);
}

void describe(Visitor& v, HeartbeatExpected& event) {
    v.record({.name = "an expected heartbeat"});
    describe_heartbeat(v, event);
}

void describe(Visitor& v, HeartbeatForgotten& event) {
    v.record({.name = "a heartbeat that is no longer expected"});
    v.field({.key = "name"}, event.name);
}

}  // namespace sg::alerts
