#include "ops/detect/slo/burn.h"

#include <algorithm>
#include <cmath>

namespace sg::slo {

namespace {

double seconds(Duration duration) { return std::chrono::duration<double>(duration).count(); }

}  // namespace

double factor_of(double spend, Duration window, Duration period) {
    return spend * seconds(period) / seconds(window);
}

std::vector<Tier> tiers_of(std::span<const config::BurnTier> rows, const Slo& slo) {
    std::vector<Tier> tiers;
    for (const auto& row : rows) {
        if (row.window > slo.objective.over) continue;  // Longer than the period itself.
        tiers.push_back({row.name, row.window, row.window / 12,
                         factor_of(row.spend.of_one, row.window, slo.objective.over), row.page});
    }
    std::ranges::sort(tiers, [](const Tier& a, const Tier& b) {
        return a.page != b.page ? a.page : a.factor > b.factor;
    });
    return tiers;
}

double burn_rate(Counts counts, double budget) {
    if (counts.total == 0 || budget <= 0) return counts.bad > 0 ? HUGE_VAL : 0;
    return counts.ratio() / budget;
}

bool is_over(const Tier& tier, const Reading& reading, double budget) {
    const double threshold = tier.factor * budget;
    return reading.in_long.ratio() > threshold && reading.in_short.ratio() > threshold;
}

bool is_evidence_enough(const Slo& slo, const Reading& reading) {
    if (slo.counts_minutes())
        return reading.in_long.bad >= slices_least && reading.evidence.bad >= failures_least;
    return reading.evidence.total >= requests_least || reading.evidence.bad >= failures_least;
}

std::optional<std::size_t> firing_tier(const Slo& slo, std::span<const Tier> tiers,
                                       std::span<const Reading> readings,
                                       const Standing& standing) {
    for (std::size_t i = 0; i < tiers.size(); ++i) {
        const bool held = standing.level != Level::met && standing.tier == tiers[i].name;
        if (is_over(tiers[i], readings[i], slo.budget()) &&
            (held || (readings[i].is_whole && is_evidence_enough(slo, readings[i]))))
            return i;
        if (!held) continue;
        const double threshold = tiers[i].factor * slo.budget();
        if (readings[i].in_long.ratio() > threshold &&
            readings[i].in_short.ratio() > let_go * threshold)
            return i;
    }
    return std::nullopt;
}

double budget_left(const Slo& slo, Counts period) {
    if (slo.counts_minutes()) period.total = slo.objective.over / 1min;
    return 1 - burn_rate(period, slo.budget());
}

std::optional<Duration> runs_out_in(double burn, double left, Duration period) {
    if (burn <= 0 || left <= 0) return std::nullopt;
    const double share = left / burn;  // Of the period.
    if (share > 1) return std::nullopt;
    return Duration{static_cast<std::int64_t>(share * static_cast<double>(period.count()))};
}

Duration absence_after(const Tier& tier, double budget) {
    const double minutes = tier.factor * budget * seconds(tier.long_window) / 60;
    return 1min * std::max<std::int64_t>(1, std::llround(minutes));
}

}  // namespace sg::slo
