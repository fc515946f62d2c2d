// Latency as a base-2 exponential histogram, the OpenTelemetry form: bucket i holds values in
// (base^i, base^(i+1)] where base = 2^(2^-scale). Merging two never moves a count by more than one
// bucket width. Source: OpenTelemetry metrics data model, "ExponentialHistogram".
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <vector>

namespace sg::telemetry {

inline constexpr int scale_finest =
    4;  // 16 buckets to a doubling: a bucket's middle is off by at most 2.2 %.

namespace detail {

// floor(2^(63 + j/16)): the upper bounds of the buckets within one doubling, to 64 bits. The last
// is a sentinel.
inline constexpr std::array<std::uint64_t, 17> bound_of_step = {
    0x8000000000000000, 0x85aac367cc487b14, 0x8b95c1e3ea8bd6e6, 0x91c3d373ab11c336,
    0x9837f0518db8a96f, 0x9ef5326091a111ad, 0xa5fed6a9b15138ea, 0xad583eea42a14ac6,
    0xb504f333f9de6484, 0xbd08a39f580c36be, 0xc5672a115506dadd, 0xce248c151f8480e3,
    0xd744fccad69d6af4, 0xe0ccdeec2a94e111, 0xeac0c6e7dd24392e, 0xf5257d152486cc2c,
    0xffffffffffffffff};

// For the six bits after the leading one: how many bounds lie below every value that has these
// bits. A slot of 1/64 is narrower than any bucket, so at most one more bound can lie below a given
// value.
constexpr std::array<std::uint8_t, 64> make_steps_below() {
    std::array<std::uint8_t, 64> below{};
    for (std::uint64_t slot = 0; slot < 64; ++slot) {
        const std::uint64_t least = (1ULL << 63) | (slot << 57);
        std::uint8_t count = 0;
        while (count < 16 && bound_of_step[count] < least) ++count;
        below[slot] = count;
    }
    return below;
}
inline constexpr auto steps_below = make_steps_below();

}  // namespace detail

// The bucket of `value` at scale_finest. Requires: value > 0. Coarser: shift right by the
// difference in scale.
constexpr std::int32_t bucket_of(std::uint64_t value) {
    const int exponent = 63 - std::countl_zero(value);
    const std::uint64_t mantissa = value << (63 - exponent);
    std::uint32_t steps = detail::steps_below[(mantissa >> 57) & 63];
    steps += mantissa > detail::bound_of_step[steps] ? 1 : 0;
    return exponent * 16 + static_cast<std::int32_t>(steps) - 1;
}

// Plain values: what snapshots carry and what ops merges, subtracts and asks for quantiles. Unit:
// nanoseconds.
struct ExponentialHistogram {
    int scale = scale_finest;
    std::uint64_t zero_count = 0;  // At or below `zero_threshold`.
    std::uint64_t zero_threshold = 0;
    std::uint64_t sum = 0;
    std::int32_t offset = 0;            // Bucket of counts[0].
    std::vector<std::uint64_t> counts;  // Bound: 64 doublings at the scale.

    bool operator==(const ExponentialHistogram&) const = default;

    std::uint64_t count() const;
    void record(std::uint64_t value);
    void downscale(int to);                         // Requires: to <= scale.
    void merge(const ExponentialHistogram& other);  // At the coarser scale of the two.

    // What was counted after `earlier`, an older state of the same cumulative histogram. If
    // `earlier` holds more anywhere, the counter was restarted and everything here is new.
    ExponentialHistogram since(const ExponentialHistogram& earlier) const;

    // The value below which `share` of all lie: geometric middle of its bucket. 0 when empty.
    double quantile(double share) const;

  private:
    void cover(std::int32_t first, std::int32_t last);
};

}  // namespace sg::telemetry
