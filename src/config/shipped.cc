#include "config/shipped.h"

#include <algorithm>
#include <array>

namespace sg::config {

namespace {

constexpr std::array<AlertSignal, 8> signals = {{
    {"errors", AlertSignal::Unit::share},
    {"latency_p50", AlertSignal::Unit::seconds},
    {"latency_p95", AlertSignal::Unit::seconds},
    {"latency_p99", AlertSignal::Unit::seconds},
    {"cpu", AlertSignal::Unit::share},
    {"memory", AlertSignal::Unit::share},
    {"disk", AlertSignal::Unit::share},
    {"network", AlertSignal::Unit::share},
}};

// What users feel: it pages. One minute over the threshold, because a hard fault is noticed within
// seconds by other means, and what is left for this rule is slow.
AlertRule symptom(std::string signal, double fire, double clear) {
    AlertRule rule;
    rule.signal = std::move(signal);
    rule.fire = fire;
    rule.clear = clear;
    rule.pending = 1min;
    rule.severity = Severity::sev2;
    rule.page = true;
    return rule;
}

// A resource that runs short: work for the day, until users feel it.
AlertRule cause(std::string signal, double fire, double clear) {
    AlertRule rule;
    rule.signal = std::move(signal);
    rule.fire = fire;
    rule.clear = clear;
    rule.pending = 5min;
    rule.keep_firing = 5min;
    return rule;
}

}  // namespace

const std::map<std::string, AlertRule>& shipped_alerts() {
    static const auto rules = [] {
        std::map<std::string, AlertRule> all = {
            {"errors", symptom("errors", 0.01, 0.005)},
            {"latency", symptom("latency_p95", 0.5, 0.4)},
            {"cpu", cause("cpu", 0.8, 0.75)},
            {"memory", cause("memory", 0.85, 0.8)},
            {"disk", cause("disk", 0.9, 0.88)},
            {"network", cause("network", 0.8, 0.75)},
        };
        all["disk"].forecast = 24h;
        for (auto& [name, rule] : all) rule.name = name;
        return all;
    }();
    return rules;
}

const std::vector<Objective>& shipped_objectives() {
    static const auto objectives = [] {
        std::vector<Objective> all(4);
        for (std::size_t i = 0; i < all.size(); ++i) all[i].kind = static_cast<Objective::Kind>(i);
        all[0].page = Severity::sev1;
        all[1].target = {0.95};  // P95 < 200 ms is: 95 % within 200 ms, which can be counted.
        all[3].page = Severity::sev3;
        return all;
    }();
    return objectives;
}

const Objective& shipped_objective(Objective::Kind kind) {
    return shipped_objectives()[static_cast<std::size_t>(kind)];
}

const std::vector<EscalationStep>& shipped_escalation() {
    static const std::vector<EscalationStep> steps = {
        {EscalationStep::To::level, Level::primary, {}, 0s},
        {EscalationStep::To::level, Level::secondary, {}, 5min},
        {EscalationStep::To::level, Level::backup, {}, 15min},
        {EscalationStep::To::everyone, Level::primary, {}, 30min},
    };
    return steps;
}

std::span<const AlertSignal> alert_signals() { return signals; }

const AlertSignal* find_alert_signal(std::string_view name) {
    const auto found = std::ranges::find(signals, name, &AlertSignal::name);
    return found == signals.end() ? nullptr : &*found;
}

}  // namespace sg::config
