// What becomes of the target: towards the endpoint (rewrite) and towards the client (redirect).
#pragma once

#include <string>
#include <string_view>

#include "gateway/router/compiled.h"
#include "http/out.h"

namespace sg::gateway::router {

// What a rewrite starts from.
struct Target {
    std::string_view path;            // Normalised.
    std::string_view query;           // As received, without `?`.
    std::uint32_t prefix_length = 0;  // From the match.
    bool has_query = false;           // An empty one is passed on too (RFC 9110 §7.7).
};

// Writes path and query as the endpoint gets them. False: the rewrite makes no valid path of it.
[[nodiscard]] bool append_target(http::Out& out, const CompiledRoute& route, const Target& target);

// The value of Location. Requires: the route redirects. Empty: the host has no safe form.
std::string redirect_location(const CompiledRoute& route, const Target& target,
                              const Variables& variables);

}  // namespace sg::gateway::router
