// The commands on a database: the rows follow from the events, and what is asked of them.
#include "ops/respond/mitigation/store.h"

#include <gtest/gtest.h>

#include "ops/respond/mitigation/commands.h"
#include "store/database_for_tests.h"
#include "store/queue.h"

namespace sg::mitigation {
namespace {

constexpr Instant t0{1'800'000'000'000'000'000};
const ops::Actor ana{"ana", "cli"}, bo{"bo", "cli"};

class MitigationStore : public testing::TestWithParam<store::Engine> {
  protected:
    MitigationStore() {
        auto& shop = config.services["shop"];
        shop.name = "shop";
        shop.versions["v1"] = {};
        shop.versions["v2"] = {};
        config.operations.needs["cache"] = {};
    }
    template <class Do>
    Result<void> turn(Do&& action) {
        auto tx = db.begin();
        const auto done = action(ops::Turn{tx, now, config, folds(), std::nullopt});
        if (!done) return done;
        return tx.commit();
    }
    std::int64_t wish(const ops::Actor& actor, Wish wanted) {
        std::int64_t id = 0;
        const auto done = turn([&](const ops::Turn& t) -> Result<void> {
            TRY(id, propose(t, actor, wanted, nullptr));
            return {};
        });
        EXPECT_TRUE(done) << done.error().message();
        return id;
    }
    static Wish shed(const std::string& share) {
        return {.wanted = {.act = {"shed", {{"service", "shop"}, {"share", share}}}}, .likely = {}};
    }
    static Wish clear() {
        return {.wanted = {.act = {"clear_cache", {{"need", "cache"}}}}, .likely = {}};
    }
    Mitigation row(std::int64_t id) { return find(db.session(), id)->value(); }
    // What the platform answers to all that is ordered now, and the clocks that follow.
    void perform(const std::string& text) {
        const auto jobs = store::due_jobs(db.session(), now, 50);
        ASSERT_TRUE(jobs);
        for (const auto& job : *jobs)
            if (seen.insert(job.key).second)
                ASSERT_TRUE(turn([&](const ops::Turn& t) {
                    return on_answer(t, job.body, {Answer::How::done, text});
                }));
    }
    void carry_out(std::int64_t id) {
        perform("as it was");
        ASSERT_TRUE(
            turn([&](const ops::Turn& t) { return ring(t, Clock::go, subject_of(id), nullptr); }));
        perform("done");
    }
    static std::vector<std::int64_t> ids(const Result<std::vector<Mitigation>>& list) {
        std::vector<std::int64_t> found;
        for (const auto& m : *list) found.push_back(m.id);
        return found;
    }
    using Ids = std::vector<std::int64_t>;

    store::DatabaseForTests db{GetParam()};
    config::Config config;
    Instant now = t0;
    std::set<std::string> seen;
};
INSTANTIATE_TEST_SUITE_P(Store, MitigationStore, testing::ValuesIn(store::engines_for_tests()),
                         [](const auto& one) { return store::name_of(one.param); });

TEST_P(MitigationStore, ARowFollowsItsEventsFromTheWishToTheEnd) {
    const auto id = wish(ana, shed("5%"));
    EXPECT_EQ(row(id).state, State::approved);
    EXPECT_EQ(row(id).approved_by, "ana");
    carry_out(id);
    EXPECT_EQ(row(id).state, State::applied);
    EXPECT_EQ(row(id).before, "as it was");
    EXPECT_EQ(row(id).expires_at, t0 + 1h) << "what a person wants ends, said or not";
    ASSERT_TRUE(turn([&](const ops::Turn& t) { return take_back(t, bo, id, "enough"); }));
    EXPECT_TRUE(row(id).taking_back);
    EXPECT_EQ(ids(open_ones(db.session())), Ids{id});
    perform("put back");
    EXPECT_EQ(row(id).state, State::undone);
    EXPECT_TRUE(open_ones(db.session())->empty());
}

TEST_P(MitigationStore, PagesAreNewestFirst) {
    Ids all;
    for (const auto* share : {"1%", "2%", "3%"}) all.push_back(wish(ana, shed(share)));
    const Ids newest_first{all[2], all[1], all[0]};
    EXPECT_EQ(ids(list(db.session(), {})), newest_first);
    EXPECT_EQ(ids(list(db.session(), {.before = all[2], .limit = 1})), Ids{all[1]});
    EXPECT_TRUE(list(db.session(), {.incident = 204})->empty());
    EXPECT_EQ(ids(open_ones(db.session())), Ids{all[0]})
        << "the others were refused: one at a time";
    EXPECT_EQ(row(all[1]).safeguard, "one at a time");
}

TEST_P(MitigationStore, WhatWasDoneLatelyIsCountedAndWhatWasRefusedIsNot) {
    const auto id = wish(ana, shed("1%"));
    carry_out(id);
    ASSERT_TRUE(turn([&](const ops::Turn& t) { return take_back(t, ana, id, ""); }));
    perform("put back");
    now = now + 1min;
    const auto again = wish(ana, shed("1%"));
    EXPECT_EQ(row(again).safeguard, "cooldown");
    EXPECT_EQ(ids(prepared_since(db.session(), t0)), Ids{id});
    EXPECT_TRUE(prepared_since(db.session(), t0 + 1s)->empty());
    EXPECT_EQ(ids(of_spot(db.session(), row(id).spot)), (Ids{again, id}));
    EXPECT_TRUE(of_runbook(db.session(), "bad-release", 5)->empty());
}

TEST_P(MitigationStore, TheSwitchStopsWhatWaitsAndIsRemembered) {
    EXPECT_FALSE(the_switch(db.session())->off);
    const auto id = wish(ana, clear());
    EXPECT_EQ(row(id).state, State::proposed);
    EXPECT_FALSE(turn([&](const ops::Turn& t) { return throw_switch(t, bo, To::off, ""); }));
    ASSERT_TRUE(turn([&](const ops::Turn& t) { return throw_switch(t, bo, To::off, "we look"); }));
    const auto off = *the_switch(db.session());
    EXPECT_TRUE(off.off);
    EXPECT_EQ(off.by + off.reason, "bowe look");
    EXPECT_EQ(off.at, t0);
    EXPECT_EQ(row(id).safeguard, "switch");
    EXPECT_EQ(row(wish(ana, shed("1%"))).safeguard, "switch");
    ASSERT_TRUE(turn([&](const ops::Turn& t) { return throw_switch(t, bo, To::on, ""); }));
    EXPECT_FALSE(the_switch(db.session())->off);
    EXPECT_EQ(row(wish(ana, shed("1%"))).state, State::approved);
}

TEST_P(MitigationStore, ATrialRecordsNothing) {
    Trial trial;
    ASSERT_TRUE(turn([&](const ops::Turn& t) -> Result<void> {
        TRY(trial, try_out(t, ana, clear(), nullptr));
        return {};
    }));
    EXPECT_EQ(trial.draft.sentence, "clear cache");
    EXPECT_EQ(trial.opinions.size(), safeguards().size());
    EXPECT_TRUE(list(db.session(), {})->empty());
    EXPECT_EQ(wish(ana, clear()), 1) << "and takes no number";
}

TEST_P(MitigationStore, WhatAPersonSaysOfItsVerificationStands) {
    auto wanted = shed("1%");
    wanted.wanted.verify.holds = 1min;
    const auto id = wish(ana, wanted);
    EXPECT_EQ(row(id).wanted.verify.holds, 1min);
    EXPECT_EQ(row(id).wanted.verify.within, 60s);
}

}  // namespace
}  // namespace sg::mitigation
