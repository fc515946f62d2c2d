// The retry budget's arithmetic: ten buckets of a second.
#include "gateway/upstream/budget.h"

#include <algorithm>

namespace sg::gateway::upstream {

bool RetryBudget::try_spend(Tick now) {
    advance(now);
    const double allowed = std::max(share_ * static_cast<double>(requests_), floor_);
    if (static_cast<double>(retries_ + 1) > allowed) return false;
    ++now_bucket().retries;
    ++retries_;
    return true;
}

void RetryBudget::roll(Tick now) {
    const std::int64_t to = now.ns / bucket_ns;
    // Bound: the number of buckets; after a longer pause all of them are stale.
    const std::int64_t steps =
        ends_ns_ == INT64_MIN ? buckets : std::min<std::int64_t>(to - index_, buckets);
    for (std::int64_t i = 0; i < steps; ++i) {
        Bucket& stale = bucket_[static_cast<std::size_t>((to - i) % buckets)];
        requests_ -= stale.requests;
        retries_ -= stale.retries;
        stale = {};
    }
    index_ = to;
    ends_ns_ = (to + 1) * bucket_ns;
}

}  // namespace sg::gateway::upstream
