// Torture: a story again and again, each time with one statement, commit or send failing, or with
// the process dying there. Afterwards the promise must have been kept: no page lost, at most one
// duplicate, rows equal the fold of their events, the chain verifies.
#pragma once

#include "play.h"

namespace sg::sim {

struct Torture {
    std::string store = "sqlite";
    std::int64_t sample = 0;  // So many points, chosen by the seed; 0: all.
    std::uint64_t seed = 1;
};

struct Tortured {
    std::int64_t points = 0;
    std::int64_t crashes = 0;
    std::int64_t duplicates = 0;
    std::vector<std::string> failures;
};

Tortured torture(const Story& story, const Torture& how);

}  // namespace sg::sim
