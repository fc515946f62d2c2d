// A viewer's clock: it plays when enough has arrived, and says so once when it has run dry.
#include "demo/viewer.h"

#include <gtest/gtest.h>

namespace sg::demo {
namespace {

Tick at(Duration since) { return {since.count()}; }

TEST(PlayClock, StartsWithTwoSegmentsAndRunsDryOnce) {
    PlayClock clock;
    EXPECT_FALSE(clock.arrived(2s, at(0s)));
    EXPECT_TRUE(clock.arrived(2s, at(1s)));  // Four seconds from here.
    EXPECT_FALSE(clock.ran_dry(at(5s)));
    EXPECT_TRUE(clock.ran_dry(at(5001ms)));
    EXPECT_FALSE(clock.ran_dry(at(60s)));
    EXPECT_FALSE(clock.arrived(2s, at(60s)));
    EXPECT_TRUE(clock.arrived(2s, at(60s)));
}

TEST(PlayClock, SegmentsInTimeKeepItPlaying) {
    PlayClock clock;
    clock.arrived(4s, at(0s));
    for (Duration now = 2s; now < 600s; now += 2s) {
        EXPECT_FALSE(clock.ran_dry(at(now)));
        clock.arrived(2s, at(now));
    }
    EXPECT_TRUE(clock.playing());
}

TEST(ReadWindow, KnowsTheNumberOfItsFirstSegment) {
    const auto window =
        read_window(live_playlist({{"a.ts", 2s}, {"b.ts", 2s}}, Instant{100'000'000'000}, 3));
    ASSERT_TRUE(window.has_value());
    EXPECT_EQ(window->first, 47);
    EXPECT_EQ(window->segments.size(), 3U);
    EXPECT_FALSE(read_window("").has_value());
}

}  // namespace
}  // namespace sg::demo
