// What rules and the other detectors see in the signals.
#include "ops/detect/alerts/rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/shipped.h"
#include "ops/detect/alerts/conditions.h"
#include "ops/detect/alerts/decide.h"
#include "ops/detect/alerts/rehearsal.h"
#include "ops/detect/signals/history_for_tests.h"

namespace sg::alerts {
namespace {

using config::Severity;
using signals::Health;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr Instant begin{1'795'392'000'000'000'000};

struct World {
    config::Config config;
    signals::HistoryForTests history;
    signals::Second second;
    std::set<std::string> firing;
    Watch watch;

    World() {
        config.services["catalog"].name = "catalog";
        config.operations.alerts = config::shipped_alerts();
        second.at = begin;
    }

    // Of `requests`, so many fail and so many take a second; the rest take 20 ms.
    void tick(std::int64_t requests, std::int64_t failed = 0, std::int64_t slow = 0) {
        second.at = second.at + 1s;
        signals::Flow flow;
        flow.requests = flow.timed = requests;
        flow.failed = failed;
        for (std::int64_t i = 0; i < requests; ++i)
            flow.duration.record(i < slow ? 1'000'000'000 : 20'000'000);
        second.services["catalog"] = flow;
        history.add(second);
        remember(second, watch);
    }

    std::vector<std::string> names() {
        std::vector<std::string> all;
        for (const auto& one : find_by_rules({config, second, history, firing}, watch))
            all.push_back(one.labels.at("alertname"));
        return all;
    }
    Sight sight() { return {config, second, history, firing}; }
};

TEST(Rules, ErrorsOfTheLastMinute) {
    World world;
    for (int i = 0; i < 120; ++i) world.tick(100);
    EXPECT_THAT(world.names(), IsEmpty());
    for (int i = 0; i < 30; ++i) world.tick(100, 2);
    EXPECT_THAT(world.names(), IsEmpty());  // 60 of 6,000 are 1 %: not over it.
    world.tick(100, 2);
    ASSERT_THAT(world.names(), ElementsAre("errors"));
    const auto found = find_by_rules(world.sight(), world.watch).at(0);
    EXPECT_EQ(found.failures, 62);
    EXPECT_EQ(found.requests, 6000);
    EXPECT_EQ(found.started_at, world.second.at - 31s);
    EXPECT_EQ(found.title, "catalog: errors 1.03 % (over 1 %) over 1m");
    EXPECT_EQ(found.severity, Severity::sev2);
    EXPECT_TRUE(found.page);
    // It fires until it is under half a percent.
    world.firing.insert(fingerprint_of(found.labels));
    for (int i = 0; i < 45; ++i) world.tick(100);
    EXPECT_THAT(world.names(), IsEmpty());
    for (int i = 0; i < 60; ++i) world.tick(100, i % 5 < 3 ? 1 : 0);
    EXPECT_THAT(world.names(), ElementsAre("errors"));
    world.firing.clear();
    EXPECT_THAT(world.names(), IsEmpty());
}

TEST(Rules, OneBurstIsNotAMinuteOfErrors) {
    World world;
    for (int i = 0; i < 60; ++i) world.tick(20, i == 30 ? 20 : 0);  // 1.7 %, all in one second.
    EXPECT_THAT(world.names(), IsEmpty());
    for (int i = 0; i < 4; ++i) world.tick(20, 1);
    EXPECT_THAT(world.names(), ElementsAre("errors"));
}

TEST(Rules, LittleTrafficProvesNothing) {
    World world;
    for (int i = 0; i < 60; ++i) world.tick(1, i < 4 ? 1 : 0);  // 4 of 60.
    EXPECT_THAT(world.names(), IsEmpty());
    world.tick(1, 1);
    EXPECT_THAT(world.names(), IsEmpty());  // The first has left the window: still 4.
    world.tick(1, 1);
    world.tick(1, 1);
    world.tick(1, 1);
    world.tick(1, 1);
    EXPECT_THAT(world.names(), ElementsAre("errors"));
}

TEST(Rules, LatencyByItsDistribution) {
    World world;
    for (int i = 0; i < 60; ++i) world.tick(100, 0, 4);
    EXPECT_THAT(world.names(), IsEmpty());  // 4 % are slow: the 95th is quick.
    for (int i = 0; i < 60; ++i) world.tick(100, 0, 6);
    ASSERT_THAT(world.names(), ElementsAre("latency"));
    const auto found = find_by_rules(world.sight(), world.watch).at(0);
    EXPECT_NEAR(found.value, 1, 0.03);
    EXPECT_EQ(found.failures, 360);
}

TEST(Rules, ResourcesAreTicketsForTheDay) {
    World world;
    world.second.resources["host"] = {.cpu = 0.5, .memory = 0.86, .disk = 0.5, .network = -1};
    for (int i = 0; i < 60; ++i) world.tick(1);
    EXPECT_THAT(world.names(), ElementsAre("memory"));
    world.second.resources["host"].cpu = 0.99;
    world.tick(1);
    EXPECT_THAT(world.names(), ElementsAre("memory"));  // The mean of the minute is not over 80 %.
    for (int i = 0; i < 50; ++i) world.tick(1);
    const auto found = find_by_rules(world.sight(), world.watch);
    ASSERT_EQ(found.size(), 2U);
    EXPECT_EQ(found[0].labels.at("resource"), "host");
    EXPECT_FALSE(found[0].page);
    EXPECT_EQ(found[0].severity, Severity::sev4);
    EXPECT_EQ(found[0].pending, Duration{5min});
}

TEST(Rules, ADiskThatWillBeFull) {
    World world;
    for (int i = 0; i < 120; ++i) {  // A minute each: 0.3 points a minute, full in 2.5 h.
        signals::Second second;
        second.at = begin + std::chrono::minutes(i);
        second.resources["host"].disk = 0.2 + 0.003 * i;
        world.history.add(second);
        world.second = second;
    }
    const auto found = find_by_rules(world.sight(), world.watch);
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].labels.at("alertname"), "disk");
    EXPECT_EQ(found[0].title, "host: disk 55.7 %, full in 2.5 h as it goes");
}

TEST(Rules, AnswersOfAnotherServer) {
    World world;
    config::AlertRule rule;
    rule.name = "queue";
    rule.promql = "queue_length";
    rule.fire = rule.clear = 10;
    rule.labels["team"] = "shop";
    world.config.operations.alerts = {{"queue", rule}};
    EXPECT_THAT(world.names(), IsEmpty());
    world.watch.answers["queue"] = {
        {{{"__name__", "queue_length"}, {"queue", "a"}, {"team", "x"}}, 11}, {{{"queue", "b"}}, 9}};
    const auto found = find_by_rules(world.sight(), world.watch);
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].labels,
              (Labels{{"alertname", "queue"}, {"queue", "a"}, {"team", "shop"}}));  // The rule's.
    EXPECT_EQ(found[0].title, "queue 11 (over 10) over 1m");
    world.watch.answers["queue"] = {{{}, 11}, {{{"team", "y"}}, 12}};
    EXPECT_THAT(world.names(), IsEmpty());  // Two of them would be one alert: the rule is wrong.
    EXPECT_EQ(world.watch.mistakes.size(), 1U);
}

TEST(Conditions, AHardFaultAndItsEnd) {
    World world;
    for (int i = 0; i < 20; ++i) world.tick(200);
    EXPECT_THAT(find_hard_faults(world.sight(), world.watch), IsEmpty());
    world.tick(200, 60);
    EXPECT_THAT(find_hard_faults(world.sight(), world.watch), IsEmpty());  // 30 %, one second.
    world.tick(200, 124);
    const auto found = find_hard_faults(world.sight(), world.watch);
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].severity, Severity::sev1);
    EXPECT_EQ(found[0].title, "catalog: 62 % of requests fail (124 of 200)");
    EXPECT_EQ(found[0].started_at, world.second.at - 2s);
    EXPECT_EQ(found[0].keep_firing, Duration{15s});
    EXPECT_TRUE(found[0].page);
    world.firing.insert(fingerprint_of(found[0].labels));
    for (int i = 0; i < 5; ++i) world.tick(200, 11);
    EXPECT_EQ(find_hard_faults(world.sight(), world.watch).size(), 1U);  // 5.5 %: still there.
    for (int i = 0; i < 5; ++i) world.tick(200, 9);
    EXPECT_THAT(find_hard_faults(world.sight(), world.watch), IsEmpty());
    world.config.operations.hard_fault.enabled = false;
    for (int i = 0; i < 5; ++i) world.tick(200, 200);
    EXPECT_THAT(find_hard_faults(world.sight(), world.watch), IsEmpty());
}

TEST(Conditions, NoHealthyEndpoint) {
    World world;
    world.second.endpoints["catalog"] = {2, 1};
    EXPECT_THAT(find_lost_endpoints(world.sight()), IsEmpty());
    world.second.endpoints["catalog"] = {2, 0};
    world.second.endpoints["new"] = {0, 0};
    const auto found = find_lost_endpoints(world.sight());
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].title, "catalog: none of its 2 endpoints is healthy");
    EXPECT_EQ(found[0].severity, Severity::sev1);
    signals::GatewayState gateway;
    gateway.answers = true;
    gateway.started_at = world.second.at - 10s;  // Its first checks are under way.
    world.second.gateways.push_back(gateway);
    EXPECT_THAT(find_lost_endpoints(world.sight()), IsEmpty());
    world.firing.insert(fingerprint_of(found[0].labels));
    EXPECT_EQ(find_lost_endpoints(world.sight()).size(), 1U);
}

TEST(Conditions, AnOutageWithoutTrafficIsFoundByProbeWithinAMinute) {
    World world;
    config::Probe probe;
    probe.name = "front";
    probe.service = "catalog";
    world.config.operations.probes["front"] = probe;
    // Looks every ten seconds that take five to fail: the worst phase.
    Standing standing;
    Duration raised{};
    for (int i = 1; i <= 90 && raised == 0s; ++i) {
        world.second.at = begin + std::chrono::seconds(i);  // The outage begins at 0.
        const int looked = i < 15 ? 0 : (i - 5) / 10 * 10 + 5;
        if (looked > 0)
            world.second.probes["front"] = {Health::ill, 5s, "timed out",
                                            begin + std::chrono::seconds(looked)};
        const auto seen = find_failed_probes(world.sight());
        const auto decision = judge(standing, seen, {}, world.config.operations, world.second.at);
        for (const auto& event : decision.events) {
            if (event.kind == ops::Kind::alert_group_told) continue;
            ops::Recorded recorded;
            recorded.at = world.second.at;
            recorded.kind = event.kind;
            recorded.payload = event.payload;
            const auto row = apply(Alert{}, recorded);
            ASSERT_TRUE(row);
            standing.open[row->fingerprint] = *row;
            if (row->state == State::firing) {
                raised = world.second.at - begin;
                EXPECT_EQ(row->severity, "sev1");
                EXPECT_EQ(row->title, "catalog: 1 of 1 probes fail: front (timed out)");
                EXPECT_EQ(row->started_at, begin + 15s);
            }
        }
    }
    EXPECT_EQ(raised, Duration{40s});
}

TEST(Conditions, OneOfTwoProbesIsATicket) {
    World world;
    for (const auto name : {"a", "b"}) {
        config::Probe probe;
        probe.service = "catalog";
        world.config.operations.probes[name] = probe;
        world.second.probes[name] = {Health::well, 1ms, "", begin};
    }
    EXPECT_THAT(find_failed_probes(world.sight()), IsEmpty());
    world.second.probes["b"].health = Health::ill;
    const auto found = find_failed_probes(world.sight());
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].severity, Severity::sev3);
    EXPECT_FALSE(found[0].page);
    world.second.probes["a"].health = Health::unknown;
    EXPECT_TRUE(find_failed_probes(world.sight()).at(0).page);
}

TEST(Conditions, NeedsGatewaysAndRisks) {
    World world;
    config::Need need;
    need.name = "catalog-db";
    world.config.operations.needs["catalog-db"] = need;
    world.config.services["catalog"].needs = {"catalog-db"};
    world.second.needs["catalog-db"] = {Health::ill, 2s, "refused", begin};
    const auto needs = find_failed_needs(world.sight());
    ASSERT_EQ(needs.size(), 1U);
    EXPECT_EQ(needs[0].title, "catalog-db: refused (needed by catalog)");
    EXPECT_EQ(needs[0].labels.at("service"), "catalog");
    EXPECT_FALSE(needs[0].page);

    signals::GatewayState gateway;
    gateway.name = "eu";
    gateway.heard_at = begin - 3s;
    world.second.gateways = {gateway};
    EXPECT_EQ(find_silent_gateways(world.sight()).at(0).started_at, begin - 3s);

    Durability durability;
    EXPECT_THAT(find_risks(durability, begin), IsEmpty());
    durability.store_is_durable = false;
    durability.disk_fails = true;
    durability.replica_lag = 6min;
    durability.why = "as the system says";
    const auto risks = find_risks(durability, begin);
    ASSERT_EQ(risks.size(), 3U);
    EXPECT_TRUE(risks[0].page && risks[1].page && !risks[2].page);
    EXPECT_EQ(risks[2].title, "the replica is 360 s behind: as the system says");
}

TEST(Rules, AnswersOfAnOutsideServer) {
    World world;
    world.config.operations.ops.prometheus = "http://prometheus.example:9090";
    auto& rule = world.config.operations.alerts["queue"];
    rule.name = "queue";
    rule.promql = "queue_depth";
    rule.fire = rule.clear = 10;
    world.tick(100);
    take_answers(world.sight(), world.watch);
    // Asked, not yet answered: nothing fires but that.
    EXPECT_THAT(world.names(), IsEmpty());
    const auto silent = find_silent_sources(world.sight());
    ASSERT_EQ(silent.size(), 1U);
    EXPECT_EQ(silent[0].title,
              "http://prometheus.example:9090 does not answer: queue cannot be judged");

    world.second.outside["queue_depth"] = {{{{"queue", "mail"}}, 11}, {{{"queue", "sms"}}, 3}};
    take_answers(world.sight(), world.watch);
    const auto found = find_by_rules(world.sight(), world.watch);
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].labels.at("queue"), "mail");
    EXPECT_THAT(find_silent_sources(world.sight()), IsEmpty());
    // The server falls silent: what fired goes on, because nobody knows better.
    world.second.outside.clear();
    take_answers(world.sight(), world.watch);
    EXPECT_EQ(find_by_rules(world.sight(), world.watch).size(), 1U);
    // It answers with nothing: that is an answer.
    world.second.outside["queue_depth"] = {};
    take_answers(world.sight(), world.watch);
    EXPECT_THAT(world.names(), IsEmpty());
    // A rule that is gone leaves no answers behind.
    world.config.operations.alerts.erase("queue");
    take_answers(world.sight(), world.watch);
    EXPECT_THAT(world.watch.answers, IsEmpty());
}

TEST(Rehearsal, SaysWhenARuleWouldHaveFired) {
    World world;
    for (int i = 0; i < 800; ++i) world.tick(100, i >= 300 && i < 450 ? 3 : 0);
    auto rule = config::shipped_alerts().at("errors");
    const auto fired =
        would_have_fired(rule, {"catalog", "other"}, world.history, begin, world.second.at);
    ASSERT_TRUE(fired);
    ASSERT_EQ(fired->fired.size(), 1U);
    const auto& one = fired->fired.front();
    EXPECT_EQ(one.whose, "catalog");
    // Over 1 % after 21 s, a minute more; gone when 10 bad seconds are left, a minute more.
    EXPECT_EQ((one.fired_at - begin) / 1s, 300 + 21 + 60);
    EXPECT_EQ((one.cleared_at - begin) / 1s, 450 + 50 + 60);
    EXPECT_NEAR(one.worst, 0.03, 1e-9);
    EXPECT_EQ(fired->step, Duration{1s});
    EXPECT_EQ(fired->seen_from, begin);
    rule.fire = 0.04;
    const auto quiet = would_have_fired(rule, {"catalog"}, world.history, begin, world.second.at);
    ASSERT_TRUE(quiet);
    EXPECT_THAT(quiet->fired, IsEmpty());
    rule.promql = "up";
    EXPECT_FALSE(would_have_fired(rule, {"catalog"}, world.history, begin, world.second.at));
}

TEST(Rehearsal, OfResources) {
    World world;
    for (int i = 0; i < 1200; ++i) {
        signals::Second second;
        second.at = begin + std::chrono::seconds(i);
        second.resources["host"].memory = i >= 100 && i < 700 ? 0.9 : 0.5;
        world.history.add(second);
    }
    const auto fired = would_have_fired(config::shipped_alerts().at("memory"), {"host"},
                                        world.history, begin, begin + 1200s);
    ASSERT_TRUE(fired);
    ASSERT_EQ(fired->fired.size(), 1U);
    EXPECT_EQ((fired->fired.front().fired_at - begin) / 1s, 400);
    EXPECT_EQ((fired->fired.front().cleared_at - begin) / 1s, 1000);
}

// A wide window is not added up second by second, and the answer says so.
TEST(Rehearsal, SaysHowCloselyItLooked) {
    World world;
    for (int i = 0; i < 800; ++i) world.tick(100, i >= 300 && i < 450 ? 20 : 0);
    auto rule = config::shipped_alerts().at("errors");
    rule.window = 10min;
    const auto trial =
        would_have_fired(rule, {"catalog"}, world.history, begin, world.second.at + 1h);
    ASSERT_TRUE(trial);
    EXPECT_EQ(trial->step, Duration{16s});
    EXPECT_EQ(trial->to, world.second.at);
    ASSERT_EQ(trial->fired.size(), 1U);
    EXPECT_EQ(trial->fired.front().cleared_at, Instant{});
    EXPECT_THAT(watched_by(rule, world.config, world.second), Contains("catalog"));
    rule.services = {"elsewhere"};
    EXPECT_THAT(watched_by(rule, world.config, world.second), IsEmpty());
}

}  // namespace
}  // namespace sg::alerts
