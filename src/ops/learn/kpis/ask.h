// What others may ask of the key figures.
#pragma once

#include <string>
#include <vector>

#include "config/model.h"
#include "ops/detect/signals/ask.h"
#include "ops/learn/kpis/reckon.h"
#include "store/session.h"

namespace sg::slo {
struct Report;
}

namespace sg::kpis {

// Bound: of incidents that are read for one answer. More than these do not change a median; the
// report says how many there were.
inline constexpr std::int64_t cases_max = 5'000;

struct Sources {
    store::Session& session;
    const signals::History& history;
    const std::vector<slo::Report>& objectives;
    const config::Config& config;
};

// Error `not_found`: no such service or team.
Result<Report> report_of(const Sources& sources, const Period& period);

}  // namespace sg::kpis
