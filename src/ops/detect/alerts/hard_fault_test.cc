// The promise of the detector, by simulation: how soon it fires, and that it leaves people alone.
// Seeded; a failure names its seed.
#include "ops/detect/alerts/hard_fault.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <vector>

namespace sg::alerts {
namespace {

const config::HardFault shipped;

// SplitMix64: the same numbers everywhere.
class Random {
  public:
    explicit Random(std::uint64_t seed) : state_(seed * 0x2545f4914f6cdd1d) {}
    double uniform() {
        state_ += 0x9e3779b97f4a7c15;
        std::uint64_t z = state_;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
        z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
        return static_cast<double>((z ^ (z >> 31)) >> 11) * 0x1p-53;
    }
    double exponential(double mean) { return -mean * std::log(1 - uniform()); }
    std::int64_t poisson(double mean) {
        if (mean > 60)
            return std::max<std::int64_t>(0, std::llround(mean + normal() * std::sqrt(mean)));
        std::int64_t count = 0;
        for (double left = std::exp(-mean), p = uniform(); p > left; p *= uniform()) ++count;
        return count;
    }
    std::int64_t binomial(std::int64_t n, double p) {
        std::int64_t count = 0;
        for (std::int64_t i = 0; i < n; ++i) count += uniform() < p ? 1 : 0;
        return count;
    }

  private:
    double normal() {
        double sum = -6;
        for (int i = 0; i < 12; ++i) sum += uniform();
        return sum;
    }
    std::uint64_t state_;
};

// Seconds from the onset to the look that finds a fault of at least `severity`. The looks are at
// whole seconds; the onset is anywhere.
double seconds_to_find(double rate, double share, config::Severity severity, Random& random) {
    std::vector<SecondCount> seconds;
    for (int i = 0; i < 10; ++i) seconds.push_back({random.poisson(rate), 0});
    const double onset = random.uniform();
    for (int look = 1; look <= 20; ++look) {
        const double broken = look == 1 ? 1 - onset : 1;
        const std::int64_t hit = random.poisson(rate * broken);
        seconds.push_back({hit + random.poisson(rate * (1 - broken)), random.binomial(hit, share)});
        const auto found = find_hard_fault(seconds, shipped);
        if (found && found->severity <= severity) return look - onset;
    }
    return 1000;
}

TEST(HardFault, FindsItInTime) {
    const struct {
        double rate;
        double share;
        config::Severity severity;
        double within;
    } rows[] = {
        {100, 0.5, config::Severity::sev1, 2},  {100, 0.6, config::Severity::sev1, 2},
        {100, 1.0, config::Severity::sev1, 2},  {300, 0.5, config::Severity::sev1, 2},
        {5000, 0.5, config::Severity::sev1, 2}, {100, 0.1, config::Severity::sev2, 4},
        {300, 0.1, config::Severity::sev2, 4},  {5000, 0.1, config::Severity::sev2, 4},
        {100, 0.3, config::Severity::sev2, 4},  {20, 1.0, config::Severity::sev1, 6},
        {10, 0.9, config::Severity::sev1, 6},   {50, 0.5, config::Severity::sev1, 6},
    };
    for (const auto& row : rows) {
        Random random(7);
        constexpr int tries = 2000;
        int late = 0;
        for (int i = 0; i < tries; ++i)
            late += seconds_to_find(row.rate, row.share, row.severity, random) > row.within ? 1 : 0;
        EXPECT_LE(late, tries / 100)
            << row.rate << "/s, " << row.share << ": " << late << " of " << tries << " late";
    }
}

TEST(HardFault, SaysSinceWhenAndHowMuch) {
    std::vector<SecondCount> seconds(8, {100, 0});
    seconds.push_back({100, 40});
    seconds.push_back({100, 62});
    const auto found = find_hard_fault(seconds, shipped);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->severity, config::Severity::sev1);
    EXPECT_EQ(found->bad_seconds, 2);
    EXPECT_EQ(found->failures, 62);
    EXPECT_NEAR(found->share(), 0.62, 1e-9);
}

TEST(HardFault, LeavesBurstsAndSmallNumbersAlone) {
    const auto none = [](std::vector<SecondCount> seconds) {
        return !find_hard_fault(seconds, shipped);
    };
    EXPECT_TRUE(none({}));
    EXPECT_TRUE(none({{0, 0}}));
    EXPECT_TRUE(none({{1, 1}}));
    EXPECT_TRUE(none({{9, 9}, {9, 9}}));
    EXPECT_TRUE(none({{3, 3}, {3, 3}, {3, 3}, {3, 3}, {3, 3}}));  // 15 requests are too few.
    EXPECT_TRUE(none({{60, 0}, {60, 30}}));                       // One burst at 60/s.
    EXPECT_TRUE(none({{20, 10}, {20, 20}}));                      // The same, slower.
    EXPECT_TRUE(none({{1000, 0}, {1000, 30}}));
    EXPECT_TRUE(none({{100, 10}, {100, 20}, {100, 0}}));  // It is over.
    EXPECT_FALSE(none({{100, 60}}));
    EXPECT_FALSE(none({{10, 10}, {10, 10}, {10, 10}, {10, 10}, {10, 10}}));
    EXPECT_FALSE(none({{100, 10}, {100, 12}, {100, 9}}));
    EXPECT_TRUE(
        none({{100, 1}, {100, 2}, {100, 1}, {100, 2}, {100, 1}}));  // 1.4 %: not its matter.
}

TEST(HardFault, IsThereUntilHalfOfTheThreshold) {
    EXPECT_TRUE(is_fault_still_there(std::vector<SecondCount>(5, {100, 5}), shipped));
    EXPECT_FALSE(is_fault_still_there(std::vector<SecondCount>(5, {100, 4}), shipped));
    EXPECT_FALSE(is_fault_still_there(std::vector<SecondCount>(5, {0, 0}), shipped));
    EXPECT_FALSE(is_fault_still_there({}, shipped));
}

// --- thirty quiet days --------------------------------------------------------------------------

enum class Errors : std::uint8_t { single, bursts };

constexpr double error_share = 0.0005;
constexpr double go_on =
    0.75;  // A burst goes on with this: four in a row on average, at most 20...
constexpr std::int64_t burst_longest = 20;
constexpr double burst_seconds = 2;  // ...and at most two seconds.
constexpr int month_seconds = 30 * 86'400;

// Seconds are only looked at where something fails: without failures there is nothing to find.
class Month {
  public:
    Month(double rate, Errors errors, std::uint64_t seed)
        : rate_(rate), errors_(errors), random_(seed) {}

    int pages() {
        int pages = 0;
        double at = 0;
        const double peak = rate_ * 1.6;
        const double starts = peak * error_share * (errors_ == Errors::bursts ? 1 - go_on : 1);
        while ((at += random_.exponential(1 / starts)) < month_seconds) {
            if (random_.uniform() * peak > rate_at(at)) continue;  // The daily cycle, by thinning.
            fail(at);
            pages += look(static_cast<int>(at));
        }
        return pages;
    }

  private:
    double rate_at(double at) const {
        return rate_ * (1 + 0.6 * std::sin(2 * 3.14159265 * at / 86'400));
    }

    // From here on; a request lasts no time, the next one comes by the rate.
    void fail(double at) {
        const double end = at + burst_seconds;
        std::int64_t length = 0;
        do {
            cell(static_cast<int>(at)).failed += 1;
            at += random_.exponential(1 / rate_at(at));
            ++length;
        } while (errors_ == Errors::bursts && length < burst_longest && at < end &&
                 random_.uniform() < go_on);
    }

    struct Cell {
        int second = -1;
        std::int64_t failed = 0;
        std::int64_t requests = -1;  // Drawn when it is first looked at.
    };
    Cell& cell(int second) {
        Cell& found = cells_[static_cast<std::size_t>(second) % cells_.size()];
        if (found.second != second) found = {second, 0, -1};
        return found;
    }

    int look(int from) {
        int pages = 0;
        // A burst is over after two seconds; then the newest second has no failure.
        for (int now = from; now <= from + 3; ++now) {
            std::int64_t failed = 0;
            for (int i = 0; i < 5; ++i) failed += now >= i ? cell(now - i).failed : 0;
            if (failed < shipped.failures_least) continue;
            std::array<SecondCount, hard_fault_seconds> seconds{};
            for (int i = 0; i < static_cast<int>(seconds.size()); ++i) {
                Cell& one = cell(std::max(0, now - i));
                if (one.requests < 0) one.requests = random_.poisson(rate_at(one.second));
                one.requests = std::max(one.requests, one.failed);
                seconds[seconds.size() - 1 - static_cast<std::size_t>(i)] = {one.requests,
                                                                             one.failed};
            }
            pages += find_hard_fault(seconds, shipped) ? 1 : 0;
        }
        return pages;
    }

    double rate_;
    Errors errors_;
    Random random_;
    std::array<Cell, 32> cells_{};
};

TEST(HardFault, AHealthyMonthPagesNobody) {
    for (std::uint64_t seed = 1; seed <= 20; ++seed)
        for (const double rate : {0.02, 1.0, 50.0, 500.0})
            for (const Errors errors : {Errors::single, Errors::bursts})
                EXPECT_EQ(Month(rate, errors, seed).pages(), 0)
                    << rate << "/s, seed " << seed << (errors == Errors::bursts ? ", bursts" : "");
}

}  // namespace
}  // namespace sg::alerts
