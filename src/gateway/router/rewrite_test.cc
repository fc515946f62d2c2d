// What becomes of path and query towards endpoint and client, and that neither can be led astray.
#include "gateway/router/rewrite.h"

#include <gtest/gtest.h>

#include <array>
#include <optional>

#include "gateway/router/router.h"

namespace sg::gateway::router {
namespace {

config::Route prefix_route(std::string path) {
    config::Route route;
    route.name = "r";
    route.path = {config::PathMatch::Kind::prefix, std::move(path)};
    return route;
}

struct Compiled {
    explicit Compiled(config::Route wanted) {
        config.routes.push_back(std::move(wanted));
        router.emplace(config);
        for (const auto& problem : router->problems()) ADD_FAILURE() << problem.message();
    }
    const CompiledRoute& route() const { return router->routes().front(); }

    config::Config config;
    std::optional<Router> router;
};

std::uint32_t matched(const config::Route& route, std::string_view path) {
    const auto& value = route.path.value;
    if (route.path.kind != config::PathMatch::Kind::prefix)
        return static_cast<std::uint32_t>(path.size());
    return static_cast<std::uint32_t>(value.ends_with('/') ? value.size() - 1 : value.size());
}

std::string target(const Compiled& compiled, std::string_view path, std::string_view query = {}) {
    std::array<char, 512> memory;
    http::Out out(memory.data(), memory.size());
    if (!append_target(out, compiled.route(),
                       {path, query, matched(compiled.config.routes[0], path)}))
        return "refused";
    return std::string(out.text());
}

std::string location(const Compiled& compiled, std::string_view path, std::string_view query = {},
                     std::string_view host = "example.com") {
    const Variables variables{.client = {}, .request_id = {}, .host = host, .path = path};
    return redirect_location(compiled.route(),
                             {path, query, matched(compiled.config.routes[0], path)}, variables);
}

TEST(Rewrite, NothingToDo) {
    const Compiled compiled(prefix_route("/v1/"));
    EXPECT_EQ(target(compiled, "/v1/x"), "/v1/x");
    EXPECT_EQ(target(compiled, "/v1/x", "a=b&c"), "/v1/x?a=b&c");
    EXPECT_EQ(target(compiled, "*"), "*");
}

// The table of ReplacePrefixMatch in the Gateway API, where an empty replacement is written `/`
// here.
TEST(Rewrite, PrefixTable) {
    struct Row {
        std::string_view path, prefix, replacement, result;
    };
    constexpr Row rows[] = {
        {"/foo/bar", "/foo", "/xyz", "/xyz/bar"},
        {"/foo/bar", "/foo", "/xyz/", "/xyz/bar"},
        {"/foo/bar", "/foo/", "/xyz", "/xyz/bar"},
        {"/foo/bar", "/foo/", "/xyz/", "/xyz/bar"},
        {"/foo", "/foo", "/xyz", "/xyz"},
        {"/foo/", "/foo", "/xyz", "/xyz/"},
        {"/foo/bar", "/foo", "/", "/bar"},
        {"/foo/", "/foo", "/", "/"},
        {"/foo", "/foo", "/", "/"},
        {"/foo", "/foo/", "/", "/"},
        {"/foo", "/foo", "/xyz/", "/xyz/"},
        {"/a", "/", "/x/y", "/x/y/a"},
        {"/", "/", "/x", "/x/"},
        {"/foo/a", "/foo", "/caf\xC3\xA9", "/caf%C3%A9/a"},
    };
    for (const Row& row : rows) {
        auto route = prefix_route(std::string(row.prefix));
        route.rewrite.prefix = row.replacement;
        EXPECT_EQ(target(Compiled(route), row.path, "q"), std::string(row.result) + "?q")
            << row.path << " " << row.prefix << " " << row.replacement;
    }
}

TEST(Rewrite, ExactPathIsReplacedWhole) {
    auto route = prefix_route("/old");
    route.path.kind = config::PathMatch::Kind::exact;
    route.rewrite.prefix = "/new/";
    EXPECT_EQ(target(Compiled(route), "/old"), "/new/");
}

TEST(Rewrite, RegexGroupsAndQuery) {
    auto route = prefix_route("/");
    route.rewrite.regex = "^/users/([^/]+)/(.*)$";
    route.rewrite.to = "/\\2/of/\\1";
    EXPECT_EQ(target(Compiled(route), "/users/7/books", "p=1"), "/books/of/7?p=1");
    EXPECT_EQ(target(Compiled(route), "/other"), "/other");
    route.rewrite.to = "/get?user=\\1";
    EXPECT_EQ(target(Compiled(route), "/users/7/books", "p=1"), "/get?user=7&p=1");
    EXPECT_EQ(target(Compiled(route), "/users/7/books"), "/get?user=7");
}

// A rewrite makes a new path: it goes through the same normal form.
TEST(Rewrite, RegexResultIsNormalised) {
    auto route = prefix_route("/");
    route.rewrite.regex = "^/a/(.*)$";
    route.rewrite.to = "/x/\\1";
    EXPECT_EQ(target(Compiled(route), "/a//b"), "/x/b");
    route.rewrite.to = "/x/.\\1";
    EXPECT_EQ(target(Compiled(route), "/a/./etc"), "/etc");
    EXPECT_EQ(target(Compiled(route), "/a/.%2Fetc"), "refused");
    route.rewrite.to = "\\1";
    EXPECT_EQ(target(Compiled(route), "/a/b"), "refused");
    route.rewrite.to = "/x?a b";
    EXPECT_EQ(target(Compiled(route), "/a/b"), "refused");
}

TEST(Redirect, TargetReplacesTheMatchedPrefix) {
    auto route = prefix_route("/old/");
    route.redirect = config::Redirect{.to = "/new/", .status = 308};
    EXPECT_EQ(location(Compiled(route), "/old/a/b", "q=1"), "/new/a/b?q=1");
    EXPECT_EQ(location(Compiled(route), "/old"), "/new/");
    route.redirect->to = "https://www.example.org/new";
    EXPECT_EQ(location(Compiled(route), "/old/a", "q"), "https://www.example.org/new/a?q");
    route = prefix_route("/");
    route.redirect = config::Redirect{.to = "https://${request.host}/", .status = 301};
    EXPECT_EQ(location(Compiled(route), "/a/b", "q"), "https://example.com/a/b?q");
    EXPECT_EQ(location(Compiled(route), "/"), "https://example.com/");
    route.redirect->to = "https://${request.host}";
    EXPECT_EQ(location(Compiled(route), "/a"), "https://example.com/a");
}

TEST(Redirect, ATargetThatSaysEverythingStaysAsItIs) {
    auto route = prefix_route("/");
    route.redirect = config::Redirect{.to = "/login?from=${request.path}", .status = 302};
    EXPECT_EQ(location(Compiled(route), "/a/b", "q"), "/login?from=/a/b");
    route.redirect->to = "https://example.org${request.path}";
    EXPECT_EQ(location(Compiled(route), "/a/b", "q"), "https://example.org/a/b");
    route.redirect->to = "/#gone";
    EXPECT_EQ(location(Compiled(route), "/a/b", "q"), "/#gone");
}

TEST(Redirect, StaysHere) {
    auto route = prefix_route("/go/");
    route.redirect = config::Redirect{.to = "/", .status = 308};
    const Compiled compiled(route);
    for (const std::string_view path : {"/go/evil.example", "/go/@evil.example", "/go"}) {
        const auto to = location(compiled, path);
        ASSERT_FALSE(to.empty());
        EXPECT_TRUE(to[0] == '/' && (to.size() == 1 || to[1] != '/')) << to;
    }
}

TEST(Redirect, APathNeverNamesAHost) {
    auto route = prefix_route("/");
    route.redirect = config::Redirect{.to = "/${request.path}", .status = 308};
    EXPECT_EQ(location(Compiled(route), "/evil.example"), "/evil.example");
    EXPECT_EQ(location(Compiled(route), "/"), "/");
    route.redirect->to = "/";
    EXPECT_EQ(location(Compiled(route), "/"), "/");
}

TEST(Redirect, NoLineBreaksFromVariables) {
    auto route = prefix_route("/");
    route.redirect = config::Redirect{.to = "https://${request.host}/", .status = 308};
    EXPECT_EQ(location(Compiled(route), "/", {}, "a\r\nSet-Cookie: b"), "");
    EXPECT_EQ(location(Compiled(route), "/", {}, std::string_view("a\0b", 3)), "");
}

TEST(Redirect, RepeatedVariablesFit) {
    auto route = prefix_route("/");
    std::string all;
    for (int i = 0; i < 20; ++i) all += "${request.path}";
    route.redirect = config::Redirect{.to = "/x" + all, .status = 308};
    const std::string path = "/" + std::string(1000, 'x');
    EXPECT_EQ(location(Compiled(route), path).size(), 2 + 20 * path.size());
}

}  // namespace
}  // namespace sg::gateway::router
