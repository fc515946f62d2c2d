// The promise that rows equal the fold of the ledger, verified: every record is folded into an
// empty database of its own, whose rows must then be those that stand in ours.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "ops/decision/turn.h"

namespace sg::ops {

struct Comparison {
    std::int64_t records = 0;
    std::int64_t erased = 0;  // Records without content: what followed from them is not known.
    std::int64_t rows = 0;    // That are the same.
    // `incidents: is 204, …; the records say 204, …`. Bound: different_max, the rest is counted.
    std::vector<std::string> different;
};
inline constexpr std::size_t different_max = 20;

using Progress = std::function<void(std::int64_t records)>;

// In one reading transaction of the session. Bound: the rows of one table, twice, in memory.
Result<Comparison> compare_rows(store::Session& session, std::span<const FoldRow> folds,
                                const Progress& progress = {});

}  // namespace sg::ops
