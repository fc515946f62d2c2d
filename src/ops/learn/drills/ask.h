// What others may ask about drills.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

#include "ops/learn/drills/decide.h"
#include "store/session.h"

namespace sg::drills {

Result<std::optional<Drill>> find(store::Session& session, std::int64_t id);
Result<std::optional<Drill>> active(store::Session& session);  // One at a time.

struct Page {  // Newest first.
    std::int64_t before = std::numeric_limits<std::int64_t>::max();
    std::int64_t limit = 50;
};
Result<std::vector<Drill>> list(store::Session& session, const Page& page);

// The number of the drill whose doing the signal is; 0: it is real.
Result<std::int64_t> who_explains(store::Session& session, const Signal& signal);

}  // namespace sg::drills
