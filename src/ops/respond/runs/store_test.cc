#include "ops/respond/runs/store.h"

#include <gtest/gtest.h>

#include "ops/respond/runbooks/library.h"
#include "ops/respond/runs/commands.h"
#include "store/database_for_tests.h"
#include "store/queue.h"

namespace sg::runs {
namespace {

constexpr Instant t0{1'800'000'000'000'000'000};

class RunStore : public testing::TestWithParam<store::Engine> {
  protected:
    RunStore() {
        config.services["shop"].name = "shop";
        config.services["shop"].versions["v1"] = {};
    }
    template <class Do>
    Result<void> turn(Do&& action) {
        auto tx = db.begin();
        const ops::Turn turn{tx, now, config, folds(), std::nullopt};
        const auto done = action(turn);
        if (!done) return done;
        return tx.commit();
    }
    std::int64_t begin(std::int64_t incident, Mode mode = Mode::act) {
        std::int64_t run = 0;
        const auto done = turn([&](const ops::Turn& t) -> Result<void> {
            TRY(run, start(t, {"ana", "cli"},
                           runbooks::read_library("").find("high-error-rate")->runbook,
                           {.incident = incident, .service = "shop", .by = "ana", .mode = mode},
                           diagnose));
            return {};
        });
        EXPECT_TRUE(done) << done.error().message();
        return run;
    }
    runs::Run row(std::int64_t run) { return find(db.session(), run)->value(); }

    Diagnose diagnose = [](const runs::Run&) { return Known{}; };
    store::DatabaseForTests db{GetParam()};
    config::Config config;
    Instant now = t0;
};
INSTANTIATE_TEST_SUITE_P(Store, RunStore, testing::ValuesIn(store::engines_for_tests()),
                         [](const auto& one) { return store::name_of(one.param); });

TEST_P(RunStore, ItsChecksAreInTheOutboxAndItsTextIsKept) {
    const auto run = begin(204);
    EXPECT_EQ(row(run).state, State::looking);
    EXPECT_NE(text_of(db.session(), run)->find("# High error rate"), std::string::npos);
    const auto jobs = store::due_jobs(db.session(), now, 50);
    ASSERT_TRUE(jobs);
    EXPECT_EQ(jobs->size(), 5);  // It needs nothing, so three of eight do not apply.
    for (const auto& job : *jobs) EXPECT_EQ(job.kind, look_action);
}

TEST_P(RunStore, AResultIsTakenOnceAndTheRestIsGivenUp) {
    const auto run = begin(204);
    const Look look{.step = "logs", .standing = "bad", .title = "one line, 300 times"};
    const auto take_it = [&](const ops::Turn& t) { return take(t, run, look, diagnose); };
    ASSERT_TRUE(turn(take_it));
    ASSERT_TRUE(turn(take_it));
    EXPECT_EQ(row(run).looks.size(), 1);
    now = now + 20s;
    ASSERT_TRUE(turn([&](const ops::Turn& t) { return give_up(t, run, diagnose); }));
    EXPECT_EQ(row(run).looks.size(), 5);
    EXPECT_EQ(row(run).outcome, Outcome::handed_over);
}

TEST_P(RunStore, OneOfAnIncidentGoesOnToActs) {
    const auto first = begin(204);
    const auto second = turn([&](const ops::Turn& t) -> Result<void> {
        TRY([[maybe_unused]] const auto run,
            start(t, {"bo", "cli"}, runbooks::read_library("").find("service-down")->runbook,
                  {.incident = 204, .service = "shop", .by = "bo"}, diagnose));
        return {};
    });
    EXPECT_FALSE(second);
    begin(204, Mode::observe);
    EXPECT_EQ(run_of(db.session(), 204)->value().id, first);
    EXPECT_EQ(list(db.session(), {.incident = 204})->size(), 2);
    ASSERT_TRUE(turn([&](const ops::Turn& t) { return overtake(t, 204, "it is resolved"); }));
    EXPECT_EQ(open_of(db.session(), 204)->size(), 0);
    EXPECT_EQ(ran(db.session())->at("high-error-rate").runs, 2);
    EXPECT_EQ(ran(db.session())->at("high-error-rate").last, t0);
}

}  // namespace
}  // namespace sg::runs
