// The rows follow from the events, and the command writes only when something changed.
#include "ops/detect/slo/store.h"

#include <gtest/gtest.h>

#include "ops/detect/signals/history_for_tests.h"
#include "ops/detect/slo/ask.h"
#include "ops/detect/slo/commands.h"
#include "store/database_for_tests.h"

namespace sg::slo {
namespace {

constexpr Instant begin{1'795'392'000'000'000'000};

signals::Second second_of(Instant at, std::int64_t requests, std::int64_t failed) {
    signals::Second second;
    second.at = at;
    second.services["catalog"].requests = requests;
    second.services["catalog"].failed = failed;
    return second;
}

TEST(Store, AnOutageFromItsFirstSecondToItsEnd) {
    for (const auto engine : store::engines_for_tests()) {
        store::DatabaseForTests database(engine);
        config::Config config;
        config.services["catalog"].name = "catalog";
        signals::HistoryForTests history;
        Meter meter;
        Instant now = begin;
        const auto judge_second = [&](std::int64_t failed) {
            now = now + 1s;
            history.add(second_of(now, 100, failed));
            auto tx = database.begin();
            const auto judged = judge({tx, now, config, folds(), {}}, history, meter);
            EXPECT_TRUE(judged) << judged.error().message();
            EXPECT_TRUE(tx.commit());
        };
        const auto burning = [&] {
            auto tx = database.begin();
            return *is_burning(tx, "catalog");
        };
        for (int i = 0; i < 3600; ++i) judge_second(0);
        EXPECT_FALSE(burning());
        int seconds = 0;
        while (!burning() && seconds < 120) {
            judge_second(100);
            ++seconds;
        }
        // What is known of the six hours is one: 0.6 % of it are 22 s.
        EXPECT_EQ(seconds, 22);
        {
            auto tx = database.begin();
            const auto standing = *standing_of(tx, "catalog/errors");
            ASSERT_TRUE(standing);
            EXPECT_EQ(standing->started_at, begin + 3600s);
            EXPECT_EQ(standing->severity, "sev2");
            EXPECT_GE(budgets_spent(tx, "catalog")->size(), 1U);
        }
        meter = Meter{};  // A restart changes nothing that was decided.
        judge_second(100);
        EXPECT_TRUE(burning());
        for (int i = 0; i < 3 * 3600; ++i) judge_second(0);
        EXPECT_FALSE(burning());
        auto tx = database.begin();
        for (const auto& standing : *not_well(tx))
            EXPECT_NE(standing.level, Level::page) << standing.id;
    }
}

TEST(Store, RowsOfObjectivesThatAreGoneGo) {
    store::DatabaseForTests database;
    config::Config config;
    config.services["catalog"].name = "catalog";
    signals::HistoryForTests history;
    history.add(second_of(begin + 1s, 10, 0));
    Meter meter;
    auto tx = database.begin();
    const ops::Turn turn{tx, begin + 1s, config, folds(), {}};
    Breached breached;
    breached.objective = "gone/errors";
    breached.service = "gone";
    ops::Decision decision;
    decision.event(breached, {"objective:gone/errors"});
    ASSERT_TRUE(ops::record(turn, {}, decision));
    EXPECT_EQ(not_well(tx, "gone")->size(), 1U);
    ASSERT_TRUE(judge(turn, history, meter));
    EXPECT_EQ(not_well(tx)->size(), 0U);
}

}  // namespace
}  // namespace sg::slo
