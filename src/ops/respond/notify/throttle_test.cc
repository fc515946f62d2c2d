#include "ops/respond/notify/throttle.h"

#include <gtest/gtest.h>

namespace sg::notify {
namespace {

constexpr Instant start{1'795'400'000'000'000'000};

// Sends as often as the limits let it, from `start` on; when each goes out, after `start`.
std::vector<Duration> times(Disturbance disturbance, std::size_t count) {
    std::vector<Instant> sent;
    std::vector<Duration> out;
    for (std::size_t i = 0; i < count; ++i) {
        sent.push_back(opens_at(limits_of(disturbance), sent, start));
        out.push_back(sent.back() - start);
    }
    return out;
}

TEST(Throttle, MailOnceAMinute) {
    EXPECT_EQ(times(Disturbance::mail, 4), (std::vector<Duration>{0s, 1min, 2min, 3min}));
}

TEST(Throttle, CallsThreeIn15MinutesSevenInAnHourFifteenInThree) {
    const auto at = times(Disturbance::call, 16);
    EXPECT_EQ(std::vector(at.begin(), at.begin() + 8),
              (std::vector<Duration>{0s, 1min, 2min, 15min, 16min, 17min, 30min, 60min}));
    EXPECT_EQ(at[15], 180min);
}

TEST(Throttle, TextMessagesFiveIn15MinutesElevenInAnHourTwentyOneInThree) {
    const auto at = times(Disturbance::text_message, 22);
    EXPECT_EQ(at[4], 4min);
    EXPECT_EQ(at[5], 15min);
    EXPECT_EQ(at[10], 30min);
    EXPECT_EQ(at[11], 60min);
    EXPECT_EQ(at[21], 180min);
}

TEST(Throttle, StatusMailsOneIn3MinutesThreeIn20EightInTwoHours) {
    const auto at = times(Disturbance::status_mail, 9);
    EXPECT_EQ(at,
              (std::vector<Duration>{0s, 3min, 6min, 20min, 23min, 26min, 40min, 43min, 120min}));
}

TEST(Throttle, NothingLimitsWhatDisturbsNobody) {
    EXPECT_EQ(times(Disturbance::free, 3), (std::vector<Duration>{0s, 0s, 0s}));
}

TEST(Throttle, WhatWasLongAgoDoesNotCount) {
    const std::vector<Instant> sent = {start - 61s, start - 60s};
    EXPECT_EQ(opens_at(limits_of(Disturbance::mail), sent, start), start);
}

TEST(Throttle, NobodyOvertakesTheQueue) {
    const std::vector<Instant> sent = {start + 30s};
    EXPECT_EQ(opens_at({}, sent, start), start + 30s);
}

}  // namespace
}  // namespace sg::notify
