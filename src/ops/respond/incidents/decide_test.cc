#include "ops/respond/incidents/decide.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <set>

namespace sg::incidents {
namespace {

using testing::HasSubstr;

constexpr Instant start{1'800'000'000'000'000'000};
const config::Operations guide;
const ops::Actor ana{"ana", "cli"};

// An incident and its clocks as the ledger and the wakeups would have them.
struct World {
    Incident incident;
    std::map<std::string, Instant> clocks;
    std::vector<ops::Kind> kinds;
    std::int64_t seq = 0;

    void take(const ops::Decision& decision, Instant now) {
        for (const auto& event : decision.events) {
            ops::Recorded recorded{.seq = ++seq,
                                   .at = now,
                                   .kind = event.kind,
                                   .subjects = event.subjects,
                                   .payload = event.payload};
            auto next = apply(incident, recorded);
            ASSERT_TRUE(next) << next.error().message();
            incident = *next;
            kinds.push_back(event.kind);
        }
        for (const auto& clock : decision.clocks)
            if (clock.due) clocks[clock.name] = *clock.due;
            else clocks.erase(clock.name);
    }
    void declare(std::int64_t severity,
                 Trigger trigger = {.key = "a1", .title = "t", .service = "api"}) {
        trigger.severity = severity;
        take(incidents::declare({7, trigger, {}, policy_for(guide, severity)}, start), start);
    }
    void act(Verb verb, Instant now, const std::string& text = "why") {
        const auto decision = decide(incident, {verb, ana, text}, now);
        ASSERT_TRUE(decision) << decision.error().message();
        take(*decision, now);
    }
    void ring(const std::string& clock, Instant now) {
        const auto due = clocks.at(clock);
        clocks.erase(clock);
        take(incidents::ring(incident, clock, due, now), now);
    }
    std::int64_t count(ops::Kind kind) const { return std::ranges::count(kinds, kind); }
};

TEST(Incidents, TheGuidesClocksRunFromTheDeclaration) {
    struct Row {
        std::int64_t severity;
        Duration respond, escalate, communicate;
    };
    for (const Row& row : {Row{1, 5min, 0s, 15min}, Row{2, 15min, 30min, 30min}, Row{3, 1h, 2h, 1h},
                           Row{4, 4h, 24h, 24h}}) {
        SCOPED_TRACE(row.severity);
        World w;
        w.declare(row.severity);
        EXPECT_EQ(w.clocks.at("respond_by"), start + row.respond);
        EXPECT_EQ(w.clocks.contains("escalate_by"), row.escalate > 0s);
        if (row.escalate > 0s) EXPECT_EQ(w.clocks.at("escalate_by"), start + row.escalate);
        EXPECT_EQ(w.clocks.at("update_due"), start + row.communicate);
        EXPECT_EQ(w.clocks.at("assess_by"), start + 5min);
        EXPECT_EQ(w.clocks.at("mitigate_by"), start + 15min);
    }
}

TEST(Incidents, WhatIsNotPossibleIsRefusedWithWhatIs) {
    World w;
    w.declare(1);
    const auto refused = decide(w.incident, {Verb::resolve, ana, "x"}, start);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Errc::conflict);
    EXPECT_THAT(refused.error().hint, HasSubstr("acknowledge, mitigate, cancel"));
    w.act(Verb::cancel, start + 1s);
    EXPECT_THAT(decide(w.incident, {Verb::acknowledge, ana, ""}, start + 2s).error().hint,
                HasSubstr("nothing"));
    EXPECT_TRUE(w.clocks.empty());
}

TEST(Incidents, TheWholeWay) {
    World w;
    w.declare(2, {.key = "a1", .title = "t", .service = "api", .started_at = start - 20s});
    w.act(Verb::acknowledge, start + 41s);
    EXPECT_EQ(w.incident.roles.at("commander"), "ana");
    EXPECT_FALSE(w.clocks.contains("respond_by"));
    EXPECT_TRUE(w.clocks.contains("mitigate_by"));
    w.take(clear(w.incident, "a1", start + 2min), start + 2min);
    EXPECT_EQ(w.incident.state, State::mitigated);
    EXPECT_EQ(w.incident.mitigated_at - w.incident.started_at, 140s);
    EXPECT_FALSE(w.clocks.contains("mitigate_by"));
    w.ring("observe_until", start + 7min);
    EXPECT_EQ(w.incident.verified_at, start + 7min);
    w.act(Verb::resolve, start + 1h);
    EXPECT_TRUE(w.clocks.empty());
    w.act(Verb::close, start + 2h);
    EXPECT_EQ(w.incident.state, State::closed);
}

TEST(Incidents, OneWhosePolicyAsksForAReviewIsNotClosedBefore) {
    config::Operations operations;
    EXPECT_FALSE(policy_for(operations, 1).closes_reviewed) << "only where it is asked for";
    operations.postmortem.before_close = true;
    EXPECT_TRUE(policy_for(operations, 2).closes_reviewed);
    EXPECT_FALSE(policy_for(operations, 3).closes_reviewed) << "it needs no post-mortem";
    World w;
    w.declare(1);
    w.incident.state = State::resolved;
    w.incident.policy.closes_reviewed = true;
    const auto refused = decide(w.incident, {Verb::close, ana, ""}, start);
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error().hint, HasSubstr("postmortem"));
    const auto reviewed =
        apply(w.incident, {.at = start + 1h, .kind = ops::Kind::postmortem_reviewed});
    EXPECT_TRUE(decide(*reviewed, {Verb::close, ana, ""}, start + 2h));
    const auto back =
        apply(*reviewed, {.at = start + 2h, .kind = ops::Kind::postmortem_given_back});
    EXPECT_FALSE(decide(*back, {Verb::close, ana, ""}, start + 3h));
}

TEST(Incidents, ALaterAlertJoinsRaisesAndBringsBack) {
    World w;
    w.declare(4);
    w.take(join(w.incident, {.key = "a2", .title = "worse", .severity = 1}, policy_for(guide, 1),
                start + 1min),
           start + 1min);
    EXPECT_EQ(w.incident.severity, 1);
    EXPECT_EQ(w.clocks.at("respond_by"), start + 5min);
    EXPECT_FALSE(w.clocks.contains("escalate_by"));
    w.take(clear(w.incident, "a1", start + 2min), start + 2min);
    EXPECT_EQ(w.incident.state, State::declared) << "a2 still fires";
    w.take(clear(w.incident, "a2", start + 3min), start + 3min);
    EXPECT_EQ(w.incident.state, State::mitigated);
    w.take(join(w.incident, {.key = "a1", .title = "again", .severity = 4}, policy_for(guide, 4),
                start + 4min),
           start + 4min);
    EXPECT_EQ(w.incident.state, State::declared);
    EXPECT_EQ(w.incident.severity, 1) << "joining never lowers it";
    EXPECT_EQ(w.clocks.at("respond_by"), start + 9min);
    EXPECT_FALSE(w.clocks.contains("observe_until"));
    EXPECT_TRUE(join(w.incident, {.key = "a1"}, policy_for(guide, 4), start + 5min).empty());
}

TEST(Incidents, WhatAPersonDeclaredOnlyAPersonMitigates) {
    World w;
    w.declare(2, {.title = "customers call"});
    w.take(join(w.incident, {.key = "a1", .severity = 2}, policy_for(guide, 2), start), start);
    w.take(clear(w.incident, "a1", start + 1min), start + 1min);
    EXPECT_EQ(w.incident.state, State::declared);
    w.act(Verb::mitigate, start + 2min);
    EXPECT_EQ(w.incident.state, State::mitigated);
}

TEST(Incidents, MissedClocksAreRecordedAndEscalate) {
    World w;
    w.declare(2);
    w.ring("respond_by", start + 15min);
    EXPECT_EQ(w.count(ops::Kind::incident_clock_missed), 1);
    EXPECT_EQ(w.count(ops::Kind::incident_escalated), 1);
    w.ring("update_due", start + 30min);
    EXPECT_EQ(w.clocks.at("update_due"), start + 60min) << "it nags until somebody tells";
    w.take(*tell(w.incident, "we are on it", start + 40min), start + 40min);
    EXPECT_EQ(w.clocks.at("update_due"), start + 70min);
    w.ring("escalate_by", start + 30min);
    EXPECT_EQ(w.count(ops::Kind::incident_escalated), 2);
}

TEST(Incidents, AMinorOneThatNobodyTouchedResolvesItself) {
    World w;
    w.declare(4);
    w.take(clear(w.incident, "a1", start + 1min), start + 1min);
    w.ring("observe_until", start + 6min);
    EXPECT_EQ(w.incident.state, State::resolved);
    World touched;
    touched.declare(4);
    touched.act(Verb::acknowledge, start + 1s);
    touched.take(clear(touched.incident, "a1", start + 1min), start + 1min);
    touched.ring("observe_until", start + 6min);
    EXPECT_EQ(touched.incident.state, State::mitigated);
}

TEST(Incidents, StateSurvivesItsOwnJson) {
    World w;
    w.declare(2);
    w.act(Verb::acknowledge, start + 41s);
    const auto again = from_json<Incident>(to_json(w.incident));
    ASSERT_TRUE(again) << again.error().message();
    EXPECT_EQ(*again, w.incident);
}

// Random commands, alerts and late clocks: while users hurt a clock runs that somebody answers for.
TEST(Incidents, SomebodyIsAlwaysLooking) {
    for (unsigned seed = 0; seed < 300; ++seed) {
        SCOPED_TRACE(seed);
        std::mt19937 random(seed);
        World w;
        Instant now = start;
        w.declare(1 + random() % 4);
        for (int step = 0; step < 60; ++step) {
            now = now + Duration{std::int64_t{1'000'000'000} * (random() % 900)};
            const auto key = "a" + std::to_string(random() % 3);
            switch (random() % 6) {
                case 0: w.take(clear(w.incident, key, now), now); break;
                case 1:
                    if (is_open(w.incident.state)) {
                        const auto severity = static_cast<std::int64_t>(1 + random() % 4);
                        w.take(join(w.incident, {.key = key, .title = "t", .severity = severity},
                                    policy_for(guide, severity), now),
                               now);
                    }
                    break;
                case 2: {
                    const auto verb = static_cast<Verb>(random() % 4);
                    if (const auto d = decide(w.incident, {verb, ana, "x"}, now)) w.take(*d, now);
                    break;
                }
                default:
                    if (!w.clocks.empty()) {
                        const auto first =
                            std::ranges::min_element(w.clocks, {}, [](const auto& c) {
                                return c.second;
                            })->first;
                        now = std::max(now, w.clocks.at(first));
                        w.ring(first, now);
                    }
            }
            if (users_hurt(w.incident.state))
                EXPECT_TRUE(w.clocks.contains("respond_by") || w.clocks.contains("mitigate_by") ||
                            w.clocks.contains("update_due"));
            else if (!is_open(w.incident.state)) EXPECT_TRUE(w.clocks.empty());
        }
    }
}

TEST(Links, OnlyWhatOpensInABrowserIsALink) {
    World w;
    w.declare(2);
    const auto linked = link(w.incident, {"the graph", "https://grafana.example.com/d/7?x=1"});
    ASSERT_TRUE(linked);
    w.take(*linked, start);
    EXPECT_EQ(w.kinds.back(), ops::Kind::incident_linked);
    const auto untitled = link(w.incident, {"", "http://x.example/"});
    ASSERT_TRUE(untitled);
    EXPECT_THAT(untitled->events[0].payload, HasSubstr(R"("title":"http://x.example/")"));
    for (const auto& url : {std::string(), std::string("javascript:alert(1)"),
                            std::string("grafana.example.com"), std::string("https://a b"),
                            std::string("https://a\nb"), "https://" + std::string(2000, 'a')})
        EXPECT_FALSE(link(w.incident, {"x", url})) << url;
}

}  // namespace
}  // namespace sg::incidents
