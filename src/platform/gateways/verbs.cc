#include "platform/gateways/verbs.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <numeric>

#include "base/units.h"

namespace sg::platform::gateways {

namespace {

using ports::Act;

// Fine enough for 0.01 %.
constexpr double weight_whole = 10'000;

std::string value(const Act& act, const char* name) {
    const auto at = act.with.find(name);
    return at == act.with.end() ? std::string() : at->second;
}

template <class Map>
std::unexpected<Error> unknown(const char* kind, const std::string& name, const Map& known) {
    std::vector<std::string_view> names;
    for (const auto& [key, unused] : known) names.push_back(key);
    return fail(
        Errc::not_found, fmt::format("there is no {} `{}`", kind, name),
        names.empty() ? "there is none" : fmt::format("there are {}", fmt::join(names, ", ")));
}

Result<const config::Service*> service_of(const Act& act, const config::Config& config) {
    const auto at = config.services.find(value(act, "service"));
    if (at == config.services.end())
        return unknown("service", value(act, "service"), config.services);
    return &at->second;
}

std::uint64_t sum_of_others(const Weights& weights, const std::string& version) {
    std::uint64_t sum = 0;
    for (const auto& [name, weight] : weights)
        if (name != version) sum += weight;
    return sum;
}

// Those that get what `version` no longer gets: in the proportion in which they are served now, or
// as configured where they get nothing now.
Result<Weights> with_others(Weights now, const config::Service& service,
                            const std::string& version) {
    if (sum_of_others(now, version) > 0) return now;
    for (const auto& [name, configured] : service.versions)
        if (name != version) now[name] = configured.weight;
    if (sum_of_others(now, version) > 0) return now;
    if (now.size() == 2) {
        for (auto& [name, weight] : now)
            if (name != version) weight = 100;
        return now;
    }
    return fail(
        Errc::conflict,
        fmt::format("no other version of {} would get the traffic of {}", service.name, version),
        now.size() < 2 ? "it has only this one" : "`shift` says which one gets how much");
}

// `share` of the whole to `version`; the others divide the rest as they do now.
Weights shared(const Weights& now, const std::string& version, double share) {
    const auto others =
        static_cast<double>(std::max<std::uint64_t>(sum_of_others(now, version), 1));
    Weights weights;
    std::uint32_t divisor = 0;
    for (const auto& [name, weight] : now) {
        const double of_one = name == version ? share : (1 - share) * weight / others;
        auto& mine = weights[name] = static_cast<std::uint32_t>(std::lround(of_one * weight_whole));
        if (mine == 0 && of_one > 0) mine = 1;
        divisor = std::gcd(divisor, mine);
    }
    if (divisor > 1)
        for (auto& [name, weight] : weights) weight /= divisor;
    return weights;
}

Result<directive::What> weights_for(const Act& act, const config::Service& service,
                                    std::span<const directive::Directive> in_force) {
    const auto version = value(act, "version");
    if (!service.versions.contains(version)) return unknown("version", version, service.versions);
    const auto now = weights_of(service, in_force);
    if (act.verb == "roll_back") {
        TRY(auto weights, with_others(now, service, version));
        weights[version] = 0;
        return directive::SetWeights{service.name, std::move(weights)};
    }
    TRY(const auto share, parse_share(value(act, "share")));
    if (share.of_one >= 1) return directive::SetWeights{service.name, shared(now, version, 1)};
    TRY(const auto others, with_others(now, service, version));
    return directive::SetWeights{service.name, shared(others, version, share.of_one)};
}

Result<directive::What> circuit_for(const Act& act, const config::Service& service) {
    std::uint32_t requests = 0;
    const auto text = value(act, "requests");
    std::from_chars(text.data(), text.data() + text.size(), requests);
    return directive::SetCircuit{.service = service.name, .requests_max = requests};
}

struct Service {
    const std::string& operator()(const auto& what) const { return what.service; }
    // Of no service. No verb is of its kind.
    const std::string& operator()(const directive::ShowExpired& what) const {
        return what.listener;
    }
};

}  // namespace

bool is_gateway_verb(std::string_view verb) {
    constexpr std::string_view verbs[] = {"roll_back",    "shift",     "drain",
                                          "shed",         "limit",     "open_breaker",
                                          "block_client", "switch_off"};
    return std::ranges::find(verbs, verb) != std::end(verbs);
}

Weights weights_of(const config::Service& service, std::span<const directive::Directive> in_force) {
    Weights weights;
    for (const auto& [name, version] : service.versions) weights[name] = version.weight;
    for (const auto& said : in_force)
        if (const auto* const set = std::get_if<directive::SetWeights>(&said.what))
            if (set->service == service.name)
                for (const auto& [name, weight] : set->weights)
                    if (weights.contains(name)) weights[name] = weight;
    return weights;
}

Result<directive::What> what_of(const Act& act, const config::Config& config,
                                std::span<const directive::Directive> in_force) {
    if (act.verb == "block_client") {
        if (act.with.contains("service")) TRY_VOID(service_of(act, config));
        return directive::BlockClient{value(act, "client"), value(act, "service")};
    }
    TRY(const auto* const service, service_of(act, config));
    if (act.verb == "shift" || act.verb == "roll_back") return weights_for(act, *service, in_force);
    if (act.verb == "drain") return directive::DrainEndpoint{service->name, value(act, "endpoint")};
    if (act.verb == "open_breaker")
        return directive::OpenBreaker{service->name, value(act, "endpoint")};
    if (act.verb == "limit") return circuit_for(act, *service);
    if (act.verb == "shed") {
        TRY(const auto share, parse_share(value(act, "share")));
        return directive::Shed{.service = service->name, .share = share};
    }
    const auto need = value(act, "need");
    const auto& needs = config.operations.needs;
    if (!needs.contains(need)) return unknown("need", need, needs);
    return directive::SwitchOff{service->name, need};
}

bool about_the_same(const directive::What& what, const directive::What& other) {
    return what.index() == other.index() &&
           std::visit(Service{}, what) == std::visit(Service{}, other);
}

}  // namespace sg::platform::gateways
