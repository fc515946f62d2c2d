#include "ops/engine.h"

#include <gtest/gtest.h>

#include "store/database_for_tests.h"
#include "store/ledger.h"

namespace sg::ops {
namespace {

// A small spine of its own: `config.accepted` makes an action and a clock; the clock makes another
// event; one reaction can be made to fail.
struct Accepted {
    static constexpr Kind kind = Kind::config_accepted;
    std::string digest;
};
void describe(Visitor& v, Accepted& e) { v.field({.key = "digest"}, e.digest); }

int failures_left = 0;
std::vector<std::string> told;

Result<void> act(const Turn& turn, const Recorded& event, const Senses&) {
    Decision decision;
    decision.action({.kind = "test.send", .key = std::to_string(event.seq), .body = "{}"});
    decision.set("test_due", "test:1", turn.now + 10s);
    TRY([[maybe_unused]] const auto done, record(turn, {}, decision));
    return {};
}
Result<void> fail_at_will(const Turn&, const Recorded&, const Senses&) {
    if (failures_left == 0) return {};
    --failures_left;
    return fail(Errc::internal, "as it was told to");
}
Result<void> tell(const Turn&, const Recorded& event, const Senses&) {
    told.push_back(event.payload);
    return {};
}
Result<void> ring(const Turn& turn, const store::Wakeup&, const Senses&) {
    Decision decision;
    decision.event(Accepted{"rung"}, {});
    TRY([[maybe_unused]] const auto done, record(turn, {}, decision));
    return {};
}
Result<void> ring_badly(const Turn&, const store::Wakeup&, const Senses&) {
    return fail(Errc::internal, "a bad clock");
}

constexpr Reaction reactions[] = {
    {"test.act", Kind::config_accepted, act},
    {"test.fail", Kind::config_accepted, fail_at_will},
    {"test.tell", Kind::reaction_set_aside, tell},
};
constexpr Alarm alarms[] = {{"test_due", ring}, {"bad_due", ring_badly}};
const Spine spine{reactions, alarms, {}, {}};

class EngineTest : public testing::TestWithParam<store::Engine> {
  protected:
    EngineTest() {
        failures_left = 0;
        told.clear();
    }
    Engine engine() { return {db.session(), spine, config}; }
    static Result<void> accept(const Turn& turn) {
        Decision decision;
        decision.event(Accepted{"x"}, {});
        TRY([[maybe_unused]] const auto done, record(turn, {"ana", "cli"}, decision));
        return {};
    }
    std::int64_t records() { return store::head(db.session())->seq; }
    std::size_t jobs(Instant at) { return store::due_jobs(db.session(), at, 100)->size(); }

    store::DatabaseForTests db{GetParam()};
    config::Snapshot config = std::make_shared<config::Config>();
    Instant now{1'800'000'000'000'000'000};
};
INSTANTIATE_TEST_SUITE_P(Ops, EngineTest, testing::ValuesIn(store::engines_for_tests()),
                         [](const auto& one) { return store::name_of(one.param); });

TEST_P(EngineTest, ReactsOnceAndRingsWhenDue) {
    auto e = engine();
    ASSERT_TRUE(e.run(now, accept));
    ASSERT_TRUE(e.settle(now));
    ASSERT_TRUE(e.settle(now));
    EXPECT_EQ(records(), 1);
    EXPECT_EQ(jobs(now), 1U);
    EXPECT_EQ(e.next_due()->ns, now.ns) << "the action is due at once";
    ASSERT_TRUE(e.settle(now + 9s));
    EXPECT_EQ(records(), 1);
    ASSERT_TRUE(e.settle(now + 10s));
    EXPECT_EQ(records(), 2) << "the clock rang";
    EXPECT_EQ(jobs(now + 10s), 2U) << "and what it said was reacted to";
}

TEST_P(EngineTest, AnotherProcessGoesOnWhereThisOneStopped) {
    {
        auto e = engine();
        ASSERT_TRUE(e.run(now, accept));
    }  // Killed between the record and the reaction.
    auto next = engine();
    ASSERT_TRUE(next.settle(now));
    EXPECT_EQ(jobs(now), 1U);
    auto third = engine();
    ASSERT_TRUE(third.settle(now));
    EXPECT_EQ(jobs(now), 1U) << "not twice";
}

TEST_P(EngineTest, TwoFailuresAreTriedAgainTheThirdIsSetAsideAndTold) {
    auto e = engine();
    failures_left = 2;
    ASSERT_TRUE(e.run(now, accept));
    ASSERT_TRUE(e.settle(now));
    EXPECT_TRUE(told.empty());
    failures_left = 3;
    ASSERT_TRUE(e.run(now, accept));
    ASSERT_TRUE(e.settle(now));
    ASSERT_EQ(told.size(), 1U);
    EXPECT_NE(told[0].find("test.fail"), std::string::npos);
    EXPECT_EQ(jobs(now), 2U) << "the others go on";
    failures_left = 0;
    ASSERT_TRUE(e.run(now, accept));
    ASSERT_TRUE(e.settle(now));
    EXPECT_EQ(told.size(), 1U) << "and so does it, with the next record";
}

TEST_P(EngineTest, AClockThatNobodyCanAnswerStopsNoOther) {
    auto e = engine();
    ASSERT_TRUE(e.run(now, [](const Turn& turn) -> Result<void> {
        Decision decision;
        decision.set("bad_due", "test:1", turn.now).set("test_due", "test:2", turn.now);
        TRY([[maybe_unused]] const auto done, record(turn, {}, decision));
        return {};
    }));
    ASSERT_TRUE(e.settle(now));
    ASSERT_EQ(told.size(), 1U);
    EXPECT_NE(told[0].find("bad_due"), std::string::npos);
    EXPECT_EQ(jobs(now), 1U);
}

TEST_P(EngineTest, ABegunActionComesAgainOnlyAfterItsPatience) {
    auto e = engine();
    ASSERT_TRUE(e.run(now, accept));
    ASSERT_TRUE(e.settle(now));
    const auto begun = e.begin_actions(now, 60s);
    ASSERT_EQ(begun->size(), 1U);
    EXPECT_TRUE(e.begin_actions(now + 59s, 60s)->empty());
    EXPECT_EQ(e.begin_actions(now + 60s, 60s)->front().attempts, 2) << "a crash cut it off";
    ASSERT_TRUE(e.end_action(now, {begun->front(), {Performed::How::failed, "no route"}}));
    EXPECT_TRUE(e.begin_actions(now + 1h, 60s)->empty());
    EXPECT_EQ(records(), 2) << "nobody takes its outcome: action.failed";
}

TEST_P(EngineTest, WhatCameOfAnActionIsKeptUntilTheDatabaseAnswers) {
    auto e = engine();
    ASSERT_TRUE(e.run(now, accept));
    ASSERT_TRUE(e.settle(now));
    const auto job = e.begin_actions(now, 60s)->front();
    db->sabotage([](std::string_view) { return fail(Errc::unavailable, "gone for long"); });
    EXPECT_FALSE(e.end_action(now, {job, {Performed::How::failed, "no route"}}));
    EXPECT_FALSE(e.settle(now + 5min));
    db->sabotage({});
    ASSERT_TRUE(e.settle(now + 6min));
    EXPECT_EQ(records(), 3) << "action.failed, and what the clock said";
    ASSERT_TRUE(e.end_action(now + 6min, {job, {Performed::How::failed, "again"}}));
    EXPECT_EQ(records(), 3) << "noted once: the answer to the first commit may have been lost";
}

TEST_P(EngineTest, ATermBeginsWithWhatWasCutOff) {
    {
        auto e = engine();
        ASSERT_TRUE(e.run(now, accept));
        ASSERT_TRUE(e.run(now, accept));
        ASSERT_TRUE(e.settle(now));
        ASSERT_EQ(e.begin_actions(now, 60s)->size(), 2U);
    }  // Killed before the sends.
    auto next = engine();
    const auto first = store::due_jobs(db.session(), now + 60s, 1)->front();
    next.keep({first, {Performed::How::done, "250 accepted"}});  // As its process may know.
    ASSERT_TRUE(next.take_over(now + 1s));
    const auto due = next.begin_actions(now + 1s, 60s);
    ASSERT_EQ(due->size(), 1U) << "at once, and not what is known to have been done";
    EXPECT_NE(due->front().id, first.id);
    EXPECT_TRUE(next.take_unnoted().empty());
}

// Every statement and every commit fails once, and the process dies there: nothing is lost.
TEST_P(EngineTest, NothingIsLostWhereverItDies) {
    for (int at = 1;; ++at) {
        SCOPED_TRACE(at);
        store::DatabaseForTests fresh(GetParam());
        const auto until_done = [&](const auto& step) {
            for (int tries = 0; tries < 3; ++tries)
                if (step()) return;
            FAIL() << "it does not heal";
        };
        int count = 0;
        bool failed = false;
        fresh->sabotage([&](std::string_view) -> Result<void> {
            if (++count != at) return {};
            failed = true;
            return fail(Errc::unavailable, "sabotage");
        });
        bool accepted = false;
        bool settled = false;
        until_done([&] {
            if (!accepted)
                accepted = Engine(fresh.session(), spine, config).run(now, accept).has_value();
            Engine e(fresh.session(), spine, config);  // As after a restart.
            if (accepted && !settled) settled = e.settle(now).has_value();
            return settled && e.settle(now + 10s).has_value();
        });
        fresh->sabotage({});
        EXPECT_EQ(store::head(fresh.session())->seq, 2);
        EXPECT_EQ(store::due_jobs(fresh.session(), now + 10s, 100)->size(), 2U);
        EXPECT_EQ(store::verify(fresh.session(), {})->wrong, "");
        if (!failed) break;
    }
}

}  // namespace
}  // namespace sg::ops
