// What a handful of durations says, and how sure that is. Pure arithmetic, without any randomness.
#pragma once

#include <span>
#include <vector>

#include "ops/learn/kpis/model.h"

namespace sg::kpis {

// `limits`: of each, how many of the durations are no longer.
Distribution distribution_of(std::vector<Duration> took, std::span<const Duration> limits);

// Where the median of n would lie if the incidents were drawn again from those that were (the
// percentile bootstrap, 95 %). Not by drawing: the median of a resample is at most the k-th of n
// exactly when at least half of it is, which is a binomial probability, so that the answer is what
// infinitely many resamples would give, and the same each time. Ranks are from 0.
// Source: B. Efron, The Jackknife, the Bootstrap and Other Resampling Plans, 1982, section 10.3.
struct Ranks {
    std::size_t low = 0;
    std::size_t high = 0;
};
Ranks bootstrap_of_median(std::size_t n);

// P(X ≥ least) of X binomial: `least` or more of n tries that succeed with `chance`.
double at_least(std::size_t least, std::size_t n, double chance);

// The 95 % interval of the mean of a Poisson count. Exact (Garwood 1936).
struct Interval {
    double low = 0;
    double high = 0;
};
Interval poisson_interval(std::int64_t count);

}  // namespace sg::kpis
