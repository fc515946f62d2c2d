// Nouns of runbooks: what a person reads, and the steps in it that can be run.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/describe.h"
#include "base/time.h"
#include "base/units.h"
#include "config/operations.h"
#include "ops/respond/runbooks/expression.h"
#include "ports/verbs.h"

namespace sg::runbooks {

// Which incidents it is for. The first of a runbook that fits decides; one that the alert, the
// objective or the service names goes before all of them.
struct Trigger {
    std::string alert;      // Name of a rule or a detector: `errors`, `hard_fault`.
    std::string objective;  // `errors`, `latency`, `availability`, `throughput`.
    std::string need;       // Kind of a dependency that fails: `postgres`, `redis`.
    Place place;
};

enum class StepKind : std::uint8_t { check, decide, act, verify, undo, ask };

// Looks, changes nothing.
struct Check {
    std::string inspect;  // Name of an inspection: `postgres.locks`.
    std::string target;   // `${service}`, `needs postgres`, `host`, `gateway`.
    std::map<std::string, std::string> with;
    Duration deadline = 5s;
};

struct Branch {
    Expression when;    // Empty text: otherwise.
    std::string cause;  // What it means, for people.
    std::string then;   // Name of the step that goes on; empty: a person goes on from here.
    Place place;
};

struct Decide {
    std::vector<Branch> branches;  // The first that holds.
};

struct Acting {
    ports::Act act;           // Values may be references: `${diagnosis.version}`.
    std::string verify;       // Name of the step that says whether it helped.
    std::string undo;         // Name of the step that takes it back, or `restore`; `none`.
    std::string why_no_undo;  // Requires: given where undo is `none`.
    Duration expires = 0s;    // It is taken back by itself; 0: it lasts.
    std::string next;         // Where to go on if it did not help; empty: a person goes on.
};

struct Verify {
    std::string inspect;  // Empty: the signals that fired.
    std::string target;
    Expression when;        // Of what it found; empty text: the signals have cleared.
    Duration within = 60s;  // By when it must begin to hold.
    Duration holds = 15s;   // For so long without a break.
    bool compare = true;    // With traffic that was not touched, where there is some.
};

struct Undo {
    ports::Act act;
};

struct Answer {
    std::string name;
    std::string then;  // Name of a step; empty: a person goes on.
};

struct Ask {
    std::string question;
    std::vector<Answer> answers;
    std::vector<std::string> roles;  // Who may answer; empty: whoever responds.
    Duration expires = 15min;        // Without an answer a person goes on.
};

struct Step {
    StepKind kind{};
    std::string name;
    std::string title;  // The heading above it.
    Place place;        // Of the fence.

    // The one of its kind.
    Check check;
    Decide decide;
    Acting act;
    Verify verify;
    Undo undo;
    Ask ask;
};

struct Section {
    std::string title;
    std::string text;  // Markdown, with the steps' blocks.
    Place place;
};

struct Runbook {
    std::string name;  // Of the file: `high-error-rate`.
    std::string title;
    config::Severity severity = config::Severity::sev3;  // Of the troubles it is usually for.
    std::string owner;                                   // A team or a person.
    std::string reviewed;                                // `2026-11-01`
    Duration review_every = 180 * 24h;
    std::vector<Trigger> triggers;
    std::vector<Section> sections;
    std::vector<Step> steps;  // In the order of the text, which is the order of a run.
    std::string text;         // The whole file.
    bool shipped = false;
};

std::string_view word(StepKind kind);
const Step* find_step(const Runbook& runbook, std::string_view name);
const Section* find_section(const Runbook& runbook, std::string_view title);

}  // namespace sg::runbooks
