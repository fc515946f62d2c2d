#include "gateway/router/router.h"

#include "gateway/router/table.h"

namespace sg::gateway::router {

Router::Router(const config::Config& config) {
    routes_.reserve(config.routes.size());
    for (const auto& route : config.routes) {
        if (routes_.size() == 0xFFFF) {
            problems_.push_back(fail(Errc::invalid_argument, "more than 65535 routes").error());
            break;
        }
        routes_.push_back(
            compile_route(route, static_cast<std::uint16_t>(routes_.size()), problems_));
    }
    table_ = std::make_unique<Table>(routes_);
}

Router::~Router() = default;

Match Router::match(const http::RequestHead& head, std::string_view path) const {
    Search search{.head = head, .path = path};
    if (table_->search(search))
        return {
            Match::Kind::route, search.found, static_cast<std::uint32_t>(search.prefix_length), {}};
    if (search.method_missed) return {Match::Kind::method_not_allowed, nullptr, 0, search.allow()};
    return {};
}

std::string_view host_of(std::string_view authority) {
    if (authority.starts_with('[')) {
        const auto end = authority.find(']');
        return end == std::string_view::npos ? authority : authority.substr(0, end + 1);
    }
    authority = authority.substr(0, authority.find(':'));
    if (authority.ends_with('.')) authority.remove_suffix(1);
    return authority;
}

}  // namespace sg::gateway::router
