// What others may ask of runs.
#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "ops/respond/runs/model.h"
#include "store/session.h"

namespace sg::runs {

Result<std::optional<Run>> find(store::Session& session, std::int64_t id);

struct Wish {  // Newest first.
    std::int64_t incident = 0;
    std::string runbook;
    std::int64_t before = std::numeric_limits<std::int64_t>::max();
    std::int64_t limit = 50;
};
Result<std::vector<Run>> list(store::Session& session, const Wish& wish);

// What an incident is told by: its run that goes on to acts, else the last one. Nothing: none.
Result<std::optional<Run>> run_of(store::Session& session, std::int64_t incident);

// How often each runbook was run, and when last.
struct Ran {
    std::int64_t runs = 0;
    Instant last;
};
Result<std::map<std::string, Ran>> ran(store::Session& session);

// The open question, the act that is proposed, or what would be done; empty: nothing of that sort.
std::string proposed(const Run& run);

}  // namespace sg::runs
