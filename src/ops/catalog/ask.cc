#include "ops/catalog/ask.h"

#include <algorithm>

#include "config/formats.h"
#include "config/reach.h"

namespace sg::catalog {

namespace {

void add_once(std::vector<std::string>& names, const std::vector<std::string>& more) {
    for (const auto& name : more)
        if (std::ranges::find(names, name) == names.end()) names.push_back(name);
}

const config::Service* find_service(const Config& config, const std::string& name) {
    const auto found = config.services.find(name);
    return found == config.services.end() ? nullptr : &found->second;
}

}  // namespace

std::vector<std::string> services(const Config& config) {
    std::vector<std::string> names;
    for (const auto& [name, service] : config.services) names.push_back(name);
    return names;
}

const config::Team* team_of(const Config& config, const std::string& service) {
    const auto& teams = config.operations.teams;
    const config::Service* known = find_service(config, service);
    if (known && !known->team.empty()) {
        const auto named = teams.find(known->team);
        return named == teams.end() ? nullptr : &named->second;
    }
    return teams.size() == 1 ? &teams.begin()->second : nullptr;
}

std::vector<std::string> services_of(const Config& config, const std::string& team) {
    std::vector<std::string> names;
    for (const auto& [name, service] : config.services) {
        const config::Team* owner = team_of(config, name);
        if (owner && owner->id == team) names.push_back(name);
    }
    return names;
}

std::vector<std::string> people_of(const config::Team& team) {
    std::vector<std::string> names;
    for (const auto& level : team.oncall.levels) add_once(names, level);
    add_once(names, team.fallback);
    return names;
}

std::vector<std::string> teams_of(const Config& config, const std::string& person) {
    std::vector<std::string> names;
    for (const auto& [id, team] : config.operations.teams)
        if (const auto people = people_of(team); std::ranges::find(people, person) != people.end())
            names.push_back(id);
    return names;
}

const config::Person* find_person(const Config& config, const std::string& id) {
    const auto found = config.operations.people.find(id);
    return found == config.operations.people.end() ? nullptr : &found->second;
}

std::vector<std::string> fallback_of(const Config& config, const config::Team* team) {
    if (team) return team->fallback.empty() ? people_of(*team) : team->fallback;
    std::vector<std::string> everyone;
    for (const auto& [id, person] : config.operations.people) everyone.push_back(id);
    return everyone;
}

std::vector<const config::Channel*> channels_of(const Config& config,
                                                const config::Person& person) {
    const auto& notify = config.operations.notify;
    std::vector<const config::Channel*> channels;
    for (const auto& name : person.reach)
        if (const auto found = notify.find(name); found != notify.end())
            channels.push_back(&found->second);
    if (person.reach.empty())
        for (const auto& [name, channel] : notify)
            if (reaches(channel, person)) channels.push_back(&channel);
    return channels;
}

std::vector<const config::Need*> needs_of(const Config& config, const std::string& service) {
    std::vector<const config::Need*> needs;
    const config::Service* known = find_service(config, service);
    if (!known) return needs;
    for (const auto& name : known->needs)
        if (const auto need = config.operations.needs.find(name);
            need != config.operations.needs.end())
            needs.push_back(&need->second);
    return needs;
}

std::vector<std::string> services_needing(const Config& config, const std::string& need) {
    std::vector<std::string> names;
    for (const auto& [name, service] : config.services)
        if (std::ranges::find(service.needs, need) != service.needs.end()) names.push_back(name);
    return names;
}

const std::vector<config::Objective>& objectives_of(const Config& config,
                                                    const std::string& service) {
    static const std::vector<config::Objective> none;
    const auto& objectives = config.operations.objectives;
    auto found = objectives.find(service);
    if (found == objectives.end()) found = objectives.find("all");
    return found == objectives.end() ? none : found->second;
}

const config::SeverityPolicy& policy_of(const Config& config, config::Severity severity) {
    return config.operations.severities[static_cast<std::size_t>(severity)];
}

std::vector<const config::AlertRule*> alerts(const Config& config) {
    std::vector<const config::AlertRule*> rules;
    for (const auto& [name, rule] : config.operations.alerts)
        if (rule.enabled) rules.push_back(&rule);
    return rules;
}

std::vector<const config::AlertRule*> alerts_of(const Config& config, const std::string& service) {
    auto rules = alerts(config);
    std::erase_if(rules, [&](const config::AlertRule* rule) {
        return !rule->services.empty() &&
               std::ranges::find(rule->services, service) == rule->services.end();
    });
    return rules;
}

std::vector<const config::Probe*> probes_of(const Config& config, const std::string& service) {
    std::vector<const config::Probe*> probes;
    for (const auto& [name, probe] : config.operations.probes)
        if (probe.service == service) probes.push_back(&probe);
    return probes;
}

std::optional<double> link_speed(const Config& config) {
    return config::formats::bits_per_second(config.operations.ops.host_link);
}

}  // namespace sg::catalog
