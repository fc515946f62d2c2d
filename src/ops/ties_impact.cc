// What users have felt since an incident began, and which part of the service it is of.
#include <fmt/format.h>

#include <algorithm>

#include "ops/detect/signals/ask.h"
#include "ops/respond/incidents/ask.h"
#include "ops/respond/incidents/commands.h"
#include "ops/respond/runbooks/diagnosis.h"
#include "ops/ties.h"

namespace sg::ops::ties {

namespace {

using runbooks::Part;

Part part_of(std::string name, const signals::Flow& flow) {
    return {std::move(name), flow.failed, flow.requests};
}

const Part* worst(const std::vector<Part>& parts) {
    const auto found = std::ranges::max_element(parts, {}, &Part::wrong);
    return found == parts.end() || found->wrong == 0 ? nullptr : &*found;
}

std::vector<Part> versions_of(const signals::History& history, const std::string& service,
                              Instant from, Instant to) {
    std::vector<Part> parts;
    const auto latest = history.latest();
    for (const auto& [name, unused] : latest.versions)
        if (name.starts_with(service + "/"))
            parts.push_back(part_of(name, history.version(name, from, to)));
    return parts;
}

// Those that lead to the service.
std::vector<Part> routes_of(const Turn& turn, const signals::History& history,
                            const std::string& service, Instant from) {
    std::vector<Part> parts;
    const auto latest = history.latest();
    for (const auto& route : turn.config.routes)
        if (route.service == service && latest.routes.contains(route.name))
            parts.push_back(part_of(route.name, history.route(route.name, from, turn.now)));
    return parts;
}

// Dependencies of the service that fail now.
std::vector<std::string> failing_needs(const Turn& turn, const signals::History& history,
                                       const std::string& service) {
    const auto known = turn.config.services.find(service);
    if (known == turn.config.services.end()) return {};
    const auto latest = history.latest();
    std::vector<std::string> failing;
    for (const auto& name : known->second.needs) {
        const auto look = latest.needs.find(name);
        if (look != latest.needs.end() && look->second.health == signals::Health::ill)
            failing.push_back(name);
    }
    return failing;
}

// `version catalog/v2: 62 % of its requests go wrong, 0.1 % elsewhere (p < 1e-12)`
std::string likely_of(const runbooks::Picture& picture) {
    const auto found = runbooks::suspects(picture);
    if (found.empty()) return {};
    return fmt::format("{} {}: {}", word(found[0].kind), found[0].name, found[0].evidence);
}

incidents::Impact measure(const Turn& turn, const signals::History& history,
                          const incidents::Incident& incident) {
    const auto& service = incident.service;
    const auto from = incident.started_at;
    const auto flow = history.service(service, from, turn.now);
    incidents::Impact impact{.requests = flow.requests, .failed = flow.failed, .since = from};
    impact.clients = history.affected(service, from, turn.now).distinct;
    if (flow.requests > 0)
        impact.failed_share = static_cast<double>(flow.failed) / static_cast<double>(flow.requests);
    const runbooks::Picture picture{.began = from,
                                    .versions = versions_of(history, service, from, turn.now),
                                    .routes = routes_of(turn, history, service, from),
                                    .needs = failing_needs(turn, history, service)};
    if (const auto* route = worst(picture.routes)) impact.worst_route = route->name;
    if (const auto* version = worst(picture.versions); version != nullptr && flow.failed > 0) {
        impact.worst_version = version->name;
        impact.worst_version_share =
            static_cast<double>(version->wrong) / static_cast<double>(flow.failed);
    }
    impact.likely = likely_of(picture);
    return impact;
}

}  // namespace

Result<void> assess(const Turn& turn, const Recorded& event, const Senses& senses) {
    TRY(const auto declared, from_json<incidents::IncidentDeclared>(event.payload));
    // Without a service, or without anything measured, a person has to say what it means.
    if (senses.history == nullptr || declared.trigger.service.empty()) return {};
    TRY(const auto incident, incidents::find(turn.tx.session(), declared.incident));
    if (!incident || !incidents::is_open(incident->state)) return {};
    return incidents::assess(turn, declared.incident, measure(turn, *senses.history, *incident));
}

}  // namespace sg::ops::ties
