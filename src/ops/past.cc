#include "ops/past.h"

#include <algorithm>
#include <set>

#include "config/shipped.h"
#include "ops/detect/alerts/model.h"
#include "ops/detect/signals/ask.h"
#include "ops/respond/incidents/ask.h"
#include "ops/respond/incidents/commands.h"

namespace sg::ops {

namespace {

using config::Objective;

constexpr Duration looked_at = 15s;          // As long as a hard fault must be gone to clear.
constexpr std::int64_t requests_least = 20;  // Fewer prove nothing.
// Times the budget: slower than the slowest tier that pages. Source: the SRE workbook, table 5-8.
constexpr double burn_most = 6;

double budget_of(const config::Operations& operations, const std::string& service,
                 Objective::Kind kind) {
    for (const auto& whose : {service, std::string("all")}) {
        const auto found = operations.objectives.find(whose);
        if (found == operations.objectives.end()) continue;
        const auto one = std::ranges::find(found->second, kind, &Objective::kind);
        if (one != found->second.end()) return 1 - one->target.of_one;
    }
    return 1 - config::shipped_objective(kind).target.of_one;
}

bool is_well(const Turn& turn, const std::string& service, const Senses& senses) {
    if (senses.history == nullptr) return false;
    const auto flow = senses.history->service(service, turn.now - looked_at, turn.now);
    if (flow.requests < requests_least) return false;
    const auto exceeds = [&](std::int64_t bad, std::int64_t all, Objective::Kind kind) {
        const double budget = budget_of(turn.config.operations, service, kind);
        return static_cast<double>(bad) > burn_most * budget * static_cast<double>(all);
    };
    return !exceeds(flow.failed, flow.requests, Objective::Kind::errors) &&
           !exceeds(flow.timed - flow.within, flow.timed, Objective::Kind::latency);
}

// Keys of the signals that look over a window of the service's traffic.
std::set<std::string> rules_of(const config::Operations& operations, const std::string& service) {
    std::set<std::string> keys;
    for (const auto& [name, rule] : operations.alerts) {
        auto labels = rule.labels;
        labels["alertname"] = rule.name;
        labels["service"] = service;
        keys.insert("alert:" + alerts::fingerprint_of(labels));
    }
    return keys;
}

bool looks_over_a_window(const std::string& key, const std::set<std::string>& rules) {
    return key.starts_with("objective:") || rules.contains(key);
}

bool is_of(const incidents::Incident& incident, const std::string& service) {
    return incident.service == service && incident.state != incidents::State::cancelled;
}

bool recovered_since(const incidents::Incident& incident, Instant began) {
    return incident.mitigated_at > began;
}

Result<std::vector<incidents::Incident>> open_of(const Turn& turn, const std::string& service) {
    TRY(auto open, incidents::open_incidents(turn.tx.session()));
    std::erase_if(open, [&](const auto& incident) { return !is_of(incident, service); });
    return open;
}

// A fault that began at `began` has been an incident, and nothing of the service is one still.
// Closed counts as well: whoever closes at once must not be woken for what is left in the windows.
Result<bool> has_recovered(const Turn& turn, const std::string& service, Instant began) {
    TRY(const auto open, open_of(turn, service));
    const bool hurts = std::ranges::any_of(open, [&](const auto& incident) {
        return incident.state != incidents::State::mitigated || !recovered_since(incident, began);
    });
    if (hurts) return false;
    if (!open.empty()) return true;
    TRY(const auto latest, incidents::list(turn.tx.session(), {.limit = 5, .service = service}));
    return std::ranges::any_of(latest, [&](const auto& incident) {
        return is_of(incident, service) && recovered_since(incident, began);
    });
}

// The signal says nothing new when something new begins under it: it is looked at again until it
// ends.
Result<void> look_again(const Turn& turn, const std::string& key) {
    Decision decision;
    decision.set("past_recheck_due", key, turn.now + looked_at);
    TRY([[maybe_unused]] const auto recorded, record(turn, Actor{}, decision));
    return {};
}

}  // namespace

Result<std::optional<Instant>> new_since(const Turn& turn, const incidents::Trigger& trigger,
                                         const Senses& senses) {
    const auto began = trigger.started_at;
    if (trigger.service.empty() || began == Instant{}) return began;
    if (!looks_over_a_window(trigger.key, rules_of(turn.config.operations, trigger.service)))
        return began;
    TRY(const bool recovered, has_recovered(turn, trigger.service, began));
    if (!recovered) return began;
    if (!is_well(turn, trigger.service, senses)) return turn.now - looked_at;
    TRY_VOID(look_again(turn, trigger.key));
    return std::nullopt;
}

Result<void> let_go_of_the_past(const Turn& turn, const std::string& service,
                                const Senses& senses) {
    if (service.empty() || !is_well(turn, service, senses)) return {};
    const auto rules = rules_of(turn.config.operations, service);
    TRY(const auto open, open_of(turn, service));
    for (const auto& incident : open) {
        const auto& left = incident.alerts;
        const bool is_past = std::ranges::all_of(
            left, [&](const auto& key) { return looks_over_a_window(key, rules); });
        if (!is_past) continue;
        for (const auto& key : left) {
            TRY_VOID(incidents::clear(turn, key));
            TRY_VOID(look_again(turn, key));
        }
    }
    return {};
}

}  // namespace sg::ops
