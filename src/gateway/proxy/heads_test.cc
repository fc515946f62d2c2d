// Heads byte by byte: what passes, what never does, and who has the last word.
#include "gateway/proxy/heads.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <optional>

#include "gateway/router/path.h"
#include "gateway/router/request_for_test.h"
#include "gateway/router/router.h"

namespace sg::gateway::proxy {
namespace {

using http::Framing;
using router::ParsedRequest;
using testing::HasSubstr;
using testing::Not;
using Verb = config::FieldEdit::Verb;

std::string with_plain_lines(std::string_view text) {
    std::string plain;
    for (const char c : text)
        if (c != '\r') plain += c;
    return plain;
}

class Heads : public testing::Test {
  protected:
    Heads() {
        route_.name = "r";
        route_.path = {config::PathMatch::Kind::prefix, "/"};
        caller_ = {.ip = parse_ip("192.0.2.7").value(), .listener_port = 8080};
        variables_.request_id = {0x0123456789abcdef, 0xfedcba9876543210};
        context_.trace = {.trace_id = {1, 2}, .parent_id = 0, .span_id = 3, .sampled = true};
        context_.pseudonym = "streamgate-7f";
        reply_.date = "Mon, 23 Nov 2026 06:40:05 GMT";
    }

    const router::CompiledRoute* compile() {
        config_.routes = {route_};
        router_.emplace(config_);
        for (const auto& problem : router_->problems()) ADD_FAILURE() << problem.message();
        return &router_->routes().front();
    }

    // The head that an endpoint gets, with plain line ends.
    std::string request(std::string_view lines) {
        const ParsedRequest parsed(lines);
        const auto path = router::normalize_path(parsed.head.path, scratch_);
        EXPECT_TRUE(path.ok);
        const Origin origin = find_origin(parsed.head, caller_, listed_);
        variables_.client = origin.client;
        variables_.host = router::host_of(parsed.head.authority);
        variables_.path = path.path;
        context_.route = compile();
        context_.variables = &variables_;
        context_.origin = &origin;
        context_.caller = &caller_;
        context_.prefix_length = router_->match(parsed.head, path.path).prefix_length;
        http::Out out(memory_.data(), capacity_);
        written_ = append_request_head(out, parsed.head, context_);
        return with_plain_lines(out.text());
    }
    // Its fields without those that we write ourselves.
    std::string passed(std::string_view fields) {
        const auto all = request(fmt::format("GET / HTTP/1.1\nHost: a\n{}", fields));
        const auto begin = all.find("Host: a\n") + 8;
        return all.substr(begin, all.find("Forwarded: for=") - begin);
    }

    std::string response(std::string_view lines, http::Method method = http::Method::get) {
        std::string bytes;
        for (const char c : lines) bytes += c == '\n' ? std::string("\r\n") : std::string(1, c);
        bytes += "\r\n\r\n";
        http::h1::HeadScan scan;
        http::ResponseHead head;
        const auto verdict = http::h1::parse_response(bytes, {}, scan, method, head);
        EXPECT_EQ(verdict.progress, http::h1::Progress::done) << lines;
        reply_.variables = &variables_;
        if (has_route_) reply_.route = compile();
        answer_.reply = reply_;
        answer_.answers_head = method == http::Method::head;
        http::Out out(memory_.data(), capacity_);
        written_ = append_response_head(out, head, answer_);
        return with_plain_lines(out.text());
    }
    std::string made(MadeResponse response) {
        reply_.variables = &variables_;
        if (has_route_) reply_.route = compile();
        response.reply = reply_;
        http::Out out(memory_.data(), capacity_);
        written_ = append_made_head(out, response);
        return with_plain_lines(out.text());
    }

    config::Config config_;
    config::Route route_;
    std::optional<router::Router> router_;
    std::string scratch_;
    router::Variables variables_;
    Caller caller_;
    std::vector<Cidr> listed_ = {parse_cidr("10.0.0.0/8").value()};
    ForwardContext context_;
    Reply reply_;
    ResponseContext answer_;
    bool has_route_ = false;
    std::array<char, 4096> memory_;
    std::size_t capacity_ = memory_.size();
    Written written_ = Written::ok;
};

constexpr std::string_view id_text = "0123456789abcdeffedcba9876543210";

// --- to the endpoint

TEST_F(Heads, ARequestAsTheEndpointGetsIt) {
    const auto head = request(
        "GET /a/./b?q=1 HTTP/1.1\nHost: example.com:8080\nUser-Agent: t\nAccept: */*\n"
        "Connection: keep-alive\nCookie: a=b");
    EXPECT_EQ(written_, Written::ok);
    EXPECT_EQ(
        head,
        "GET /a/b?q=1 HTTP/1.1\nHost: example.com:8080\nUser-Agent: t\nAccept: */*\nCookie: a=b\n"
        "Forwarded: for=192.0.2.7;host=\"example.com:8080\";proto=http\n"
        "X-Forwarded-For: 192.0.2.7\nX-Forwarded-Proto: http\n"
        "X-Forwarded-Host: example.com:8080\nX-Forwarded-Port: 8080\n"
        "Via: 1.1 streamgate-7f\nX-Request-Id: 0123456789abcdeffedcba9876543210\n"
        "traceparent: 00-00000000000000010000000000000002-0000000000000003-01\n\n");
}

TEST_F(Heads, OnlyTheGatewaySaysWhatToDoWithout) {
    EXPECT_EQ(passed("StreamGate-Without: sessions\nX-Baz: 3\nstreamgate-without: search"),
              "X-Baz: 3\n");
    context_.without = "search, sessions";
    const auto head = request("GET / HTTP/1.1\nHost: a\nStreamGate-Without: billing");
    EXPECT_NE(head.find("\nStreamGate-Without: search, sessions\n"), std::string::npos) << head;
    EXPECT_EQ(head.find("billing"), std::string::npos) << head;
}

TEST_F(Heads, HopByHopFieldsStayHere) {
    EXPECT_EQ(passed("Connection: close, X-Foo, x-bar\nX-Foo: 1\nKeep-Alive: timeout=5\nX-Bar: 2\n"
                     "X-Baz: 3\nProxy-Connection: x\nTE: trailers, gzip\nTrailer: X\nUpgrade: h2c\n"
                     "Proxy-Authorization: Basic x\nProxy-Authenticate: x"),
              "X-Baz: 3\n");
}

TEST_F(Heads, ConnectionCannotNameEndToEndFieldsAway) {
    EXPECT_EQ(
        passed("Connection: Authorization, Cookie, Content-Type, Cache-Control, Origin, Range\n"
               "Authorization: a\nCookie: b\nContent-Type: c\nCache-Control: d\nOrigin: e\n"
               "Range: f"),
        "Authorization: a\nCookie: b\nContent-Type: c\nCache-Control: d\nOrigin: e\nRange: f\n");
    const auto head = request(
        "GET / HTTP/1.1\nHost: a\nConnection: Host, X-Forwarded-For, Via, X-Request-Id, Forwarded, "
        "traceparent, Content-Length\nVia: 1.0 b");
    for (const auto* expected :
         {"Host: a\n", "X-Forwarded-For: 192.0.2.7\n", "Via: 1.0 b\n", "Via: 1.1 streamgate-7f\n",
          "X-Request-Id: 0", "Forwarded: for=", "traceparent: 00-"})
        EXPECT_THAT(head, HasSubstr(expected));
}

TEST_F(Heads, AConnectionFieldWithoutEndIsRefused) {
    std::string fields = "Connection: a";
    for (int i = 0; i < 40; ++i) fields += fmt::format(", x{}", i);
    passed(fields);
    EXPECT_EQ(written_, Written::malformed);
    fields = "Connection: a";
    for (int i = 0; i < 400; ++i) fields += ", a, keep-alive, host,";
    EXPECT_EQ(passed(fields + "\nA: 1\nB: 2"), "B: 2\n");
}

TEST_F(Heads, OddSpacingIsWrittenAnew) {
    EXPECT_EQ(passed("A:1\nB:   2  \nC: \nD: 4\nE: 5"), "A: 1\nB: 2\nC: \nD: 4\nE: 5\n");
}

TEST_F(Heads, FramingIsOurs) {
    constexpr std::string_view lines = "POST / HTTP/1.1\nHost: a\nContent-Length: 5";
    EXPECT_THAT(request(lines), HasSubstr("\nContent-Length: 0\n"));
    context_.framing = Framing::length;
    context_.content_length = 5;
    EXPECT_THAT(request(lines), HasSubstr("\nContent-Length: 5\n"));
    context_.framing = Framing::chunked;
    const auto chunked = request(lines);
    EXPECT_THAT(chunked, HasSubstr("\nTransfer-Encoding: chunked\n"));
    EXPECT_THAT(chunked, Not(HasSubstr("Content-Length")));
    context_.framing = Framing::none;
    EXPECT_THAT(request("GET / HTTP/1.1\nHost: a"), Not(HasSubstr("Content-Length")));
}

TEST_F(Heads, ConnectionTowardsTheEndpoint) {
    EXPECT_EQ(passed("Connection: close"), "");
    context_.connection = OnConnection::close;
    EXPECT_EQ(passed("X: 1"), "X: 1\nConnection: close\n");
    context_.pass_trailers = true;
    EXPECT_EQ(passed("X: 1"), "X: 1\nConnection: close\n");
    EXPECT_EQ(passed("TE: deflate;q=0.5, Trailers"), "Connection: close, TE\nTE: trailers\n");
    context_.connection = OnConnection::keep_alive;
    EXPECT_EQ(passed("TE: trailers"), "Connection: TE\nTE: trailers\n");
    EXPECT_EQ(passed("TE: gzip"), "");
}

TEST_F(Heads, UpgradePassesWhenTold) {
    constexpr std::string_view fields =
        "Connection: keep-alive, Upgrade\nUpgrade: websocket\nSec-WebSocket-Key: k";
    EXPECT_EQ(passed(fields), "Sec-WebSocket-Key: k\n");
    context_.upgrade = true;
    EXPECT_EQ(passed(fields), "Sec-WebSocket-Key: k\nConnection: Upgrade\nUpgrade: websocket\n");
}

TEST_F(Heads, ExpectPassesWhenTold) {
    constexpr std::string_view lines =
        "PUT / HTTP/1.1\nHost: a\nContent-Length: 1\nExpect: 100-continue";
    EXPECT_THAT(request(lines), Not(HasSubstr("Expect")));
    context_.relay_expect = true;
    EXPECT_THAT(request(lines), HasSubstr("\nExpect: 100-continue\n"));
}

TEST_F(Heads, WhatStrangersSayOfThemselvesIsReplaced) {
    const auto head = request(
        "GET / HTTP/1.1\nHost: a\nX-Forwarded-For: 1.2.3.4\nForwarded: for=1.2.3.4\n"
        "X-Forwarded-Proto: https\nX-Forwarded-Host: evil\nX-Forwarded-Port: 1\nX-Request-Id: "
        "mine\n"
        "traceparent: 00-00000000000000010000000000000002-0000000000000009-01\ntracestate: a=b");
    for (const auto* absent : {"1.2.3.4", "https", "evil", "Port: 1\n", "mine", "00009", "a=b"})
        EXPECT_THAT(head, Not(HasSubstr(absent)));
}

TEST_F(Heads, TheChainThroughListedProxies) {
    caller_.ip = parse_ip("10.0.0.1").value();
    caller_.trusted = true;
    const auto head = request(
        "GET / HTTP/1.1\nHost: a\nX-Forwarded-For: 6.6.6.6, 2001:db8::1, 10.0.0.2\n"
        "X-Forwarded-Proto: https\nX-Forwarded-Host: www.example.com");
    EXPECT_THAT(
        head, HasSubstr("\nForwarded: for=\"[2001:db8::1]\";host=\"www.example.com\";proto=https, "
                        "for=10.0.0.2, for=10.0.0.1\n"));
    EXPECT_THAT(head, HasSubstr("\nX-Forwarded-For: 2001:db8::1, 10.0.0.2, 10.0.0.1\n"));
    EXPECT_THAT(head, HasSubstr("\nX-Forwarded-Proto: https\nX-Forwarded-Host: www.example.com\n"
                                "X-Forwarded-Port: 443\n"));
    EXPECT_THAT(request("GET / HTTP/1.1\nHost: a"), HasSubstr("\nX-Forwarded-For: 10.0.0.1\n"));
}

TEST_F(Heads, UnixSocketsHaveNoAddress) {
    caller_.ip = {};
    const auto head = request("GET / HTTP/1.1\nHost: a");
    EXPECT_THAT(head, HasSubstr("Forwarded: for=unknown;"));
    EXPECT_THAT(head, HasSubstr("X-Forwarded-For: unknown\n"));
}

TEST_F(Heads, TracestatePassesWithItsTraceOnly) {
    constexpr std::string_view lines = "GET / HTTP/1.1\nHost: a\ntracestate: a=b\ntracestate: c=d";
    EXPECT_THAT(request(lines), Not(HasSubstr("tracestate")));
    context_.trace.parent_id = 9;
    EXPECT_THAT(request(lines), HasSubstr("tracestate: a=b\ntracestate: c=d\n"));
}

TEST_F(Heads, OldClientsAndOtherHosts) {
    context_.endpoint = "127.0.0.1:9000";
    const auto old = request("GET / HTTP/1.0\nVia: 1.0 x");
    EXPECT_THAT(old, HasSubstr("GET / HTTP/1.1\nHost: 127.0.0.1:9000\n"));
    EXPECT_THAT(old, HasSubstr("Via: 1.0 x\n"));
    EXPECT_THAT(old, HasSubstr("Via: 1.0 streamgate-7f\n"));
    EXPECT_THAT(old, Not(HasSubstr("X-Forwarded-Host")));
    route_.rewrite.host = "inside.example:81";
    const auto rewritten = request("GET http://Example.com/x HTTP/1.1\nHost: Example.com");
    EXPECT_THAT(rewritten, HasSubstr("GET /x HTTP/1.1\nHost: inside.example:81\n"));
    EXPECT_THAT(rewritten, HasSubstr("X-Forwarded-Host: Example.com\n"));
}

TEST_F(Heads, RequestEdits) {
    route_.request_headers = {{Verb::set, "X-Client", "${client.address} ${request.id}"},
                              {Verb::add, "X-Tag", "one"},
                              {Verb::add, "X-Tag", "two"},
                              {Verb::remove, "Cookie", ""},
                              {Verb::remove, "X-Secret", ""},
                              {Verb::set, "X-Where", "${request.host}${request.path}"}};
    const auto head = request(
        "GET /a HTTP/1.1\nHost: B:81\nX-CLIENT: spoofed\nCookie: c\nX-Tag: zero\nx-secret: s\n"
        "X_Client: spoofed too\nX-Secrets: kept\nx_other: kept");
    EXPECT_THAT(head, HasSubstr("X-Tag: zero\nX-Secrets: kept\nx_other: kept\nForwarded"));
    EXPECT_THAT(head, HasSubstr(fmt::format("\nX-Client: 192.0.2.7 {}\nX-Tag: one\nX-Tag: two\n"
                                            "X-Where: B/a\n\n",
                                            id_text)));
    EXPECT_THAT(head, Not(HasSubstr("spoofed")));
    EXPECT_THAT(head, Not(HasSubstr("Cookie")));
    EXPECT_THAT(head, Not(HasSubstr("x-secret:")));
}

TEST_F(Heads, LaterEditsOfAFieldCount) {
    route_.request_headers = {{Verb::add, "X-A", "1"},
                              {Verb::set, "x-a", "2"},
                              {Verb::add, "X-B", "1"},
                              {Verb::remove, "X-B", ""}};
    const auto head = request("GET / HTTP/1.1\nHost: a\nX-A: 0");
    EXPECT_THAT(head, HasSubstr("\nx-a: 2\n\n"));
    EXPECT_THAT(head, Not(HasSubstr("X-A")));
    EXPECT_THAT(head, Not(HasSubstr("X-B")));
}

TEST_F(Heads, EditsOfOurOwnFieldsHaveTheLastWord) {
    route_.request_headers = {{Verb::remove, "Forwarded", ""},
                              {Verb::remove, "Via", ""},
                              {Verb::remove, "X-Forwarded-Port", ""},
                              {Verb::set, "X-Forwarded-For", "${client.address}"},
                              {Verb::set, "X-Request-Id", "fixed"}};
    const auto head = request("GET / HTTP/1.1\nHost: a\nVia: 1.1 b");
    for (const auto* absent : {"\nForwarded", "Via", "X-Forwarded-Port", "0123456789"})
        EXPECT_THAT(head, Not(HasSubstr(absent)));
    EXPECT_THAT(head, HasSubstr("\nX-Forwarded-For: 192.0.2.7\nX-Request-Id: fixed\n\n"));
}

TEST_F(Heads, AVariableNeverBreaksTheLine) {
    route_.response_headers = {{Verb::set, "X-Host", "${request.host}"}, {Verb::set, "X-B", "b"}};
    variables_.host = "a\r\nSet-Cookie: evil";
    has_route_ = true;
    const auto head = response("HTTP/1.1 200 OK\nX-Host: old");
    EXPECT_THAT(head, Not(HasSubstr("evil")));
    EXPECT_THAT(head, Not(HasSubstr("X-Host")));
    EXPECT_THAT(head, HasSubstr("X-B: b\n\n"));
}

TEST_F(Heads, TooLargeIsSaid) {
    capacity_ = 100;
    request("GET / HTTP/1.1\nHost: a");
    EXPECT_EQ(written_, Written::too_large);
}

// --- to the client

TEST_F(Heads, AResponseAsTheClientGetsIt) {
    answer_.framing = Framing::length;
    answer_.content_length = 5;
    EXPECT_EQ(
        response("HTTP/1.1 200 Fine\nServer: nginx\nDate: then\nContent-Type: text/plain\n"
                 "Content-Length: 5\nConnection: keep-alive, X-Hop\nKeep-Alive: timeout=5\n"
                 "X-Hop: 1\nX-Request-Id: theirs\nETag: \"x\""),
        "HTTP/1.1 200 Fine\nServer: nginx\nDate: then\nContent-Type: text/plain\nETag: \"x\"\n"
        "Content-Length: 5\nX-Request-Id: 0123456789abcdeffedcba9876543210\n"
        "Via: 1.1 streamgate\n\n");
}

TEST_F(Heads, DateAndServerAreAddedWhenAbsent) {
    const auto head = response("HTTP/1.1 204 No Content\nX: 1");
    EXPECT_EQ(head,
              "HTTP/1.1 204 No Content\nX: 1\nDate: Mon, 23 Nov 2026 06:40:05 GMT\n"
              "Server: streamgate\nX-Request-Id: 0123456789abcdeffedcba9876543210\n"
              "Via: 1.1 streamgate\n\n");
}

TEST_F(Heads, ResponseFramingIsOurs) {
    constexpr std::string_view chunked = "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\nTrailer: X";
    answer_.framing = Framing::chunked;
    auto head = response(chunked);
    EXPECT_THAT(head, HasSubstr("\nTransfer-Encoding: chunked\n"));
    EXPECT_THAT(head, Not(HasSubstr("Trailer")));
    answer_.framing = Framing::until_close;
    reply_.minor = 0;
    head = response(chunked);
    EXPECT_THAT(head, Not(HasSubstr("Transfer-Encoding")));
    EXPECT_THAT(head, HasSubstr("\nConnection: close\n"));
    answer_.framing = Framing::none;
    EXPECT_THAT(response("HTTP/1.1 200 OK\nContent-Length: 0"), HasSubstr("\nContent-Length: 0\n"));
}

TEST_F(Heads, LengthOfWhatIsNotSent) {
    EXPECT_THAT(response("HTTP/1.1 200 OK\nContent-Length: 77", http::Method::head),
                HasSubstr("\nContent-Length: 77\n"));
    EXPECT_THAT(response("HTTP/1.1 200 OK\nTransfer-Encoding: chunked", http::Method::head),
                Not(HasSubstr("Content-Length")));
    EXPECT_THAT(response("HTTP/1.1 304 Not Modified\nContent-Length: 77"),
                HasSubstr("\nContent-Length: 77\n"));
    EXPECT_THAT(response("HTTP/1.1 204 No Content"), Not(HasSubstr("Content-Length")));
}

TEST_F(Heads, ConnectionTowardsTheClient) {
    constexpr std::string_view lines = "HTTP/1.1 200 OK\nContent-Length: 0\nConnection: close";
    EXPECT_THAT(response(lines), Not(HasSubstr("Connection")));
    reply_.minor = 0;
    EXPECT_THAT(response(lines), HasSubstr("\nConnection: keep-alive\n"));
    reply_.connection = OnConnection::close;
    EXPECT_THAT(response(lines), HasSubstr("\nConnection: close\n"));
}

TEST_F(Heads, InterimResponsesPassBare) {
    EXPECT_EQ(response("HTTP/1.1 103 Early Hints\nLink: </a.css>\nConnection: close"),
              "HTTP/1.1 103 Early Hints\nLink: </a.css>\n\n");
    EXPECT_EQ(response("HTTP/1.1 100 Continue"), "HTTP/1.1 100 Continue\n\n");
}

TEST_F(Heads, SwitchingProtocols) {
    const auto head = response(
        "HTTP/1.1 101 Switching Protocols\nConnection: upgrade\nUpgrade: websocket\n"
        "Sec-WebSocket-Accept: x");
    EXPECT_THAT(head,
                HasSubstr("Sec-WebSocket-Accept: x\nConnection: Upgrade\nUpgrade: websocket\n"));
    EXPECT_THAT(head, Not(HasSubstr("Content-Length")));
}

TEST_F(Heads, ProxyStatusFollowsThoseReceived) {
    constexpr std::string_view lines =
        "HTTP/1.1 503 Service Unavailable\nContent-Length: 0\nProxy-Status: inner";
    EXPECT_THAT(response(lines), Not(HasSubstr("streamgate;")));
    answer_.ending = Ending::upstream_status;
    const auto head = response(lines);
    EXPECT_LT(head.find("Proxy-Status: inner\n"), head.find("Proxy-Status: streamgate; "));
    EXPECT_THAT(head, HasSubstr("received-status=503; details=\"upstream_status\"\n"));
}

TEST_F(Heads, StickyCookie) {
    answer_.sticky_cookie = "sg=e1; Path=/; HttpOnly";
    EXPECT_THAT(
        response("HTTP/1.1 200 OK\nSet-Cookie: a=b"),
        testing::ContainsRegex("Set-Cookie: a=b\n(.*\n)*Set-Cookie: sg=e1; Path=/; HttpOnly\n"));
    answer_.sticky_cookie = "sg=e1\r\nEvil: 1";
    EXPECT_THAT(response("HTTP/1.1 200 OK"), Not(HasSubstr("Evil")));
}

TEST_F(Heads, ResponseEdits) {
    has_route_ = true;
    route_.response_headers = {{Verb::set, "Strict-Transport-Security", "max-age=63072000"},
                               {Verb::remove, "Server", ""},
                               {Verb::remove, "Via", ""},
                               {Verb::add, "X-Id", "${request.id}"}};
    const auto head =
        response("HTTP/1.1 200 OK\nServer: secret\nstrict-transport-security: 0\nVia: 1.1 x");
    EXPECT_THAT(head, Not(HasSubstr("Server")));
    EXPECT_THAT(head, Not(HasSubstr("Via")));
    EXPECT_THAT(head, Not(HasSubstr("strict")));
    EXPECT_THAT(head, HasSubstr(fmt::format(
                          "\nStrict-Transport-Security: max-age=63072000\nX-Id: {}\n\n", id_text)));
}

// --- made here

TEST_F(Heads, AProblem) {
    has_route_ = true;
    route_.response_headers = {{Verb::set, "Cache-Control", "max-age=60"}};
    EXPECT_EQ(
        made({.reply = {},
              .status = 503,
              .ending = Ending::no_healthy_endpoint,
              .content_type = "application/problem+json",
              .content_length = 12,
              .location = {},
              .allow = {},
              .retry_after_s = 2}),
        "HTTP/1.1 503 Service Unavailable\nDate: Mon, 23 Nov 2026 06:40:05 GMT\n"
        "Server: streamgate\nX-Request-Id: 0123456789abcdeffedcba9876543210\nRetry-After: 2\n"
        "Content-Type: application/problem+json\nContent-Length: 12\nCache-Control: no-store\n"
        "Proxy-Status: streamgate; error=destination_unavailable; "
        "details=\"no_healthy_endpoint\"\n\n");
}

TEST_F(Heads, ARedirectCarriesTheRoutesEdits) {
    has_route_ = true;
    route_.response_headers = {{Verb::set, "Strict-Transport-Security", "max-age=1"}};
    const auto head = made({.reply = {},
                            .status = 308,
                            .ending = Ending::redirected,
                            .content_type = {},
                            .location = "https://example.com/",
                            .allow = {}});
    EXPECT_THAT(head, HasSubstr("HTTP/1.1 308 Permanent Redirect\n"));
    EXPECT_THAT(head, HasSubstr("\nLocation: https://example.com/\nContent-Length: 0\n"));
    EXPECT_THAT(head, HasSubstr("\nStrict-Transport-Security: max-age=1\n\n"));
    EXPECT_THAT(head, Not(HasSubstr("Proxy-Status")));
}

TEST_F(Heads, MadeHeadsSayWhatTheyMust) {
    reply_.connection = OnConnection::close;
    const auto head = made({.reply = {},
                            .status = 405,
                            .ending = Ending::method_not_allowed,
                            .content_type = "text/plain",
                            .location = {},
                            .allow = "GET, HEAD"});
    EXPECT_THAT(head, HasSubstr("\nAllow: GET, HEAD\n"));
    EXPECT_THAT(head, HasSubstr("\nConnection: close\n"));
    const auto empty =
        made({.reply = {}, .status = 204, .content_type = {}, .location = {}, .allow = {}});
    EXPECT_THAT(empty, Not(HasSubstr("Content-")));
    made({.reply = {}, .status = 301, .content_type = {}, .location = "/\r\nEvil: 1", .allow = {}});
    EXPECT_EQ(written_, Written::malformed);
}

}  // namespace
}  // namespace sg::gateway::proxy
