// Whom we believe about the client's address, and what we make of odd and hostile values.
#include "gateway/proxy/forwarded.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <vector>

#include "gateway/router/request_for_test.h"

namespace sg::gateway::proxy {
namespace {

using router::ParsedRequest;

const std::vector<Cidr> listed = {parse_cidr("10.0.0.0/8").value(),
                                  parse_cidr("2001:db8:1::/48").value()};

IpAddress ip(std::string_view text) { return parse_ip(text).value(); }

struct Asked {
    explicit Asked(std::string_view fields, std::string_view from = "10.0.0.1")
        : request(fmt::format("GET / HTTP/1.1\nHost: api.example.com{}{}",
                              fields.empty() ? "" : "\n", fields)) {
        const Caller caller{.ip = ip(from),
                            .listener_port = 8080,
                            .tls = false,
                            .trusted = is_trusted(listed, ip(from))};
        origin = find_origin(request.head, caller, listed);
    }
    std::string hops() const {
        std::string text;
        for (std::size_t i = 0; i < origin.hops; ++i) text += origin.hop[i].text() + " ";
        return text;
    }
    ParsedRequest request;
    Origin origin;
};

TEST(Origin, StrangersAreNotBelieved) {
    const Asked asked(
        "X-Forwarded-For: 1.2.3.4\nForwarded: for=1.2.3.4;proto=https;host=evil.example\n"
        "X-Forwarded-Proto: https\nX-Forwarded-Host: evil.example\nX-Forwarded-Port: 1",
        "192.0.2.7");
    EXPECT_EQ(asked.origin.client.text(), "192.0.2.7");
    EXPECT_EQ(asked.origin.proto, "http");
    EXPECT_EQ(asked.origin.host, "api.example.com");
    EXPECT_EQ(asked.origin.port, 8080);
    EXPECT_FALSE(asked.origin.proxied);
    EXPECT_EQ(asked.origin.hops, 0);
}

TEST(Origin, XForwardedForIsWalkedFromTheRight) {
    struct Row {
        std::string_view fields, client, hops;
    };
    constexpr Row rows[] = {
        {"", "10.0.0.1", ""},
        {"X-Forwarded-For: 192.0.2.1", "192.0.2.1", ""},
        {"X-Forwarded-For: 6.6.6.6, 192.0.2.1", "192.0.2.1", ""},
        {"X-Forwarded-For: 6.6.6.6, 192.0.2.1, 10.0.0.2,10.0.0.3", "192.0.2.1",
         "10.0.0.2 10.0.0.3 "},
        {"X-Forwarded-For: 10.0.0.9, 10.0.0.2", "10.0.0.9", "10.0.0.2 "},
        {"X-Forwarded-For: 6.6.6.6\nX-Forwarded-For: 192.0.2.1\nX-Forwarded-For: 10.0.0.2",
         "192.0.2.1", "10.0.0.2 "},
        {"X-Forwarded-For: 192.0.2.1:5555", "192.0.2.1", ""},
        {"X-Forwarded-For: [2001:db8:9::1]:5555, 2001:db8:1::2", "2001:db8:9::1", "2001:db8:1::2 "},
        {"X-Forwarded-For: ::ffff:192.0.2.1", "192.0.2.1", ""},
        {"X-Forwarded-For: , ,192.0.2.1, ,", "192.0.2.1", ""},
        // What is no address ends the walk: the client is the last one that we know.
        {"X-Forwarded-For: 192.0.2.1, unknown", "10.0.0.1", ""},
        {"X-Forwarded-For: 192.0.2.1, unknown, 10.0.0.2", "10.0.0.2", ""},
        {"X-Forwarded-For: 192.0.2.1, 10.0.0.2x", "10.0.0.1", ""},
        {"X-Forwarded-For: 192.0.2.1, 10.0.0.2:99999", "10.0.0.1", ""},
        {"X-Forwarded-For: 192.0.2.1, 10.0.0.2:0", "10.0.0.1", ""},
        {"X-Forwarded-For: 192.0.2.1, 010.0.0.2", "10.0.0.1", ""},
    };
    for (const Row& row : rows) {
        const Asked asked(row.fields);
        EXPECT_EQ(asked.origin.client.text(), row.client) << row.fields;
        EXPECT_EQ(asked.hops(), row.hops) << row.fields;
        EXPECT_EQ(asked.origin.proxied, row.client != "10.0.0.1") << row.fields;
    }
}

TEST(Origin, TheChainIsBounded) {
    std::string list = "X-Forwarded-For: 192.0.2.1";
    for (int i = 0; i < 100; ++i) list += fmt::format(", 10.1.0.{}", 100 - i);
    const Asked asked(list);
    EXPECT_EQ(asked.origin.hops, Origin::hops_max);
    EXPECT_EQ(asked.origin.client.text(), "10.1.0.9");
    EXPECT_EQ(asked.origin.hop[Origin::hops_max - 1].text(), "10.1.0.1");
}

TEST(Origin, ForwardedIsReadWhenThereIsNoXForwardedFor) {
    const Asked asked(
        "Forwarded: for=6.6.6.6;host=evil.example, "
        "for=192.0.2.1;host=\"www.example.com:444\";proto=HTTPS\n"
        "Forwarded: for=10.0.0.2;by=10.0.0.3");
    EXPECT_EQ(asked.origin.client.text(), "192.0.2.1");
    EXPECT_EQ(asked.hops(), "10.0.0.2 ");
    EXPECT_EQ(asked.origin.host, "www.example.com:444");
    EXPECT_EQ(asked.origin.proto, "https");
    EXPECT_EQ(asked.origin.port, 444);
}

// A proxy that maintains X-Forwarded-For passes a stranger's Forwarded on.
TEST(Origin, XForwardedForCountsFirst) {
    const Asked asked("Forwarded: for=6.6.6.6;proto=https\nX-Forwarded-For: 192.0.2.1");
    EXPECT_EQ(asked.origin.client.text(), "192.0.2.1");
    EXPECT_EQ(asked.origin.proto, "http");
}

TEST(Origin, AMalformedForwardedIsNotBelievedAtAll) {
    for (const std::string_view value :
         {"for=192.0.2.1;proto=https, for", "for=192.0.2.1, for=\"10.0.0.2", "for=192.0.2.1 x=y",
          "for=192.0.2.1;for=192.0.2.2", "=192.0.2.1", "for=192.0.2.1;host=\"a\\\"b\"",
          "for=[::1]"}) {
        const Asked asked(fmt::format("Forwarded: {}", value));
        EXPECT_EQ(asked.origin.client.text(), "10.0.0.1") << value;
        EXPECT_EQ(asked.origin.proto, "http") << value;
    }
}

TEST(Origin, ObfuscatedAndUnknownEndTheWalk) {
    for (const std::string_view node : {"unknown", "_hidden", "\"_gazonk:80\"", "\"unknown:80\""})
        EXPECT_EQ(Asked(fmt::format("Forwarded: for=192.0.2.1, for={}", node)).origin.client.text(),
                  "10.0.0.1");
}

TEST(Origin, ProtoHostAndPort) {
    const Asked https("X-Forwarded-For: 192.0.2.1\nX-Forwarded-Proto: https");
    EXPECT_EQ(https.origin.proto, "https");
    EXPECT_EQ(https.origin.port, 443);
    const Asked list("X-Forwarded-Proto: gopher, http\nX-Forwarded-Host: evil, www.example.com:81");
    EXPECT_EQ(list.origin.proto, "http");
    EXPECT_EQ(list.origin.host, "www.example.com:81");
    EXPECT_EQ(list.origin.port, 81);
    const Asked port("X-Forwarded-Proto: https\nX-Forwarded-Port: 8443");
    EXPECT_EQ(port.origin.port, 8443);
    const Asked six("X-Forwarded-Proto: https\nX-Forwarded-Host: [::1]");
    EXPECT_EQ(six.origin.port, 443);
    for (const std::string_view bad : {"a/b", "a b", "a\"b", "user@host", "a\\b"})
        EXPECT_EQ(Asked(fmt::format("X-Forwarded-Host: {}", bad)).origin.host, "api.example.com");
    for (const std::string_view bad : {"0", "65536", "-1", "80x", ""})
        EXPECT_EQ(Asked(fmt::format("X-Forwarded-Port: {}", bad)).origin.port, 8080);
    EXPECT_EQ(Asked("X-Forwarded-Proto: javascript").origin.proto, "http");
}

TEST(Forwarded, ExamplesOfTheRfc) {  // RFC 7239 §4, §7.1
    std::string_view rest = "for=\"_gazonk\"";
    EXPECT_EQ(take_forwarded(rest)->for_, "_gazonk");
    rest = "For=\"[2001:db8:cafe::17]:4711\"";
    EXPECT_EQ(take_forwarded(rest)->for_, "[2001:db8:cafe::17]:4711");
    rest = "for=192.0.2.60;proto=http;by=203.0.113.43";
    const auto element = take_forwarded(rest);
    EXPECT_EQ(element->for_, "192.0.2.60");
    EXPECT_EQ(element->proto, "http");
    EXPECT_EQ(element->by, "203.0.113.43");
    EXPECT_TRUE(rest.empty());
    rest = "for=192.0.2.43, for=198.51.100.17;; ext=1 ,,for=\"a,b\"";
    EXPECT_EQ(take_forwarded(rest)->for_, "192.0.2.43");
    EXPECT_EQ(take_forwarded(rest)->for_, "198.51.100.17");
    EXPECT_EQ(take_forwarded(rest)->for_, "a,b");
    EXPECT_FALSE(take_forwarded(rest));
    EXPECT_TRUE(rest.empty());
    rest = "for=1;x";
    EXPECT_FALSE(take_forwarded(rest));
    EXPECT_FALSE(rest.empty());
}

TEST(Node, Forms) {
    EXPECT_EQ(parse_node("192.0.2.1")->text(), "192.0.2.1");
    EXPECT_EQ(parse_node("[2001:db8::1]")->text(), "2001:db8::1");
    EXPECT_EQ(parse_node("[2001:db8::1]:65535")->text(), "2001:db8::1");
    for (const std::string_view bad :
         {"", "[", "[]", "[::1", "[::1]x", "[::1]:", "[::1]:x", "[192.0.2.1]", "192.0.2.1:", ":80",
          "192.0.2", "localhost", "1.2.3.4.5", "fe80::1%eth0"})
        EXPECT_FALSE(parse_node(bad)) << bad;
    EXPECT_FALSE(parse_node(std::string_view("1.2.3.4\0x", 9)));
    EXPECT_FALSE(parse_node(std::string(100, '1')));
}

TEST(Via, OurOwnPseudonymIsCounted) {
    const auto count = [](std::string_view fields) {
        const ParsedRequest request(fmt::format("GET / HTTP/1.1\nHost: a\n{}", fields));
        return count_in_via(request.head.fields, "streamgate-7f");
    };
    EXPECT_EQ(count("X: 1"), 0U);
    EXPECT_EQ(count("Via: 1.1 other, 1.1 streamgate-7f"), 1U);
    EXPECT_EQ(
        count(
            "Via: 1.1 streamgate-7f (a, comment), HTTP/1.0 streamgate-7f\nVia: 1.1 streamgate-7f"),
        3U);
    EXPECT_EQ(count("Via: 1.1 streamgate-7f0, 1.1 streamgate, streamgate-7f"), 0U);
    EXPECT_EQ(count("Via: 1.1\tstreamgate-7f(x)"), 1U);
}

}  // namespace
}  // namespace sg::gateway::proxy
