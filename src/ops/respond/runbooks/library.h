// All runbooks there are: the shipped ones, and those of the configured folder, which replace
// shipped ones of the same name.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "ops/respond/runbooks/read.h"

namespace sg::runbooks {

struct Shelved {
    Runbook runbook;
    std::vector<Problem> problems;  // Then it is listed, and never run.
    std::string file;               // Empty: shipped.
};

struct Library {
    std::vector<Shelved> runbooks;  // By name.
    std::vector<Error> unreadable;  // Of files and of the folder.

    const Shelved* find(std::string_view name) const;  // Null: there is none.
};

inline constexpr std::size_t runbooks_max = 500;  // Bound: files looked at in the folder.

// `folder`: every `*.md` in it; empty: only the shipped ones.
Library read_library(const std::string& folder);

// What an incident is declared by, as far as a runbook's triggers ask for it.
struct Occasion {
    std::string runbook;    // That the alert, the objective or the service names.
    std::string alert;      // Name.
    std::string objective;  // Kind.
    std::string need;       // Kind.
};

// The runbook for it; null: there is none. Named ones first, then the first whose trigger fits:
// own ones before shipped ones, by name.
const Runbook* runbook_for(const Library& library, const Occasion& occasion);

}  // namespace sg::runbooks
