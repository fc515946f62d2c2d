// What one part of the file takes from another, before anything is checked.
#include <fmt/format.h>

#include <map>
#include <set>

#include "base/text.h"
#include "config/check.h"
#include "config/describe.h"

namespace sg::config {

namespace {

bool looks_like_endpoint(std::string_view to) {
    return to.contains("://") || to.starts_with("unix:") || to.contains(':');
}

// The service of one endpoint that a route names by URL; two routes with the same URL share it.
std::string service_of(Config& config, const Endpoint& endpoint) {
    Endpoint plain = endpoint;
    plain.scheme = Scheme::http;
    auto name = to_text(plain);
    if (name.starts_with("http://")) name.erase(0, 7);
    const auto known = config.services.find(name);
    if (known != config.services.end() &&
        known->second.versions.begin()->second.endpoints.front().scheme != endpoint.scheme)
        name += "-https";
    const auto [it, is_new] = config.services.try_emplace(name);
    if (is_new) {
        it->second.name = name;
        it->second.place = endpoint.place;
        Version& version = it->second.versions["default"];
        version.endpoints.push_back(endpoint);
        version.place = endpoint.place;
    }
    return name;
}

void find_service(Config& config, Route& route, const std::string& path, Findings& findings) {
    if (route.service.empty() || config.services.contains(route.service)) return;
    if (looks_like_endpoint(route.service)) {
        auto endpoint = parse_endpoint(route.service);
        if (!endpoint) return findings.fail(path, endpoint.error().what, endpoint.error().hint);
        endpoint->place = findings.at(path);
        route.service = service_of(config, *endpoint);
        return;
    }
    std::vector<std::string> names;
    std::string known;
    std::string lines;
    for (const auto& [name, service] : config.services) {
        if (name.contains(':')) continue;
        names.push_back(name);
        known += (known.empty() ? "" : ", ") + name;
        lines += (lines.empty() ? "" : ", ") + std::to_string(service.place.line);
    }
    std::string hint = "no services are defined: write a URL, such as http://127.0.0.1:9000";
    if (!names.empty())
        hint = fmt::format("defined here are {} (line{} {})", known, names.size() == 1 ? "" : "s",
                           lines);
    if (const auto near = nearest(route.service, names); !near.empty())
        hint += fmt::format("; did you mean `{}`?", near);
    findings.fail(path, fmt::format("service `{}` is not defined", route.service), hint);
}

const Node* setting_of_route(const Node& root, std::size_t index, std::string_view key) {
    const Node* routes = root.find("routes");
    if (!routes) return nullptr;
    const Node* route = routes->is_list() ? &routes->items[index] : routes;
    return route->is_map() ? route->find(key) : nullptr;
}

// What a route says is read over what the service says: the rest stays the service's.
template <class T>
void inherit(std::optional<T>& own, const T& services, const Node* said) {
    if (!own || !said) return;
    own = services;
    Reader again("/");  // Its mistakes are already noted.
    again.read(*said, *own);
}

std::string default_name(const Route& route) {
    std::string name = route.hosts.empty() ? "" : route.hosts.front();
    if (route.path.kind == PathMatch::Kind::regex) name += "~";
    return name + route.path.value;
}

void name_routes(Config& config) {
    std::set<std::string> used;
    std::map<std::string, int> numbers;  // The last one given out, by name.
    for (const Route& route : config.routes)
        if (!route.name.empty()) used.insert(route.name);
    for (Route& route : config.routes) {
        if (!route.name.empty()) continue;
        const auto base = default_name(route);
        int& number = numbers[base];
        // Bound: each try is another name, and there are fewer names than routes.
        do {
            ++number;
            route.name = number == 1 ? base : fmt::format("{} #{}", base, number);
        } while (!used.insert(route.name).second);
    }
}

}  // namespace

void complete(Config& config, const Node& root, Findings& findings) {
    for (auto& [name, service] : config.services) service.name = name;
    for (std::size_t i = 0; i < config.routes.size(); ++i) {
        Route& route = config.routes[i];
        for (auto& host : route.hosts) host = to_lower(host);
        find_service(config, route, fmt::format("routes.{}.to", i), findings);
        const auto service = config.services.find(route.service);
        if (service == config.services.end()) continue;
        inherit(route.timeouts, service->second.timeouts, setting_of_route(root, i, "timeouts"));
        inherit(route.retry, service->second.retry, setting_of_route(root, i, "retry"));
    }
    complete_status_page(config);
    name_routes(config);
    complete_operations(config, findings);
}

}  // namespace sg::config
