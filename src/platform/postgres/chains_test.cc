// From who waits for whom to who blocks them all.
#include "platform/postgres/chains.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sg::platform::postgres {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(Chains, nobody_waits) {
    EXPECT_THAT(roots_of({}), IsEmpty());
    EXPECT_THAT(roots_of({{.pid = 1}, {.pid = 2}}), IsEmpty());
}

TEST(Chains, a_pile_has_one_root) {
    // 5 waits for 4, 4 for 3, 3 and 2 for 1.
    const auto roots = roots_of({{.pid = 1},
                                 {.pid = 2, .blocked_by = {1}, .seconds = 3},
                                 {.pid = 3, .blocked_by = {1}, .seconds = 9},
                                 {.pid = 4, .blocked_by = {3}, .seconds = 5},
                                 {.pid = 5, .blocked_by = {4, 3}, .seconds = 1}});
    ASSERT_EQ(roots.size(), 1U);
    EXPECT_EQ(roots[0].pid, 1);
    EXPECT_EQ(roots[0].direct, 2U);
    EXPECT_EQ(roots[0].all, 4U);
    EXPECT_EQ(roots[0].longest, 9);
    EXPECT_FALSE(roots[0].circular);
    EXPECT_THAT(roots[0].waiting, ElementsAre(3, 4, 2, 5));
}

TEST(Chains, two_roots_share_who_waits_for_both) {
    const auto roots = roots_of({{.pid = 3, .blocked_by = {1, 2}, .seconds = 2},
                                 {.pid = 4, .blocked_by = {2}, .seconds = 7}});
    ASSERT_EQ(roots.size(), 2U);
    EXPECT_EQ(roots[0].pid, 2);
    EXPECT_EQ(roots[0].all, 2U);
    EXPECT_EQ(roots[1].pid, 1);
    EXPECT_EQ(roots[1].longest, 2);
}

TEST(Chains, a_circle_has_a_root_too) {
    const auto roots = roots_of({{.pid = 8, .blocked_by = {7}, .seconds = 1},
                                 {.pid = 7, .blocked_by = {8}, .seconds = 2},
                                 {.pid = 9, .blocked_by = {8}, .seconds = 3}});
    ASSERT_EQ(roots.size(), 1U);
    EXPECT_EQ(roots[0].pid, 7);
    EXPECT_TRUE(roots[0].circular);
    EXPECT_EQ(roots[0].all, 2U);
}

TEST(Chains, a_circle_that_waits_for_another_is_no_root) {
    const auto roots = roots_of({{.pid = 7, .blocked_by = {8}}, {.pid = 8, .blocked_by = {7, 1}}});
    ASSERT_EQ(roots.size(), 1U);
    EXPECT_EQ(roots[0].pid, 1);
    EXPECT_EQ(roots[0].all, 2U);
}

TEST(Chains, a_prepared_transaction_has_no_process) {
    const auto roots = roots_of({{.pid = 3, .blocked_by = {0, 0}, .seconds = 4}});
    ASSERT_EQ(roots.size(), 1U);
    EXPECT_EQ(roots[0].pid, 0);
    EXPECT_EQ(roots[0].direct, 1U);
}

TEST(Chains, arrays_are_read) {
    EXPECT_THAT(pids_of("{}"), IsEmpty());
    EXPECT_THAT(pids_of(""), IsEmpty());
    EXPECT_THAT(pids_of("{12,0,34}"), ElementsAre(12, 0, 34));
    EXPECT_THAT(pids_of("{x,-,7}"), ElementsAre(7));
}

}  // namespace
}  // namespace sg::platform::postgres
