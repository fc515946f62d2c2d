// "Would have fired": a rule over the past, before it is put in force.
#pragma once

#include <vector>

#include "config/model.h"
#include "ops/detect/signals/ask.h"

namespace sg::alerts {

struct Rehearsed {
    std::string whose;  // A service, or a resource: `host`
    Instant fired_at;
    Instant cleared_at;  // Instant{}: it would still fire.
    double worst = 0;    // Of the signal while it fired.
};

// What a rule would have done, and how well that is known.
struct Trial {
    Instant from;                    // As asked.
    Instant to;                      // The last second that is known.
    Instant seen_from;               // The first thing that is stored of it; Instant{}: nothing is.
    Duration step{};                 // Between two looks; what is shorter than that cannot be seen.
    std::vector<std::string> whose;  // What the rule was tried on.
    std::vector<Rehearsed> fired;    // In the order of time.
};

// Over [from, to), with the conditions, guards and times of the rule, at the finest resolution that
// is still held for that age. A forecast is not tried. Error: a rule by PromQL. `whose`: services
// for signals of traffic, else resources. Bound: steps_max looks at each.
inline constexpr std::int64_t steps_max = 20'000;
Result<Trial> would_have_fired(const config::AlertRule& rule, const std::vector<std::string>& whose,
                               const signals::History& history, Instant from, Instant to);

// What the rule watches: services, or resources of which something was heard.
std::vector<std::string> watched_by(const config::AlertRule& rule, const config::Config& config,
                                    const signals::Second& latest);

}  // namespace sg::alerts
