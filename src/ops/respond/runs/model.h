// The nouns of a runbook that is run, and the payloads of its events.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/describe.h"
#include "base/time.h"
#include "ops/decision/kinds.h"
#include "ports/verbs.h"

namespace sg::runs {

// `acting`: at an act; what comes of it is decided elsewhere.
enum class State : std::uint8_t { looking, asking, acting, ended };
enum class Outcome : std::uint8_t {
    none,
    helped,       // An act was verified.
    handed_over,  // Nothing leads on: a person goes on.
    observed,     // At an act that it was not to carry out.
    unanswered,   // Nobody answered its question.
    overtaken,    // The incident ended first.
};
// `observe`: it looks and says what it would do.
enum class Mode : std::uint8_t { act, observe };

// One thing that a check saw. Texts are cut: see decide.h.
struct Seen {
    std::string target;  // `need:catalog-db`
    std::string key;     // `used`
    std::string standing;
    std::string title;
    std::optional<double> value;
    std::string unit;
    std::string hint;
    std::vector<std::string> evidence;  // Rows, their cells with ` · ` between.
    bool operator==(const Seen&) const = default;
};

// What came of a check.
struct Look {
    std::string step;
    std::int64_t round = 0;
    std::string inspect;
    std::vector<std::string> targets;
    std::string standing = "unknown";  // The worst of what was seen.
    std::string title;                 // Of the worst.
    std::string gave_up;               // Why nothing was found out; empty: something was.
    std::vector<Seen> seen;
    Instant at;
    bool operator==(const Look&) const = default;
};

// What the trouble may be of. The most likely first.
struct Cause {
    std::string kind;  // `version`
    std::string name;  // `catalog/v2`
    std::string evidence;
    double share = 0;         // Of what went wrong.
    std::int64_t change = 0;  // The record of the change that it began with; 0: none.
    bool operator==(const Cause&) const = default;
};

struct Question {
    std::string step;
    std::string text;
    std::vector<std::string> answers;
    std::vector<std::string> roles;
    Instant until;
    std::string answer;
    std::string answered_by;
    bool operator==(const Question&) const = default;
};

// An act that it came to.
struct Reach {
    std::string step;
    std::string what;     // `roll back v2 of catalog`
    std::string outcome;  // `verified`, `refused`, …; empty: not known yet.
    Instant at;
    bool operator==(const Reach&) const = default;
};

struct Run {
    std::int64_t id = 0;
    std::int64_t incident = 0;  // 0: a person wanted to know.
    std::string runbook;
    std::string title;
    std::string service;
    std::string by;
    Mode mode = Mode::act;
    State state = State::looking;
    std::string at;          // The step that it goes on from.
    std::int64_t round = 0;  // How often it was led on.
    std::vector<Look> looks;
    std::string likely;  // In one line; empty: nothing stands out.
    std::vector<Cause> causes;
    std::vector<Question> questions;
    std::vector<Reach> reached;
    Instant started_at;
    Instant ended_at;
    Outcome outcome = Outcome::none;
    std::string why;
    bool operator==(const Run&) const = default;
};

// --- events --------------------------------------------------------------------------------------

struct RunbookStarted {
    static constexpr ops::Kind kind = ops::Kind::runbook_started;
    std::int64_t run = 0;
    std::int64_t incident = 0;
    std::string runbook;
    std::string title;
    std::string service;
    std::string by;
    Mode mode = Mode::act;
    std::string first;  // Step.
    std::string text;   // The runbook: to edit it changes the next run, never this one.
};
struct RunbookChecked {
    static constexpr ops::Kind kind = ops::Kind::runbook_checked;
    std::int64_t run = 0;
    std::int64_t incident = 0;
    std::string runbook;
    std::string step;
    std::string title;
    Look look;
};
// At the start of what telemetry shows; later of a `decide` step, with what checks found.
struct RunbookDiagnosed {
    static constexpr ops::Kind kind = ops::Kind::runbook_diagnosed;
    std::int64_t run = 0;
    std::int64_t incident = 0;
    std::string runbook;
    std::string step;    // Empty: of telemetry alone.
    std::string likely;  // One line.
    std::vector<Cause> causes;
    std::string then;  // The step that it leads to; empty: none.
};
struct RunbookAsked {
    static constexpr ops::Kind kind = ops::Kind::runbook_asked;
    std::int64_t run = 0;
    std::int64_t incident = 0;
    std::string runbook;
    std::string step;
    std::string question;
    std::vector<std::string> answers;
    std::vector<std::string> roles;  // Empty: whoever responds.
    Instant until;
};
struct RunbookAnswered {
    static constexpr ops::Kind kind = ops::Kind::runbook_answered;
    std::int64_t run = 0;
    std::int64_t incident = 0;
    std::string runbook;
    std::string step;
    std::string question;
    std::string answer;
    std::string then;
};

// How it is seen whether an act helped. Without `inspect`: by the signals that fired.
struct Verification {
    std::string step;
    std::string inspect;
    std::string target;
    std::string when;  // A condition on what is found.
    Duration within = 60s;
    Duration holds = 15s;
    bool compare = true;
    bool operator==(const Verification&) const = default;
};
struct RunbookReached {
    static constexpr ops::Kind kind = ops::Kind::runbook_reached;
    std::int64_t run = 0;
    std::int64_t incident = 0;
    std::string runbook;
    std::string service;
    std::string step;
    std::string what;  // The sentence of the act.
    std::string likely;
    ports::Act act;  // Every value is a name of the configuration, or a number within bounds.
    Verification verify;
    std::string undo;  // `restore`, `none`, `act`
    ports::Act undo_act;
    std::string why_no_undo;
    Duration expires{};  // 0: it lasts.
};
struct RunbookWentOn {
    static constexpr ops::Kind kind = ops::Kind::runbook_went_on;
    std::int64_t run = 0;
    std::int64_t incident = 0;
    std::string runbook;
    std::string step;
    std::string outcome;  // Of the act at `step`.
    std::string why;
    std::string then;
};
struct RunbookEnded {
    static constexpr ops::Kind kind = ops::Kind::runbook_ended;
    std::int64_t run = 0;
    std::int64_t incident = 0;
    std::string runbook;
    Outcome outcome = Outcome::none;
    std::string why;
    Duration after{};
};

void describe(Visitor& v, Seen& s);
void describe(Visitor& v, Look& l);
void describe(Visitor& v, Cause& c);
void describe(Visitor& v, Question& q);
void describe(Visitor& v, Reach& r);
void describe(Visitor& v, Run& r);
void describe(Visitor& v, Verification& f);
void describe(Visitor& v, RunbookStarted& e);
void describe(Visitor& v, RunbookChecked& e);
void describe(Visitor& v, RunbookDiagnosed& e);
void describe(Visitor& v, RunbookAsked& e);
void describe(Visitor& v, RunbookAnswered& e);
void describe(Visitor& v, RunbookReached& e);
void describe(Visitor& v, RunbookWentOn& e);
void describe(Visitor& v, RunbookEnded& e);

}  // namespace sg::runs

namespace sg {

template <>
struct WordsOf<runs::State> {
    static constexpr std::string_view name = "a state of a run";
    static constexpr std::string_view words[] = {"looking", "asking", "acting", "ended"};
};
template <>
struct WordsOf<runs::Outcome> {
    static constexpr std::string_view name = "an outcome of a run";
    static constexpr std::string_view words[] = {"none",     "helped",     "handed_over",
                                                 "observed", "unanswered", "overtaken"};
};
template <>
struct WordsOf<runs::Mode> {
    static constexpr std::string_view name = "a mode of a run";
    static constexpr std::string_view words[] = {"act", "observe"};
};

}  // namespace sg
