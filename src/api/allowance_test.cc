#include "api/allowance.h"

#include <gtest/gtest.h>

namespace sg::api {
namespace {

constexpr Instant start{1'800'000'000'000'000'000};

TEST(Allowance, ABurstThenTheRate) {
    Allowance allowance({.per_second = 2, .burst = 3});
    for (int i = 0; i < 3; ++i) EXPECT_EQ(allowance.take("a", start), 0s);
    EXPECT_EQ(allowance.take("a", start), 500ms);
    EXPECT_EQ(allowance.take("a", start + 499ms), 1ms);
    EXPECT_EQ(allowance.take("a", start + 500ms), 0s);
    EXPECT_GT(allowance.take("a", start + 501ms), 0s);
}

TEST(Allowance, EachKeyHasItsOwn) {
    Allowance allowance({.per_second = 1, .burst = 1});
    EXPECT_EQ(allowance.take("a", start), 0s);
    EXPECT_EQ(allowance.take("b", start), 0s);
    EXPECT_EQ(allowance.take("a", start), 1s);
}

TEST(Allowance, NeverMoreThanTheBurst) {
    Allowance allowance({.per_second = 1000, .burst = 2});
    EXPECT_EQ(allowance.take("a", start), 0s);
    for (int i = 0; i < 2; ++i) EXPECT_EQ(allowance.take("a", start + 1h), 0s);
    EXPECT_GT(allowance.take("a", start + 1h), 0s);
}

TEST(Allowance, AClockThatIsSetBackFillsNothing) {
    Allowance allowance({.per_second = 1, .burst = 1});
    EXPECT_EQ(allowance.take("a", start), 0s);
    EXPECT_EQ(allowance.take("a", start - 1h), 1s);
    EXPECT_EQ(allowance.take("a", start - 1h + 1s), 0s);
}

TEST(Allowance, WhoAskedLongestAgoGivesWay) {
    Allowance allowance({.per_second = 0.001, .burst = 1, .keys_most = 2});
    EXPECT_EQ(allowance.take("a", start), 0s);
    EXPECT_EQ(allowance.take("b", start + 1s), 0s);
    EXPECT_EQ(allowance.take("c", start + 2s), 0s);
    EXPECT_GT(allowance.take("b", start + 3s), 0s);
    EXPECT_EQ(allowance.take("a", start + 3s), 0s);  // Forgotten, so it begins anew.
}

}  // namespace
}  // namespace sg::api
