// Routes that no request can reach. The router takes the most specific route
// (gateway/router/router.h); a route is hidden when another one of the same host and path is
// preferred to it and accepts all that it accepts.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "config/check.h"

namespace sg::config {

namespace {

bool covers(const std::vector<FieldMatch>& wide, const std::vector<FieldMatch>& narrow) {
    return std::ranges::all_of(wide, [&](const FieldMatch& w) {
        return std::ranges::any_of(narrow, [&](const FieldMatch& n) {
            if (w.name != n.name) return false;
            return w.kind == FieldMatch::Kind::present || (w.kind == n.kind && w.value == n.value);
        });
    });
}

bool covers_methods(const Route& wide, const Route& narrow) {
    if (wide.methods.empty()) return true;
    const auto takes = [&](const std::string& method) {
        return std::ranges::find(wide.methods, method) != wide.methods.end();
    };
    return !narrow.methods.empty() && std::ranges::all_of(narrow.methods, [&](const auto& method) {
        return takes(method) || (method == "HEAD" && takes("GET"));  // Who serves GET serves HEAD.
    });
}

// Requires: same host, and paths of which `a`'s takes all of `b`'s and is asked first or at the
// same time. `a` is earlier in the file where it matters.
bool hides(const Route& a, const Route& b, bool path_decides, bool earlier) {
    if (!covers_methods(a, b) || !covers(a.headers, b.headers) || !covers(a.query, b.query))
        return false;
    if (path_decides) return true;
    const auto rank = [](const Route& r) {
        return std::tuple(r.methods.empty() ? 0 : 1, r.headers.size(), r.query.size());
    };
    return rank(a) > rank(b) || (rank(a) == rank(b) && earlier);
}

bool takes_every_path(const PathMatch& path) {
    static const std::set<std::string> all = {".*",   "^.*",   "^.*$", "/.*",
                                              "^/.*", "^/.*$", ".+",   "/.*$"};
    return path.kind == PathMatch::Kind::regex && all.contains(path.value);
}

std::string words(const Route& route, const std::string& host) {
    std::string text = host;
    if (route.path.kind == PathMatch::Kind::regex) text += "~";
    text += route.path.value;
    return text;
}

struct Entry {
    const Route* route;
    std::size_t index;
};

void report(const Entry& hidden, const Entry& by, const std::string& host, Findings& findings) {
    const bool same = hidden.route->path.kind == by.route->path.kind &&
                      hidden.route->path.value == by.route->path.value;
    findings.fail(
        hidden.route->place,
        same ? fmt::format("no request reaches this route: `{}` is matched by the one in "
                           "line {}",
                           words(*hidden.route, host), by.route->place.line)
             : fmt::format("no request reaches this route: `{}` in line {} is asked first "
                           "and takes every path",
                           words(*by.route, host), by.route->place.line),
        same ? "remove one of the two, or let them differ in host, path, methods, headers or "
               "query"
             : "make the regular expression match only what it is for, or use `path: /`");
}

}  // namespace

void check_reachable(const Config& config, Findings& findings) {
    using Key = std::tuple<std::string, PathMatch::Kind, std::string>;
    std::map<Key, std::vector<Entry>> alike;  // Same host, same path.
    std::map<std::string, std::vector<Entry>>
        greedy;  // By host: regular expressions for everything.
    const auto hosts_of = [](const Route& route) {
        return route.hosts.empty() ? std::vector<std::string>{""} : route.hosts;
    };
    for (std::size_t i = 0; i < config.routes.size(); ++i)
        for (const auto& host : hosts_of(config.routes[i]))
            if (takes_every_path(config.routes[i].path))
                greedy[host].push_back({&config.routes[i], i});

    for (std::size_t i = 0; i < config.routes.size(); ++i) {
        const Entry here{&config.routes[i], i};
        const auto hidden_by = [&](const std::string& host) -> const Entry* {
            const auto regexes = greedy.find(host);
            if (regexes == greedy.end() || here.route->path.kind == PathMatch::Kind::exact)
                return nullptr;
            for (const Entry& other : regexes->second) {
                const bool prefix = here.route->path.kind == PathMatch::Kind::prefix;
                if (other.route == here.route || (!prefix && other.index > i)) continue;
                if (takes_every_path(here.route->path)) continue;  // Alike: compared below.
                if (hides(*other.route, *here.route, true, true)) return &other;
            }
            return nullptr;
        };
        for (const auto& host : hosts_of(*here.route)) {
            if (const Entry* by = hidden_by(host)) {
                report(here, *by, host, findings);
                break;
            }
            auto& same = alike[{host, here.route->path.kind, here.route->path.value}];
            const auto earlier = std::ranges::find_if(
                same, [&](const Entry& e) { return hides(*e.route, *here.route, false, true); });
            const auto later = std::ranges::find_if(
                same, [&](const Entry& e) { return hides(*here.route, *e.route, false, false); });
            if (earlier != same.end()) {
                report(here, *earlier, host, findings);
                break;
            }
            if (later != same.end()) report(*later, here, host, findings);
            // Bound: beyond so many routes of one host and path later ones are compared with these
            // only.
            if (same.size() < 200) same.push_back(here);
        }
    }
}

}  // namespace sg::config
