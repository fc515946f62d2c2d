// The nouns of an incident, and the payloads of its events.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/describe.h"
#include "base/time.h"
#include "ops/decision/kinds.h"

namespace sg::incidents {

// `mitigated`: users stopped hurting, verified; time to recover ends here. `resolved`: the cause is
// gone. `closed`: what was to be learnt has been written down.
enum class State : std::uint8_t { declared, acknowledged, mitigated, resolved, closed, cancelled };
enum class Verb : std::uint8_t { acknowledge, mitigate, relapse, resolve, close, cancel };
enum class Role : std::uint8_t { commander, communications, scribe };

std::string_view word(State state);
std::string_view word(Verb verb);

// Stamped when the incident is declared: editing the configuration never moves a running deadline.
struct Policy {
    Duration respond{};
    Duration escalate{};
    Duration communicate{};
    Duration assess{};
    Duration mitigate{};
    Duration observe{};
    Duration postmortem{};
    bool closes_reviewed = false;  // Only once its post-mortem is reviewed.
    bool operator==(const Policy&) const = default;
};

// What made somebody, or a detector, say that something is wrong.
struct Trigger {
    std::string key;  // Of the alert; empty: a person said so.
    std::string title;
    std::int64_t severity = 2;  // 1 to 4.
    std::string service;        // Empty: no single one.
    std::string team;
    Instant started_at;      // First bad event, as far as known.
    std::int64_t drill = 0;  // The number of the drill that explains it; 0: it is real.
    bool operator==(const Trigger&) const = default;
};

// What users have felt since it began: computed, never typed.
struct Impact {
    std::int64_t requests = 0;
    std::int64_t failed = 0;
    double failed_share = 0;
    std::string worst_route;
    std::string worst_version;
    double worst_version_share = 0;  // Of all failures.
    std::int64_t latency_ms_p95 = 0;
    std::int64_t clients = 0;  // Different ones whose requests failed; who, is never in the ledger.
    std::string likely;        // Which part of the service it is of, with evidence; empty: unknown.
    Instant since;
    bool operator==(const Impact&) const = default;
};

struct Incident {
    std::int64_t id = 0;
    std::string title;
    State state = State::declared;
    std::int64_t severity = 2;
    std::string service;
    std::string team;
    std::string declared_by;
    Policy policy;
    std::vector<std::string> alerts;   // Keys of those that fire now.
    std::vector<std::string> cleared;  // Keys of those that fired.
    std::map<std::string, std::string> roles;
    Impact impact;
    std::int64_t merged_into = 0;
    bool by_person = false;  // Declared by one: only a person says when users stopped hurting.
    std::string acknowledged_by;
    std::int64_t drill = 0;  // The number of the drill that it is of; 0: it is real.

    Instant started_at;
    Instant declared_at;
    Instant acknowledged_at;
    Instant assessed_at;
    Instant told_at;  // The last time that people outside were told.
    Instant mitigated_at;
    Instant verified_at;
    Instant resolved_at;
    Instant reviewed_at;  // Its post-mortem.
    Instant closed_at;
    Instant changed_at;
    std::int64_t relapses = 0;
    bool operator==(const Incident&) const = default;
};

// --- events --------------------------------------------------------------------------------------

struct IncidentDeclared {
    static constexpr ops::Kind kind = ops::Kind::incident_declared;
    std::int64_t incident = 0;
    Trigger trigger;
    std::string by;
    bool by_person = false;
    Policy policy;
};
struct IncidentJoined {  // Another alert about the same trouble.
    static constexpr ops::Kind kind = ops::Kind::incident_joined;
    std::int64_t incident = 0;
    Trigger trigger;
};
struct IncidentAcknowledged {
    static constexpr ops::Kind kind = ops::Kind::incident_acknowledged;
    std::int64_t incident = 0;
    std::string by;
    Duration after{};
};
struct IncidentAssessed {
    static constexpr ops::Kind kind = ops::Kind::incident_assessed;
    std::int64_t incident = 0;
    Impact impact;
    std::string summary;
};
struct IncidentSignalCleared {  // One of its alerts; mitigated when it was the last.
    static constexpr ops::Kind kind = ops::Kind::incident_signal_cleared;
    std::int64_t incident = 0;
    std::string alert;
    std::int64_t left = 0;
};
struct IncidentMitigated {
    static constexpr ops::Kind kind = ops::Kind::incident_mitigated;
    std::int64_t incident = 0;
    std::string how;
    Duration after{};  // Since it started: the time to recover.
};
struct IncidentVerified {  // The mitigation held for as long as it was to be observed.
    static constexpr ops::Kind kind = ops::Kind::incident_verified;
    std::int64_t incident = 0;
    Duration held{};
};
struct IncidentRelapsed {
    static constexpr ops::Kind kind = ops::Kind::incident_relapsed;
    std::int64_t incident = 0;
    std::string why;
};
struct IncidentResolved {
    static constexpr ops::Kind kind = ops::Kind::incident_resolved;
    std::int64_t incident = 0;
    std::string summary;
    Duration after{};
};
struct IncidentClosed {
    static constexpr ops::Kind kind = ops::Kind::incident_closed;
    std::int64_t incident = 0;
    std::string reason;
};
struct IncidentCancelled {
    static constexpr ops::Kind kind = ops::Kind::incident_cancelled;
    std::int64_t incident = 0;
    std::string reason;
};
struct IncidentSeverityChanged {
    static constexpr ops::Kind kind = ops::Kind::incident_severity_changed;
    std::int64_t incident = 0;
    std::int64_t from = 0;
    std::int64_t to = 0;
    std::string reason;
    Policy policy;
};
struct IncidentNoted {
    static constexpr ops::Kind kind = ops::Kind::incident_noted;
    std::int64_t incident = 0;
    std::string text;
};
struct IncidentLinked {
    static constexpr ops::Kind kind = ops::Kind::incident_linked;
    std::int64_t incident = 0;
    std::string title;
    std::string url;
};
struct IncidentRoleTaken {
    static constexpr ops::Kind kind = ops::Kind::incident_role_taken;
    std::int64_t incident = 0;
    std::string role;
    std::string person;
};
struct IncidentTold {  // An update went to those who wait for one.
    static constexpr ops::Kind kind = ops::Kind::incident_told;
    std::int64_t incident = 0;
    std::string text;
};
struct IncidentMerged {
    static constexpr ops::Kind kind = ops::Kind::incident_merged;
    std::int64_t incident = 0;
    std::int64_t into = 0;
};
struct IncidentClockMissed {
    static constexpr ops::Kind kind = ops::Kind::incident_clock_missed;
    std::int64_t incident = 0;
    std::string clock;
    Instant due;
    std::string what;  // For people: `nobody has acknowledged for 5m`.
};
struct IncidentEscalated {
    static constexpr ops::Kind kind = ops::Kind::incident_escalated;
    std::int64_t incident = 0;
    std::string why;
};

// What began as a drill and is none any more: the fault outlasted it, or something real came to it.
struct IncidentBecameReal {
    static constexpr ops::Kind kind = ops::Kind::incident_became_real;
    std::int64_t incident = 0;
    std::int64_t drill = 0;
    std::string why;
};

void describe(Visitor& v, Policy& p);
void describe(Visitor& v, Trigger& t);
void describe(Visitor& v, Impact& i);
void describe(Visitor& v, Incident& i);
void describe(Visitor& v, IncidentDeclared& e);
void describe(Visitor& v, IncidentJoined& e);
void describe(Visitor& v, IncidentAcknowledged& e);
void describe(Visitor& v, IncidentAssessed& e);
void describe(Visitor& v, IncidentSignalCleared& e);
void describe(Visitor& v, IncidentMitigated& e);
void describe(Visitor& v, IncidentVerified& e);
void describe(Visitor& v, IncidentRelapsed& e);
void describe(Visitor& v, IncidentResolved& e);
void describe(Visitor& v, IncidentClosed& e);
void describe(Visitor& v, IncidentCancelled& e);
void describe(Visitor& v, IncidentSeverityChanged& e);
void describe(Visitor& v, IncidentNoted& e);
void describe(Visitor& v, IncidentLinked& e);
void describe(Visitor& v, IncidentRoleTaken& e);
void describe(Visitor& v, IncidentTold& e);
void describe(Visitor& v, IncidentMerged& e);
void describe(Visitor& v, IncidentClockMissed& e);
void describe(Visitor& v, IncidentEscalated& e);
void describe(Visitor& v, IncidentBecameReal& e);

}  // namespace sg::incidents

namespace sg {

template <>
struct WordsOf<incidents::State> {
    static constexpr std::string_view name = "a state of an incident";
    static constexpr std::string_view words[] = {"declared", "acknowledged", "mitigated",
                                                 "resolved", "closed",       "cancelled"};
};

}  // namespace sg
