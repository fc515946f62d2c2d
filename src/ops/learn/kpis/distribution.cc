#include "ops/learn/kpis/distribution.h"

#include <algorithm>
#include <cmath>

namespace sg::kpis {

namespace {

constexpr double tail = 0.025;  // On either side of 95 %.
constexpr double negligible = 1e-18;
// The shortest that is told apart: of 0 there is no logarithm.
constexpr double seconds_least = 0.001;

double seconds(Duration d) { return std::chrono::duration<double>(d).count(); }

// Nearest rank: the smallest that at least `share` of all do not exceed.
std::size_t rank_of(double share, std::size_t n) {
    const auto rank = static_cast<std::size_t>(std::ceil(share * static_cast<double>(n)));
    return std::clamp<std::size_t>(rank, 1, n) - 1;
}

double log_chance(std::size_t k, std::size_t n, double chance) {
    const auto x = static_cast<double>(k), all = static_cast<double>(n);
    return std::lgamma(all + 1) - std::lgamma(x + 1) - std::lgamma(all - x + 1) +
           x * std::log(chance) + (all - x) * std::log1p(-chance);
}

// Σ of the chances from `k` away from the middle, until they no longer matter. Bound: n terms.
double sum_upwards(std::size_t k, std::size_t n, double chance) {
    double term = std::exp(log_chance(k, n, chance)), sum = 0;
    for (; k <= n && term > negligible; ++k) {
        sum += term;
        term *= static_cast<double>(n - k) / static_cast<double>(k + 1) * chance / (1 - chance);
    }
    return sum;
}

double sum_downwards(std::size_t k, std::size_t n, double chance) {
    double term = std::exp(log_chance(k, n, chance)), sum = 0;
    for (; term > negligible; --k) {
        sum += term;
        if (k == 0) break;
        term *= static_cast<double>(k) / static_cast<double>(n - k + 1) * (1 - chance) / chance;
    }
    return sum;
}

// P(at most `count`) when `mean` is expected.
double poisson_at_most(std::int64_t count, double mean) {
    double term = std::exp(-mean), sum = term;
    for (std::int64_t k = 1; k <= count; ++k) {
        term *= mean / static_cast<double>(k);
        sum += term;
    }
    return sum;
}

// Where `decreasing` falls to `wanted`. Bound: 100 halvings.
template <class F>
double where(F decreasing, double wanted, double from, double to) {
    for (int i = 0; i < 100; ++i) {
        const double middle = (from + to) / 2;
        (decreasing(middle) > wanted ? from : to) = middle;
    }
    return (from + to) / 2;
}

}  // namespace

double at_least(std::size_t least, std::size_t n, double chance) {
    if (least == 0 || chance >= 1) return 1;
    if (least > n || chance <= 0) return 0;
    // From the side on which the terms only become smaller.
    if (chance * static_cast<double>(n) < static_cast<double>(least))
        return sum_upwards(least, n, chance);
    return 1 - sum_downwards(least - 1, n, chance);
}

Ranks bootstrap_of_median(std::size_t n) {
    // The median of an even number lies between two: the interval holds the lower one's low end and
    // the upper one's high end.
    const std::size_t lower = (n + 1) / 2, upper = n / 2 + 1;
    const auto quantile = [n](std::size_t rank, double wanted) {
        std::size_t from = 0, to = n - 1;
        while (from < to) {
            const std::size_t middle = (from + to) / 2;
            const double up_to = static_cast<double>(middle + 1) / static_cast<double>(n);
            if (at_least(rank, n, up_to) >= wanted) to = middle;
            else from = middle + 1;
        }
        return from;
    };
    return {quantile(lower, tail), quantile(upper, 1 - tail)};
}

Distribution distribution_of(std::vector<Duration> took, std::span<const Duration> limits) {
    Distribution d;
    d.n = std::ssize(took);
    for (const Duration limit : limits) d.within.push_back({seconds(limit), 0});
    if (took.empty()) return d;
    std::ranges::sort(took);
    const auto at = [&](std::size_t rank) { return seconds(took[rank]); };
    const std::size_t n = took.size();
    d.median_seconds = (at((n - 1) / 2) + at(n / 2)) / 2;
    const Ranks ranks = bootstrap_of_median(n);
    d.median_low_seconds = at(ranks.low);
    d.median_high_seconds = at(ranks.high);
    d.p90_seconds = at(rank_of(0.9, n));
    double sum = 0, logarithms = 0;
    for (const Duration one : took) {
        sum += seconds(one);
        logarithms += std::log(std::max(seconds(one), seconds_least));
    }
    d.mean_seconds = sum / static_cast<double>(n);
    d.geometric_mean_seconds = std::exp(logarithms / static_cast<double>(n));
    for (std::size_t i = 0; i < limits.size(); ++i) {
        const auto up_to = std::ranges::upper_bound(took, limits[i]) - took.begin();
        d.within[i].share = static_cast<double>(up_to) / static_cast<double>(n);
    }
    return d;
}

Interval poisson_interval(std::int64_t count) {
    const auto k = static_cast<double>(count);
    const double most = k + 10 * std::sqrt(k + 1) + 10;  // Beyond any 95 %.
    Interval it;
    it.high = where([&](double mean) { return poisson_at_most(count, mean); }, tail, 0, most);
    if (count > 0)
        it.low =
            where([&](double mean) { return poisson_at_most(count - 1, mean); }, 1 - tail, 0, most);
    return it;
}

}  // namespace sg::kpis
