// When people are told that operations do not record, and when no longer.
#include "ops/outage.h"

#include <gtest/gtest.h>

namespace sg::ops {
namespace {

using Word = Outage::Word;
constexpr Tick begin{1'000'000'000'000};

TEST(Outage, IsToldOnceItLastsAndThenAgainAndAgain) {
    Outage outage(begin);
    EXPECT_EQ(outage.look(begin + 19s), Word::nothing);
    outage.failed(begin + 19s, "the disk is full");
    EXPECT_EQ(outage.look(begin + 20s), Word::broken);
    EXPECT_EQ(outage.why(), "the disk is full");
    EXPECT_EQ(outage.look(begin + 21s), Word::nothing);
    EXPECT_EQ(outage.look(begin + 20s + 15min - 1s), Word::nothing);
    EXPECT_EQ(outage.look(begin + 20s + 15min), Word::broken);
}

TEST(Outage, ABlinkIsNoOutage) {
    Outage outage(begin);
    for (auto at = begin; at < begin + 10min; at = at + 10s) {
        outage.failed(at + 1s, "locked");
        outage.recorded(at + 2s);
        EXPECT_EQ(outage.look(at + 2s), Word::nothing);
    }
}

TEST(Outage, ItsEndIsToldToWhoeverWasTold) {
    Outage outage(begin);
    EXPECT_EQ(outage.look(begin + 30s), Word::broken);
    outage.recorded(begin + 40s);
    EXPECT_EQ(outage.look(begin + 40s), Word::mended);
    EXPECT_EQ(outage.look(begin + 41s), Word::nothing);
}

TEST(Outage, AStandstillWithoutAnErrorIsOneToo) {
    Outage outage(begin);
    EXPECT_EQ(outage.look(begin + 20s), Word::broken);
    EXPECT_EQ(outage.why(), "");
    EXPECT_EQ(outage.lasted(begin + 20s), Duration{20s});
}

TEST(Outage, StaysInSightUntilItCanBeRecorded) {
    Outage outage(begin);
    EXPECT_FALSE(outage.is_in_sight(begin));
    outage.failed(begin + 1s, "full");
    outage.recorded(begin + 2s);
    EXPECT_TRUE(outage.is_in_sight(begin + 30s));
    EXPECT_FALSE(outage.is_in_sight(begin + 31s));
}

}  // namespace
}  // namespace sg::ops
