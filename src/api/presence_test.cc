#include "api/presence.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace sg::api {
namespace {

constexpr Instant start{1'800'000'000'000'000'000};

TEST(Presence, EndsByItselfUnlessItIsSaidAgain) {
    Presence presence;
    ASSERT_TRUE(presence.join(7, "ana", 2min, start));
    ASSERT_TRUE(presence.join(7, "bo", 2min, start + 1min));
    ASSERT_TRUE(presence.join(7, "ana", 2min, start + 90s));
    const auto both = presence.of(7, start + 179s);
    ASSERT_EQ(both.size(), 2U);
    EXPECT_EQ(both[0].person, "ana");
    EXPECT_EQ(both[0].since, start);  // Since the first time, not the last.
    EXPECT_EQ(presence.of(7, start + 3min).size(), 1U);
    EXPECT_TRUE(presence.of(7, start + 210s).empty());
    EXPECT_TRUE(presence.of(8, start).empty());
}

TEST(Presence, WhoLeavesAndComesBackBeginsAnew) {
    Presence presence;
    ASSERT_TRUE(presence.join(7, "ana", 1h, start));
    presence.leave(7, "ana");
    presence.leave(7, "nobody");
    EXPECT_TRUE(presence.of(7, start).empty());
    ASSERT_TRUE(presence.join(7, "ana", 1h, start + 5min));
    EXPECT_EQ(presence.of(7, start + 6min).at(0).since, start + 5min);
}

TEST(Presence, IsBounded) {
    Presence presence;
    EXPECT_FALSE(presence.join(7, "", 1h, start));
    EXPECT_FALSE(presence.join(7, "ana", 0s, start));
    EXPECT_FALSE(presence.join(7, "ana", presence_most + 1s, start));
    for (std::size_t i = 0; i < present_most; ++i)
        ASSERT_TRUE(presence.join(7, fmt::format("p{}", i), 1h, start));
    EXPECT_EQ(presence.join(7, "ana", 1h, start).error().code, Errc::exhausted);
    EXPECT_TRUE(presence.join(7, "p3", 1h, start));
    EXPECT_TRUE(presence.join(7, "ana", 1h, start + 1h));  // The others have gone.
}

}  // namespace
}  // namespace sg::api
