// Match precedence, hosts, paths, methods, header and query conditions. Source of the cases: the
// HTTPRoute conformance tests of the Kubernetes Gateway API, and docs/routing.md where we decide
// ourselves.
#include "gateway/router/router.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "gateway/router/path.h"
#include "gateway/router/request_for_test.h"

namespace sg::gateway::router {
namespace {

using Kind = config::PathMatch::Kind;
using Condition = config::FieldMatch::Kind;

config::Route route(std::string name, Kind kind, std::string path,
                    std::vector<std::string> hosts = {}) {
    config::Route route;
    route.name = std::move(name);
    route.hosts = std::move(hosts);
    route.path = {kind, std::move(path)};
    route.service = "s";
    return route;
}

class Routes : public testing::Test {
  protected:
    config::Route& add(config::Route route) {
        config_.routes.push_back(std::move(route));
        return config_.routes.back();
    }

    Match match(std::string_view lines) {
        router_ = std::make_unique<Router>(config_);
        EXPECT_TRUE(router_->problems().empty()) << router_->problems().front().message();
        const ParsedRequest request(lines);
        const auto path = normalize_path(request.head.path, scratch_);
        EXPECT_TRUE(path.ok);
        return router_->match(request.head, path.path);
    }
    std::string name(std::string_view lines) {
        const auto found = match(lines);
        if (found.kind == Match::Kind::method_not_allowed) return "405 " + found.allow;
        return found.kind == Match::Kind::route ? found.route->route->name : "404";
    }
    std::string get(std::string_view target, std::string_view host = "example.com") {
        return name(fmt::format("GET {} HTTP/1.1\nHost: {}", target, host));
    }

    config::Config config_;
    std::unique_ptr<Router> router_;
    std::string scratch_;
};

TEST_F(Routes, NoRoutesMeansNoRoute) { EXPECT_EQ(get("/"), "404"); }

TEST_F(Routes, ExactBeforeRegexBeforeLongestPrefix) {
    add(route("root", Kind::prefix, "/"));
    add(route("v1", Kind::prefix, "/v1/"));
    add(route("users", Kind::prefix, "/v1/users/"));
    add(route("digits", Kind::regex, "/v1/users/[0-9]+"));
    add(route("letters", Kind::regex, "/v1/users/[a-z0-9]+"));
    add(route("me", Kind::exact, "/v1/users/me"));
    EXPECT_EQ(get("/"), "root");
    EXPECT_EQ(get("/other"), "root");
    EXPECT_EQ(get("/v1/x"), "v1");
    EXPECT_EQ(get("/v1/users/42"), "digits");
    EXPECT_EQ(get("/v1/users/4a"), "letters");
    EXPECT_EQ(get("/v1/users/me"), "me");
    EXPECT_EQ(get("/v1/users/me/"), "users");
    EXPECT_EQ(get("/v1/users/42/x"), "users") << "a regex matches the whole path";
}

TEST_F(Routes, PrefixesEndAtSegments) {
    add(route("v1", Kind::prefix, "/v1/"));
    add(route("bare", Kind::prefix, "/bare"));
    EXPECT_EQ(get("/v1"), "v1");
    EXPECT_EQ(get("/v1/"), "v1");
    EXPECT_EQ(get("/v1/x"), "v1");
    EXPECT_EQ(get("/v1x"), "404");
    EXPECT_EQ(get("/bare"), "bare");
    EXPECT_EQ(get("/bare/x"), "bare");
    EXPECT_EQ(get("/barely"), "404");
    EXPECT_EQ(get("/"), "404");
    EXPECT_EQ(match("GET /v1/x HTTP/1.1\nHost: a").prefix_length, 3U);
}

TEST_F(Routes, ExactIsExact) {
    add(route("one", Kind::exact, "/one"));
    EXPECT_EQ(get("/one"), "one");
    EXPECT_EQ(get("/one?q=1"), "one");
    EXPECT_EQ(get("/one/"), "404");
    EXPECT_EQ(get("/on"), "404");
    EXPECT_EQ(match("GET /one HTTP/1.1\nHost: a").prefix_length, 4U);
}

TEST_F(Routes, PatternsAreInNormalFormToo) {
    add(route("coffee", Kind::prefix, "/caf\xC3\xA9/"));
    add(route("tea", Kind::exact, "/%74ea%2f"));
    EXPECT_EQ(get("/caf%c3%a9/x"), "coffee");
    EXPECT_EQ(get("/tea%2F"), "tea");
}

TEST_F(Routes, HostsExactThenLongestWildcardThenAny) {
    add(route("any", Kind::prefix, "/"));
    add(route("com", Kind::prefix, "/", {"*.com"}));
    add(route("example", Kind::prefix, "/", {"*.example.com"}));
    add(route("api", Kind::prefix, "/", {"API.example.com", "api.example.org"}));
    EXPECT_EQ(get("/", "api.example.com"), "api");
    EXPECT_EQ(get("/", "API.Example.COM:8443"), "api");
    EXPECT_EQ(get("/", "api.example.com."), "api");
    EXPECT_EQ(get("/", "api.example.com.:80"), "api");
    EXPECT_EQ(get("/", "api.example.org"), "api");
    EXPECT_EQ(get("/", "www.example.com"), "example");
    EXPECT_EQ(get("/", "a.b.example.com"), "example");
    EXPECT_EQ(get("/", "example.com"), "com");
    EXPECT_EQ(get("/", "badexample.com"), "com");
    EXPECT_EQ(get("/", "com"), "any");
    EXPECT_EQ(get("/", "example.net"), "any");
    EXPECT_EQ(get("/", "[::1]:8080"), "any");
    EXPECT_EQ(get("/", std::string(300, 'a') + ".com"), "any");
}

TEST_F(Routes, AddressesAreHostsToo) {
    add(route("six", Kind::prefix, "/", {"[2001:db8::1]"}));
    add(route("four", Kind::prefix, "/", {"192.0.2.1"}));
    EXPECT_EQ(get("/", "[2001:DB8::1]:8080"), "six");
    EXPECT_EQ(get("/", "192.0.2.1:80"), "four");
}

// The best host that does not have the path does not hide the others.
TEST_F(Routes, LessSpecificHostsStillServeWhatIsLeft) {
    add(route("acme", Kind::prefix, "/.well-known/acme-challenge/"));
    add(route("wild", Kind::prefix, "/w/", {"*.example.com"}));
    add(route("api", Kind::prefix, "/v1/", {"api.example.com"}));
    EXPECT_EQ(get("/v1/x", "api.example.com"), "api");
    EXPECT_EQ(get("/w/x", "api.example.com"), "wild");
    EXPECT_EQ(get("/.well-known/acme-challenge/t", "api.example.com"), "acme");
    EXPECT_EQ(get("/none", "api.example.com"), "404");
}

TEST_F(Routes, HostComesBeforePath) {
    add(route("any-exact", Kind::exact, "/x"));
    add(route("host-root", Kind::prefix, "/", {"example.com"}));
    EXPECT_EQ(get("/x"), "host-root");
}

TEST_F(Routes, Methods) {
    add(route("write", Kind::prefix, "/a/")).methods = {"post", "PUT"};
    add(route("read", Kind::prefix, "/a/")).methods = {"GET"};
    add(route("purge", Kind::prefix, "/a/b/")).methods = {"PURGE"};
    EXPECT_EQ(get("/a/x"), "read");
    EXPECT_EQ(name("HEAD /a/x HTTP/1.1\nHost: a"), "read") << "who serves GET serves HEAD";
    EXPECT_EQ(name("POST /a/x HTTP/1.1\nHost: a"), "write");
    EXPECT_EQ(name("DELETE /a/x HTTP/1.1\nHost: a"), "405 GET, HEAD, POST, PUT");
    EXPECT_EQ(name("PURGE /a/b/x HTTP/1.1\nHost: a"), "purge");
    EXPECT_EQ(name("DELETE /a/b/x HTTP/1.1\nHost: a"), "405 GET, HEAD, POST, PUT, PURGE");
    EXPECT_EQ(name("PURGE /a/x HTTP/1.1\nHost: a"), "405 GET, HEAD, POST, PUT");
    EXPECT_EQ(name("DELETE /b HTTP/1.1\nHost: a"), "404");
}

TEST_F(Routes, AMethodIsMoreSpecificThanNone) {
    add(route("any", Kind::prefix, "/"));
    add(route("get", Kind::prefix, "/")).methods = {"GET"};
    EXPECT_EQ(get("/"), "get");
    EXPECT_EQ(name("PUT / HTTP/1.1\nHost: a"), "any");
}

// HTTPRouteMethodMatching: method before headers, headers before file order, path before all of
// them.
TEST_F(Routes, PrecedenceOfConditions) {
    add(route("path", Kind::prefix, "/path5"));
    add(route("method", Kind::prefix, "/")).methods = {"PATCH"};
    add(route("header", Kind::prefix, "/")).headers = {{Condition::exact, "version", "four"}};
    auto& both = add(route("both", Kind::prefix, "/"));
    both.methods = {"PATCH"};
    both.headers = {{Condition::exact, "version", "five"}};
    EXPECT_EQ(name("PATCH /path5 HTTP/1.1\nHost: a\nversion: four"), "path");
    EXPECT_EQ(name("PATCH /x HTTP/1.1\nHost: a\nversion: four"), "method");
    EXPECT_EQ(name("PATCH /x HTTP/1.1\nHost: a\nversion: five"), "both");
    EXPECT_EQ(name("GET /x HTTP/1.1\nHost: a\nversion: four"), "header");
}

TEST_F(Routes, MoreHeadersThenMoreQueryThenFileOrder) {
    add(route("q1", Kind::prefix, "/")).query = {{Condition::exact, "a", "1"}};
    add(route("q1-later", Kind::prefix, "/")).query = {{Condition::exact, "a", "1"}};
    auto& q2 = add(route("q2", Kind::prefix, "/"));
    q2.query = {{Condition::exact, "a", "1"}, {Condition::exact, "b", "2"}};
    add(route("h1", Kind::prefix, "/")).headers = {{Condition::present, "X-One", ""}};
    auto& h2 = add(route("h2", Kind::prefix, "/"));
    h2.headers = {{Condition::present, "X-One", ""}, {Condition::present, "X-Two", ""}};
    EXPECT_EQ(name("GET /?a=1 HTTP/1.1\nHost: a"), "q1");
    EXPECT_EQ(name("GET /?b=2&a=1 HTTP/1.1\nHost: a"), "q2");
    EXPECT_EQ(name("GET /?a=1&b=2 HTTP/1.1\nHost: a\nX-One: 1"), "h1");
    EXPECT_EQ(name("GET /?a=1&b=2 HTTP/1.1\nHost: a\nX-Two: 1\nX-One: 1"), "h2");
    EXPECT_EQ(name("GET / HTTP/1.1\nHost: a"), "404");
}

TEST_F(Routes, ConditionsThatFailFallBackToShorterPrefixes) {
    add(route("root", Kind::prefix, "/"));
    add(route("exact", Kind::exact, "/v2/x")).headers = {{Condition::present, "X-E", ""}};
    add(route("v2", Kind::prefix, "/v2/")).headers = {{Condition::exact, "version", "two"}};
    EXPECT_EQ(name("GET /v2/x HTTP/1.1\nHost: a\nversion: two"), "v2");
    EXPECT_EQ(name("GET /v2/x HTTP/1.1\nHost: a\nversion: three"), "root");
    EXPECT_EQ(name("GET /v2/x HTTP/1.1\nHost: a\nX-E: 1\nversion: two"), "exact");
}

TEST_F(Routes, HeaderConditions) {
    add(route("exact", Kind::exact, "/e")).headers = {{Condition::exact, "Color", "blue"}};
    add(route("present", Kind::exact, "/p")).headers = {{Condition::present, "color", ""}};
    add(route("regex", Kind::exact, "/r")).headers = {{Condition::regex, "COLOR", "bl(ue|ack)"}};
    add(route("known", Kind::exact, "/k")).headers = {{Condition::exact, "content-type", "text/a"}};
    EXPECT_EQ(name("GET /e HTTP/1.1\nHost: a\ncoLOR: blue"), "exact");
    EXPECT_EQ(name("GET /e HTTP/1.1\nHost: a\ncolor: Blue"), "404");
    EXPECT_EQ(name("GET /e HTTP/1.1\nHost: a\ncolor: red\ncolor: blue"), "exact") << "any line";
    EXPECT_EQ(name("GET /e HTTP/1.1\nHost: a"), "404");
    EXPECT_EQ(name("GET /p HTTP/1.1\nHost: a\nColor: x"), "present");
    EXPECT_EQ(name("GET /p HTTP/1.1\nHost: a\nColour: x"), "404");
    EXPECT_EQ(name("GET /r HTTP/1.1\nHost: a\ncolor: black"), "regex");
    EXPECT_EQ(name("GET /r HTTP/1.1\nHost: a\ncolor: blacker"), "404") << "the whole value";
    EXPECT_EQ(name("GET /k HTTP/1.1\nHost: a\nContent-Type: text/a"), "known");
}

TEST_F(Routes, QueryConditions) {
    add(route("exact", Kind::exact, "/e")).query = {{Condition::exact, "animal", "blue whale"}};
    add(route("present", Kind::exact, "/p")).query = {{Condition::present, "debug", ""}};
    add(route("regex", Kind::exact, "/r")).query = {{Condition::regex, "n", "[0-9]+ kg"}};
    EXPECT_EQ(get("/e?animal=blue%20whale"), "exact");
    EXPECT_EQ(get("/e?x=1&anim%61l=blue+whale"), "exact");
    EXPECT_EQ(get("/e?animal=blue"), "404");
    EXPECT_EQ(get("/e?animal=blue+whales"), "404");
    EXPECT_EQ(get("/e?animal=cat&animal=blue+whale"), "404") << "the first one counts";
    EXPECT_EQ(get("/e?Animal=blue+whale"), "404");
    EXPECT_EQ(get("/p?debug"), "present");
    EXPECT_EQ(get("/p?debug="), "present");
    EXPECT_EQ(get("/p?a=debug"), "404");
    EXPECT_EQ(get("/r?n=12%20kg"), "regex");
    EXPECT_EQ(get("/r?n=12%zz"), "404");
}

// 404, not 405, if something else than the method was wrong too.
TEST_F(Routes, MethodNotAllowedOnlyIfTheRestWasRight) {
    auto& get_only = add(route("get", Kind::prefix, "/"));
    get_only.methods = {"GET"};
    get_only.headers = {{Condition::exact, "x", "1"}};
    EXPECT_EQ(name("PUT / HTTP/1.1\nHost: a\nx: 1"), "405 GET, HEAD");
    EXPECT_EQ(name("PUT / HTTP/1.1\nHost: a"), "404");
}

TEST_F(Routes, AsteriskBelongsToTheRoot) {
    add(route("deep", Kind::prefix, "/deep/"));
    EXPECT_EQ(name("OPTIONS * HTTP/1.1\nHost: a"), "404");
    add(route("root", Kind::prefix, "/"));
    EXPECT_EQ(name("OPTIONS * HTTP/1.1\nHost: a"), "root");
}

TEST_F(Routes, NormalFormDecides) {
    add(route("root", Kind::prefix, "/"));
    add(route("admin", Kind::prefix, "/admin/"));
    EXPECT_EQ(get("//admin/x"), "admin");
    EXPECT_EQ(get("/%61dmin/x"), "admin");
    EXPECT_EQ(get("/a/../admin"), "admin");
    EXPECT_EQ(get("/admin%2fx"), "root") << "an encoded slash is not a slash";
}

TEST_F(Routes, ThousandsOfRoutes) {
    for (int host = 0; host < 300; ++host)
        for (int path = 0; path < 20; ++path)
            add(route(fmt::format("h{}p{}", host, path), Kind::prefix,
                      fmt::format("/s{}/v1/", path), {fmt::format("h{}.example.com", host)}));
    EXPECT_EQ(get("/s7/v1/x/y", "h123.example.com"), "h123p7");
    EXPECT_EQ(get("/s7/v2/x/y", "h123.example.com"), "404");
    for (const auto& each : config_.routes) {
        const ParsedRequest request("GET " + each.path.value +
                                    "q HTTP/1.1\nHost: " + each.hosts[0]);
        EXPECT_EQ(router_->match(request.head, request.head.path).route->route, &each);
    }
}

TEST(RouterProblems, AreReportedAndNeverGuessedAt) {
    config::Config config;
    config.routes.push_back(route("regex", Kind::regex, "/(["));
    config.routes.push_back(route("path", Kind::prefix, "no-slash"));
    config.routes.push_back(route("dots", Kind::exact, "/..%2f"));
    config.routes.push_back(route("edit", Kind::prefix, "/"));
    using Verb = config::FieldEdit::Verb;
    config.routes.back().request_headers = {{Verb::set, "X-A", "a\r\nb: c"},
                                            {Verb::set, "X B", "a"},
                                            {Verb::set, "Content-Length", "5"},
                                            {Verb::set, "X-C", "${client.adress}"},
                                            {Verb::set, "X-D", "${client.address"}};
    config.routes.push_back(route("rewrite", Kind::prefix, "/"));
    config.routes.back().rewrite = {.prefix = {}, .regex = "(a)", .to = "\\2", .host = "a b"};
    config.routes.push_back(route("evil", Kind::prefix, "/"));
    config.routes.back().redirect = config::Redirect{.to = "//evil.example/", .status = 308};
    config.routes.push_back(route("query", Kind::prefix, "/"));
    config.routes.back().query = {{Condition::regex, "q", "*"}};
    const Router router(config);
    std::vector<std::string> found;
    for (const auto& problem : router.problems()) found.push_back(problem.what);
    ASSERT_EQ(found.size(), 12U) << fmt::format("{}", fmt::join(found, "\n"));
    EXPECT_TRUE(found[0].starts_with("route `regex`: path_regex `/([`: "));
}

TEST(HostOf, WithoutPortAndFinalDot) {
    EXPECT_EQ(host_of("example.com"), "example.com");
    EXPECT_EQ(host_of("Example.com.:8080"), "Example.com");
    EXPECT_EQ(host_of("[::1]:80"), "[::1]");
    EXPECT_EQ(host_of("[::1]"), "[::1]");
    EXPECT_EQ(host_of("[broken"), "[broken");
    EXPECT_EQ(host_of(""), "");
    EXPECT_EQ(host_of(".:1"), "");
}

}  // namespace
}  // namespace sg::gateway::router
