#include "ops/learn/drills/store.h"

#include <gtest/gtest.h>

#include "ops/learn/drills/commands.h"
#include "store/database_for_tests.h"
#include "store/queue.h"

namespace sg::drills {
namespace {

constexpr Instant t0{1'800'000'000'000'000'000};

class DrillStore : public testing::TestWithParam<store::Engine> {
  protected:
    template <class Do>
    Result<void> turn(Do&& action) {
        auto tx = db.begin();
        const ops::Turn turn{tx, now, config, folds(), std::nullopt};
        const auto done = action(turn);
        if (!done) return done;
        return tx.commit();
    }
    std::int64_t begin() {
        std::int64_t drill = 0;
        const auto done = turn([&](const ops::Turn& t) -> Result<void> {
            TRY(drill, drills::begin(t, {"ana", "cli"},
                                     {.name = "outage",
                                      .title = "shop is gone",
                                      .target = {.service = "shop"},
                                      .services = {"shop"},
                                      .faults = {{"nothing", {}}},
                                      .lasts = 60s,
                                      .expect = {{.what = "paged", .within = 20s}}}));
            return {};
        });
        EXPECT_TRUE(done) << done.error().message();
        return drill;
    }
    Result<void> inject(std::int64_t drill) {
        const Came came{.work = {.drill = drill, .faults = {{"nothing", {}}}},
                        .done = {.of_each = {"lift it"}},
                        .error = {}};
        TRY_VOID(turn([&](const ops::Turn& t) { return on_prepared(t, came); }));
        return turn([&](const ops::Turn& t) { return on_injected(t, came); });
    }
    Drill row(std::int64_t drill) { return find(db.session(), drill)->value(); }

    store::DatabaseForTests db{GetParam()};
    config::Config config;
    Instant now = t0;
};
INSTANTIATE_TEST_SUITE_P(Store, DrillStore, testing::ValuesIn(store::engines_for_tests()),
                         [](const auto& one) { return store::name_of(one.param); });

TEST_P(DrillStore, OneIsActiveUntilItHasEnded) {
    EXPECT_FALSE(active(db.session())->has_value());
    const auto drill = begin();
    EXPECT_EQ((*active(db.session()))->id, drill);
    ASSERT_TRUE(inject(drill));
    const auto stop = [&](const ops::Turn& t) { return abort(t, {"bo", "cli"}, drill, "enough"); };
    ASSERT_TRUE(turn(stop));
    const Came lifted{.work = {.drill = drill}, .done = {}, .error = {}};
    ASSERT_TRUE(turn([&](const ops::Turn& t) { return on_lifted(t, lifted); }));
    now = now + 10min;
    ASSERT_TRUE(turn([&](const ops::Turn& t) -> Result<void> {
        TRY([[maybe_unused]] const auto after, look(t, drill, {}));
        return {};
    }));
    EXPECT_FALSE(active(db.session())->has_value());
    EXPECT_EQ(row(drill).why, "enough");
}

TEST_P(DrillStore, TheUndoIsOnRecordBeforeTheFault) {
    const auto drill = begin();
    const auto first = store::due_jobs(db.session(), now, 50);
    ASSERT_EQ(first->size(), 1);
    EXPECT_EQ(first->front().kind, "drill.prepare");
    ASSERT_TRUE(inject(drill));
    EXPECT_EQ(row(drill).undo, std::vector<std::string>{"lift it"});
    EXPECT_EQ(row(drill).injected_at, now);
}

TEST_P(DrillStore, WhatHappensMeanwhileIsExplainedByIt) {
    const auto drill = begin();
    ASSERT_TRUE(inject(drill));
    const auto by = [&](const std::string& service) {
        return *who_explains(db.session(), {.key = "alert:1", .service = service, .since = now});
    };
    EXPECT_EQ(by("shop"), drill);
    EXPECT_EQ(by("mail"), 0);
}

TEST_P(DrillStore, TheListIsInPagesNewestFirst) {
    for (int i = 0; i < 3; ++i) begin();
    const auto first = list(db.session(), {.limit = 2});
    ASSERT_EQ(first->size(), 2);
    EXPECT_GT(first->front().id, first->back().id);
    const auto rest = list(db.session(), {.before = first->back().id, .limit = 2});
    EXPECT_EQ(rest->size(), 1);
}

}  // namespace
}  // namespace sg::drills
