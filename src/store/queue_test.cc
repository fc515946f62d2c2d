#include "store/queue.h"

#include <gtest/gtest.h>

#include "store/database_for_tests.h"

namespace sg::store {
namespace {

class Queue : public testing::TestWithParam<Engine> {
  protected:
    DatabaseForTests db{GetParam()};
};
INSTANTIATE_TEST_SUITE_P(Store, Queue, testing::ValuesIn(engines_for_tests()),
                         [](const auto& one) { return name_of(one.param); });

Job job(const std::string& key, std::int64_t urgency, Instant at) {
    return {.kind = "k",
            .key = key,
            .body = "{}",
            .urgency = urgency,
            .next_at = at,
            .give_up_at = at + 1h};
}

TEST_P(Queue, PagesGoFirstAndAKeyOnlyOnce) {
    auto tx = db.begin();
    ASSERT_TRUE(enqueue(tx, job("a", 1, {1})));
    ASSERT_TRUE(enqueue(tx, job("b", 0, {5})));
    ASSERT_TRUE(enqueue(tx, job("a", 0, {1})));
    ASSERT_TRUE(enqueue(tx, job("c", 0, {50})));
    const auto due = due_jobs(db.session(), {10}, 10);
    ASSERT_TRUE(due);
    ASSERT_EQ(due->size(), 2U);
    EXPECT_EQ((*due)[0].key, "b");
    EXPECT_EQ((*due)[1].key, "a");
    EXPECT_EQ(next_job_at(db.session())->value().ns, 1);
}

TEST_P(Queue, AJobThatWasStartedComesAgainUntilItEnds) {
    auto tx = db.begin();
    ASSERT_TRUE(enqueue(tx, job("a", 1, {1})));
    const auto id = due_jobs(db.session(), {1}, 1)->front().id;
    ASSERT_TRUE(start_job(tx, id, {20}));
    EXPECT_TRUE(due_jobs(db.session(), {19}, 9)->empty());
    const auto again = due_jobs(db.session(), {20}, 9);
    ASSERT_EQ(again->size(), 1U);
    EXPECT_EQ(again->front().attempts, 1);
    ASSERT_TRUE(postpone_job(tx, id, {30}, "busy"));
    EXPECT_TRUE(due_jobs(db.session(), {29}, 9)->empty());
    EXPECT_TRUE(is_open(tx, id).value());
    ASSERT_TRUE(end_job(tx, id, JobEnd::done, "", {31}));
    EXPECT_FALSE(is_open(tx, id).value());
    EXPECT_TRUE(due_jobs(db.session(), {99}, 9)->empty());
    EXPECT_FALSE(next_job_at(db.session())->has_value());
}

TEST_P(Queue, AClockIsMovedNotDoubled) {
    auto tx = db.begin();
    ASSERT_TRUE(set_wakeup(tx, {"respond_by", "incident:1", {100}, 7}));
    ASSERT_TRUE(set_wakeup(tx, {"respond_by", "incident:1", {50}, 8}));
    ASSERT_TRUE(set_wakeup(tx, {"update_due", "incident:1", {60}, {}}));
    EXPECT_EQ(next_wakeup_at(db.session())->value().ns, 50);
    const auto due = due_wakeups(db.session(), {60}, 9);
    ASSERT_EQ(due->size(), 2U);
    EXPECT_EQ((*due)[0].name, "respond_by");
    EXPECT_EQ((*due)[0].cause, 8);
    ASSERT_TRUE(stop_wakeup(tx, "respond_by", "incident:1"));
    EXPECT_EQ(wakeups_of(db.session(), "incident:1")->size(), 1U);
}

TEST_P(Queue, NumbersAndCursors) {
    auto tx = db.begin();
    EXPECT_EQ(next_number(tx, "incident").value(), 1);
    EXPECT_EQ(next_number(tx, "incident").value(), 2);
    EXPECT_EQ(next_number(tx, "page").value(), 1);
    ASSERT_TRUE(move_cursor(tx, {"oncall.page", 3, 0, 0}));
    ASSERT_TRUE(move_cursor(tx, {"oncall.page", 3, 4, 1}));
    const auto list = cursors(db.session());
    ASSERT_EQ(list->size(), 1U);
    EXPECT_EQ(list->front().failing, 4);
}

}  // namespace
}  // namespace sg::store
