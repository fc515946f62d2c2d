#include "telemetry/exponential.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace sg::telemetry {
namespace {

std::int32_t bucket_by_logarithm(std::uint64_t value) {  // (base^i, base^(i+1)]
    const long double exact = std::log2(static_cast<long double>(value)) * 16;
    return static_cast<std::int32_t>(std::ceil(exact)) - 1;
}

TEST(BucketOf, UpperBoundsBelongToTheLowerBucket) {
    EXPECT_EQ(bucket_of(1), -1);
    EXPECT_EQ(bucket_of(2), 15);
    EXPECT_EQ(bucket_of(3), 25);  // log2(3) * 16 = 25.36
    EXPECT_EQ(bucket_of(1ULL << 40), 40 * 16 - 1);
    EXPECT_EQ(bucket_of((1ULL << 40) + 1), 40 * 16);
    EXPECT_EQ(bucket_of(UINT64_MAX), 64 * 16 - 1);
}

TEST(BucketOf, AgreesWithTheLogarithm) {
    std::mt19937_64 random(7);
    for (int i = 0; i < 1'000'000; ++i) {
        // Up to 2^50 the logarithm in long double is exact enough to be the judge.
        const std::uint64_t value = (random() >> (14 + random() % 50)) | 1;
        ASSERT_EQ(bucket_of(value), bucket_by_logarithm(value)) << value;
    }
}

TEST(BucketOf, EveryBoundOfADoublingIsMetExactly) {
    for (int step = 1; step < 16; ++step) {
        const auto bound = static_cast<std::uint64_t>(std::exp2(40 + step / 16.0L));
        EXPECT_EQ(bucket_of(bound), 40 * 16 + step - 1);
        EXPECT_EQ(bucket_of(bound + 1), 40 * 16 + step);
    }
}

ExponentialHistogram sample(std::uint64_t seed, int count, int scale = scale_finest) {
    std::mt19937_64 random(seed);
    std::lognormal_distribution<double> latency(16.0, 1.2);  // Around 9 ms, in ns.
    ExponentialHistogram h;
    h.scale = scale;
    h.zero_threshold = 1000;
    for (int i = 0; i < count; ++i) h.record(static_cast<std::uint64_t>(latency(random)));
    return h;
}

TEST(ExponentialHistogram, DownscalingIsTheSameAsRecordingCoarsely) {
    auto fine = sample(1, 10'000);
    fine.downscale(1);
    EXPECT_EQ(fine, sample(1, 10'000, 1));
}

TEST(ExponentialHistogram, MergesAtTheCoarserScale) {
    auto both = sample(1, 5'000);
    both.merge(sample(2, 5'000, 2));
    EXPECT_EQ(both.scale, 2);
    EXPECT_EQ(both.count(), 10'000U);

    auto other_way = sample(2, 5'000, 2);
    other_way.merge(sample(1, 5'000));
    EXPECT_EQ(both, other_way);
}

TEST(ExponentialHistogram, QuantilesAreWithinHalfABucket) {
    ExponentialHistogram h;
    for (std::uint64_t us = 1; us <= 100'000; ++us) h.record(us * 1000);
    for (const double q : {0.01, 0.5, 0.95, 0.99, 1.0})
        EXPECT_NEAR(h.quantile(q) / (q * 1e8), 1, 0.023) << q;
    EXPECT_EQ(ExponentialHistogram{}.quantile(0.5), 0);
}

TEST(ExponentialHistogram, SinceSubtractsAndNoticesARestart) {
    const auto before = sample(1, 1'000);
    auto after = before;
    after.merge(sample(2, 300));
    const auto between = after.since(before);
    EXPECT_EQ(between.count(), 300U);
    EXPECT_EQ(between.sum, sample(2, 300).sum);

    const auto restarted = sample(3, 10);
    EXPECT_EQ(restarted.since(before), restarted);
}

}  // namespace
}  // namespace sg::telemetry
