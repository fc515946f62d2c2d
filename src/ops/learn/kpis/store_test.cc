#include "ops/learn/kpis/store.h"

#include <gtest/gtest.h>

#include "ops/respond/incidents/commands.h"
#include "ops/respond/incidents/store.h"
#include "ops/respond/oncall/model.h"
#include "store/database_for_tests.h"

namespace sg::kpis {
namespace {

using incidents::Verb;

const ops::Actor ana{"ana", "cli"};

class KpiStore : public testing::TestWithParam<store::Engine> {
  protected:
    template <class Do>
    void turn(Do&& action) {
        now = now + 1min;
        auto tx = db.begin();
        std::vector<ops::FoldRow> rows(folds().begin(), folds().end());
        rows.insert(rows.end(), incidents::folds().begin(), incidents::folds().end());
        const ops::Turn turn{tx, now, config, rows, std::nullopt};
        const auto done = action(turn);
        ASSERT_TRUE(done) << done.error().message();
        ASSERT_TRUE(tx.commit());
    }
    std::int64_t declare(const std::string& service, std::string key = "") {
        std::int64_t id = 0;
        turn([&](const ops::Turn& t) -> Result<void> {
            TRY(id, incidents::declare(t, ana,
                                       {.key = key,
                                        .title = "x",
                                        .service = service,
                                        .team = "shop",
                                        .started_at = now - 30s}));
            return {};
        });
        return id;
    }
    void act(std::int64_t id, Verb verb) {
        turn([&](const ops::Turn& t) { return incidents::act(t, id, {verb, ana, "x"}); });
    }
    std::vector<Case> all(const std::string& service = "", const std::string& team = "") {
        const auto list = cases(db.session(), {{Instant{}, now + 1s}, service, team}, 100);
        EXPECT_TRUE(list) << list.error().message();
        return list.value_or(std::vector<Case>{});
    }
    store::DatabaseForTests db{GetParam()};
    config::Config config;
    Instant now{1'800'000'000'000'000'000};
};
INSTANTIATE_TEST_SUITE_P(Store, KpiStore, testing::ValuesIn(store::engines_for_tests()),
                         [](const auto& one) { return store::name_of(one.param); });

TEST_P(KpiStore, EachMomentIsOfTheEventThatItIsAbout) {
    const auto id = declare("api");
    const Instant declared = now;
    turn([&](const ops::Turn& t) -> Result<void> {
        ops::Decision page;
        page.event(oncall::PageSent{.page = 1, .incident = id, .person = "ana"}, {"page:1"});
        TRY([[maybe_unused]] const auto recorded, ops::record(t, ana, page));
        return {};
    });
    act(id, Verb::acknowledge);
    act(id, Verb::mitigate);
    act(id, Verb::relapse);
    EXPECT_EQ(all().front().mitigated_at, Instant{});
    act(id, Verb::acknowledge);
    act(id, Verb::mitigate);
    act(id, Verb::resolve);
    const auto one = all().front();
    EXPECT_EQ(one.started_at, declared - 30s);
    EXPECT_EQ(one.declared_at, declared);
    EXPECT_EQ(one.detected_at, declared) << "by a person";
    EXPECT_TRUE(one.by_person);
    EXPECT_EQ(one.paged_at, declared + 1min);
    EXPECT_EQ(one.acknowledged_at, declared + 2min) << "the first answer";
    EXPECT_EQ(one.mitigated_at, declared + 6min) << "for good";
    EXPECT_EQ(one.resolved_at, declared + 7min);
}

TEST_P(KpiStore, WhatWasCancelledOrMergedDoesNotCount) {
    const auto first = declare("api", "a");
    const auto second = declare("live", "b");
    const auto third = declare("live", "c");
    turn([&](const ops::Turn& t) { return incidents::merge(t, ana, second, first); });
    act(third, Verb::cancel);
    ASSERT_EQ(all().size(), 1);
    EXPECT_EQ(*count(db.session(), {{Instant{}, now + 1s}, "", ""}), 1);
    EXPECT_FALSE(all().front().by_person);
}

TEST_P(KpiStore, AMergedOneThatBeganEarlierMovesTheBeginning) {
    const auto early = declare("api", "a");
    const Instant began = now - 30s;
    const auto late = declare("live", "b");
    turn([&](const ops::Turn& t) { return incidents::merge(t, ana, early, late); });
    EXPECT_EQ(all().front().started_at, began);
}

TEST_P(KpiStore, ByServiceAndTeamAndMissedClocks) {
    const auto id = declare("api");
    declare("live");
    for (const auto* clock : {"respond_by", "update_due", "update_due"})
        turn([&](const ops::Turn& t) { return incidents::ring(t, id, clock, now); });
    EXPECT_EQ(all("api").size(), 1);
    EXPECT_EQ(all("api", "shop").size(), 1);
    EXPECT_EQ(all("", "shop").size(), 2);
    EXPECT_EQ(all("", "other").size(), 0);
    EXPECT_EQ(all("api").front().missed, "respond_by update_due");
    EXPECT_EQ(*count(db.session(), {{Instant{}, now + 1s}, "api", "shop"}), 1);
}

}  // namespace
}  // namespace sg::kpis
