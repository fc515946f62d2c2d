// Threshold rules: what a rule of the configuration says of the signals at this moment.
#pragma once

#include <set>
#include <span>

#include "config/model.h"
#include "ops/detect/alerts/watch.h"
#include "ops/detect/signals/ask.h"

namespace sg::alerts {

// What there is to look at, and which alerts fire already: those are held to `clear`.
struct Sight {
    const config::Config& config;
    const signals::Second& second;
    const signals::History& history;
    const std::set<std::string>& firing;  // Fingerprints.
};

// The traffic of a window, and in how many of its buckets something was wrong.
struct Traffic {
    signals::Flow sum;
    int buckets_failing = 0;
    int buckets_slow = 0;
    std::int64_t slow = 0;  // Requests that took longer than the threshold of a latency rule.

    void add(const signals::Flow& flow, const config::AlertRule& rule);
};

bool is_of_traffic(const config::AlertRule& rule);

// In the unit of the signal. Nothing: too little was seen to say; fewer requests than
// `requests_least` and fewer failures than `failures_least`, or all in fewer than five seconds: one
// burst stays in a window for as long as the window is.
std::optional<double> value_of(const config::AlertRule& rule, const Traffic& traffic);
std::optional<double> value_of(const config::AlertRule& rule, const signals::Resources& resources);

// Firing or not, the value is compared with another threshold.
enum class Held : std::uint8_t { no, yes };
bool is_beyond(const config::AlertRule& rule, double value, Held held);

// In its unit, for people: `3.1 %`, `640 ms`, `1.2 s`.
std::string value_text(const config::AlertRule& rule, double value);

// At which resolution a window is read.
Duration resolution_for(Duration window);

// Everything that the rules find. `watch`: answers to PromQL, forecasts; mistakes are noted there.
std::vector<Condition> find_by_rules(const Sight& sight, Watch& watch);

}  // namespace sg::alerts
