// The one normalisation of a request path: for routing, guards, cache keys and what endpoints
// receive alike.
//
// Idempotent; its result never holds a dot segment, a duplicate slash, or an escape that could have
// been a plain character. docs/routing.md has the table of what becomes what. Pure; the query is
// never touched.
#pragma once

#include <string>
#include <string_view>

namespace sg::gateway::router {

struct PathResult {
    std::string_view path;    // Valid while the input and the scratch are.
    bool ok = false;          // False: answer 400.
    std::string_view reason;  // Why not: "a control character"; static text.
};

// `path` is that of the request target as received, without the query. A path that needs no change
// is returned as it is, without a copy; otherwise the result is in `scratch`, which only grows.
PathResult normalize_path(std::string_view path, std::string& scratch);

}  // namespace sg::gateway::router
