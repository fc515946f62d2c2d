#include "gateway/router/rewrite.h"

#include <algorithm>

#include "gateway/router/path.h"
#include "http/chars.h"

namespace sg::gateway::router {

namespace {

void append_query(http::Out& out, const Target& target) {
    if (target.query.empty() && !target.has_query) return;
    out.put('?');
    out.put(target.query);
}

// `/xyz/` and the rest `/a` make `/xyz/a`; with no rest, what is put in its place stays as it is.
std::string_view before_rest(std::string_view replacement, std::string_view rest) {
    if (!rest.empty() && replacement.ends_with('/')) replacement.remove_suffix(1);
    return replacement;
}

// Not on the fast path: allocates. The result is normalised again, because it is a new path.
bool append_by_regex(http::Out& out, const CompiledRoute& route, const Target& target) {
    std::string changed(target.path);
    RE2::Replace(&changed, *route.rewrite_regex, route.route->rewrite.to);
    const std::string_view all = changed;
    const auto mark = all.find('?');
    std::string scratch;
    const auto path = normalize_path(all.substr(0, mark), scratch);
    if (!path.ok) return false;
    if (mark == std::string_view::npos) {
        out.put(path.path);
        append_query(out, target);
        return true;
    }
    if (!http::all(all.substr(mark), http::char_query)) return false;
    out.put(path.path);
    out.put(all.substr(mark));
    if (target.query.empty()) return true;
    out.put('&');
    out.put(target.query);
    return true;
}

}  // namespace

bool append_target(http::Out& out, const CompiledRoute& route, const Target& target) {
    if (route.rewrite_regex) return append_by_regex(out, route, target);
    if (!route.rewrites_prefix || target.path == "*") {
        out.put(target.path);
    } else {
        const auto rest = target.path.substr(target.prefix_length);
        out.put(before_rest(route.rewrite_prefix, rest));
        out.put(rest);
    }
    append_query(out, target);
    return true;
}

std::string redirect_location(const CompiledRoute& route, const Target& target,
                              const Variables& variables) {
    const Template& to = *route.redirect;
    if (!to.is_safe(variables)) return {};
    // Every variable takes at least 12 characters to name; an address or an id at most 48 to write.
    const auto& text = route.route->redirect->to;
    const auto longest = std::max({variables.host.size(), variables.path.size(), std::size_t{48}});
    std::string location(text.size() + (text.size() / 12 + 1) * longest, '\0');
    http::Out out(location.data(), location.size());
    to.append(out, variables);
    if (out.overflow()) return {};
    location.resize(out.size());
    // `/${request.path}` would name a host to a browser.
    if (location.starts_with('/')) location.erase(1, location.find_first_not_of('/') - 1);
    if (route.redirect_is_whole) return location;

    const auto rest = target.path.substr(target.prefix_length);
    location.resize(before_rest(location, rest).size());
    location += rest;
    if (!target.query.empty()) {
        location += '?';
        location += target.query;
    }
    return location;
}

}  // namespace sg::gateway::router
