// The nouns of the status page, and the payloads of its events.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/describe.h"
#include "base/time.h"
#include "ops/decision/kinds.h"

namespace sg::statuspage {

// The words of Statuspage's API, version 2: what reads that reads us. Worst last but for the work
// that was announced.
enum class Condition : std::uint8_t {
    operational,
    degraded_performance,
    partial_outage,
    major_outage,
    under_maintenance
};
enum class Stage : std::uint8_t { investigating, identified, monitoring, resolved, postmortem };
enum class Impact : std::uint8_t { none, minor, major, critical };
enum class Phase : std::uint8_t { scheduled, in_progress, verifying, completed };

std::string_view word(Condition condition);  // `partial_outage`
std::string_view word(Stage stage);
std::string_view word(Impact impact);
std::string_view word(Phase phase);
std::string_view phrase(Condition condition);  // For people: `partial outage`.
std::string_view phrase(Phase phase);

// How a component stands; of one without a row nothing has ever been wrong.
struct Component {
    std::string name;
    Condition condition = Condition::operational;
    Instant since;
    std::string why;     // For people of ours, never published.
    bool fixed = false;  // By a person, until then or until taken back.
    Instant until;
    bool operator==(const Component&) const = default;
};

struct Update {
    std::int64_t number = 0;  // 1, 2, 3… of its notice; for ever.
    std::string status;       // A word of Stage, or of Phase.
    std::string body;
    Instant at;
    std::string by;
    bool operator==(const Update&) const = default;
};

// What would be said next. One at a time: a newer one replaces it.
struct Draft {
    Stage stage = Stage::investigating;
    std::string body;
    Instant made_at;
    Instant publish_at;  // Zero: it waits for a person.
    bool operator==(const Draft&) const = default;
};

// What the public reads of one incident. Without updates it is not public yet.
struct Notice {
    std::int64_t id = 0;
    std::int64_t incident = 0;
    std::string title;
    Stage stage = Stage::investigating;
    Impact impact = Impact::none;
    std::vector<std::string> components;
    Duration promised{};  // How often there is an update.
    Instant began_at;     // When users began to feel it.
    Instant opened_at;
    Instant published_at;  // Zero: not yet.
    Instant changed_at;
    Instant monitoring_at;
    Instant resolved_at;
    std::vector<Update> updates;
    std::optional<Draft> draft;

    bool is_public() const { return published_at != Instant{}; }
    bool is_over() const { return resolved_at != Instant{}; }
    bool operator==(const Notice&) const = default;
};

// Work that was announced.
struct Maintenance {
    std::int64_t id = 0;
    std::string title;
    Phase phase = Phase::scheduled;
    std::vector<std::string> components;
    Instant from;
    Instant until;
    Instant made_at;
    Instant began_at;
    Instant changed_at;
    Instant completed_at;
    std::vector<Update> updates;

    bool is_under_way() const { return phase == Phase::in_progress || phase == Phase::verifying; }
    bool operator==(const Maintenance&) const = default;
};

// One day of one component, in UTC. Minutes in which nothing is known do not count.
struct Day {
    std::string component;
    std::int64_t known = 0;
    std::int64_t bad = 0;
    bool operator==(const Day&) const = default;
};

// A place to which the page is written, and which does not take it.
struct Target {
    std::string name;
    bool broken = false;
    std::string detail;
    Instant since;
    bool operator==(const Target&) const = default;
};

// --- events --------------------------------------------------------------------------------------

struct NoticeOpened {
    static constexpr ops::Kind kind = ops::Kind::statuspage_notice_opened;
    std::int64_t notice = 0;
    std::int64_t incident = 0;
    std::string title;
    Impact impact = Impact::none;
    std::vector<std::string> components;
    Duration promised{};
    Instant began_at;
};
struct UpdateDrafted {
    static constexpr ops::Kind kind = ops::Kind::statuspage_drafted;
    std::int64_t notice = 0;
    std::int64_t incident = 0;
    Stage stage = Stage::investigating;
    std::string body;
    Instant publish_at;
};
struct UpdatePublished {
    static constexpr ops::Kind kind = ops::Kind::statuspage_published;
    std::int64_t notice = 0;
    std::int64_t incident = 0;
    Stage stage = Stage::investigating;
    std::string body;
    std::string title;                    // Empty: as before.
    std::vector<std::string> components;  // The same.
};
struct DraftDiscarded {
    static constexpr ops::Kind kind = ops::Kind::statuspage_discarded;
    std::int64_t notice = 0;
    std::int64_t incident = 0;
    std::string reason;
};
struct NoticeReassessed {
    static constexpr ops::Kind kind = ops::Kind::statuspage_reassessed;
    std::int64_t notice = 0;
    std::int64_t incident = 0;
    Impact impact = Impact::none;
    Duration promised{};
};
struct ComponentChanged {
    static constexpr ops::Kind kind = ops::Kind::statuspage_component_changed;
    std::string component;
    Condition condition = Condition::operational;
    Condition was = Condition::operational;
    std::string why;
    bool fixed = false;
    Instant until;
};
struct MaintenanceScheduled {
    static constexpr ops::Kind kind = ops::Kind::statuspage_maintenance_scheduled;
    std::int64_t maintenance = 0;
    std::string title;
    std::string body;
    std::vector<std::string> components;
    Instant from;
    Instant until;
};
struct MaintenanceMoved {
    static constexpr ops::Kind kind = ops::Kind::statuspage_maintenance_moved;
    std::int64_t maintenance = 0;
    Phase phase = Phase::scheduled;
    std::string body;
};
struct DayClosed {
    static constexpr ops::Kind kind = ops::Kind::statuspage_day_closed;
    std::string day;  // `2026-11-23`
    std::vector<Day> components;
};
struct TargetBroken {
    static constexpr ops::Kind kind = ops::Kind::statuspage_target_broken;
    std::string target;
    std::string detail;
};
struct TargetMended {
    static constexpr ops::Kind kind = ops::Kind::statuspage_target_mended;
    std::string target;
};

void describe(Visitor& v, Component& c);
void describe(Visitor& v, Update& u);
void describe(Visitor& v, Draft& d);
void describe(Visitor& v, Notice& n);
void describe(Visitor& v, Maintenance& m);
void describe(Visitor& v, Day& d);
void describe(Visitor& v, Target& t);
void describe(Visitor& v, NoticeOpened& e);
void describe(Visitor& v, UpdateDrafted& e);
void describe(Visitor& v, UpdatePublished& e);
void describe(Visitor& v, DraftDiscarded& e);
void describe(Visitor& v, NoticeReassessed& e);
void describe(Visitor& v, ComponentChanged& e);
void describe(Visitor& v, MaintenanceScheduled& e);
void describe(Visitor& v, MaintenanceMoved& e);
void describe(Visitor& v, DayClosed& e);
void describe(Visitor& v, TargetBroken& e);
void describe(Visitor& v, TargetMended& e);

}  // namespace sg::statuspage

namespace sg {

template <>
struct WordsOf<statuspage::Condition> {
    static constexpr std::string_view name = "a condition of a component";
    static constexpr std::string_view words[] = {"operational", "degraded_performance",
                                                 "partial_outage", "major_outage",
                                                 "under_maintenance"};
};
template <>
struct WordsOf<statuspage::Stage> {
    static constexpr std::string_view name = "a stage of an incident";
    static constexpr std::string_view words[] = {"investigating", "identified", "monitoring",
                                                 "resolved", "postmortem"};
};
template <>
struct WordsOf<statuspage::Impact> {
    static constexpr std::string_view name = "an impact";
    static constexpr std::string_view words[] = {"none", "minor", "major", "critical"};
};
template <>
struct WordsOf<statuspage::Phase> {
    static constexpr std::string_view name = "a phase of a maintenance";
    static constexpr std::string_view words[] = {"scheduled", "in_progress", "verifying",
                                                 "completed"};
};

}  // namespace sg
