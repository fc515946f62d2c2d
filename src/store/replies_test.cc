#include "store/replies.h"

#include <gtest/gtest.h>

#include "store/database_for_tests.h"

namespace sg::store {
namespace {

class Replies : public testing::TestWithParam<Engine> {
  protected:
    DatabaseForTests db{GetParam()};
};
INSTANTIATE_TEST_SUITE_P(Store, Replies, testing::ValuesIn(engines_for_tests()),
                         [](const auto& one) { return name_of(one.param); });

TEST_P(Replies, AKeyIsTakenOnce) {
    auto tx = db.begin();
    EXPECT_FALSE(find_reply(db.session(), "ana\nk")->has_value());
    ASSERT_TRUE(claim(tx, {"ana\nk", "d1", {5}}));
    const auto claimed = find_reply(db.session(), "ana\nk");
    ASSERT_TRUE(claimed && *claimed);
    EXPECT_EQ((*claimed)->digest, "d1");
    EXPECT_EQ((*claimed)->status, 0);
    EXPECT_EQ((*claimed)->at.ns, 5);
    ASSERT_TRUE(claim(tx, {"bo\nk", "d1", {5}}));
    EXPECT_FALSE(claim(tx, {"ana\nk", "d2", {6}}));
}

TEST_P(Replies, WhatWasAnsweredIsKeptUntilItIsForgotten) {
    auto tx = db.begin();
    ASSERT_TRUE(claim(tx, {"a", "d", {5}}));
    ASSERT_TRUE(claim(tx, {"b", "d", {6}}));
    ASSERT_TRUE(keep_reply(tx, "a", {"d", 201, R"({"id":7})", {5}}));
    const auto kept = find_reply(db.session(), "a");
    ASSERT_TRUE(kept && *kept);
    EXPECT_EQ((*kept)->status, 201);
    EXPECT_EQ((*kept)->body, R"({"id":7})");
    ASSERT_TRUE(forget_replies(tx, {6}));
    EXPECT_FALSE(find_reply(db.session(), "a")->has_value());
    EXPECT_TRUE(find_reply(db.session(), "b")->has_value());
    ASSERT_TRUE(claim(tx, {"a", "other", {9}}));
}

}  // namespace
}  // namespace sg::store
