// The arithmetic of budgets against published vectors, and sums against a count over raw events.
#include "ops/detect/slo/burn.h"

#include <gtest/gtest.h>

#include <random>

#include "ops/detect/slo/slices.h"
#include "ops/detect/slo/track.h"

namespace sg::slo {
namespace {

using config::Objective;

Slo errors_slo(Duration over = 30 * 24h) {
    Slo slo{"catalog/errors", "catalog", {}};
    slo.objective.kind = Objective::Kind::errors;
    slo.objective.over = over;
    return slo;
}

std::vector<Tier> tiers(const Slo& slo) { return tiers_of(config::Operations{}.burn, slo); }

TEST(Burn, FactorsFollowFromTheShareOfTheBudget) {
    const struct {
        double spend;
        Duration window;
        Duration period;
        double factor;
    } rows[] = {
        {0.02, 1h, 30 * 24h, 14.4}, {0.05, 6h, 30 * 24h, 6},       {0.10, 24h, 30 * 24h, 3},
        {0.10, 72h, 30 * 24h, 1},   {0.02, 1h, 28 * 24h, 13.44},   {0.05, 6h, 28 * 24h, 5.6},
        {0.10, 24h, 28 * 24h, 2.8}, {0.10, 72h, 28 * 24h, 0.9333}, {0.08, 1h, 7 * 24h, 13.44},
        {0.125, 6h, 7 * 24h, 3.5},  {0.20, 24h, 7 * 24h, 1.4},     {0.42, 72h, 7 * 24h, 0.98},
    };
    for (const auto& row : rows)
        EXPECT_NEAR(factor_of(row.spend, row.window, row.period), row.factor, 1e-4);
}

TEST(Burn, ShortWindowIsATwelfth) {
    const auto all = tiers(errors_slo());
    ASSERT_EQ(all.size(), 4U);
    const Duration shorts[] = {5min, 30min, 2h, 6h};
    for (std::size_t i = 0; i < 4; ++i) EXPECT_EQ(all[i].short_window, shorts[i]);
    EXPECT_TRUE(all[0].page && all[1].page && !all[2].page && !all[3].page);
}

// Steady traffic at 1,000 requests a second and a clean history: when both windows are over. What
// the table says comes from the long window; the buckets delay it by at most one.
TEST(Burn, TimeToFire) {
    const struct {
        double ratio;
        double seconds[4];  // Of each tier; 0: never.
    } rows[] = {
        {1.0, {51.84, 129.6, 259.2, 259.2}}, {0.5, {103.7, 259.2, 518.4, 518.4}},
        {0.1, {518.4, 1296, 2592, 2592}},    {0.02, {2592, 6480, 12960, 12960}},
        {0.0144, {0, 9000, 18000, 18000}},   {0.006, {0, 0, 43200, 43200}},
        {0.002, {0, 0, 0, 129600}},          {0.001, {0, 0, 0, 0}},
    };
    const Slo slo = errors_slo();
    const auto all = tiers(slo);
    for (const auto& row : rows) {
        for (std::size_t i = 0; i < all.size(); ++i) {
            const Duration step = all[i].long_window >= 24h ? 60s : 10s;
            const auto per_step = static_cast<std::int64_t>(step / 1s) * 10'000;
            Track in_long(step, {all[i].long_window});
            Track in_short(step, {all[i].short_window});
            Instant now = Instant{} + 1000 * 24h;
            for (Duration t = 0s; t < all[i].long_window; t += step) {
                now = now + step;
                in_long.add(now, {0, per_step});
                in_short.add(now, {0, per_step});
            }
            const auto bad = std::llround(static_cast<double>(per_step) * row.ratio);
            Duration fired{};
            for (Duration t = step; t <= all[i].long_window + step && fired == 0s; t += step) {
                now = now + step;
                in_long.add(now, {bad, per_step});
                in_short.add(now, {bad, per_step});
                Reading reading{
                    in_long.sum(all[i].long_window), in_short.sum(all[i].short_window), {}};
                if (is_over(all[i], reading, slo.budget())) fired = t;
            }
            const double seconds = std::chrono::duration<double>(fired).count();
            const double want = row.seconds[i];
            EXPECT_TRUE(want == 0 ? seconds == 0
                                  : seconds > want - 0.1 && seconds <= want + 1.01 * (step / 1s))
                << row.ratio << " " << all[i].name << " " << seconds << " s, wanted " << want;
        }
    }
}

TEST(Burn, LetsGoWhenTheShortWindowIsClean) {
    const Slo slo = errors_slo();
    const Tier tier = tiers(slo)[0];
    // A total outage of five minutes, then all is well: after 295.7 s 1.44 % of the window is left.
    Track in_long(1s, {1h});
    Track in_short(1s, {5min});
    Instant now = Instant{} + 1000 * 24h;
    const auto second = [&](std::int64_t bad) {
        now = now + 1s;
        in_long.add(now, {bad, 1000});
        in_short.add(now, {bad, 1000});
        return is_over(tier, {in_long.sum(1h), in_short.sum(5min), {}}, slo.budget());
    };
    for (int i = 0; i < 3600; ++i) EXPECT_FALSE(second(0));
    bool is_firing = false;
    for (int i = 0; i < 300; ++i) is_firing = second(1000);
    EXPECT_TRUE(is_firing);
    int seconds = 0;
    while (second(0)) ++seconds;
    EXPECT_EQ(seconds + 1, 296);
}

TEST(Burn, BothWindowsStrictly) {
    const Slo slo = errors_slo();
    const Tier tier{"t", 1h, 5min, 10, true};
    EXPECT_FALSE(is_over(tier, {{10, 1000}, {10, 1000}, {}}, 0.001));  // 1 % is not over 1 %.
    EXPECT_TRUE(is_over(tier, {{11, 1000}, {11, 1000}, {}}, 0.001));
    EXPECT_FALSE(is_over(tier, {{11, 1000}, {10, 1000}, {}}, 0.001));
    EXPECT_FALSE(is_over(tier, {{10, 1000}, {11, 1000}, {}}, 0.001));
    EXPECT_FALSE(is_over(tier, {}, 0.001));
}

TEST(Burn, LittleTrafficProvesNothing) {
    const Slo slo = errors_slo();
    const auto enough = [&](Counts evidence) {
        return is_evidence_enough(slo, {{9, 9}, evidence, evidence});
    };
    EXPECT_FALSE(enough({4, 299}));
    EXPECT_TRUE(enough({4, 300}));
    EXPECT_TRUE(enough({5, 5}));
    Slo minutes = slo;
    minutes.objective.kind = Objective::Kind::availability;
    EXPECT_FALSE(is_evidence_enough(minutes, {{1, 60}, {1, 5}, {60, 60}}));
    EXPECT_FALSE(is_evidence_enough(minutes, {{2, 60}, {1, 5}, {4, 900}}));
    EXPECT_TRUE(is_evidence_enough(minutes, {{2, 60}, {1, 5}, {5, 900}}));
}

TEST(Burn, BudgetsInTime) {
    Slo slo = errors_slo();
    slo.objective.kind = Objective::Kind::availability;
    EXPECT_NEAR(budget_left(slo, {0, 100}), 1, 1e-9);
    EXPECT_NEAR(budget_left(slo, {30, 43200}), 1 - 30 / 43.2, 1e-9);  // 69 % of the month.
    EXPECT_NEAR(budget_left(slo, {60, 43200}), 1 - 60 / 43.2, 1e-9);  // Negative, and shown.
    slo.objective.over = 28 * 24h;
    EXPECT_NEAR(budget_left(slo, {40, 40320}), 1 - 40 / 40.32, 1e-9);
}

TEST(Burn, RunsOut) {
    EXPECT_EQ(*runs_out_in(14.4, 1, 30 * 24h) / 1h, 50);
    EXPECT_EQ(*runs_out_in(14.4, 0.5, 30 * 24h) / 1h, 25);
    EXPECT_FALSE(runs_out_in(0.9, 1, 30 * 24h));
    EXPECT_FALSE(runs_out_in(3, -0.1, 30 * 24h));
    EXPECT_FALSE(runs_out_in(0, 1, 30 * 24h));
}

TEST(Burn, AbsenceIsAsLongAsAnOutageNeeds) {
    const auto all = tiers(errors_slo());
    EXPECT_EQ(absence_after(all[0], 0.001), 1min);
    EXPECT_EQ(absence_after(all[1], 0.001), 2min);
    EXPECT_EQ(absence_after(all[2], 0.001), 4min);
    EXPECT_EQ(absence_after(all[0], 0.05), 43min);
}

TEST(Slices, WhatAMinuteWasWorth) {
    const struct {
        Minute minute;
        Verdict verdict;
    } rows[] = {
        {{0, 0, 0, 0}, Verdict::unknown},      {{0, 0, 6, 6}, Verdict::good},
        {{0, 0, 6, 0}, Verdict::bad_probed},   {{0, 0, 6, 3}, Verdict::bad_probed},
        {{0, 0, 6, 4}, Verdict::good},         {{100, 5, 0, 0}, Verdict::good},
        {{100, 6, 0, 0}, Verdict::bad},        {{100, 9, 6, 6}, Verdict::good},
        {{100, 0, 6, 1}, Verdict::bad_probed}, {{2, 1, 0, 0}, Verdict::bad},
        {{2, 1, 6, 6}, Verdict::good},         {{20, 10, 6, 6}, Verdict::bad},
    };
    for (const auto& row : rows)
        EXPECT_EQ(availability_of(row.minute, {0.95}), row.verdict)
            << row.minute.requests << " " << row.minute.failed << " " << row.minute.probes;
}

TEST(Slices, ThroughputIsTiedToTheOfferedLoad) {
    const Rate rate{1000};
    EXPECT_EQ(throughput_of({30'000, 30'000, 0, 0}, rate), Verdict::good);  // Nobody asked for it.
    EXPECT_EQ(throughput_of({60'000, 0, 0, 0}, rate), Verdict::good);
    EXPECT_EQ(throughput_of({60'000, 1, 0, 0}, rate), Verdict::bad);
    EXPECT_EQ(throughput_of({90'000, 29'000, 0, 0}, rate), Verdict::good);
    EXPECT_EQ(throughput_of({90'000, 31'000, 0, 0}, rate), Verdict::bad);
    EXPECT_EQ(throughput_of({}, rate), Verdict::unknown);
}

// Any sums over any windows are those of a count over the events themselves.
TEST(Track, CountsOfAnySizeStayExact) {
    Track track(1s, {2s, 4s});
    const auto at = [](int second) { return Instant{} + second * 1s; };
    const Counts few{3, 7};
    const Counts many{5'000'000'000, 9'000'000'000};
    track.add(at(10), few);
    track.add(at(11), many);
    track.add(at(11), few);
    track.add(at(12), few);
    EXPECT_EQ(track.sum(2s), (Counts{5'000'000'006, 9'000'000'014}));
    EXPECT_EQ(track.sum(4s), (Counts{5'000'000'009, 9'000'000'021}));
    track.advance(at(13));
    EXPECT_EQ(track.sum(2s), few);
    track.advance(at(15));
    EXPECT_EQ(track.sum(4s), few);
    EXPECT_EQ(track.first_bad(4s), at(11));
    track.clear();
    EXPECT_EQ(track.sum(4s), (Counts{}));
}

TEST(Track, SumsAreThoseOfTheRawEvents) {
    for (unsigned seed = 1; seed <= 20; ++seed) {
        std::mt19937 random(seed);
        struct Raw {
            std::int64_t at;  // The end of the span, in seconds.
            Counts counts;
        };
        std::vector<Raw> raw;
        const Duration resolution = std::array<Duration, 3>{1s, 10s, 60s}[seed % 3];
        const std::int64_t step = resolution / 1s;
        const std::vector<Duration> windows{resolution * 3, resolution * 17, resolution * 60};
        Track track(resolution, windows);
        std::int64_t now = 1'000'000;
        for (int i = 0; i < 1500; ++i) {
            // Mostly the next second; sometimes a gap, now and then longer than every window.
            now += random() % 50 == 0 ? random() % 200 : random() % 400 == 0 ? 70 * step : 1;
            const auto total = static_cast<std::int64_t>(random() % 1000);
            const Counts counts{total == 0 ? 0 : static_cast<std::int64_t>(random()) % total,
                                total};
            raw.push_back({now, counts});
            track.add(Instant{} + std::chrono::seconds(now), counts);
            for (const Duration window : windows) {
                const auto newest = (now * 1'000'000'000 - 1) / resolution.count();
                Counts want;
                std::optional<std::int64_t> first;
                for (const Raw& event : raw) {
                    const auto index = (event.at * 1'000'000'000 - 1) / resolution.count();
                    if (index <= newest - window / resolution) continue;
                    want += event.counts;
                    if (event.counts.bad > 0 && (!first || index < *first)) first = index;
                }
                ASSERT_EQ(track.sum(window), want) << "seed " << seed << " step " << i;
                const auto found = track.first_bad(window);
                ASSERT_EQ(found.has_value(), first.has_value());
                if (first) ASSERT_EQ(found->ns, *first * resolution.count());
            }
        }
    }
}

}  // namespace
}  // namespace sg::slo
