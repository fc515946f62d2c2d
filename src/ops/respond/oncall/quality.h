// How good a schedule is for those who stand in it, and for those who rely on it: coverage,
// balance, gaps, load. Pure.
#pragma once

#include <string>
#include <vector>

#include "ops/respond/oncall/schedule.h"

namespace sg::oncall {

// What one person carries in the time looked at.
struct Load {
    std::string person;
    Duration on_call{};  // Summed over the levels.
    Duration primary{};
    double primary_share = 0;        // Of the time.
    std::int64_t back_to_back = 0;   // Primary slots that begin where their last one ended.
    std::int64_t incidents_12h = 0;  // The most incidents that they were paged for within 12 hours.
};

struct Quality {
    double coverage = 0;                          // Share of the time with somebody on call.
    std::array<double, levels.size()> covered{};  // The same of each level.
    double balance = 1;      // Mean over the pairs of people of least to most time on call.
    double score = 0;        // Mean of coverage and balance.
    Duration gap_longest{};  // Without anybody.
    Instant gap_from;
    std::vector<Load> loads;  // By person.
    std::vector<std::string> warnings;
};

// Limits of load. Source: Site Reliability Engineering, chapter 11.
inline constexpr double primary_share_most = 0.25;
inline constexpr std::int64_t incidents_12h_most = 2;
inline constexpr std::size_t people_least = 3;  // Three levels, a week each.
inline constexpr Duration quality_span = 52 * 7 * 24h;

// Somebody was paged for an incident.
struct Paged {
    std::string person;
    std::int64_t incident = 0;
    Instant at;
};

// Of the 52 weeks from `from` on; `past` is what happened lately, in order of time.
Quality quality(const Schedule& schedule, Instant from, const std::vector<Paged>& past);

}  // namespace sg::oncall
