#include "ops/learn/kpis/reckon.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "ops/learn/kpis/distribution.h"
#include "ops/learn/kpis/show.h"

namespace sg::kpis {
namespace {

constexpr Instant t0{1'800'000'000'000'000'000};
constexpr Duration month = 30 * 24h;
const Period whole{.span = {t0, t0 + month}};

// Began at `at` of the period; each phase takes a whole number of minutes.
Case one(Duration at, Duration mitigated, std::int64_t severity = 2) {
    const Instant began = t0 + at;
    return {.severity = severity,
            .started_at = began,
            .detected_at = began + 10s,
            .declared_at = began + 11s,
            .paged_at = began + 12s,
            .acknowledged_at = began + 72s,
            .assessed_at = began + 11s,
            .mitigated_at = mitigated == 0s ? Instant{} : began + mitigated,
            .resolved_at = mitigated == 0s ? Instant{} : began + mitigated + 60s};
}

const Phase& phase(const Report& report, std::string_view name) {
    return *std::ranges::find(report.phases, name, &Phase::name);
}
const Figure& figure(const Report& report, std::string_view name) {
    return *std::ranges::find(report.figures, name, &Figure::name);
}

std::vector<Duration> seconds(std::initializer_list<int> list) {
    std::vector<Duration> all;
    for (const int s : list) all.push_back(std::chrono::seconds(s));
    return all;
}

TEST(Distribution, SaysMedianPercentileAndBothMeans) {
    const std::array limits = {Duration(15s), Duration(100s)};
    const auto d =
        distribution_of(seconds({10, 1000, 100, 10, 1000, 100, 10, 1000, 100, 100}), limits);
    EXPECT_EQ(d.n, 10);
    EXPECT_DOUBLE_EQ(d.median_seconds, 100);
    EXPECT_DOUBLE_EQ(d.p90_seconds, 1000);
    EXPECT_DOUBLE_EQ(d.mean_seconds, 343);
    EXPECT_NEAR(d.geometric_mean_seconds, 100, 1e-9);
    EXPECT_DOUBLE_EQ(d.within[0].share, 0.3);
    EXPECT_DOUBLE_EQ(d.within[1].share, 0.7);
    EXPECT_DOUBLE_EQ(distribution_of(seconds({2, 4}), {}).median_seconds, 3);
    EXPECT_EQ(distribution_of({}, {}).n, 0);
}

TEST(Distribution, OfBinomialTailsAsTablesHaveThem) {
    EXPECT_NEAR(at_least(5, 10, 0.5), 0.623046875, 1e-12);
    EXPECT_NEAR(at_least(9, 10, 0.5), 0.0107421875, 1e-12);
    EXPECT_NEAR(at_least(1, 10, 0.1), 0.6513215599, 1e-9);
    EXPECT_NEAR(at_least(10, 10, 0.9), 0.3486784401, 1e-9);
    EXPECT_EQ(at_least(3, 10, 0), 0);
    EXPECT_EQ(at_least(3, 10, 1), 1);
    EXPECT_NEAR(at_least(2500, 5000, 0.5), 0.50564, 1e-4);
}

// What drawing again and again tends to, without drawing.
TEST(Distribution, TheIntervalIsThatOfResampling) {
    for (const std::size_t n : {5UL, 11UL, 31UL, 101UL}) {
        std::mt19937 random(7);
        std::uniform_int_distribution<std::size_t> draw(0, n - 1);
        std::vector<std::size_t> medians;
        for (int i = 0; i < 5'000; ++i) {
            std::vector<std::size_t> sample(n);
            for (auto& rank : sample) rank = draw(random);
            std::ranges::nth_element(sample, sample.begin() + static_cast<long>(n / 2));
            medians.push_back(sample[n / 2]);
        }
        std::ranges::sort(medians);
        const Ranks ranks = bootstrap_of_median(n);
        EXPECT_NEAR(static_cast<double>(ranks.low), static_cast<double>(medians[125]), 1) << n;
        EXPECT_NEAR(static_cast<double>(ranks.high), static_cast<double>(medians[4'875]), 1) << n;
    }
    EXPECT_EQ(bootstrap_of_median(1).high, 0);
}

TEST(Distribution, CountsHaveTheirExactInterval) {  // Garwood's table.
    EXPECT_NEAR(poisson_interval(0).high, 3.689, 0.001);
    EXPECT_EQ(poisson_interval(0).low, 0);
    EXPECT_NEAR(poisson_interval(1).low, 0.0253, 0.0001);
    EXPECT_NEAR(poisson_interval(1).high, 5.572, 0.001);
    EXPECT_NEAR(poisson_interval(10).low, 4.795, 0.001);
    EXPECT_NEAR(poisson_interval(10).high, 18.390, 0.001);
}

TEST(Reckon, EveryPhaseHasItsTwoMoments) {
    const auto report = reckon(whole, {.cases = {one(1h, 5min)}, .incidents = 1}, {});
    EXPECT_DOUBLE_EQ(phase(report, "detect").took.median_seconds, 10);
    EXPECT_DOUBLE_EQ(phase(report, "declare").took.median_seconds, 1);
    EXPECT_DOUBLE_EQ(phase(report, "acknowledge").took.median_seconds, 60);
    EXPECT_DOUBLE_EQ(phase(report, "mitigate").took.median_seconds, 300);
    EXPECT_DOUBLE_EQ(phase(report, "resolve").took.median_seconds, 360);
    EXPECT_EQ(phase(report, "mitigate").verdict, Verdict::too_few);
    EXPECT_EQ(report.detected_by_us, 1);
}

TEST(Reckon, WithEnoughIncidentsTheTargetIsMetOrNot) {
    Evidence evidence;
    for (int i = 0; i < 30; ++i) evidence.cases.push_back(one(i * 24h, 5min));
    evidence.incidents = 30;
    EXPECT_EQ(phase(reckon(whole, evidence, {}), "mitigate").verdict, Verdict::met);
    evidence.cases.front() = one(0s, 20h);  // A median does not see it, the mean does.
    const auto report = reckon(whole, evidence, {});
    EXPECT_EQ(phase(report, "mitigate").verdict, Verdict::not_met);
    EXPECT_DOUBLE_EQ(phase(report, "mitigate").took.median_seconds, 300);
    EXPECT_NEAR(phase(report, "mitigate").took.within[0].share, 29.0 / 30, 1e-9);
}

TEST(Reckon, AnIncidentThatIsOpenHasNoTimeToMitigateAndIsDown) {
    const auto report = reckon(whole, {.cases = {one(29 * 24h, 0s)}, .incidents = 1}, {});
    EXPECT_EQ(report.open, 1);
    EXPECT_EQ(phase(report, "mitigate").took.n, 0);
    EXPECT_NEAR(figure(report, "uptime_by_incidents").value, 29.0 / 30, 1e-9);
}

TEST(Reckon, WithoutAFailureTheTimeBetweenThemIsMoreThanThePeriod) {
    const auto none = figure(reckon(whole, {}, {}), "mtbf");
    EXPECT_TRUE(none.is_more);
    EXPECT_DOUBLE_EQ(none.value, 720 * 3600);
    EXPECT_EQ(none.verdict, Verdict::met);
    const Period week{.span = {t0, t0 + 7 * 24h}};
    EXPECT_EQ(figure(reckon(week, {}, {}), "mtbf").verdict, Verdict::too_few);
    const auto ticket = reckon(whole, {.cases = {one(1h, 5min, 4)}, .incidents = 1}, {});
    EXPECT_TRUE(figure(ticket, "mtbf").is_more) << "nobody was hurt";
    const auto two = reckon(whole, {.cases = {one(2h, 1h), one(1h, 1h)}, .incidents = 2}, {});
    EXPECT_DOUBLE_EQ(figure(two, "mtbf").value, (720 - 2) * 3600 / 2.0);
    EXPECT_EQ(figure(two, "mtbf").verdict, Verdict::not_met);
}

TEST(Reckon, DowntimeCountsEachMomentOnceAndNoMaintenance) {
    const Span day{t0, t0 + 24h};
    const std::vector<Span> twice = {{t0 + 1h, t0 + 3h}, {t0 + 2h, t0 + 4h}, {t0 + 6h, t0 + 6h}};
    EXPECT_EQ(covered(twice, {}, day), 3h);
    EXPECT_EQ(covered(twice, {{t0 + 2h, t0 + 150min}, {t0 + 3h, t0 + 5h}}, day), 90min);
    EXPECT_EQ(covered({{t0 - 5h, t0 + 1h}, {t0 + 23h, t0 + 99h}}, {}, day), 2h);
}

TEST(Reckon, UptimeComesFromSlicesAndFromIncidents) {
    Evidence evidence{.cases = {one(1h, 72min)}, .incidents = 1};
    evidence.counted = {.slices = 10'000, .slices_bad = 9, .slices_over = month};
    auto report = reckon(whole, evidence, {});
    EXPECT_DOUBLE_EQ(figure(report, "uptime").value, 0.9991);
    EXPECT_EQ(figure(report, "uptime").verdict, Verdict::met);
    EXPECT_NEAR(figure(report, "uptime_by_incidents").value, 1 - 72.0 / (30 * 24 * 60), 1e-9);
    EXPECT_EQ(figure(report, "uptime_by_incidents").verdict, Verdict::not_met);
    evidence.counted = {};
    EXPECT_EQ(figure(reckon(whole, evidence, {}), "uptime").verdict, Verdict::none);
}

TEST(Reckon, TrafficIsHeldAgainstItsTargets) {
    Evidence evidence;
    evidence.counted = {
        .requests = 10'000, .failed = 20, .latency_p95_seconds = 0.15, .busiest_per_second = 400};
    const auto report = reckon(whole, evidence, {});
    EXPECT_EQ(figure(report, "latency_p95").verdict, Verdict::met);
    EXPECT_EQ(figure(report, "error_rate").verdict, Verdict::not_met);
    EXPECT_EQ(figure(report, "throughput").verdict, Verdict::less_asked_for);
}

TEST(Reckon, ClocksAreKeptOrMissed) {
    auto missed = one(1h, 20min);
    missed.missed = "respond_by mitigate_by";
    auto open = one(2h, 0s);
    open.acknowledged_at = {};
    const auto report = reckon(whole, {.cases = {one(0s, 5min), missed, open}, .incidents = 3}, {});
    const auto counts = [&](std::string_view name) {
        const auto& clock = *std::ranges::find(report.clocks, name, &Clock::name);
        return std::pair(clock.kept, clock.missed);
    };
    EXPECT_EQ(counts("respond"), std::pair(std::int64_t{1}, std::int64_t{1}));
    EXPECT_EQ(counts("assess"), std::pair(std::int64_t{3}, std::int64_t{0}));
    EXPECT_EQ(counts("mitigate"), std::pair(std::int64_t{1}, std::int64_t{1}));
}

TEST(Reckon, TheTableIsAlignedAndHasUnits) {
    Evidence evidence{.cases = {one(1h, 5min)}, .incidents = 9'000};
    const auto lines = table(reckon(whole, evidence, {}));
    const auto row = std::ranges::find_if(
        lines, [](const std::string& line) { return line.starts_with("mitigate  "); });
    ASSERT_NE(row, lines.end());
    EXPECT_NE(row->find("5.0 min"), std::string::npos) << *row;
    EXPECT_NE(row->find("too few to say"), std::string::npos) << *row;
    EXPECT_NE(lines.front().find("9000 incidents (figures: the newest 1)"), std::string::npos)
        << lines.front();
    EXPECT_FALSE(table(reckon(whole, {}, {})).empty());
}

}  // namespace
}  // namespace sg::kpis
