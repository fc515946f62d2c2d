// The objectives as rules for a Prometheus that scrapes our gateways: recording rules for each
// window, alerting rules for each severity. `promtool check rules` accepts what comes out.
#pragma once

#include <span>
#include <string>

#include "ops/detect/slo/model.h"

namespace sg::slo {

struct RuleSource {
    Slo slo;
    std::vector<Tier> tiers;
};

// Probes are not among a gateway's metrics: availability here is judged by traffic alone.
std::string to_prometheus_rules(std::span<const RuleSource> sources);

}  // namespace sg::slo
