// Alerts and silences as tables for people: `streamgate alert`, `streamgate silence`.
#pragma once

#include <span>
#include <string>

#include "ops/detect/alerts/model.h"

namespace sg::alerts {

std::string show(std::span<const Alert> alerts, Instant now);
std::string show(std::span<const Silence> silences, Instant now);

}  // namespace sg::alerts
