// What holds when the file says nothing: the guide's alerts, objectives and escalation. Defaults of
// single settings stand in operations.h; these are whole entries.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "config/operations.h"

namespace sg::config {

// The six of guide 7.2b, by name: errors, latency, cpu, memory, disk, network.
const std::map<std::string, AlertRule>& shipped_alerts();

// The four of guide 7.1, one of each kind, in the order of Objective::Kind.
const std::vector<Objective>& shipped_objectives();
const Objective& shipped_objective(Objective::Kind kind);

// Primary, secondary after 5m, backup after 15m, everyone after 30m.
const std::vector<EscalationStep>& shipped_escalation();

// What an alert can watch beside PromQL, and the unit of its thresholds.
struct AlertSignal {
    enum class Unit : std::uint8_t { share, seconds };
    std::string_view name;
    Unit unit;
};
std::span<const AlertSignal> alert_signals();
const AlertSignal* find_alert_signal(std::string_view name);  // Null: there is none.

}  // namespace sg::config
