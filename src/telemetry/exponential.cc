#include "telemetry/exponential.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/check.h"

namespace sg::telemetry {

std::uint64_t ExponentialHistogram::count() const {
    return std::accumulate(counts.begin(), counts.end(), zero_count);
}

void ExponentialHistogram::cover(std::int32_t first, std::int32_t last) {
    if (counts.empty()) offset = first;
    if (first < offset) {
        counts.insert(counts.begin(), static_cast<std::size_t>(offset - first), 0);
        offset = first;
    }
    const auto needed = static_cast<std::size_t>(last - offset) + 1;
    if (counts.size() < needed) counts.resize(needed);
}

void ExponentialHistogram::record(std::uint64_t value) {
    sum += value;
    if (value <= zero_threshold || value == 0) {
        ++zero_count;
        return;
    }
    const auto bucket = bucket_of(value) >> (scale_finest - scale);
    cover(bucket, bucket);
    ++counts[static_cast<std::size_t>(bucket - offset)];
}

void ExponentialHistogram::downscale(int to) {
    CHECK(to <= scale);
    const int shift = scale - to;
    scale = to;
    if (shift == 0 || counts.empty()) return;
    const auto first = offset >> shift;
    const auto last = (offset + static_cast<std::int32_t>(counts.size()) - 1) >> shift;
    std::vector<std::uint64_t> coarse(static_cast<std::size_t>(last - first + 1));
    for (std::size_t i = 0; i < counts.size(); ++i) {
        const auto bucket = (offset + static_cast<std::int32_t>(i)) >> shift;
        coarse[static_cast<std::size_t>(bucket - first)] += counts[i];
    }
    counts = std::move(coarse);
    offset = first;
}

void ExponentialHistogram::merge(const ExponentialHistogram& other) {
    if (other.scale < scale) downscale(other.scale);
    ExponentialHistogram copy = other;
    copy.downscale(scale);
    zero_count += copy.zero_count;
    zero_threshold = std::max(zero_threshold, copy.zero_threshold);
    sum += copy.sum;
    if (copy.counts.empty()) return;
    cover(copy.offset, copy.offset + static_cast<std::int32_t>(copy.counts.size()) - 1);
    for (std::size_t i = 0; i < copy.counts.size(); ++i)
        counts[static_cast<std::size_t>(copy.offset - offset) + i] += copy.counts[i];
}

ExponentialHistogram ExponentialHistogram::since(const ExponentialHistogram& earlier) const {
    if (earlier.scale != scale || earlier.zero_count > zero_count || earlier.sum > sum)
        return *this;
    ExponentialHistogram difference = *this;
    difference.zero_count -= earlier.zero_count;
    difference.sum -= earlier.sum;
    for (std::size_t i = 0; i < earlier.counts.size(); ++i) {
        if (earlier.counts[i] == 0) continue;
        const auto at = earlier.offset + static_cast<std::int32_t>(i) - offset;
        if (at < 0 || at >= static_cast<std::int32_t>(counts.size())) return *this;
        auto& cell = difference.counts[static_cast<std::size_t>(at)];
        if (cell < earlier.counts[i]) return *this;
        cell -= earlier.counts[i];
    }
    return difference;
}

double ExponentialHistogram::quantile(double share) const {
    const auto total = count();
    if (total == 0) return 0;
    const double rank = std::clamp(share, 0.0, 1.0) * static_cast<double>(total);
    auto below = static_cast<double>(zero_count);
    if (zero_count > 0 && below >= rank) return static_cast<double>(zero_threshold);
    for (std::size_t i = 0; i < counts.size(); ++i) {
        below += static_cast<double>(counts[i]);
        if (counts[i] == 0 || below < rank) continue;
        const auto bucket = offset + static_cast<std::int32_t>(i);
        return std::exp2((bucket + 0.5) / std::exp2(scale));
    }
    return 0;
}

}  // namespace sg::telemetry
