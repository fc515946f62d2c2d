#include "ops/respond/incidents/store.h"

#include <gtest/gtest.h>

#include "ops/respond/incidents/ask.h"
#include "ops/respond/incidents/commands.h"
#include "store/database_for_tests.h"

namespace sg::incidents {
namespace {

class IncidentStore : public testing::Test {
  protected:
    store::DatabaseForTests db;
    config::Config config;
    Instant now{1'800'000'000'000'000'000};

    template <class Do>
    void turn(Do&& action) {
        auto tx = db.begin();
        const ops::Turn turn{tx, now, config, folds(), std::nullopt};
        action(turn);
        ASSERT_TRUE(tx.commit());
    }
    std::int64_t declared(const Trigger& trigger) {
        std::int64_t id = 0;
        turn([&](const ops::Turn& t) {
            const auto done = declare_or_join(t, trigger);
            ASSERT_TRUE(done) << done.error().message();
            id = *done;
        });
        return id;
    }
};

TEST_F(IncidentStore, TheSameServiceJoinsAnotherIsNew) {
    const auto first = declared({.key = "a", .title = "x", .service = "api"});
    EXPECT_EQ(declared({.key = "b", .title = "y", .service = "api"}), first);
    const auto second = declared({.key = "c", .title = "z", .service = "live"});
    EXPECT_NE(second, first);
    turn([&](const ops::Turn& t) { ASSERT_TRUE(clear(t, "a")); });
    EXPECT_EQ(find(db.session(), first)->value().state, State::declared);
    turn([&](const ops::Turn& t) { ASSERT_TRUE(clear(t, "b")); });
    EXPECT_EQ(find(db.session(), first)->value().state, State::mitigated);
    EXPECT_EQ(open_incidents(db.session())->size(), 2U);
}

TEST_F(IncidentStore, AMergedOneHandsOverItsAlerts) {
    const auto first = declared({.key = "a", .title = "x", .service = "api"});
    const auto second = declared({.key = "b", .title = "y", .service = "live"});
    turn([&](const ops::Turn& t) { ASSERT_TRUE(merge(t, {"ana", "cli"}, second, first)); });
    EXPECT_EQ(find(db.session(), second)->value().merged_into, first);
    EXPECT_EQ(with_alert(db.session(), "b")->front().id, first);
    EXPECT_EQ(open_incidents(db.session())->size(), 1U);
}

TEST_F(IncidentStore, TheListIsNewestFirstAndPaged) {
    for (int i = 0; i < 5; ++i)
        declared({.key = std::to_string(i), .title = "t", .service = i % 2 ? "api" : "live"});
    EXPECT_EQ(list(db.session(), {})->front().id, 2) << "five alerts of two services are two";
    EXPECT_EQ(list(db.session(), {.before = 2})->size(), 1U);
    EXPECT_EQ(list(db.session(), {.service = "api"})->size(), 1U);
}

TEST_F(IncidentStore, AnUnknownOneIsNotFound) {
    turn([&](const ops::Turn& t) {
        const auto done = act(t, 9, {Verb::acknowledge, {}, ""});
        ASSERT_FALSE(done);
        EXPECT_EQ(done.error().code, Errc::not_found);
    });
}

}  // namespace
}  // namespace sg::incidents
