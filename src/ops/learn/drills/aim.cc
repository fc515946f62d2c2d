// From a scenario to a plan: what of the configuration it is aimed at.
#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "config/describe.h"
#include "ops/learn/drills/scenario.h"

namespace sg::drills {

namespace {

using config::Config;
using config::Service;

bool has_route(const Config& config, const std::string& service) {
    return std::ranges::any_of(config.routes,
                               [&](const auto& route) { return route.service == service; });
}

// The one that gets the least traffic: what is new begins there.
std::string newest_version(const Service& service) {
    std::string name;
    std::uint32_t least = 0;
    for (const auto& [version, about] : service.versions)
        if (name.empty() || about.weight <= least) {
            name = version;
            least = about.weight;
        }
    return name;
}

bool is_of_kind(const Service& service, const std::string& kind) {
    return kind.empty() ||
           kind == WordsOf<config::Profile>::words[static_cast<std::size_t>(service.profile)];
}

void add_service_targets(const Config& config, const Scenario& scenario,
                         std::vector<Target>& list) {
    const Aim aim = scenario.aim;
    for (const auto& [name, service] : config.services) {
        if (!has_route(config, name) || !is_of_kind(service, scenario.kind)) continue;
        if (aim == Aim::version && service.versions.size() < 2) continue;
        Target target{.service = name};
        if (aim == Aim::version) target.version = newest_version(service);
        if (aim == Aim::endpoint) {
            for (const auto& [version, about] : service.versions)
                if (target.endpoint.empty() && !about.endpoints.empty())
                    target.endpoint = fmt::format("{}:{}", about.endpoints.front().host,
                                                  about.endpoints.front().port);
            if (target.endpoint.empty()) continue;
        }
        list.push_back(std::move(target));
    }
}

std::vector<Target> targets_for(const Scenario& scenario, const Config& config) {
    std::vector<Target> list;
    switch (scenario.aim) {
        case Aim::none: list.emplace_back(); break;
        case Aim::service:
        case Aim::version:
        case Aim::endpoint: add_service_targets(config, scenario, list); break;
        case Aim::need:
            for (const auto& [name, need] : config.operations.needs)
                if (scenario.kind.empty() ||
                    scenario.kind ==
                        WordsOf<config::Need::Kind>::words[static_cast<std::size_t>(need.kind)])
                    list.push_back({.need = name});
            break;
        case Aim::channel:
            for (const auto& [name, channel] : config.operations.notify)
                if (scenario.kind.empty() ||
                    scenario.kind == WordsOf<config::Channel::Kind>::words[static_cast<std::size_t>(
                                         channel.kind)])
                    list.push_back({.channel = name});
            break;
    }
    return list;
}

// `catalog`, `catalog/v2`, `catalog-db`, `mail`; of a version that is named, that one.
bool is_meant(Target& target, const std::string& on, const Config& config) {
    if (on.empty()) return true;
    const auto slash = on.find('/');
    const auto name = on.substr(0, slash);
    const auto part = slash == std::string::npos ? std::string() : on.substr(slash + 1);
    if (name != target.service) return on == target.need || on == target.channel;
    if (part.empty()) return true;
    const auto service = config.services.find(name);
    if (service == config.services.end()) return false;
    if (!target.version.empty() && service->second.versions.contains(part)) {
        target.version = part;
        return true;
    }
    return part == target.version || part == target.endpoint;
}

std::string filled(std::string text, const Target& target) {
    const std::pair<std::string_view, const std::string&> parts[] = {
        {"{service}", target.service},   {"{version}", target.version},
        {"{endpoint}", target.endpoint}, {"{need}", target.need},
        {"{channel}", target.channel},
    };
    for (const auto& [name, value] : parts)
        for (auto at = text.find(name); at != text.npos; at = text.find(name, at + value.size()))
            text.replace(at, name.size(), value);
    return text;
}

// Whose signals speak of it: the service itself; of a dependency also who needs it.
void add_reach(Plan& plan, const Config& config) {
    const auto& target = plan.target;
    if (!target.service.empty()) plan.services.push_back(target.service);
    if (!target.need.empty()) {
        for (const auto& [name, service] : config.services)
            if (std::ranges::find(service.needs, target.need) != service.needs.end())
                plan.services.push_back(name);
        plan.keys.push_back("need:" + target.need);
    }
    if (!target.channel.empty()) plan.keys.push_back("channel:" + target.channel);
}

std::string nothing_fits(const Scenario& scenario) {
    switch (scenario.aim) {
        case Aim::version: return "a service with two versions that a route leads to";
        case Aim::endpoint: return "a service with an endpoint that a route leads to";
        case Aim::need: return "a dependency of kind " + scenario.kind;
        case Aim::channel:
            return "a channel" + (scenario.kind.empty() ? "" : " of kind " + scenario.kind);
        default:
            return (scenario.kind.empty() ? "a service"
                                          : fmt::format("a service of profile {}", scenario.kind)) +
                   " that a route leads to";
    }
}

}  // namespace

Result<Plan> aim(const Scenario& scenario, const Config& config, const Wish& wish) {
    auto targets = targets_for(scenario, config);
    if (targets.empty())
        return fail(Errc::conflict, fmt::format("`{}` needs {}, and the configuration has none",
                                                scenario.name, nothing_fits(scenario)));
    const auto target =
        std::ranges::find_if(targets, [&](Target& one) { return is_meant(one, wish.on, config); });
    if (target == targets.end())
        return fail(Errc::invalid_argument,
                    fmt::format("`{}` cannot be aimed at `{}`", scenario.name, wish.on),
                    "it needs " + nothing_fits(scenario));
    Plan plan{.name = scenario.name,
              .title = filled(scenario.title, *target),
              .mode = wish.mode,
              .target = *target,
              .faults = scenario.faults,
              .lasts = scenario.lasts,
              .expect = scenario.expect};
    for (auto& fault : plan.faults) {
        for (auto& [name, value] : fault.with) value = filled(value, *target);
        TRY_VOID(ports::check(fault));
    }
    for (auto& one : plan.expect) one.names = filled(one.names, *target);
    add_reach(plan, config);
    // People take longer than software: the fault stays for as long as the guide gives them.
    if (wish.mode == Mode::live) {
        const auto mitigate = config.operations.clocks.mitigate;
        plan.lasts = std::max<Duration>(plan.lasts, mitigate);
        for (auto& one : plan.expect)
            if (one.what == "mitigated" || one.what == "verified" || one.what == "proposed")
                one.within = std::max(one.within, mitigate);
        plan.expect.push_back(
            {.what = "acknowledged", .within = config.operations.severities[0].respond});
    }
    return plan;
}

}  // namespace sg::drills
