// The nouns of key figures: what is known of an incident for them, and what is said of a period.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/describe.h"
#include "base/time.h"

namespace sg::kpis {

struct Span {  // [from, to)
    Instant from;
    Instant to;
};

// An incident that counts. Times that have not come are Instant{}.
struct Case {
    std::int64_t severity = 2;
    bool by_person = false;  // Told by somebody before anything of ours noticed.
    Instant started_at;      // The first bad second.
    Instant detected_at;     // The first signal of ours; by a person: when it was declared.
    Instant declared_at;
    Instant paged_at;         // The first page.
    Instant acknowledged_at;  // First.
    Instant assessed_at;
    Instant mitigated_at;  // For good: a relapse takes it back.
    Instant resolved_at;
    std::string missed;  // Clocks that were, a space between: `respond_by update_due`.
};

enum class Verdict : std::uint8_t {
    none,     // There is no target, or nothing was counted.
    met,      //
    not_met,  //
    too_few,  // To say.
    less_asked_for,
};

struct Within {
    double limit_seconds = 0;
    double share = 0;  // Of one.
};

// Of durations, in seconds. Never a lone mean: they are about lognormal, and a mean of a few moves
// without any change. Source: reference, 3.15.
struct Distribution {
    std::int64_t n = 0;
    double median_seconds = 0;
    double median_low_seconds = 0;  // 95 % bootstrap interval of the median.
    double median_high_seconds = 0;
    double p90_seconds = 0;
    double geometric_mean_seconds = 0;
    double mean_seconds = 0;
    std::vector<Within> within;
};

struct Phase {
    std::string name;  // `detect`, `mitigate`
    std::string what;  // From when to when.
    Distribution took;
    double target_seconds = 0;  // Of the mean; 0: none.
    Verdict verdict = Verdict::none;
};

// A figure beside its target.
struct Figure {
    std::string name;  // `uptime`
    std::string unit;  // `share`, `seconds`, `per_second`
    double value = 0;
    bool is_more = false;  // It is more than `value`: nothing has ended it yet.
    double low = 0;        // 95 % interval; both 0: none.
    double high = 0;
    double target = 0;
    Verdict verdict = Verdict::none;
    std::string basis;  // What it was counted from.
};

struct Clock {
    std::string name;
    std::int64_t kept = 0;
    std::int64_t missed = 0;
};

struct Bar {
    double below_seconds = 0;  // 0: everything above.
    std::int64_t count = 0;
};

struct Report {
    Instant from;
    Instant to;
    std::string service;
    std::string team;
    std::int64_t incidents = 0;  // In the period.
    std::int64_t read = 0;       // The newest of them, which the durations are of.
    std::int64_t open = 0;       // Of those read, not mitigated yet.
    std::int64_t detected_by_us = 0;
    std::int64_t failures = 0;
    std::vector<std::int64_t> by_severity;  // SEV-1 to SEV-4.
    std::vector<Phase> phases;
    std::vector<Figure> figures;
    std::vector<Clock> clocks;
    std::vector<Bar> mitigated;           // How many within how long.
    std::vector<std::int64_t> over_time;  // Incidents in equal parts of the period, oldest first.
    std::int64_t incidents_least = 0;     // Of fewer nothing is concluded.
};

void describe(Visitor& v, Within& w);
void describe(Visitor& v, Distribution& d);
void describe(Visitor& v, Phase& p);
void describe(Visitor& v, Figure& f);
void describe(Visitor& v, Clock& c);
void describe(Visitor& v, Bar& b);
void describe(Visitor& v, Report& r);

}  // namespace sg::kpis

namespace sg {

template <>
struct WordsOf<kpis::Verdict> {
    static constexpr std::string_view name = "a verdict";
    static constexpr std::string_view words[] = {"none", "met", "not_met", "too_few",
                                                 "less_asked_for"};
};

}  // namespace sg
