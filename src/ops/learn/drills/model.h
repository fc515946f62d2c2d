// The nouns of a drill: a scenario, what it is aimed at, what is expected of people and software,
// and the payloads of its events.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/describe.h"
#include "base/time.h"
#include "base/units.h"
#include "ops/decision/kinds.h"
#include "ports/faults.h"

namespace sg::drills {

// `automatic`: software alone, timed. `live`: a game day, people are timed as well. `table_top`:
// nothing is injected; people say what they would see and do.
enum class Mode : std::uint8_t { automatic, live, table_top };

// `settling`: the fault is lifted, what it set off comes to its end.
enum class State : std::uint8_t { preparing, injecting, running, lifting, settling, ended };
enum class Verdict : std::uint8_t { open, passed, failed, aborted };
enum class Outcome : std::uint8_t { open, met, missed };

std::string_view word(Mode mode);
std::string_view word(State state);
std::string_view word(Verdict verdict);

// What a scenario needs to be aimed at. `version`: of a service that has at least two.
enum class Aim : std::uint8_t { none, service, version, endpoint, need, channel };

struct Target {
    std::string service;
    std::string version;
    std::string endpoint;
    std::string need;
    std::string channel;
    bool operator==(const Target&) const = default;
};

// Something that must be seen, or must not be, counted from when the fault was injected.
struct Expectation {
    std::string what;           // A row of expectations(): `paged`
    Duration within{};          // For `never`: until the end.
    bool never = false;         // It must not happen.
    std::int64_t severity = 0;  // declared: at least as grave; 0: any.
    std::string names;          // What its text must hold; empty: anything.
    Outcome outcome = Outcome::open;
    Instant at;
    std::string said;  // What was seen, or what was not.
    bool operator==(const Expectation&) const = default;
};

// What must hold before a fault is injected, of the service that it is aimed at.
struct Steady {
    Rate rate_least{};  // Requests a second: without traffic nothing is proven.
    Share errors_most{0.02};
    bool operator==(const Steady&) const = default;
};

// A file, as it was read.
struct Scenario {
    std::string name;   // Of the file.
    std::string title;  // `a bad release: {service} {version} answers 500 to 60 %`
    std::string about;  // For people: what it shows, what to watch for.
    Aim aim = Aim::none;
    std::string kind;  // need, channel: only of this kind.
    std::vector<ports::Fault> faults;
    Duration lasts = 2min;
    Steady steady;
    std::vector<Expectation> expect;
    bool shipped = false;
    bool generated = false;
};

// A scenario that is aimed: what a drill is begun with.
struct Plan {
    std::string name;
    std::string title;
    Mode mode = Mode::automatic;
    Target target;
    std::vector<std::string> services;  // Whose signals the fault explains.
    std::vector<std::string> keys;      // And of signals without a service, how their keys begin.
    std::vector<ports::Fault> faults;
    Duration lasts{};
    std::vector<Expectation> expect;
};

struct Drill : Plan {
    std::int64_t id = 0;
    State state = State::preparing;
    Verdict verdict = Verdict::open;
    std::string by;
    std::vector<std::string> undo;  // Of each fault, as it was recorded before it was injected.
    std::vector<std::int64_t> incidents;
    std::vector<std::string> answers;
    std::string why;  // It ended early.
    std::int64_t begun_seq = 0;
    bool stuck = false;
    Instant begun_at;
    Instant injected_at;
    Instant lifted_at;
    Instant ended_at;
};

// --- events --------------------------------------------------------------------------------------

struct DrillBegun {
    static constexpr ops::Kind kind = ops::Kind::drill_begun;
    std::int64_t drill = 0;
    std::string title;
    Plan plan;
};
// The undo record: written before anything is injected.
struct DrillPrepared {
    static constexpr ops::Kind kind = ops::Kind::drill_prepared;
    std::int64_t drill = 0;
    std::string how;
    std::vector<std::string> undo;
};
struct DrillInjected {
    static constexpr ops::Kind kind = ops::Kind::drill_injected;
    std::int64_t drill = 0;
    std::string what;
};
struct Judged {
    std::int64_t drill = 0;
    std::string expectation;
    Duration after{};
    std::string what;
    std::int64_t incident = 0;  // It was declared for the drill.
};
struct DrillMet : Judged {
    static constexpr ops::Kind kind = ops::Kind::drill_met;
};
struct DrillMissed : Judged {
    static constexpr ops::Kind kind = ops::Kind::drill_missed;
};
struct DrillAnswered {
    static constexpr ops::Kind kind = ops::Kind::drill_answered;
    std::int64_t drill = 0;
    std::string expectation;  // Empty: of none.
    std::string text;
};
struct DrillAborted {
    static constexpr ops::Kind kind = ops::Kind::drill_aborted;
    std::int64_t drill = 0;
    std::string why;
};
struct DrillLifted {
    static constexpr ops::Kind kind = ops::Kind::drill_lifted;
    std::int64_t drill = 0;
    std::string why;
};
struct DrillStuck {
    static constexpr ops::Kind kind = ops::Kind::drill_stuck;
    std::int64_t drill = 0;
    std::string error;
};
struct DrillEnded {
    static constexpr ops::Kind kind = ops::Kind::drill_ended;
    std::int64_t drill = 0;
    Verdict verdict = Verdict::open;
    std::int64_t met = 0;
    std::int64_t expected = 0;
};

// The body of the actions `drill.prepare`, `drill.inject` and `drill.lift`.
struct Work {
    std::int64_t drill = 0;
    std::vector<ports::Fault> faults;
    std::vector<std::string> undo;
    std::string reason;
    Instant expires_at;
    std::int64_t attempt = 1;
};
// What came of it, as the detail of what was performed: one for each fault.
struct Done {
    std::vector<std::string> of_each;
};

void describe(Visitor& v, Target& t);
void describe(Visitor& v, Expectation& e);
void describe(Visitor& v, Steady& s);
void describe(Visitor& v, Scenario& s);
void describe(Visitor& v, Plan& p);
void describe(Visitor& v, Drill& d);
void describe(Visitor& v, DrillBegun& e);
void describe(Visitor& v, DrillPrepared& e);
void describe(Visitor& v, DrillInjected& e);
void describe(Visitor& v, Judged& e);
void describe(Visitor& v, DrillAnswered& e);
void describe(Visitor& v, DrillAborted& e);
void describe(Visitor& v, DrillLifted& e);
void describe(Visitor& v, DrillStuck& e);
void describe(Visitor& v, DrillEnded& e);
void describe(Visitor& v, Work& w);
void describe(Visitor& v, Done& d);

}  // namespace sg::drills

namespace sg {

template <>
struct WordsOf<drills::Mode> {
    static constexpr std::string_view name = "a way to run a drill";
    static constexpr std::string_view words[] = {"automatic", "live", "table_top"};
};
template <>
struct WordsOf<drills::State> {
    static constexpr std::string_view name = "a state of a drill";
    static constexpr std::string_view words[] = {"preparing", "injecting", "running",
                                                 "lifting",   "settling",  "ended"};
};
template <>
struct WordsOf<drills::Verdict> {
    static constexpr std::string_view name = "a verdict";
    static constexpr std::string_view words[] = {"open", "passed", "failed", "aborted"};
};
template <>
struct WordsOf<drills::Outcome> {
    static constexpr std::string_view name = "an outcome";
    static constexpr std::string_view words[] = {"open", "met", "missed"};
};
template <>
struct WordsOf<drills::Aim> {
    static constexpr std::string_view name = "what a scenario is aimed at";
    static constexpr std::string_view words[] = {"none",     "service", "version",
                                                 "endpoint", "need",    "channel"};
};

}  // namespace sg
