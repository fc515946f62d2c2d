// What is kept of an incident for its post-mortem: what will not be known later.
#include "ops/aftermath.h"

#include <fmt/format.h>

#include <algorithm>

#include "config/shipped.h"
#include "ops/detect/signals/ask.h"
#include "ops/learn/knowledge/ask.h"
#include "ops/learn/knowledge/commands.h"
#include "ops/respond/incidents/ask.h"
#include "ops/respond/incidents/commands.h"

namespace sg::ops {

namespace {

using config::Objective;
using knowledge::Point;

constexpr Duration beside = 5min;     // Of the graph, before it began and after it ended.
constexpr Duration step_least = 10s;  // What is still held two days later.

Instant ended(const incidents::Incident& incident) {
    return incident.mitigated_at == Instant{} ? incident.resolved_at : incident.mitigated_at;
}

std::vector<Point> graph_of(const signals::History& history, const incidents::Incident& incident,
                            Duration step, Instant to) {
    std::vector<Point> graph;
    for (const auto& bucket :
         history.buckets(incident.service, incident.started_at - beside, to, step)) {
        const auto& flow = bucket.flow;
        if (graph.size() == knowledge::points_max) break;
        const auto all = static_cast<double>(std::max<std::int64_t>(1, flow.requests));
        graph.push_back({.at = bucket.from,
                         .per_second = static_cast<double>(flow.requests) /
                                       std::chrono::duration<double>(bucket.span).count(),
                         .error_share = static_cast<double>(flow.failed) / all,
                         .latency_ms_p95 = flow.duration.quantile(0.95) / 1e6});
    }
    return graph;
}

// As fine as it may be with as many points as are kept.
Duration step_for(const incidents::Incident& incident) {
    const auto whole = ended(incident) - incident.started_at + 2 * beside;
    const auto steps =
        whole / (step_least * (static_cast<std::int64_t>(knowledge::points_max) - 2)) + 1;
    return step_least * steps;
}

const Objective* errors_objective(const config::Operations& operations,
                                  const std::string& service) {
    for (const auto& whose : {service, std::string("all")}) {
        const auto found = operations.objectives.find(whose);
        if (found == operations.objectives.end()) continue;
        const auto one =
            std::ranges::find(found->second, Objective::Kind::errors, &Objective::kind);
        if (one != found->second.end()) return &*one;
    }
    return nullptr;
}

// Of what may fail in the whole window of the objective, at the traffic that it had.
double budget_share(const Turn& turn, const signals::History& history,
                    const incidents::Incident& incident, std::int64_t failed) {
    const auto* const named = errors_objective(turn.config.operations, incident.service);
    const auto objective =
        named != nullptr ? *named : config::shipped_objective(Objective::Kind::errors);
    const auto window = history.service(incident.service, turn.now - objective.over, turn.now);
    const double budget = (1 - objective.target.of_one) * static_cast<double>(window.requests);
    return budget > 0 ? static_cast<double>(failed) / budget : -1;
}

knowledge::Damage damage_of(const Turn& turn, const incidents::Incident& incident,
                            const Senses& senses) {
    knowledge::Damage damage{
        .lasted = std::max<Duration>(0s, ended(incident) - incident.started_at),
        .worst_route = incident.impact.worst_route,
        .worst_version = incident.impact.worst_version};
    if (senses.history == nullptr || incident.service.empty()) return damage;
    const auto flow =
        senses.history->service(incident.service, incident.started_at, ended(incident));
    damage.requests = flow.requests;
    damage.failed = flow.failed;
    damage.latency_ms_p95 = static_cast<std::int64_t>(flow.duration.quantile(0.95) / 1e6);
    damage.budget_share = budget_share(turn, *senses.history, incident, flow.failed);
    return damage;
}

bool is_required(const config::Operations& operations, std::int64_t severity) {
    return std::ranges::any_of(operations.postmortem.required, [&](config::Severity one) {
        return static_cast<std::int64_t>(one) + 1 == severity;
    });
}

std::string owner_of(const incidents::Incident& incident) {
    const auto commander = incident.roles.find("commander");
    if (commander != incident.roles.end() && commander->second != "system")
        return commander->second;
    return incident.acknowledged_by;
}

knowledge::Postmortem postmortem_of(const Turn& turn, const incidents::Incident& incident,
                                    const Senses& senses) {
    auto keys = incident.alerts;
    for (const auto& key : incident.cleared)
        if (std::ranges::find(keys, key) == keys.end()) keys.push_back(key);
    const bool drill = incident.drill != 0;
    const bool required = !drill && is_required(turn.config.operations, incident.severity);
    knowledge::Postmortem p{.incident = incident.id,
                            .severity = incident.severity,
                            .title = (drill ? "[DRILL] " : "") + incident.title,
                            .service = incident.service,
                            .team = incident.team,
                            .owner = owner_of(incident),
                            .required = required,
                            .keys = std::move(keys),
                            .damage = damage_of(turn, incident, senses),
                            .due = required ? turn.now + incident.policy.postmortem : Instant{}};
    const auto service = turn.config.services.find(incident.service);
    if (service != turn.config.services.end()) p.runbook = service->second.runbook;
    if (senses.history == nullptr || incident.service.empty()) return p;
    p.step = step_for(incident);
    p.graph =
        graph_of(*senses.history, incident, p.step, std::min(turn.now, ended(incident) + beside));
    return p;
}

Result<void> write_draft(const Turn& turn, const Actor& actor, const incidents::Incident& incident,
                         const Senses& senses) {
    return knowledge::draft(turn, actor, postmortem_of(turn, incident, senses),
                            ended(incident) + beside);
}

}  // namespace

Result<void> draft_if_required(const Turn& turn, std::int64_t id, const Senses& senses) {
    TRY(const auto incident, incidents::find(turn.tx.session(), id));
    if (!incident) return {};
    // Of a drill there is always a draft, and nobody owes it.
    if (incident->drill == 0 && !is_required(turn.config.operations, incident->severity)) return {};
    return write_draft(turn, {}, *incident, senses);
}

Result<void> draft_on_request(const Turn& turn, const Actor& actor, std::int64_t id,
                              const Senses& senses) {
    TRY(const auto incident, incidents::find(turn.tx.session(), id));
    if (!incident) return fail(Errc::not_found, fmt::format("there is no incident {}", id));
    if (incidents::is_open(incident->state))
        return fail(Errc::conflict, fmt::format("incident {} is not over", id),
                    "a post-mortem is drafted when it is resolved");
    return write_draft(turn, actor, *incident, senses);
}

Result<void> measure_again(const Turn& turn, std::int64_t id, const Senses& senses) {
    if (senses.history == nullptr) return {};
    TRY(const auto incident, incidents::find(turn.tx.session(), id));
    TRY(const auto postmortem, knowledge::find(turn.tx.session(), id));
    if (!incident || !postmortem || incident->service.empty()) return {};
    const auto step = step_for(*incident);
    return knowledge::measure(
        turn, {id, step, graph_of(*senses.history, *incident, step, ended(*incident) + beside)});
}

}  // namespace sg::ops
