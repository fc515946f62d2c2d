// Durations counted exactly at the bounds that OpenTelemetry advises for HTTP, so that what
// Prometheus is told is not an estimate. Source: semantic conventions,
// http.server.request.duration, "ExplicitBucketBoundaries".
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace sg::telemetry {

struct Bound {
    std::uint64_t ns;
    std::string_view seconds;  // As Prometheus writes it.
};

inline constexpr Bound bounds[] = {
    {5'000'000, "0.005"},   {10'000'000, "0.01"},   {25'000'000, "0.025"},  {50'000'000, "0.05"},
    {75'000'000, "0.075"},  {100'000'000, "0.1"},   {250'000'000, "0.25"},  {500'000'000, "0.5"},
    {750'000'000, "0.75"},  {1'000'000'000, "1"},   {2'500'000'000, "2.5"}, {5'000'000'000, "5"},
    {7'500'000'000, "7.5"}, {10'000'000'000, "10"},
};
inline constexpr std::size_t bound_count = sizeof bounds / sizeof bounds[0];

// Index of the first bound that is not below `ns`; bound_count: beyond the last.
constexpr std::size_t bound_of(std::uint64_t ns) {
    std::size_t index = 0;
    for (const auto& bound : bounds) index += ns > bound.ns ? 1 : 0;
    return index;
}

// Not cumulative: counts[i] lie between bound i-1 and bound i, the last beyond all bounds.
struct BoundedHistogram {
    std::array<std::uint64_t, bound_count + 1> counts{};
    std::uint64_t sum_ns = 0;

    bool operator==(const BoundedHistogram&) const = default;
    std::uint64_t count() const {
        std::uint64_t total = 0;
        for (const auto n : counts) total += n;
        return total;
    }
    void merge(const BoundedHistogram& other) {
        for (std::size_t i = 0; i < counts.size(); ++i) counts[i] += other.counts[i];
        sum_ns += other.sum_ns;
    }
};

}  // namespace sg::telemetry
