// The commands on a database: the rows follow from the events, and what people see of them.
#include "ops/detect/alerts/store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "config/shipped.h"
#include "ops/detect/alerts/ask.h"
#include "ops/detect/alerts/commands.h"
#include "ops/detect/alerts/prometheus_api.h"
#include "ops/detect/alerts/show.h"
#include "ops/detect/signals/history_for_tests.h"
#include "store/database_for_tests.h"
#include "store/queue.h"

namespace sg::alerts {
namespace {

constexpr Instant begin{1'795'392'000'000'000'000};

class Commands : public testing::TestWithParam<store::Engine> {
  protected:
    Commands() : database_(GetParam()) {
        config_.services["catalog"].name = "catalog";
        config_.operations.alerts = config::shipped_alerts();
        config_.operations.inbox["prometheus"].name = "prometheus";
        second_.at = begin;
    }

    template <class Command>
    auto run(Command command) {
        auto tx = database_.begin();
        const auto result = command(ops::Turn{tx, now(), config_, folds(), {}});
        if (result) EXPECT_TRUE(tx.commit());
        return result;
    }
    template <class Question>
    auto ask(Question question) {
        auto tx = database_.begin();
        const auto answer = question(tx);
        EXPECT_TRUE(answer) << answer.error().message();
        return *answer;
    }
    std::vector<Alert> firing_now() {
        return ask([](const store::Tx& tx) { return firing(tx); });
    }

    void tick(std::int64_t requests, std::int64_t failed) {
        second_.at = second_.at + 1s;
        second_.services["catalog"].requests = requests;
        second_.services["catalog"].failed = failed;
        history_.add(second_);
        const auto judged =
            run([&](const ops::Turn& turn) { return judge(turn, second_, history_, watch_); });
        ASSERT_TRUE(judged) << judged.error().message();
    }
    Instant now() const { return second_.at; }

    store::DatabaseForTests database_;
    config::Config config_;
    signals::HistoryForTests history_;
    signals::Second second_;
    Watch watch_;
};

INSTANTIATE_TEST_SUITE_P(Engines, Commands, testing::ValuesIn(store::engines_for_tests()),
                         [](const auto& one) { return store::name_of(one.param); });

TEST_P(Commands, AHardFaultFromItsFirstSecondToItsEnd) {
    for (int i = 0; i < 20; ++i) tick(200, 0);
    EXPECT_TRUE(firing_now().empty());
    tick(200, 120);
    const auto alerts = firing_now();
    ASSERT_EQ(alerts.size(), 1U);
    EXPECT_EQ(alerts[0].name, "hard_fault");
    EXPECT_EQ(alerts[0].severity, "sev1");
    EXPECT_EQ(alerts[0].started_at, now() - 1s);
    EXPECT_EQ(alerts[0].fired_at, now());
    EXPECT_EQ(ask([](const store::Tx& tx) { return firing(tx, "catalog"); }).size(), 1U);
    EXPECT_EQ(ask([](const store::Tx& tx) { return firing(tx, "live"); }).size(), 0U);
    watch_ = Watch{};  // A restart forgets none.
    tick(200, 120);
    EXPECT_EQ(firing_now().size(), 1U);
    for (int i = 0; i < 15; ++i) tick(200, 0);
    EXPECT_EQ(
        ask([&](const store::Tx& tx) { return by_fingerprint(tx, alerts[0].fingerprint); })->state,
        State::firing);  // Not yet.
}

TEST_P(Commands, ClearsAfterFifteenQuietSeconds) {
    config_.operations.alerts.clear();
    for (int i = 0; i < 20; ++i) tick(200, 0);
    for (int i = 0; i < 10; ++i) tick(200, 150);
    ASSERT_EQ(firing_now().size(), 1U);
    int seconds = 0;
    for (; !firing_now().empty() && seconds < 60; ++seconds) tick(200, 0);
    // Five seconds until the window of the detector is clean, then fifteen.
    EXPECT_EQ(seconds, 20);
    EXPECT_EQ(ask([](const store::Tx& tx) { return latest_alerts(tx, 10); }).at(0).state,
              State::resolved);
}

TEST_P(Commands, SilencesHaveNumbersAndEnd) {
    Silence silence;
    silence.matchers = {"service=catalog"};
    silence.ends_at = now() + 1h;
    silence.comment = "moving house";
    const auto add = [&](const ops::Turn& turn) {
        return add_silence(turn, {"ana", "cli"}, silence);
    };
    EXPECT_EQ(*run(add), 1);
    EXPECT_EQ(*run(add), 2);
    for (int i = 0; i < 20; ++i) tick(200, 0);
    tick(200, 150);
    ASSERT_EQ(firing_now().size(), 1U);
    EXPECT_EQ(firing_now()[0].suppressed_by, "silence 1");
    const auto end = [](std::int64_t number) {
        return
            [number](const ops::Turn& turn) { return expire_silence(turn, {"bo", "cli"}, number); };
    };
    EXPECT_TRUE(run(end(1)));
    EXPECT_FALSE(run(end(1)));
    EXPECT_FALSE(run(end(7)));
    tick(200, 150);
    EXPECT_EQ(firing_now()[0].suppressed_by, "silence 1");  // The other one still means it.
    EXPECT_TRUE(run(end(2)));
    tick(200, 150);
    EXPECT_EQ(firing_now()[0].suppressed_by, "");
    EXPECT_TRUE(ask([](const store::Tx& tx) { return active_silences(tx); }).empty());
    silence.matchers.clear();
    EXPECT_FALSE(run(add));
}

TEST_P(Commands, OutsideAlertsEndUnlessTheyAreSentAgain) {
    const auto incoming = read_alertmanager_alerts(
        R"([{"labels":{"alertname":"DiskFull","service":"catalog","severity":"warning"}},
            {"labels":{"alertname":"DiskFull","service":"catalog","severity":"warning"}}])",
        now());
    ASSERT_TRUE(incoming);
    const auto take = [&](const ops::Turn& turn) { return receive(turn, "prometheus", *incoming); };
    ASSERT_TRUE(run(take));
    ASSERT_EQ(firing_now().size(), 1U);
    const auto subject = "alert:" + firing_now()[0].fingerprint;
    const auto clocks = store::wakeups_of(database_.session(), subject);
    ASSERT_TRUE(clocks);
    ASSERT_EQ(clocks->size(), 1U);
    EXPECT_EQ(clocks->at(0).name, "alert_ends");
    EXPECT_EQ(clocks->at(0).due, now() + 5min);
    tick(10, 0);
    EXPECT_EQ(firing_now().size(), 1U);  // Nobody here sees it, and it fires all the same.
    ASSERT_TRUE(run([&](const ops::Turn& turn) { return alert_ends(turn, subject); }));
    EXPECT_TRUE(firing_now().empty());
    EXPECT_FALSE(run([&](const ops::Turn& turn) { return receive(turn, "nobody", *incoming); }));
}

TEST_P(Commands, HeartbeatsAreClocks) {
    auto& expected = config_.operations.heartbeats["backup"];
    expected.name = "backup";
    tick(1, 0);
    const auto due = [&] {
        return store::wakeups_of(database_.session(), "heartbeat:backup")->at(0).due;
    };
    EXPECT_EQ(due(), now() + 6min);
    tick(1, 0);
    EXPECT_EQ(due(), now() + 6min - 1s);
    const auto beat = [](const ops::Turn& turn) { return heartbeat(turn, "backup"); };
    ASSERT_TRUE(run(beat));
    EXPECT_EQ(due(), now() + 6min);
    ASSERT_TRUE(
        run([](const ops::Turn& turn) { return heartbeat_missed(turn, "heartbeat:backup"); }));
    ASSERT_EQ(firing_now().size(), 1U);
    EXPECT_EQ(firing_now()[0].name, "heartbeat_missed");
    ASSERT_TRUE(run(beat));
    EXPECT_TRUE(firing_now().empty());
    EXPECT_FALSE(run([](const ops::Turn& turn) { return heartbeat(turn, "nobody"); }));
    config_.operations.heartbeats.clear();
    tick(1, 0);
    EXPECT_TRUE(store::wakeups_of(database_.session(), "heartbeat:backup")->empty());
}

Alert example() {
    Alert alert;
    alert.fingerprint = "f";
    alert.name = "errors";
    alert.service = "catalog";
    alert.severity = "sev2";
    alert.page = true;
    alert.title = "catalog: errors 2 % (over 1 %) over 1m";
    alert.labels = {{"alertname", "errors"}, {"service", "catalog"}};
    alert.source = "rule";
    alert.state = State::firing;
    alert.active_at = alert.started_at = begin;
    alert.value = 0.02;
    return alert;
}

TEST(PrometheusApi, InItsOwnWords) {
    auto odd = example();
    odd.state = State::pending;
    odd.name = "latency";
    odd.title = "\xff\"";
    const std::vector<Alert> alerts{example(), odd};
    const auto body = nlohmann::json::parse(prometheus_alerts(alerts));
    EXPECT_EQ(body["status"], "success");
    const auto& first = body["data"]["alerts"][0];
    EXPECT_EQ(first["state"], "firing");
    EXPECT_EQ(first["labels"]["severity"], "sev2");
    EXPECT_EQ(first["activeAt"], "2026-11-23T00:00:00.000Z");
    EXPECT_EQ(first["value"], "0.02");
    config::Operations operations;
    operations.alerts = config::shipped_alerts();
    const auto rules = nlohmann::json::parse(prometheus_rules(operations, alerts, begin));
    const auto& group = rules["data"]["groups"][0];
    ASSERT_EQ(group["rules"].size(), 6U);
    for (const auto& rule : group["rules"]) {
        EXPECT_EQ(rule["type"], "alerting");
        EXPECT_EQ(rule["state"], rule["name"] == "errors"    ? "firing"
                                 : rule["name"] == "latency" ? "pending"
                                                             : "inactive");
    }
    EXPECT_EQ(group["rules"][2]["query"], "errors > 0.01 over 1m");
    EXPECT_EQ(group["rules"][2]["duration"], 60.0);
}

TEST(Show, Tables) {
    auto silenced = example();
    silenced.suppressed_by = "silence 3";
    silenced.page = false;
    silenced.severity = "sev4";
    silenced.title = "from outside: \x1b[2J";
    const std::vector<Alert> alerts{example(), silenced};
    EXPECT_EQ(show(alerts, begin + 130s), R"(1 FIRING · 0 pending

STATE       SEVERITY      SINCE  ALERT   WHAT
FIRING      SEV-2         2 min  errors  catalog: errors 2 % (over 1 %) over 1m
suppressed  SEV-4 ticket  2 min  errors  from outside:  [2J                      silence 3
)");
    EXPECT_EQ(show(std::vector<Alert>{}, begin), "NOTHING FIRES · 0 pending\n");
    Silence silence;
    silence.number = 3;
    silence.matchers = {"service=\"catalog\"", "severity=\"sev4\""};
    silence.starts_at = begin;
    silence.ends_at = begin + 2h;
    silence.interval = "nights";
    silence.created_by = "ana";
    silence.comment = "known";
    EXPECT_EQ(
        show(std::vector{silence}, begin + 30min),
        R"(SILENCE  STATE   ENDS                      WHAT                                BY   WHY
3        active  in 90 min, during nights  service="catalog", severity="sev4"  ana  known
)");
    EXPECT_EQ(show(std::vector<Silence>{}, begin), "NOTHING IS SILENCED\n");
}

}  // namespace
}  // namespace sg::alerts
