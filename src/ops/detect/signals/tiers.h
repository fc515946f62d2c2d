// The resolutions in which the past is kept, finest first, and which is still held at what age.
#pragma once

#include <array>

#include "base/time.h"

namespace sg::signals {

struct Tier {
    Duration bucket;
    Duration keep;
    Duration
        slack;  // Kept longer than promised, so that a window's far end can still be taken off.
    int block;  // Buckets that are stored together; 0: not stored.
};

inline constexpr std::array<Tier, 4> tiers = {{
    {1s, 15min, 1min, 0},
    {10s, 48h, 1h, 30},
    {1min, 35 * 24h, 1h, 30},
    {1h, 2 * 365 * 24h, 24h, 12},
}};
inline constexpr int tier_count = static_cast<int>(tiers.size());
inline constexpr int stored_first = 1;  // The finest tier that is stored; the first is memory only.

// Buckets are numbered from 1970. Floors also below zero.
constexpr std::int64_t bucket_at(int tier, Instant at) {
    const auto length = tiers[static_cast<std::size_t>(tier)].bucket.count();
    return at.ns >= 0 ? at.ns / length : -((length - 1 - at.ns) / length);
}
constexpr Instant start_of(int tier, std::int64_t bucket) {
    return {bucket * tiers[static_cast<std::size_t>(tier)].bucket.count()};
}
constexpr Instant floored(int tier, Instant at) { return start_of(tier, bucket_at(tier, at)); }
constexpr Instant raised(int tier, Instant at) {
    const auto down = floored(tier, at);
    return down == at ? at : down + tiers[static_cast<std::size_t>(tier)].bucket;
}
constexpr std::int64_t block_of(int tier, std::int64_t bucket) {
    const auto size = tiers[static_cast<std::size_t>(tier)].block;
    return bucket >= 0 ? bucket / size : -((size - 1 - bucket) / size);
}

}  // namespace sg::signals
