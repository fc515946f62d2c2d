// "Would have fired": a rule over the past, before it is put in force.
#pragma once

#include <vector>

#include "config/operations.h"
#include "ops/detect/signals/ask.h"

namespace sg::alerts {

struct Rehearsed {
    std::string whose;  // A service, or a resource: `host`
    Instant fired_at;
    Instant cleared_at;  // Instant{}: it would still fire.
    double worst = 0;    // Of the signal while it fired.
};

// Over [from, to), with the conditions, guards and times of the rule, at the finest resolution that
// is still held for that age; what is shorter than that cannot be seen. Error: a rule by PromQL.
// `whose`: services for signals of traffic, else resources.
Result<std::vector<Rehearsed>> would_have_fired(const config::AlertRule& rule,
                                                const std::vector<std::string>& whose,
                                                const signals::History& history, Instant from,
                                                Instant to);

}  // namespace sg::alerts
