// Thirty days of a healthy service: nobody is paged. Errors are 0.05 %, alone or in bursts of up to
// 20 in a row that last at most two seconds; the traffic has a daily cycle; probes fail like
// requests do. Seeded; a failure names its seed.
#include <gtest/gtest.h>

#include <cmath>

#include "config/shipped.h"
#include "ops/detect/signals/ask.h"
#include "ops/detect/slo/burn.h"
#include "ops/detect/slo/decide.h"
#include "ops/detect/slo/meter.h"

namespace sg::slo {
namespace {

constexpr double error_share = 0.0005;
constexpr int step_seconds = 60;  // Five of these are the shortest window.

// SplitMix64: the same numbers everywhere.
class Random {
  public:
    explicit Random(std::uint64_t seed) : state_(seed) {}
    double uniform() {
        state_ += 0x9e3779b97f4a7c15;
        std::uint64_t z = state_;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
        z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
        return static_cast<double>((z ^ (z >> 31)) >> 11) * 0x1p-53;
    }
    std::int64_t poisson(double mean) {
        if (mean > 50) {
            double sum = -6;
            for (int i = 0; i < 12; ++i) sum += uniform();
            return std::max<std::int64_t>(0, std::llround(mean + sum * std::sqrt(mean)));
        }
        std::int64_t count = 0;
        for (double left = std::exp(-mean), p = uniform(); p > left; p *= uniform()) ++count;
        return count;
    }

  private:
    std::uint64_t state_;
};

enum class Errors : std::uint8_t { single, bursts };

// Only the present and the minute before it: a meter that follows asks for nothing else.
class Month final : public signals::History {
  public:
    Month(double rate, Errors errors, std::uint64_t seed)
        : rate_(rate), errors_(errors), random_(seed) {}

    void step() {
        second_.at = second_.at == Instant{} ? Instant{1'795'392'000'000'000'000}
                                             : second_.at + step_seconds * 1s;
        second_.span = step_seconds * 1s;
        minute_ = {};
        probes_ = {};
        const double day = static_cast<double>(second_.at.ns / 1'000'000'000 % 86'400) / 86'400;
        const double rate = rate_ * (1 + 0.6 * std::sin(2 * 3.14159265 * day));
        signals::Flow flow;
        flow.requests = random_.poisson(rate * step_seconds);
        flow.failed = std::min(flow.requests, failures(rate));
        flow.timed = flow.requests;
        flow.within = flow.requests;
        minute_ += flow;
        second_.services["catalog"] = flow;
        for (int probe = 0; probe < step_seconds / 10; ++probe) {
            ++probes_.first;
            probes_.second += random_.uniform() < error_share ? 0 : 1;
        }
    }

    signals::Second latest() const override { return second_; }
    std::vector<Bucket> buckets(const std::string&, Instant from, Instant to,
                                Duration resolution) const override {
        if (resolution != 1min || to - from != 1min) return {};
        return {{from, 1min, minute_}};
    }
    std::pair<int, int> probes(const std::string&, Instant, Instant) const override {
        return probes_;
    }
    signals::Flow service(const std::string&, Instant, Instant) const override { return {}; }
    signals::Flow version(const std::string&, Instant, Instant) const override { return {}; }
    signals::Flow route(const std::string&, Instant, Instant) const override { return {}; }
    std::vector<Level> levels(const std::string&, Instant, Instant) const override { return {}; }

  private:
    std::int64_t failures(double rate) {
        if (errors_ == Errors::single) return random_.poisson(rate * step_seconds * error_share);
        constexpr double go_on = 0.75;  // Four in a row on average.
        std::int64_t failed = 0;
        const double starts = rate * step_seconds * error_share * (1 - go_on);
        for (auto n = random_.poisson(starts); n > 0; --n) {
            std::int64_t length = 1;
            while (length < 20 && random_.uniform() < go_on) ++length;
            failed += std::min(length, 1 + random_.poisson(2 * rate));
        }
        return failed;
    }

    double rate_;
    Errors errors_;
    Random random_;
    signals::Second second_;
    signals::Flow minute_;
    std::pair<int, int> probes_;
};

int pages_in_a_month(const config::Config& config, Month month) {
    Meter meter;
    std::map<std::string, Standing> standings;
    int pages = 0;
    for (int i = 0; i < 30 * 86'400 / step_seconds; ++i) {
        month.step();
        meter.follow(config, month);
        for (const auto& gauge : meter.gauges()) {
            if (gauge.counts.of(gauge.tiers[0].short_window).first_bad(5min) == std::nullopt &&
                standings[gauge.slo.id].level == Level::met)
                continue;  // Nothing bad in the shortest window: no tier that pages can begin.
            Standing& standing = standings[gauge.slo.id];
            const auto firing =
                firing_tier(gauge.slo, gauge.tiers, meter.measure(gauge).tiers, standing);
            const Level level = !firing                     ? Level::met
                                : gauge.tiers[*firing].page ? Level::page
                                                            : Level::ticket;
            if (level == Level::page && standing.level != Level::page) ++pages;
            standing.level = level;
            standing.tier = firing ? gauge.tiers[*firing].name : "";
        }
    }
    return pages;
}

TEST(Simulation, AHealthyMonthPagesNobody) {
    config::Config config;
    config.services["catalog"].name = "catalog";
    config::Probe probe;
    probe.service = "catalog";
    config.operations.probes["front"] = probe;
    for (const auto kind : {config::Objective::Kind::availability, config::Objective::Kind::errors})
        config.operations.objectives["catalog"].push_back(config::shipped_objective(kind));
    std::uint64_t seed = 0;
    for (const double rate : {0.02, 1.0, 50.0, 500.0})
        for (const Errors errors : {Errors::single, Errors::bursts})
            for (int run = 0; run < 2; ++run) {
                ++seed;
                EXPECT_EQ(pages_in_a_month(config, Month(rate, errors, seed)), 0)
                    << rate << "/s, seed " << seed;
            }
}

}  // namespace
}  // namespace sg::slo
