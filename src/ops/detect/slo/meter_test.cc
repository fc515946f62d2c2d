// The meter against a plain count over the same history, live and after a restart.
#include "ops/detect/slo/meter.h"

#include <gtest/gtest.h>

#include <random>

#include "ops/detect/signals/history_for_tests.h"
#include "ops/detect/slo/burn.h"
#include "ops/detect/slo/show.h"

namespace sg::slo {
namespace {

using signals::HistoryForTests;
constexpr Instant begin{1'795'392'000'000'000'000};  // 2026-11-23T00:00:00Z

config::Config configuration(bool with_probe = true) {
    config::Config config;
    config.services["catalog"].name = "catalog";
    if (with_probe) {
        config::Probe probe;
        probe.name = "front";
        probe.service = "catalog";
        config.operations.probes["front"] = probe;
    }
    return config;
}

signals::Second second_of(Instant at, std::int64_t requests, std::int64_t failed,
                          std::int64_t slow = 0) {
    signals::Second second;
    second.at = at;
    signals::Flow flow;
    flow.requests = requests;
    flow.failed = failed;
    flow.timed = requests - failed;
    flow.within = flow.timed - slow;
    second.services["catalog"] = flow;
    return second;
}

const Meter::Gauge& gauge_of(const Meter& meter, std::string_view id) {
    for (const auto& gauge : meter.gauges())
        if (gauge.slo.id == id) return gauge;
    ADD_FAILURE() << "no " << id;
    return meter.gauges().front();
}

// Σ over the events, by hand: buckets of `step` that end at or before the bucket of `now`.
Counts by_hand(const HistoryForTests& history, Instant now, Duration window, Duration step) {
    const auto newest = (now.ns - 1) / step.count();
    const Instant to{(newest + 1) * step.count()};
    const auto flow = history.service("catalog", to - window, to);
    return {flow.failed, flow.requests};
}

TEST(Meter, EqualsACountOverRawEventsLiveAndAfterARestart) {
    for (unsigned seed = 1; seed <= 3; ++seed) {
        std::mt19937 random(seed);
        const auto config = configuration();
        HistoryForTests history;
        Meter live;
        Instant now = begin + std::chrono::seconds(random() % 4000);
        for (int i = 0; i < 9000; ++i) {
            now = now + 1s;
            const auto requests = static_cast<std::int64_t>(random() % 50);
            const bool is_bad_time = (i / 600) % 3 == 1;
            const auto failed =
                requests == 0 ? 0
                              : static_cast<std::int64_t>(random()) % (is_bad_time ? requests : 2);
            history.add(second_of(now, requests, std::min(failed, requests),
                                  requests > failed ? static_cast<std::int64_t>(random() % 2) : 0));
            if (now.ns / 1'000'000'000 % 10 == 0)
                history.add_probe("catalog", now,
                                  random() % 8 == 0 ? signals::Health::ill : signals::Health::well);
            live.follow(config, history);
            if (i % 997 != 0 && i != 8999) continue;

            const auto& errors = gauge_of(live, "catalog/errors");
            const auto measured = live.measure(errors);
            for (std::size_t t = 0; t < errors.tiers.size(); ++t) {
                const auto& tier = errors.tiers[t];
                EXPECT_EQ(measured.tiers[t].in_long, by_hand(history, now, tier.long_window,
                                                             resolution_of(tier.long_window, 1s)));
                EXPECT_EQ(
                    measured.tiers[t].in_short,
                    by_hand(history, now, tier.short_window, resolution_of(tier.short_window, 1s)));
            }
            EXPECT_EQ(measured.period, by_hand(history, now, 30 * 24h, 1h));

            Meter restarted;
            restarted.follow(config, history);
            for (const auto& gauge : live.gauges()) {
                const auto& other = gauge_of(restarted, gauge.slo.id);
                const auto a = live.measure(gauge);
                const auto b = restarted.measure(other);
                EXPECT_EQ(a.period, b.period) << gauge.slo.id << " seed " << seed << " at " << i;
                for (std::size_t t = 0; t < a.tiers.size(); ++t) {
                    EXPECT_EQ(a.tiers[t].in_long, b.tiers[t].in_long) << gauge.slo.id << i;
                    EXPECT_EQ(a.tiers[t].in_short, b.tiers[t].in_short) << gauge.slo.id << i;
                    EXPECT_EQ(a.tiers[t].evidence, b.tiers[t].evidence) << gauge.slo.id << i;
                }
            }
        }
    }
}

TEST(Meter, MinutesAreCountedOnceAndWithTheirProbes) {
    const auto config = configuration();
    HistoryForTests history;
    Meter meter;
    // Ten minutes: the third without traffic and probes well, the fourth with probes ill, the sixth
    // with 10 % failures, the eighth with nothing at all.
    for (int i = 1; i <= 600; ++i) {
        const Instant now = begin + std::chrono::seconds(i);
        const int minute = (i - 1) / 60;
        auto second = second_of(now, 20, minute == 5 ? 2 : 0);
        if (minute == 2 || minute == 3 || minute == 7) second.services.clear();
        history.add(second);
        if (i % 10 == 1 && minute != 7)
            history.add_probe("catalog", now,
                              minute == 3 ? signals::Health::ill : signals::Health::well);
        meter.follow(config, history);
    }
    const auto measured = meter.measure(gauge_of(meter, "catalog/availability"));
    EXPECT_EQ(measured.period, (Counts{2, 9}));
    EXPECT_EQ(measured.tiers[0].in_long, (Counts{2, 9}));
    EXPECT_EQ(measured.tiers[0].in_short, (Counts{1, 4}));  // Minutes 5, 6, 8 and 9; 7 is unknown.
    for (int i = 601; i <= 630; ++i) {  // A minute that is not over changes nothing.
        history.add(second_of(begin + std::chrono::seconds(i), 20, 20));
        meter.follow(config, history);
    }
    const auto half_later = meter.measure(gauge_of(meter, "catalog/availability"));
    EXPECT_EQ(half_later.tiers[0].in_short, (Counts{1, 4}));
    EXPECT_EQ(half_later.tiers[0].evidence, measured.tiers[0].evidence);
}

TEST(Meter, AnotherConfigurationMeansAnotherMeasure) {
    auto config = configuration();
    HistoryForTests history;
    Meter meter;
    for (int i = 1; i <= 120; ++i) {
        history.add(second_of(begin + std::chrono::seconds(i), 10, 0, 1));
        meter.follow(config, history);
    }
    EXPECT_EQ(meter.measure(gauge_of(meter, "catalog/latency")).tiers[0].in_long,
              (Counts{120, 1200}));
    config::Objective objective;
    objective.kind = config::Objective::Kind::errors;
    objective.target = {0.9};
    config.operations.objectives["catalog"] = {objective, objective};
    meter.follow(config, history);
    ASSERT_EQ(meter.gauges().size(), 2U);
    EXPECT_EQ(meter.gauges()[1].slo.id, "catalog/errors-2");
    EXPECT_EQ(meter.measure(meter.gauges()[0]).tiers[0].in_long, (Counts{0, 1200}));
}

TEST(Meter, SilenceIsNoticedWhereTrafficWas) {
    const auto config = configuration(false);
    HistoryForTests history;
    Meter meter;
    Instant now = begin;
    const auto second = [&](std::int64_t requests) {
        now = now + 1s;
        auto one = second_of(now, requests, 0);
        if (requests == 0) one.services.clear();
        history.add(one);
        meter.follow(config, history);
        return meter.measure(meter.gauges().front()).unseen_since;
    };
    for (int i = 0; i < 3600; ++i) EXPECT_FALSE(second(10));
    const Instant last = now;
    int silent = 1;
    while (!second(0) && silent < 200) ++silent;
    EXPECT_EQ(silent, 60);
    EXPECT_EQ(second(0), last);
    for (int i = 0; i < 4000; ++i) EXPECT_TRUE(second(0));  // As long as it lasts.
    EXPECT_FALSE(second(10));
    // A service with a request a minute is often silent for two.
    for (int i = 1; i < 4000; ++i) second(i % 60 == 0 ? 1 : 0);
    for (int i = 0; i < 150; ++i) EXPECT_FALSE(second(0));
}

TEST(Show, ATableThatAligns) {
    auto config = configuration();
    HistoryForTests history;
    Meter meter;
    for (int i = 1; i <= 1200; ++i) {
        history.add(second_of(begin + std::chrono::seconds(i), 100, i % 10 == 0 ? 2 : 0, 1));
        meter.follow(config, history);
    }
    Standing standing;
    standing.level = Level::page;
    const auto text = show(reports(meter, {{"catalog/errors", standing}}));
    EXPECT_EQ(text,
              R"(1 BREACHED · 0 burning · 4 objectives

OBJECTIVE             TARGET              LAST HOUR  BURN     BUDGET LEFT  RUNS OUT  STATE
catalog/availability  99.9 % of minutes       100 %  0.0x   100 % of 30 d         -  met
catalog/latency       95 % within 200ms     99.00 %  0.2x  80.0 % of 30 d         -  met
catalog/errors        99.9 % of requests    99.80 %  2.0x  -100 % of 30 d         -  BREACHED
catalog/throughput    99.9 % at 1000/s        100 %  0.0x   100 % of 30 d         -  met
)");
}

}  // namespace
}  // namespace sg::slo
