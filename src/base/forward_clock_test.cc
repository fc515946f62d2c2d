#include "base/forward_clock.h"

#include <gtest/gtest.h>

namespace sg {
namespace {

struct Hands final : Clock {
    Instant wall() const override { return at; }
    Tick steady() const override { return tick; }
    void pass(Duration time) {
        at = at + time;
        tick = tick + time;
    }
    Instant at{1'800'000'000'000'000'000};
    Tick tick{5'000'000'000};
};

TEST(ForwardClock, IsTheWallClockWhileThatGoesForward) {
    Hands hands;
    ForwardClock clock(hands);
    EXPECT_EQ(clock.wall(), hands.at);
    hands.pass(10s);
    EXPECT_EQ(clock.wall(), hands.at);
    EXPECT_EQ(clock.behind(), 0s);
    EXPECT_FALSE(clock.take_step());
}

TEST(ForwardClock, GoesOnWhenTheWallClockIsSetBack) {
    Hands hands;
    ForwardClock clock(hands);
    const Instant before = clock.wall();
    hands.pass(2s);
    hands.at = hands.at - 1h;
    EXPECT_EQ(clock.wall(), before + 2s);
    EXPECT_EQ(clock.behind(), 1h);
    EXPECT_EQ(clock.take_step(), -1h);
    EXPECT_FALSE(clock.take_step());
    hands.pass(30min);
    EXPECT_EQ(clock.wall(), before + 2s + 30min);
    EXPECT_EQ(clock.behind(), 1h);
    hands.at = hands.at + 2h;  // Set right, and an hour further.
    EXPECT_EQ(clock.wall(), hands.at);
    EXPECT_EQ(clock.behind(), 0s);
    EXPECT_EQ(clock.take_step(), 2h);
}

TEST(ForwardClock, NoticesAJumpForward) {
    Hands hands;
    ForwardClock clock(hands);
    EXPECT_EQ(clock.wall(), hands.at);
    hands.at = hands.at + 7h;
    EXPECT_EQ(clock.wall(), hands.at);
    EXPECT_EQ(clock.take_step(), 7h);
}

TEST(ForwardClock, SmallAdjustmentsAreNoSteps) {
    Hands hands;
    ForwardClock clock(hands);
    Instant last = clock.wall();
    for (int i = 0; i < 10'000; ++i) {
        hands.pass(1s);
        hands.at = hands.at - 400us;
        EXPECT_GT(clock.wall(), last);
        last = clock.wall();
    }
    EXPECT_EQ(clock.behind(), 4s);
    EXPECT_FALSE(clock.take_step());
}

TEST(ForwardClock, BeginsAfterWhatWasRecorded) {
    Hands hands;
    ForwardClock clock(hands);
    const Instant recorded = hands.at + 90s;  // By another machine, whose clock is ahead.
    clock.not_before(recorded);
    EXPECT_EQ(clock.wall(), recorded);
    EXPECT_EQ(clock.behind(), 90s);
    hands.pass(5s);
    EXPECT_EQ(clock.wall(), recorded + 5s);
    clock.not_before(hands.at);
    EXPECT_EQ(clock.wall(), recorded + 5s);
}

}  // namespace
}  // namespace sg
