#include "gateway/router/table.h"

#include <algorithm>
#include <random>

#include "base/text.h"
#include "gateway/router/conditions.h"
#include "gateway/router/path.h"
#include "gateway/router/router.h"

namespace sg::gateway::router {

namespace {

// `/v1/` and `/v1` mean the same prefix: the segment, and what is below it.
std::string_view prefix_key(std::string_view path) {
    if (path.ends_with('/')) path.remove_suffix(1);
    return path;
}

// Where the segment that begins at `from` (with its slash) ends.
std::size_t segment_end(std::string_view path, std::size_t from) {
    return std::min(path.find('/', from + 1), path.size());
}

// Smaller is more specific.
std::tuple<bool, std::size_t, std::size_t, std::uint16_t> rank(const CompiledRoute& route) {
    return {route.any_method, ~route.headers.size(), ~route.query.size(), route.index};
}

}  // namespace

bool Search::take(const CompiledRoute& route, std::size_t length) {
    if (!route.headers.empty() && !fields_satisfy(route.headers, head.fields)) return false;
    if (!route.query.empty() && !query_satisfies(route.query, head.query)) return false;
    if (!route.allows(head)) {
        method_missed = true;
        allowed |= route.methods;
        for (const auto& other : route.other_methods)
            if (std::ranges::find(allowed_others, other) == allowed_others.end())
                allowed_others.push_back(other);
        return false;
    }
    found = &route;
    prefix_length = length;
    return true;
}

std::string Search::allow() const {
    std::string list;
    const auto append = [&](std::string_view name) {
        if (!list.empty()) list += ", ";
        list += name;
    };
    for (unsigned bit = 0; bit < static_cast<unsigned>(http::Method::other); ++bit)
        if ((allowed >> bit & 1) != 0) append(name_of(static_cast<http::Method>(bit)));
    for (const auto other : allowed_others) append(other);
    return list;
}

// --- asking
// ----------------------------------------------------------------------------------------

bool Table::search(Search& search) const {
    std::array<char, host_max> buffer;
    const auto given = host_of(search.head.authority);
    if (hosts_.size() > 1 && given.size() <= host_max) {
        std::ranges::transform(given, buffer.begin(), lower);
        const std::string_view host(buffer.data(), given.size());
        const auto exact = find_host(host);
        if (exact != Slots::none && search_host(exact, search)) return true;
        if (has_wildcards_ && search_wildcards(host, search)) return true;
    }
    return search_host(any_host, search);
}

// From the longest suffix to the shortest. Bound: the labels of a host of 255 characters.
bool Table::search_wildcards(std::string_view host, Search& search) const {
    for (auto dot = host.find('.', 1); dot < host.size(); dot = host.find('.', dot + 1)) {
        const auto found = find_host(host.substr(dot));
        if (found != Slots::none && search_host(found, search)) return true;
    }
    return false;
}

bool Table::search_host(std::uint32_t id, Search& search) const {
    const Host& host = hosts_[id];
    if (host.has_exact) {
        const auto hash = hash_of(id, Kind::exact, search.path);
        const auto at = find_place(hash, id, Kind::exact, search.path);
        if (at != Slots::none && try_place(places_[at], search)) return true;
    }
    for (const auto index : host.by_regex) {
        const re2::StringPiece path(search.path.data(), search.path.size());
        if (RE2::FullMatch(path, *routes_[index].path_regex) &&
            search.take(routes_[index], search.path.size()))
            return true;
    }
    for (auto at = longest_prefix(id, search.path); at != Slots::none; at = places_[at].shorter)
        if (try_place(places_[at], search)) return true;
    return false;
}

bool Table::try_place(const Place& place, Search& search) const {
    // `*` has no segments: all of it is matched.
    const auto length = search.path == "*" ? search.path.size() : place.path.size();
    for (const auto index : place.routes)
        if (search.take(routes_[index], length)) return true;
    return false;
}

// Walks down the segments, folding each into the hash. Bound: the depth of the longest prefix.
std::uint32_t Table::longest_prefix(std::uint32_t id, std::string_view path) const {
    const Host& host = hosts_[id];
    auto longest = host.root;
    auto hash = seed(id, Kind::prefix);
    std::size_t from = 0;
    for (std::size_t depth = 0; depth < host.depth && from < path.size(); ++depth) {
        const auto to = segment_end(path, from);
        hash = hash_more(hash, path.substr(from, to - from));
        const auto at = find_place(hash, id, Kind::prefix, path.substr(0, to));
        if (at != Slots::none) longest = at;
        from = to;
    }
    return longest;
}

std::uint64_t Table::seed(std::uint32_t host, Kind kind) const {
    return fold(key_ + host, 0xA0761D6478BD642F + static_cast<std::uint64_t>(kind));
}

std::uint64_t Table::hash_of(std::uint32_t host, Kind kind, std::string_view path) const {
    auto hash = seed(host, kind);
    if (kind == Kind::exact) return hash_more(hash, path);
    for (std::size_t from = 0; from < path.size();) {
        const auto to = segment_end(path, from);
        hash = hash_more(hash, path.substr(from, to - from));
        from = to;
    }
    return hash;
}

std::uint32_t Table::find_place(std::uint64_t hash, std::uint32_t host, Kind kind,
                                std::string_view path) const {
    return place_index_.find(hash, [&](std::uint32_t at) {
        const Place& place = places_[at];
        return place.host == host && place.kind == kind && place.path == path;
    });
}

std::uint32_t Table::find_host(std::string_view name) const {
    return host_index_.find(hash_more(key_, name),
                            [&](std::uint32_t at) { return hosts_[at].name == name; });
}

// --- building
// --------------------------------------------------------------------------------------

Table::Table(const std::vector<CompiledRoute>& routes) : routes_(routes) {
    std::random_device random;
    key_ = static_cast<std::uint64_t>(random()) << 32 | random();
    Building building{.hosts = {{std::string{}, any_host}}, .places = {}};
    for (const auto& route : routes_) {
        if (route.route->hosts.empty()) add(building, route, {});
        for (const auto& host : route.route->hosts) add(building, route, host);
    }
    finish();
}

void Table::add(Building& building, const CompiledRoute& route, std::string_view host_pattern) {
    std::string name = to_lower(host_of(host_pattern));
    if (name.starts_with('*'))
        name.erase(0, 1);  // `*.suffix` is kept as `.suffix`, `*` as nothing.
    const auto host = host_named(building, name);
    const auto& wanted = route.route->path;
    if (wanted.kind == config::PathMatch::Kind::regex) {
        if (route.path_regex) hosts_[host].by_regex.push_back(route.index);
        return;
    }
    // Requests are compared in normal form, so the pattern is brought to it.
    std::string scratch;
    const auto normal = normalize_path(wanted.value, scratch);
    const std::string_view path = normal.path;
    if (!normal.ok || !path.starts_with('/')) return;  // compile_route has reported it.
    if (wanted.kind == config::PathMatch::Kind::exact) {
        hosts_[host].has_exact = true;
        place_at(building, host, Kind::exact, path).routes.push_back(route.index);
        return;
    }
    const auto key = prefix_key(path);
    hosts_[host].depth =
        std::max(hosts_[host].depth, static_cast<std::size_t>(std::ranges::count(key, '/')));
    place_at(building, host, Kind::prefix, key).routes.push_back(route.index);
}

std::uint32_t Table::host_named(Building& building, const std::string& name) {
    const auto next = static_cast<std::uint32_t>(hosts_.size());
    const auto [at, is_new] = building.hosts.try_emplace(name, next);
    if (is_new) hosts_.push_back({.name = name});
    return at->second;
}

Table::Place& Table::place_at(Building& building, std::uint32_t host, Kind kind,
                              std::string_view path) {
    const auto next = static_cast<std::uint32_t>(places_.size());
    const auto [at, is_new] =
        building.places.try_emplace(std::tuple(host, kind, std::string(path)), next);
    if (is_new) places_.push_back({.host = host, .kind = kind, .path = std::string(path)});
    return places_[at->second];
}

void Table::finish() {
    has_wildcards_ =
        std::ranges::any_of(hosts_, [](const Host& h) { return h.name.starts_with('.'); });
    host_index_.reserve(hosts_.size());
    for (std::uint32_t at = any_host + 1; at < hosts_.size(); ++at)
        host_index_.insert(hash_more(key_, hosts_[at].name), at);

    place_index_.reserve(places_.size());
    for (std::uint32_t at = 0; at < places_.size(); ++at) {
        Place& place = places_[at];
        std::ranges::sort(place.routes, {}, [&](auto index) { return rank(routes_[index]); });
        place_index_.insert(hash_of(place.host, place.kind, place.path), at);
        if (place.kind == Kind::prefix && place.path.empty()) hosts_[place.host].root = at;
    }
    for (auto& place : places_)
        if (place.kind == Kind::prefix) place.shorter = next_shorter(place);
}

std::uint32_t Table::next_shorter(const Place& place) const {
    std::string_view path = place.path;
    while (!path.empty()) {
        path = path.substr(0, path.rfind('/'));
        const auto hash = hash_of(place.host, Kind::prefix, path);
        const auto at = find_place(hash, place.host, Kind::prefix, path);
        if (at != Slots::none) return at;
    }
    return Slots::none;
}

}  // namespace sg::gateway::router
