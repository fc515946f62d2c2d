// Which route a request takes. Of all routes that match, the most specific one wins; the order of
// questions:
//
//   host     exact > longest `*.suffix` > any
//   path     exact > regex (file order) > longest prefix
//   then     names a method > more header conditions > more query conditions > earlier in the file
//
// The table is built once per configuration and immutable: every core may use the same one.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "config/model.h"
#include "gateway/router/compiled.h"
#include "http/message.h"

namespace sg::gateway::router {

class Table;

struct Match {
    enum class Kind : std::uint8_t { no_route, method_not_allowed, route };

    Kind kind = Kind::no_route;
    const CompiledRoute* route = nullptr;
    std::uint32_t prefix_length =
        0;              // Of the path, as matched; without the last slash of a prefix.
    std::string allow;  // When the method is not allowed: `GET, HEAD, POST`.
};

class Router {
  public:
    // Requires: `config` outlives the router.
    explicit Router(const config::Config& config);
    ~Router();
    Router(const Router&) = delete;
    Router& operator=(const Router&) = delete;

    // What could not be compiled. Not empty: do not put this configuration to use.
    const std::vector<Error>& problems() const { return problems_; }

    // `path` is normalised (router/path.h); authority, method, query and fields are those of
    // `head`.
    Match match(const http::RequestHead& head, std::string_view path) const;

    const std::vector<CompiledRoute>& routes() const { return routes_; }

  private:
    std::vector<Error> problems_;
    std::vector<CompiledRoute> routes_;
    std::unique_ptr<Table> table_;
};

// The host of an authority: without port and final dot, otherwise as it is written. `[::1]` keeps
// its brackets.
std::string_view host_of(std::string_view authority);

}  // namespace sg::gateway::router
