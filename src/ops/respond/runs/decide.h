// The rules of a run: which checks are looked at, what follows from them, where it goes on. Pure.
//
// A run is led on by what comes to it: results of checks, an answer, what came of an act, or a
// clock. Each time it goes as far as it can without waiting.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "config/model.h"
#include "ops/decision/decision.h"
#include "ops/respond/runbooks/diagnosis.h"
#include "ops/respond/runbooks/model.h"
#include "ops/respond/runs/ask.h"
#include "ops/respond/runs/model.h"
#include "ports/inspector.h"

namespace sg::runs {

inline constexpr std::string_view checks_clock = "runbook_checks_due";  // Of `run:7`.
inline constexpr std::string_view answer_clock = "runbook_answer_due";
inline constexpr std::string_view look_action = "runbook.look";

inline constexpr Duration check_lasts_max = 5s;   // Whatever the runbook says.
inline constexpr Duration queue_lasts_max = 10s;  // Beyond its deadline a check is given up.
inline constexpr std::int64_t tries_max = 2;      // Bound: of a look that crashes cut off.
inline constexpr std::int64_t rounds_max = 32;    // Bound: of how often a run is led on.
inline constexpr std::size_t seen_max = 12;       // Bounds of what is kept of one check…
inline constexpr std::size_t evidence_max = 5;
inline constexpr std::size_t text_max = 300;  // …and of each text in it, in bytes.

ops::Subject subject_of(std::int64_t run);
std::int64_t number_of(const ops::Subject& subject);  // 0: it is no run.

// What telemetry shows, beside the checks.
struct Known {
    std::map<std::string, std::string> names;           // `version` → `v2`
    std::map<std::string, runbooks::Quantity> figures;  // `version_p`
    std::vector<Cause> causes;                          // The most likely first.
    std::set<std::string> endpoints;                    // Of the service: `10.0.0.7:80`.
};

struct Around {
    const runbooks::Runbook& runbook;  // As it was when the run was started.
    const config::Config& config;
    const Known& known;
};

// What is to be looked at: the body of the action.
struct LookOrder {
    std::int64_t run = 0;
    std::string step;
    std::int64_t round = 0;
    std::string inspect;
    std::vector<std::string> targets;
    std::map<std::string, std::string> with;
    Duration deadline = check_lasts_max;
};
void describe(Visitor& v, LookOrder& o);

// What was found by it, bounded, its texts cut. `gave_up`: why there is nothing.
Look look_of(const LookOrder& order, const std::vector<std::pair<std::string, ports::Finding>>& by,
             std::string gave_up);

struct Beginning {
    std::int64_t run = 0;
    std::int64_t incident = 0;
    std::string service;
    std::string by;
    Mode mode = Mode::act;
};
ops::Decision start(const Beginning& beginning, const Around& around, Instant now);

// Nothing, if it was given up meanwhile or found out before.
ops::Decision take(const Run& run, const Around& around, const Look& look, Instant now);
// The clock of the checks: those that are not in are given up.
ops::Decision give_up(const Run& run, const Around& around, Instant now);

struct Reply {
    std::string step;  // Empty: the question that is open.
    std::string answer;
    std::set<std::string> roles;  // That who answers has.
};
// Error: nothing is asked, there is no such answer, or who answers has none of the roles.
Result<ops::Decision> answer(const Run& run, const Around& around, const Reply& reply, Instant now);
ops::Decision unanswered(const Run& run, Instant now);

// What came of the act that it waits for: `verified`, or how it did not help.
struct Aftermath {
    std::string step;
    std::string outcome;
    std::string why;
};
ops::Decision follow(const Run& run, const Around& around, const Aftermath& aftermath, Instant now);

// The incident has ended.
ops::Decision overtake(const Run& run, const std::string& why, Instant now);

// What a run was asked last and nobody has answered; null: nothing.
const Question* open_question(const Run& run);
Result<Run> apply(Run run, const ops::Recorded& event);

}  // namespace sg::runs
