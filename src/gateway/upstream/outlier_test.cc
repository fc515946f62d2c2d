// Ejection, trials, return, panic, suspicion, the adaptive allowance, and when a retry is worth it.
#include <gtest/gtest.h>

#include "gateway/upstream/policy_test_support.h"

namespace sg::gateway::upstream {
namespace {

using namespace test;

TEST(Outlier, WhatCountsAndWhatResets) {
    struct Case {
        const char* what;  // c: connect failed, r: reset, t: timeout, 5: status 500, 1: 501, o: ok,
                           // x: cancelled
        bool ejected;
    };
    const Case cases[] = {{"cc", false},    {"ccc", true},  {"rrr", true},  {"ttt", true},
                          {"555", true},    {"cr5", true},  {"111", false}, {"ccoc", false},
                          {"ccoccc", true}, {"xxx", false}, {"cxcxc", true}};
    for (const Case& c : cases) {
        Bed bed;
        for (const char* w = c.what; *w != 0; ++w) {
            Choice choice = bed.aim(2);
            if (*w == '5') bed.finish(choice, 500);
            else if (*w == '1') bed.finish(choice, 501);
            else if (*w == 'o') bed.finish(choice);
            else
                bed.policy.end(choice,
                               *w == 'c'   ? Outcome::connect_failed
                               : *w == 'r' ? Outcome::reset
                               : *w == 't' ? Outcome::timeout
                                           : Outcome::cancelled,
                               bed.now);
        }
        EXPECT_EQ(bed.at(2).ejection.active, c.ejected) << c.what;
        EXPECT_EQ(bed.spread(400).contains(2), !c.ejected) << c.what;
    }
}

TEST(Outlier, OneTrialAtATimeDecides) {
    Bed bed;
    bed.fail(2, 3);
    bed.now = bed.now + 999ms;
    EXPECT_FALSE(bed.spread(400).contains(2));
    bed.now = bed.now + 1ms;
    Choice trial = bed.choose();
    EXPECT_EQ(trial.reason, Reason::trial);
    EXPECT_EQ(trial.endpoint, &bed.at(2));
    EXPECT_FALSE(bed.spread(400).contains(2));  // One.
    bed.policy.end(trial, Outcome::reset, bed.now);
    EXPECT_FALSE(bed.spread(400, 2ms).contains(2));
    bed.now = bed.now + 1s;
    trial = bed.choose();
    ASSERT_EQ(trial.reason, Reason::trial);
    bed.finish(trial);
    EXPECT_NEAR(bed.spread(4000)[2], 1000, 120);  // Full share at once.
}

TEST(Outlier, ATrialThatIsCutShortIsRepeated) {
    Bed bed;
    bed.fail(2, 3);
    bed.now = bed.now + 1s;
    Choice trial = bed.choose();
    bed.policy.end(trial, Outcome::cancelled, bed.now + 10ms);
    bed.now = bed.now + 10ms;
    EXPECT_EQ(bed.choose().reason, Reason::trial);
}

TEST(Outlier, RequestsThatCannotBeRepeatedWaitBeforeTheyAreTrials) {
    Bed bed;
    bed.fail(2, 3);
    bed.now = bed.now + 1s;
    for (int i = 0; i < 100; ++i) {
        Choice c = bed.choose(Replay::impossible);
        EXPECT_NE(c.reason, Reason::trial);
        bed.finish(c);
    }
    bed.now = bed.now + 3s;
    EXPECT_EQ(bed.choose(Replay::impossible).reason, Reason::trial);
}

TEST(Outlier, BackOffGrowsOnlyIfToldTo) {
    config::Service s = service();
    s.outlier.eject_for = 1s;
    s.outlier.eject_most = 5s;
    Bed bed(s);
    bed.fail(2, 3);
    for (const Duration wait : {1s, 2s, 4s, 5s, 5s}) {
        bed.now = bed.now + wait - 1ns;
        EXPECT_FALSE(bed.spread(50).contains(2));
        bed.now = bed.now + 1ns;
        Choice trial = bed.choose();
        ASSERT_EQ(trial.reason, Reason::trial);
        bed.policy.end(trial, Outcome::reset, bed.now);
    }
}

TEST(Outlier, NeverMoreThanTheShare) {
    struct Case {
        int endpoints;
        double most;
        std::size_t want;
    };
    for (const Case& c : {Case{4, 0.5, 2},
                          {4, 1, 3},
                          {4, 0.1, 1},
                          {3, 0.5, 1},
                          {2, 0.5, 1},
                          {1, 1, 0},
                          {4, 0, 0}}) {
        config::Service s = service();
        s.outlier.ejected_most = {c.most};
        Bed bed(s, c.endpoints);
        for (int i = 0; i < 100; ++i) {
            Choice choice = bed.choose();
            bed.policy.end(choice, Outcome::reset, bed.now);
        }
        std::size_t ejected = 0;
        for (const auto& e : bed.policy.endpoints()) ejected += e->ejection.active;
        EXPECT_EQ(ejected, c.want) << c.endpoints << " " << c.most;
    }
}

TEST(Outlier, ACheckLiftsItOnceThenOnlyRequestsDo) {
    Bed bed;
    bed.fail(2, 3);
    bed.policy.set_health(bed.at(2), Health::healthy, true, bed.now);
    EXPECT_FALSE(bed.at(2).ejection.active);
    bed.fail(2, 3);
    bed.policy.set_health(bed.at(2), Health::healthy, true, bed.now);
    EXPECT_TRUE(bed.at(2).ejection.active);  // The check is not to be believed.
    bed.now = bed.now + 1s;
    Choice trial = bed.choose();
    bed.finish(trial);
    EXPECT_FALSE(bed.at(2).ejection.active);
    bed.fail(2, 3);
    bed.policy.set_health(bed.at(2), Health::healthy, false, bed.now);
    bed.now = bed.now + 5s;
    EXPECT_FALSE(
        bed.spread(200).contains(2));  // No request needs to find out what the check knows.
    bed.policy.set_health(bed.at(2), Health::healthy, true, bed.now);
    EXPECT_FALSE(bed.at(2).ejection.active);
}

TEST(Panic, EverythingNotDrainedCountsAsAvailable) {
    Bed bed;
    bed.fail(1, 3);
    for (const int i : {2, 3, 4})
        bed.policy.set_health(bed.at(i), Health::unhealthy, false, bed.now);
    EXPECT_TRUE(bed.policy.panic());
    Choice c = bed.choose();
    EXPECT_EQ(c.reason, Reason::panic);
    bed.finish(c, 500);
    const auto got = bed.spread(400);  // All succeed, so 1 is back, and panic is over.
    EXPECT_FALSE(bed.policy.panic());
    EXPECT_GT(got.at(1), 350);
}

TEST(Retry, GoesElsewhereAndNotWhereItFails) {
    Bed bed;
    for (int i = 0; i < 300; ++i) {
        Choice first = bed.choose();
        Choice second = bed.retry_after(first);
        if (second) {
            EXPECT_NE(second.endpoint, first.endpoint);
            bed.finish(second);
        } else {
            EXPECT_EQ(second.reason, Reason::budget_spent);
        }
        bed.finish(first);
    }
    EXPECT_EQ(bed.policy.budget().retries(), 60u);  // A fifth of 300.
}

TEST(Retry, NotWhereAllAreKnownToFail) {
    Bed bed;
    for (int i = 0; i < 60; ++i) {
        Choice c = bed.choose();
        bed.policy.end(c, Outcome::reset, bed.now);
    }
    Choice c = bed.choose();
    EXPECT_EQ(bed.retry_after(c).reason, Reason::nothing_better);
}

TEST(Retry, OnTheSameEndpointOnlyIfItIsAlone) {
    Bed bed(service(), 1);
    Choice c = bed.choose();
    Choice again = bed.retry_after(c);
    EXPECT_EQ(again.reason, Reason::again);
    EXPECT_EQ(again.endpoint, c.endpoint);
    EXPECT_EQ(bed.retry_after(c, RetryCause::slow).reason, Reason::nothing_better);
}

// Endpoint 2 has two requests and says nothing, the others answer.
struct Stall : Bed {
    Choice one, two;
    Stall() {
        for (int i = 0; i < 200; ++i) spread(1, 5ms);
        one = aim(2);
        for (int i = 2; i < 200 && !two; ++i) {  // Busy siblings, so that 2 gets another.
            std::vector<Choice> busy;
            for (int k = 0; k < 12; ++k) busy.push_back(choose());
            for (Choice& c : busy)
                if (c.endpoint->id.telemetry == 2 && !two) two = c;
                else finish_silently(c);
        }
    }
    void finish_silently(Choice& c) { policy.end(c, Outcome::done, now); }
};

TEST(Suspicion, AvoidsTheSilentUntilAByteComes) {
    Stall bed;
    ASSERT_TRUE(bed.two);
    EXPECT_FALSE(bed.policy.suspected(bed.at(2), bed.now));
    bed.now = bed.now + 600ms;
    EXPECT_FALSE(bed.policy.suspected(bed.at(2), bed.now));  // Nobody else has answered either.
    for (const int other : {1, 3, 4}) {
        Choice c = bed.aim(other);
        bed.finish(c);
    }
    EXPECT_TRUE(bed.policy.suspected(bed.at(2), bed.now));
    EXPECT_FALSE(bed.spread(500).contains(2));
    int asked = 0;
    bed.policy.suspects(bed.now, [&](EndpointState& e) { asked += e.id.telemetry == 2; });
    EXPECT_EQ(asked, 1);
    EXPECT_TRUE(bed.at(2).available());
    bed.policy.alive(bed.one, bed.now);
    EXPECT_FALSE(bed.policy.suspected(bed.at(2), bed.now));
    bed.policy.end(bed.one, Outcome::done, bed.now);
    bed.policy.end(bed.two, Outcome::done, bed.now);
    EXPECT_TRUE(bed.spread(500).contains(2));
}

// Two requests that cannot be repeated are lost there, and keep all others away: somebody must find
// out.
TEST(Trial, OfOneThatIsSilentAndPassedOver) {
    for (const bool well : {true, false}) {
        Bed bed;
        bed.spread(200, 5ms);
        Choice lost[] = {bed.aim(2, Replay::impossible), {}};
        while (!lost[1]) {
            Choice others[12];
            for (Choice& c : others) c = bed.choose(Replay::impossible);
            for (Choice& c : others)
                if (c.endpoint->id.telemetry == 2 && !lost[1]) lost[1] = c;
                else bed.policy.end(c, Outcome::done, bed.now);
        }
        EXPECT_FALSE(bed.spread(180, 5ms).contains(2));
        bed.policy.tick(bed.now);
        EXPECT_FALSE(bed.spread(20, 5ms).contains(2));  // Not yet a second.
        bed.now = bed.now + 200ms;
        bed.policy.tick(bed.now);
        Choice trial = bed.choose();
        EXPECT_EQ(trial.reason, Reason::trial);
        EXPECT_EQ(trial.endpoint, &bed.at(2));
        EXPECT_EQ(bed.policy.try_timeout(trial, {}), 250ms);
        if (well) bed.finish(trial);
        else bed.policy.end(trial, Outcome::slow, bed.now);
        EXPECT_EQ(bed.at(2).ejection.active, !well);
        EXPECT_NE(bed.choose().reason, Reason::trial);
    }
}

TEST(Abandon, WhenItIsGivenUpAndNothingHasCome) {
    Stall bed;
    int told = 0;
    bed.policy.on_abandon = [&](EndpointState& e) { told += &e == &bed.at(2); };
    bed.policy.alive(bed.two, bed.now);
    EXPECT_FALSE(bed.one.abandoned());
    bed.now = bed.now + 1s;
    bed.policy.set_health(bed.at(2), Health::unhealthy, false, bed.now);
    EXPECT_EQ(told, 1);
    EXPECT_TRUE(bed.one.abandoned());
    EXPECT_FALSE(bed.two.abandoned());  // It has a byte.
    bed.one.replay = Replay::impossible;
    EXPECT_FALSE(bed.one.abandoned());
}

TEST(Abandon, WhatWasLostIsNoLoadAfterTheReturn) {
    Bed bed;
    std::vector<Choice> lost;
    for (int i = 0; i < 40; ++i) lost.push_back(bed.choose());
    bed.now = bed.now + 1s;
    EndpointState& e = bed.at(2);
    const std::uint32_t waiting = e.silent;
    ASSERT_GT(waiting, 5u);
    bed.policy.set_health(e, Health::unhealthy, false, bed.now);
    bed.policy.set_health(e, Health::healthy, true, bed.now + 1s);
    EXPECT_EQ(e.load, 0u);
    EXPECT_EQ(e.in_flight, waiting);
    bed.policy.tick(bed.now + 1s + 249ms);
    const std::uint32_t generation = e.abandon_generation;
    bed.policy.tick(bed.now + 1s + 250ms);
    EXPECT_EQ(e.abandon_generation, generation + 1);
    bed.now = bed.now + 20s;
    for (Choice& c : lost)  // Their time-outs are old news.
        if (c.endpoint == &e) bed.policy.end(c, Outcome::timeout, bed.now);
    EXPECT_EQ(e.ejection.failures, 0u);
    EXPECT_EQ(e.in_flight, 0u);
    EXPECT_EQ(e.load, 0u);
}

TEST(Allowance, FollowsWhatTheServiceUsuallyTakes) {
    struct Case {
        Duration usual;
        double rare_share;
        Duration rare;
        Duration least, most;  // no_timeout: none.
    };
    const Case cases[] = {
        {5ms, 0, 0ms, 1s, 1s},
        {200ms, 0, 0ms, 1s, 1300ms},
        {1s, 0, 0ms, 4s, 6s},
        {5ms, 0.01, 3s, 12s, 18s},  // One in a hundred is slow: it must not fire for those.
        {10s, 0, 0ms, no_timeout, no_timeout},
    };
    for (const Case& c : cases) {
        Bed bed;
        for (int i = 0; i < 2000; ++i) {
            Choice choice = bed.choose();
            bed.now = bed.now + (i % 1000 < c.rare_share * 1000 ? c.rare : c.usual);
            bed.finish(choice);
        }
        Choice choice = bed.choose();
        const Duration allowed = bed.policy.try_timeout(choice, {});
        EXPECT_GE(allowed, c.least) << c.usual / 1ms;
        EXPECT_LE(allowed, c.most) << c.usual / 1ms;
        EXPECT_EQ(bed.policy.try_timeout(choice, {.per_try = 70ms}), 70ms);
        choice.replay = Replay::impossible;
        EXPECT_EQ(bed.policy.try_timeout(choice, {.per_try = 70ms}), no_timeout);
    }
}

TEST(Allowance, NoneBeforeAnythingIsKnownOrWithoutAnAlternative) {
    Bed bed;
    EXPECT_EQ(bed.policy.try_timeout(bed.choose(), {}), no_timeout);
    Bed alone(service(), 1);
    alone.spread(100, 5ms);
    EXPECT_EQ(alone.policy.try_timeout(alone.choose(), {}), no_timeout);
}

}  // namespace
}  // namespace sg::gateway::upstream
