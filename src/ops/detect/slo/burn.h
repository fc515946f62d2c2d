// Burn rates: how fast an error budget is spent, and which tier of the table that sets off. Source:
// the SRE workbook, chapter 5. Always Σ bad / Σ total, never a mean of ratios.
#pragma once

#include <optional>
#include <span>

#include "ops/detect/slo/model.h"

namespace sg::slo {

// Below these in the short window chance alone would fire a tier: at a true 0.1 % error rate 100
// requests in five minutes do once in 200 windows, 300 once in 67,000.
inline constexpr std::int64_t requests_least = 300;
inline constexpr std::int64_t failures_least = 5;
// Of minutes: a single bad one is 1.7 % of an hour, more than the quickest tier allows.
inline constexpr std::int64_t slices_least = 2;
// A tier that fires lets go of the short window at this share of its factor: no flapping.
inline constexpr double let_go = 0.9;

// The factor at which `spend` of the budget of `period` is gone within `window`.
double factor_of(double spend, Duration window, Duration period);

// The rows of the configuration for an objective, fastest first.
std::vector<Tier> tiers_of(std::span<const config::BurnTier> rows, const Slo& slo);

// How many times faster than the budget allows. 1: the budget lasts exactly its period.
double burn_rate(Counts counts, double budget);

// Both windows strictly over the factor.
bool is_over(const Tier& tier, const Reading& reading, double budget);
bool is_evidence_enough(const Slo& slo, const Reading& reading);

// The fastest tier that fires; `standing` says what fired before. No tier begins before as much is
// known as its short window is long: the first burst after a start would be all there is.
std::optional<std::size_t> firing_tier(const Slo& slo, std::span<const Tier> tiers,
                                       std::span<const Reading> readings, const Standing& standing);

// A share of one; negative when more was spent than there is. Of minutes the budget is known
// beforehand; of requests it grows with the traffic.
double budget_left(const Slo& slo, Counts period);

// When the budget is gone if it burns on like this. Nothing: it lasts longer than its period, or is
// gone already.
std::optional<Duration> runs_out_in(double burn, double left, Duration period);

// How long a service may be silent before that means something: as long as a total outage would
// take to set off the tier, in whole minutes.
Duration absence_after(const Tier& tier, double budget);

}  // namespace sg::slo
