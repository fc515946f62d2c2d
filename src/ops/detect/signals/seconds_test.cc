#include "ops/detect/signals/seconds.h"

#include <gtest/gtest.h>

#include <map>
#include <random>

namespace sg::signals {
namespace {

Tally tally(std::int64_t requests, std::uint64_t took = 10'000) {
    Tally made;
    made.sums[0] = requests;
    made.sums[8] = -requests;
    made.duration.record(took);
    return made;
}

TEST(Seconds, what_was_added_is_found_and_nothing_else) {
    Seconds seconds;
    seconds.add(119, tally(3));
    seconds.add(121, tally(4));
    EXPECT_EQ(seconds.at(119), tally(3));
    EXPECT_EQ(seconds.at(120), std::nullopt);
    EXPECT_EQ(seconds.at(121), tally(4));
    EXPECT_EQ(seconds.at(59), std::nullopt);
    EXPECT_EQ(seconds.at(1000), std::nullopt);
}

TEST(Seconds, the_same_second_again_is_added_up_without_growing) {
    Seconds seconds;
    auto sum = tally(1);
    seconds.add(60, tally(7));
    seconds.add(61, tally(1));
    seconds.add(62, tally(9));
    for (int i = 0; i < 1000; ++i) {
        seconds.add(61, tally(1));
        sum += tally(1);
    }
    EXPECT_EQ(seconds.at(60), tally(7));
    EXPECT_EQ(seconds.at(61), sum);
    EXPECT_EQ(seconds.at(62), tally(9));
}

TEST(Seconds, whole_minutes_are_forgotten) {
    Seconds seconds;
    for (const std::int64_t at : {-61, -1, 0, 59, 60, 119, 120, 180})
        seconds.add(at, tally(at + 100));
    seconds.keep(59, 121);
    EXPECT_EQ(seconds.at(-1), std::nullopt);
    EXPECT_EQ(seconds.at(0), tally(100));
    EXPECT_EQ(seconds.at(120), tally(220));
    EXPECT_EQ(seconds.at(180), std::nullopt);
}

// The clock goes forward, back, and stands still; whatever it does, the sums are right.
TEST(Seconds, equals_a_map_for_any_order) {
    std::mt19937 random(7);
    Seconds seconds;
    std::map<std::int64_t, Tally> expected;
    std::int64_t now = -300;
    for (int i = 0; i < 5000; ++i) {
        now += std::uniform_int_distribution<std::int64_t>(-20, 22)(random);
        const auto added = tally(std::uniform_int_distribution<std::int64_t>(0, 1 << 20)(random),
                                 static_cast<std::uint64_t>(1 + i % 900));
        seconds.add(now, added);
        expected[now] += added;
        if (i % 500 == 499) {
            seconds.keep(now - 600, now + 600);
            std::erase_if(expected, [&](const auto& entry) {
                return !seconds.at(entry.first) &&
                       (entry.first < now - 600 || entry.first > now + 600);
            });
        }
    }
    for (std::int64_t at = now - 600; at <= now + 600; ++at) {
        const auto found = expected.find(at);
        ASSERT_EQ(seconds.at(at),
                  found == expected.end() ? std::nullopt : std::optional(found->second));
    }
}

}  // namespace
}  // namespace sg::signals
