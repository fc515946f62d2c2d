#include "api/allowance.h"

#include <algorithm>

namespace sg::api {

Duration Allowance::take(const std::string& key, Instant now) {
    auto found = buckets_.find(key);
    if (found == buckets_.end()) {
        make_room();
        found = buckets_.emplace(key, Bucket{rate_.burst, now}).first;
    }
    Bucket& bucket = found->second;
    // A clock that was set back fills nothing.
    const double seconds = std::max(0.0, std::chrono::duration<double>(now - bucket.at).count());
    bucket.left = std::min(rate_.burst, bucket.left + seconds * rate_.per_second);
    bucket.at = now;
    if (bucket.left >= 1) {
        bucket.left -= 1;
        return Duration::zero();
    }
    const std::chrono::duration<double> wait((1 - bucket.left) / rate_.per_second);
    return std::max<Duration>(Duration{1}, std::chrono::duration_cast<Duration>(wait));
}

void Allowance::make_room() {
    if (buckets_.size() < rate_.keys_most) return;
    buckets_.erase(std::ranges::min_element(buckets_, {},
                                            [](const auto& bucket) { return bucket.second.at; }));
}

}  // namespace sg::api
