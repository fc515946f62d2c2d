// Alerts and rules in the words of Prometheus' API: bodies of GET /api/v1/alerts and /api/v1/rules,
// for dashboards that know those.
#pragma once

#include <span>
#include <string>

#include "config/operations.h"
#include "ops/detect/alerts/model.h"

namespace sg::alerts {

std::string prometheus_alerts(std::span<const Alert> open);
std::string prometheus_rules(const config::Operations& operations, std::span<const Alert> open,
                             Instant evaluated_at);

}  // namespace sg::alerts
