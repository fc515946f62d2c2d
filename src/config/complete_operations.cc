// What operations take from what is shipped, and from other parts of the file.
#include <fmt/format.h>

#include <algorithm>

#include "config/check.h"
#include "config/shipped.h"

namespace sg::config {

namespace {

using Kind = Objective::Kind;

template <class T>
void name_all(std::map<std::string, T>& map) {
    for (auto& [name, value] : map) value.name = name;
}

void complete_names(Operations& operations) {
    for (auto& [id, person] : operations.people) {
        person.id = id;
        if (person.name.empty()) person.name = id;
    }
    for (auto& [id, team] : operations.teams) {
        team.id = id;
        if (team.escalate.empty()) team.escalate = shipped_escalation();
    }
    name_all(operations.notify);
    name_all(operations.intervals);
    name_all(operations.heartbeats);
    name_all(operations.inbox);
    name_all(operations.needs);
    name_all(operations.probes);
    for (const auto& [name, rule] : shipped_alerts()) operations.alerts.try_emplace(name, rule);
    name_all(operations.alerts);
}

// Kinds that are not said are as in `general`; in the order of kinds.
std::vector<Objective> filled(const std::vector<Objective>& own, const std::string& path,
                              const std::vector<Objective>& general, const Findings& findings) {
    std::vector<Objective> all;
    for (const Objective& shipped : shipped_objectives()) {
        const auto word = WordsOf<Kind>::words[static_cast<std::size_t>(shipped.kind)];
        const bool said = findings.was_said(fmt::format("{}.{}", path, word));
        for (const Objective& objective : said ? own : general)
            if (objective.kind == shipped.kind) all.push_back(objective);
    }
    return all;
}

// The gateway counts fast requests at one threshold exactly; it is that of the objective.
void tie_latency(Config& config, Service& service, Findings& findings) {
    auto& objectives = config.operations.objectives;
    const auto of_service = objectives.find(service.name);
    const auto& list = of_service == objectives.end() ? objectives["all"] : of_service->second;
    const auto latency = std::ranges::find(list, Kind::latency, &Objective::kind);
    if (latency == list.end() || latency->within == service.latency_objective) return;

    const auto setting = fmt::format("services.{}.latency_objective", service.name);
    const auto promise = fmt::format("objectives.{}.latency", service.name);
    if (!findings.was_said(setting)) {
        service.latency_objective = latency->within;
        return;
    }
    if (findings.was_said(promise))
        return findings.fail(
            promise,
            fmt::format("the objective is {}, but `latency_objective` of the service is {}",
                        to_text(latency->within), to_text(service.latency_objective)),
            "remove `latency_objective` from the service: it follows from the objective");
    auto own = list;
    for (Objective& objective : own)
        if (objective.kind == Kind::latency) objective.within = service.latency_objective;
    objectives[service.name] = std::move(own);
}

}  // namespace

void complete_operations(Config& config, Findings& findings) {
    complete_names(config.operations);
    auto& objectives = config.operations.objectives;
    const auto general =
        filled(objectives["all"], "objectives.all", shipped_objectives(), findings);
    for (auto& [name, list] : objectives)
        list = name == "all" ? general : filled(list, "objectives." + name, general, findings);
    for (auto& [name, service] : config.services) tie_latency(config, service, findings);
}

}  // namespace sg::config
