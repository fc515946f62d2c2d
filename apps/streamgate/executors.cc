#include "executors.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "directive/json_tree.h"
#include "ops/detect/signals/collector.h"
#include "platform/gateways/verbs.h"
#include "platform/local/act.h"
#include "platform/postgres/act.h"
#include "platform/redis/act.h"
#include "telemetry/encode.h"

namespace sg::app {

using ports::Act;
using ports::Order;
namespace gateways_of = platform::gateways;

namespace {

// Within the 10 s that are promised: the rest is for what a failure still needs to undo.
constexpr Duration longest = 9s;

using Need = config::Need;

bool is_local(std::string_view verb) { return verb == "scale" || verb == "restart"; }

// The need that an act names. Error: there is none, or it is no such thing.
Result<const Need*> need_of(const Act& act, const config::Config& config, Need::Kind kind,
                            const char* what) {
    const auto& needs = config.operations.needs;
    const auto name = act.with.find("need");
    const auto at = name == act.with.end() ? needs.end() : needs.find(name->second);
    if (at != needs.end() && at->second.kind == kind) return &at->second;
    std::vector<std::string_view> known;
    for (const auto& [key, need] : needs)
        if (need.kind == kind) known.push_back(key);
    return fail(Errc::not_found,
                fmt::format("`{}` is no {} among the needs",
                            name == act.with.end() ? "" : name->second, what),
                known.empty() ? "there is none" : fmt::format("{}", fmt::join(known, ", ")));
}

Result<const Need*> cache_of(const Act& act, const config::Config& config) {
    return need_of(act, config, Need::Kind::redis, "Redis");
}

Result<const Need*> database_of(const Act& act, const config::Config& config) {
    return need_of(act, config, Need::Kind::postgres, "PostgreSQL");
}

// Whether the gateway has such an endpoint: by the name that the configuration has for it, or by
// the address that it resolved to.
Result<void> knows_endpoint(const gateways_of::Gateway& gateway, const Act& act,
                            const config::Config& config, Tick deadline) {
    const auto asked = act.with.find("endpoint");
    if (asked == act.with.end()) return {};
    const auto& service = act.with.at("service");
    for (const auto& [name, version] : config.services.at(service).versions)
        for (const auto& endpoint : version.endpoints)
            if (fmt::format("{}:{}", endpoint.host, endpoint.port) == asked->second) return {};
    TRY(const auto text, gateways_of::snapshot_of(gateway, deadline));
    TRY(const auto now, telemetry::decode(text));
    for (const auto& endpoint : now.endpoints) {
        if (endpoint.name != asked->second || endpoint.version >= now.versions.size()) continue;
        const auto index = now.versions[endpoint.version].service;
        if (index < now.services.size() && now.services[index] == service) return {};
    }
    return fail(Errc::not_found, fmt::format("{} has no endpoint {}", service, asked->second),
                "`streamgate gateway ctl status` lists them");
}

}  // namespace

std::vector<gateways_of::Gateway> Executors::gateways(const config::Config& config) const {
    std::vector<gateways_of::Gateway> all;
    for (const auto& one : signals::setup_of(config, world_.layout.gateway_socket()).gateways)
        all.push_back({.name = one.name,
                       .unix_socket = one.unix_socket,
                       .host_port = one.host_port,
                       .ca = one.ca,
                       .certificate = one.certificate,
                       .key = one.key});
    return all;
}

Result<std::string> Executors::before_in_gateways(const Act& act, Tick deadline) const {
    const auto config = world_.config();
    const auto all = gateways(*config);
    TRY(const auto found, gateways_of::in_force(all, deadline));
    nlohmann::ordered_json in_force = nlohmann::ordered_json::object();
    for (const auto& one : found) {
        TRY(const auto what, gateways_of::what_of(act, *config, one.directives));
        auto& list = in_force[one.gateway] = nlohmann::ordered_json::array();
        for (const auto& directive : one.directives)
            if (gateways_of::about_the_same(what, directive.what))
                list.push_back(directive::write_tree(directive));
    }
    if (!all.empty()) TRY_VOID(knows_endpoint(all.front(), act, *config, deadline));
    return nlohmann::ordered_json{{"in_force", std::move(in_force)}}.dump();
}

Result<std::string> Executors::say(const Order& order, Instant now, Tick deadline) const {
    const auto config = world_.config();
    const auto all = gateways(*config);
    TRY(const auto found, gateways_of::in_force(all, deadline));
    // Reckoned once, from the first: all of them shall do the same. What this order itself has said
    // before does not count.
    std::vector<directive::Directive> others;
    if (!found.empty())
        std::ranges::copy_if(found.front().directives, std::back_inserter(others),
                             [&](const auto& said) { return said.id != order.id; });
    TRY(auto what, gateways_of::what_of(order.act, *config, others));
    TRY_VOID(gateways_of::say(all,
                              {.id = order.id,
                               .origin = order.origin.empty() ? "operations" : order.origin,
                               .reason = order.reason,
                               .issued_at = now,
                               .expires_at = order.expires_at,
                               .what = std::move(what)},
                              deadline));
    std::vector<std::string_view> names;
    for (const auto& gateway : all) names.push_back(gateway.name);
    return fmt::format("in force at {} {}: {}", all.size() == 1 ? "gateway" : "gateways",
                       fmt::join(names, ", "), ports::sentence_of(order.act));
}

Result<std::string> Executors::before(const Act& act, Instant) const {
    TRY_VOID(ports::check(act));
    const Tick deadline = steady_now() + longest;
    if (gateways_of::is_gateway_verb(act.verb)) return before_in_gateways(act, deadline);
    if (is_local(act.verb)) return platform::local::before(world_.layout, act, deadline);
    const auto config = world_.config();
    if (act.verb == "cancel_query") {
        TRY(const auto* const need, database_of(act, *config));
        return platform::postgres::before(need->target, act, deadline);
    }
    TRY(const auto* const need, cache_of(act, *config));
    return platform::redis::before({.target = need->target, .ca = {}}, act, deadline);
}

Result<std::string> Executors::carry_out(const Order& order, Instant now) const {
    TRY_VOID(ports::check(order.act));
    const Tick deadline = steady_now() + longest;
    const auto& verb = order.act.verb;
    if (gateways_of::is_gateway_verb(verb)) return say(order, now, deadline);
    if (is_local(verb)) return platform::local::carry_out(world_.layout, order, deadline);
    const auto config = world_.config();
    if (verb == "cancel_query") {
        TRY(const auto* const need, database_of(order.act, *config));
        return platform::postgres::carry_out(need->target, order, deadline);
    }
    TRY(const auto* const need, cache_of(order.act, *config));
    return platform::redis::carry_out({.target = need->target, .ca = {}}, order, deadline);
}

Result<std::string> Executors::take_back(const Order& order, const std::string& before,
                                         Instant) const {
    const auto* const verb = ports::find_verb(order.act.verb);
    if (verb == nullptr || verb->undo != ports::Undo::restores)
        return fail(Errc::unsupported, fmt::format("{} cannot be taken back", order.act.verb));
    const Tick deadline = steady_now() + longest;
    const auto config = world_.config();
    if (gateways_of::is_gateway_verb(verb->name)) {
        TRY_VOID(gateways_of::lift(gateways(*config), order.id, deadline));
        return fmt::format("no longer in force: {}", ports::sentence_of(order.act));
    }
    if (is_local(verb->name))
        return platform::local::take_back(world_.layout, order, before, deadline);
    TRY(const auto* const need, cache_of(order.act, *config));
    return platform::redis::take_back({.target = need->target, .ca = {}}, order, before, deadline);
}

}  // namespace sg::app
