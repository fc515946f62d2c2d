// What users have felt since an incident began, and which part of the service it is of.
#include <fmt/format.h>

#include <algorithm>

#include "ops/detect/signals/ask.h"
#include "ops/picture.h"
#include "ops/respond/incidents/ask.h"
#include "ops/respond/incidents/commands.h"
#include "ops/respond/runbooks/diagnosis.h"
#include "ops/ties.h"

namespace sg::ops::ties {

namespace {

using runbooks::Part;

const Part* worst(const std::vector<Part>& parts) {
    const auto found = std::ranges::max_element(parts, {}, &Part::wrong);
    return found == parts.end() || found->wrong == 0 ? nullptr : &*found;
}

// `version catalog/v2: 62 % of its requests go wrong, 0.1 % elsewhere (p < 1e-12)`
std::string likely_of(const runbooks::Picture& picture) {
    const auto found = runbooks::suspects(picture);
    if (found.empty()) return {};
    return fmt::format("{} {}: {}", word(found[0].kind), found[0].name, found[0].evidence);
}

Result<incidents::Impact> measure(const Turn& turn, const signals::History& history,
                                  const incidents::Incident& incident) {
    const auto& service = incident.service;
    const auto from = incident.started_at;
    const auto flow = history.service(service, from, turn.now);
    incidents::Impact impact{.requests = flow.requests, .failed = flow.failed, .since = from};
    impact.clients = history.affected(service, from, turn.now).distinct;
    if (flow.requests > 0)
        impact.failed_share = static_cast<double>(flow.failed) / static_cast<double>(flow.requests);
    TRY(const auto picture, picture_of(turn, history, service, from));
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
    TRY(const auto impact, measure(turn, *senses.history, *incident));
    return incidents::assess(turn, declared.incident, impact);
}

}  // namespace sg::ops::ties
