// Scenarios that nobody wrote: every fault that fits a part of the configuration, in several sizes.
#include <fmt/format.h>

#include <algorithm>
#include <random>

#include "ops/learn/drills/scenario.h"

namespace sg::drills {

namespace {

struct Size {
    std::string_view kind;
    std::string_view name;
    std::map<std::string, std::string> with;
    bool hurts;  // Enough to be declared: the share of failures is above the lowest threshold.
};

const std::vector<Size>& sizes() {
    static const std::vector<Size> list = {
        {"gateway.answer", "500-all", {{"share", "100%"}, {"status", "500"}}, true},
        {"gateway.answer", "503-most", {{"share", "70%"}, {"status", "503"}}, true},
        {"gateway.answer", "502-third", {{"share", "33%"}, {"status", "502"}}, true},
        {"gateway.answer", "500-some", {{"share", "15%"}, {"status", "500"}}, true},
        {"gateway.reset", "reset-all", {{"share", "100%"}}, true},
        {"gateway.reset", "reset-half", {{"share", "50%"}}, true},
        {"gateway.delay", "slow-1s", {{"share", "100%"}, {"delay", "1s"}}, false},
        {"gateway.delay", "slow-3s-half", {{"share", "50%"}, {"delay", "3s"}}, false},
        {"gateway.delay", "slow-200ms", {{"share", "100%"}, {"delay", "200ms"}}, false},
        {"gateway.reset", "reset-few", {{"share", "5%"}}, false},
        {"gateway.narrow", "narrow", {{"share", "100%"}, {"rate", "16KiB"}}, false},
    };
    return list;
}

Scenario scenario_of(const Size& size, const std::string& service, const std::string& version) {
    const auto part = version.empty() ? service : service + "-" + version;
    Scenario one{.name = fmt::format("{}-{}", part, size.name), .aim = Aim::service};
    ports::Fault fault{std::string(size.kind), size.with};
    fault.with["service"] = service;
    if (!version.empty()) fault.with["version"] = version;
    one.title = ports::sentence_of(fault);
    one.about = "Made of the configuration.";
    one.faults = {std::move(fault)};
    // A part of a service may be too small to hurt; the whole of it is not.
    if (size.hurts && version.empty())
        one.expect = {{.what = "detected", .within = 15s},
                      {.what = "declared", .within = 20s},
                      {.what = "paged", .within = 30s}};
    one.expect.push_back({.what = "told", .within = 5min});
    one.lasts = 40s;
    one.generated = true;
    return one;
}

}  // namespace

std::vector<Scenario> generate(const config::Config& config, std::uint64_t seed, std::size_t most) {
    std::vector<Scenario> list;
    for (const auto& [name, service] : config.services) {
        const bool is_served = std::ranges::any_of(
            config.routes, [&](const auto& route) { return route.service == name; });
        if (!is_served) continue;
        for (const auto& size : sizes()) {
            list.push_back(scenario_of(size, name, {}));
            if (service.versions.size() < 2) continue;
            for (const auto& [version, about] : service.versions)
                list.push_back(scenario_of(size, name, version));
        }
    }
    std::mt19937_64 random(seed);
    std::ranges::shuffle(list, random);
    if (list.size() > most) list.resize(most);
    return list;
}

}  // namespace sg::drills
