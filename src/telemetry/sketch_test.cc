#include "telemetry/sketch.h"

#include <gtest/gtest.h>

namespace sg::telemetry {
namespace {

constexpr SketchKey key{0x1234, 0x5678};

Sketch of_range(std::uint64_t from, std::uint64_t to) {
    Sketch sketch;
    for (auto i = from; i < to; ++i) sketch.add(keyed_hash(key, i, 0));
    return sketch;
}

TEST(KeyedHash, IsSipHash13) {
    // Source: CPython 3.11 with PYTHONHASHSEED=0 of the bytes 00…0f.
    EXPECT_EQ(keyed_hash({0, 0}, 0x0706050403020100, 0x0f0e0d0c0b0a0908), 0x8972188433a5c5b7ULL);
}

TEST(Sketch, EstimatesWithinFourStandardErrors) {
    EXPECT_EQ(Sketch{}.estimate(), 0);
    for (const std::uint64_t n : {1, 10, 100, 500, 1'000, 1'500, 5'000, 50'000, 1'000'000}) {
        const double estimate = of_range(n * 1'000'003, n * 1'000'003 + n).estimate();
        EXPECT_NEAR(estimate / static_cast<double>(n), 1, 4 * 0.046) << n;
    }
}

TEST(Sketch, RepeatsDoNotCount) {
    auto sketch = of_range(0, 1'000);
    const auto before = sketch;
    for (std::uint64_t i = 0; i < 1'000; ++i) sketch.add(keyed_hash(key, i, 0));
    EXPECT_EQ(sketch, before);
}

TEST(Sketch, MergingIsTheUnion) {
    auto both = of_range(0, 700);
    both.merge(of_range(500, 1'200));
    EXPECT_EQ(both, of_range(0, 1'200));
}

TEST(Sketch, RanksStayWithinTheirBound) {
    EXPECT_EQ(Sketch::rank_of(0), Sketch::rank_max);
    EXPECT_EQ(Sketch::rank_of(UINT64_MAX), 1);
    EXPECT_EQ(Sketch::register_of(UINT64_MAX), Sketch::registers - 1);
}

}  // namespace
}  // namespace sg::telemetry
