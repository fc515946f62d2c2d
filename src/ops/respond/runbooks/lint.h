// What is wrong with a runbook beyond its form: parts that the template asks for and that are
// missing (guide 8.1), steps that lead nowhere, acts without a verification or an undo, names that
// do not exist; and what is merely doubtful, such as one that nobody has read for half a year.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/describe_read.h"
#include "ops/respond/runbooks/model.h"

namespace sg::runbooks {

// What exists around it.
struct Surroundings {
    // Names of inspections; empty: not known here, nothing is said of them.
    std::vector<std::string> inspections;
    Instant now;
    std::optional<Instant> last_run;  // Of this runbook.
    bool knows_runs = false;          // Whether last_run means anything.
};

struct Linted {
    std::vector<Problem> mistakes;  // It cannot run like this.
    std::vector<Problem> doubts;    // It can, but look.
};

// Of ports/inspections.def.
std::vector<std::string> known_inspections();

Linted lint(const Runbook& runbook, const Surroundings& around);

// When it should have been read again.
Instant review_due(const Runbook& runbook);

// The names within `${…}`, in order. An unclosed one is given as it stands, with its `${`.
std::vector<std::string> references_of(std::string_view text);

}  // namespace sg::runbooks
