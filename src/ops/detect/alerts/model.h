// Nouns of alerting: what was seen, alerts, silences, heartbeats, and the events about them.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/describe.h"
#include "base/time.h"
#include "config/operations.h"
#include "ops/decision/kinds.h"

namespace sg::alerts {

using Labels = std::map<std::string, std::string>;

// Something that is not as it should be, as seen at this moment.
struct Condition {
    Labels labels;  // With `alertname`, and `service` where it is about one. They say which it is.
    config::Severity severity = config::Severity::sev4;
    bool page = false;
    std::string title;   // One line, with numbers, for who is woken by it.
    std::string source;  // `rule`, `hard_fault`, `endpoints`, `probe`, `need`, `gateway`, `risk`
    double value = 0;
    double threshold = 0;
    std::int64_t requests = 0;
    std::int64_t failures = 0;
    Instant started_at;     // The first bad second.
    Duration pending = 0s;  // `for`
    Duration keep_firing = 0s;
    std::string runbook;
};

enum class State : std::uint8_t { pending, firing, resolved };

// The row.
struct Alert {
    std::string fingerprint;
    std::string name;
    std::string service;
    std::string severity;  // `sev1`
    bool page = false;
    std::string title;
    Labels labels;
    Labels annotations;
    std::string source;  // As of a condition; or `inbox:<name>`, `heartbeat`.
    std::string runbook;
    std::string url;  // Where an outside alert came from.
    std::string key;  // By which the outside knows it.
    State state = State::pending;
    Duration pending = 0s;
    Duration keep_firing = 0s;
    Instant started_at;
    Instant active_at;
    Instant fired_at;
    Instant resolved_at;
    double value = 0;
    double threshold = 0;
    std::int64_t requests = 0;
    std::int64_t failures = 0;
    std::string suppressed_by;  // `silence 12`; empty: people were told.
    bool acknowledged = false;  // Where it came from.

    // Whether it lasts until somebody says otherwise, rather than as long as it is seen.
    bool is_told() const { return source.starts_with("inbox:") || source == "heartbeat"; }
};

struct Silence {
    std::int64_t number = 0;
    std::vector<std::string> matchers;  // All must match.
    Instant starts_at;
    Instant ends_at;           // Instant{}: without end; then `until_clear` or a person ends it.
    std::string interval;      // Only within this time interval of the configuration.
    bool until_clear = false;  // Ends when nothing that it matches fires any more.
    std::string created_by;
    std::string comment;
    bool over = false;
    Instant over_at;
};

struct ExpectedHeartbeat {
    std::string name;
    Duration every{};
    Duration grace{};
};

// What a group of alerts was last told about.
struct Told {
    std::string group;                // `service="catalog"`
    std::vector<std::string> firing;  // Fingerprints.
    std::vector<std::string> resolved;
    Instant at;
};

// --- events -------------------------------------------------------------------------------------

struct AlertPending {
    static constexpr ops::Kind kind = ops::Kind::alert_pending;
    std::string fingerprint;
    std::string name;
    std::string service;
    std::string severity;
    bool page = false;
    std::string title;
    Labels labels;
    std::string source;
    Duration pending{};
    Instant started_at;
    double value = 0;
    double threshold = 0;
};

struct AlertLapsed {
    static constexpr ops::Kind kind = ops::Kind::alert_lapsed;
    std::string fingerprint;
    std::string service;
    std::string title;
};

struct AlertRaised {
    static constexpr ops::Kind kind = ops::Kind::alert_raised;
    std::string fingerprint;
    std::string name;
    std::string service;  // Empty: of no service, or of several.
    std::string severity;
    bool page = false;  // Else a ticket.
    std::string title;
    Labels labels;
    Labels annotations;
    std::string source;
    std::string runbook;
    std::string url;
    std::string key;
    Duration keep_firing{};
    Instant started_at;
    double value = 0;
    double threshold = 0;
    std::int64_t requests = 0;
    std::int64_t failures = 0;
    std::string suppressed_by;  // Not empty: nobody is to be told.
};

// It fires and is no longer suppressed: to be treated as if it were raised now.
struct AlertSurfaced : AlertRaised {
    static constexpr ops::Kind kind = ops::Kind::alert_surfaced;
};

struct AlertWorsened {
    static constexpr ops::Kind kind = ops::Kind::alert_worsened;
    std::string fingerprint;
    std::string service;
    std::string title;
    std::string severity;
    std::string before;
    bool page = false;
    double value = 0;
};

struct AlertReworded {
    static constexpr ops::Kind kind = ops::Kind::alert_reworded;
    std::string fingerprint;
    std::string service;
    std::string title;
    Labels annotations;
    Instant started_at;
};

struct AlertAcknowledged {
    static constexpr ops::Kind kind = ops::Kind::alert_acknowledged;
    std::string fingerprint;
    std::string service;
    std::string title;
};

struct AlertCleared {
    static constexpr ops::Kind kind = ops::Kind::alert_cleared;
    std::string fingerprint;
    std::string name;
    std::string service;
    std::string title;
    std::string reason;  // `the condition is gone`, `resolved by its sender`, `not sent again`
    Instant fired_at;
    std::string suppressed_by;
};

struct AlertGroupTold {
    static constexpr ops::Kind kind = ops::Kind::alert_group_told;
    std::string group;
    std::string reason;  // `first`, `new alerts`, `all resolved`, `resolved`, `repeat`
    std::vector<std::string> firing;
    std::vector<std::string> resolved;
    std::int64_t firing_count = 0;
    std::int64_t resolved_count = 0;
};

struct SilenceCreated {
    static constexpr ops::Kind kind = ops::Kind::silence_created;
    std::int64_t number = 0;
    std::vector<std::string> matchers;
    Instant starts_at;
    Instant ends_at;
    std::string interval;
    bool until_clear = false;
    std::string created_by;
    std::string comment;
};

struct SilenceExpired {
    static constexpr ops::Kind kind = ops::Kind::silence_expired;
    std::int64_t number = 0;
    std::string reason;  // `its time is over`, `what it silenced is clear`, `ended by ana`
};

struct HeartbeatExpected {
    static constexpr ops::Kind kind = ops::Kind::heartbeat_expected;
    std::string name;
    Duration every{};
    Duration grace{};
};

struct HeartbeatForgotten {
    static constexpr ops::Kind kind = ops::Kind::heartbeat_forgotten;
    std::string name;
};

void describe(Visitor& v, Alert& alert);
void describe(Visitor& v, Silence& silence);
void describe(Visitor& v, ExpectedHeartbeat& heartbeat);
void describe(Visitor& v, Told& told);
void describe(Visitor& v, AlertPending& event);
void describe(Visitor& v, AlertLapsed& event);
void describe(Visitor& v, AlertRaised& event);
void describe(Visitor& v, AlertSurfaced& event);
void describe(Visitor& v, AlertWorsened& event);
void describe(Visitor& v, AlertReworded& event);
void describe(Visitor& v, AlertAcknowledged& event);
void describe(Visitor& v, AlertCleared& event);
void describe(Visitor& v, AlertGroupTold& event);
void describe(Visitor& v, SilenceCreated& event);
void describe(Visitor& v, SilenceExpired& event);
void describe(Visitor& v, HeartbeatExpected& event);
void describe(Visitor& v, HeartbeatForgotten& event);

std::string severity_text(config::Severity severity);  // `sev1`
std::optional<config::Severity> severity_from(std::string_view text);

// 16 hexadecimal digits that stand for exactly these labels.
std::string fingerprint_of(const Labels& labels);

// The value of a label; a label that is missing is an empty one.
std::string_view label(const Labels& labels, const std::string& name);

}  // namespace sg::alerts

namespace sg {

template <>
struct WordsOf<alerts::State> {
    static constexpr std::string_view name = "a state of an alert";
    static constexpr std::string_view words[] = {"pending", "firing", "resolved"};
};

}  // namespace sg
