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
    if (index_ < 0 ||
        to - index_ >= buckets) {  // The first request, or the first after a long pause.
        bucket_ = {};
        requests_ = retries_ = 0;
    } else {
        for (std::int64_t i = index_ + 1; i <= to; ++i) {  // Bound: the number of buckets.
            Bucket& stale = bucket_[static_cast<std::size_t>(i % buckets)];
            requests_ -= stale.requests;
            retries_ -= stale.retries;
            stale = {};
        }
    }
    index_ = to;
    ends_ns_ = (to + 1) * bucket_ns;
}

}  // namespace sg::gateway::upstream
