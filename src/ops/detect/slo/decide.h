// What follows from what was measured. Pure.
#pragma once

#include <span>

#include "ops/decision/decision.h"
#include "ops/detect/slo/model.h"

namespace sg::slo {

// Of the configuration: the objectives of every service, in the order of their names. A service
// that is not named has those of `all`, else the shipped ones.
std::vector<Slo> objectives_of(const config::Operations& operations,
                               const std::map<std::string, Duration>& latency_objectives);

// What changed since `standing` was decided. Without a change: an empty decision.
ops::Decision judge(const Slo& slo, std::span<const Tier> tiers, const Standing& standing,
                    const Measured& measured);

// An objective that is no longer configured is no longer broken.
ops::Decision dismiss(const Standing& standing);

// row := apply(row, event). `standing` may be a new one.
Result<Standing> apply(Standing standing, const ops::Recorded& event);

}  // namespace sg::slo
