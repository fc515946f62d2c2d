// The framing checklist for requests, row by row: what is refused and why, and what must not be
// refused.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "http/h1/feed.h"

namespace sg::http::h1 {
namespace {

using namespace std::string_literals;

std::string shown(Defect defect) { return std::string(name_of(defect)); }

struct Case {
    std::string bytes;
    Defect defect;
};

// Fields after a good request line, Host included.
std::string with(const std::string& lines) {
    return "POST / HTTP/1.1\r\nHost: a\r\n" + lines + "\r\n\r\n";
}
std::string line(const std::string& request_line) { return request_line + "\r\nHost: a\r\n\r\n"; }
std::string host(const std::string& host_lines) {
    return "GET / HTTP/1.1\r\n" + host_lines + "Accept: *\r\n\r\n";
}

void expect_refused(const std::vector<Case>& cases) {
    for (const auto& [bytes, defect] : cases)
        for (const std::size_t step : {bytes.size(), 1UL, 3UL, 16UL}) {
            const auto parsed = request_in_steps(bytes, step);
            EXPECT_EQ(parsed.verdict.progress, Progress::bad) << bytes;
            EXPECT_EQ(shown(parsed.verdict.defect), shown(defect))
                << bytes << " in steps of " << step;
        }
}

TEST(RequestRefused, LengthAndCodingTogether) {
    expect_refused({
        {with("Content-Length: 3\r\nTransfer-Encoding: chunked"),
         Defect::transfer_encoding_and_length},
        {with("Transfer-Encoding: chunked\r\nContent-Length: 3"),
         Defect::transfer_encoding_and_length},
        {with("transfer-encoding: chunked\r\ncontent-length: 0"),
         Defect::transfer_encoding_and_length},
        {with("Transfer-Encoding: identity\r\nContent-Length: 3"),
         Defect::transfer_encoding_and_length},
    });
}

TEST(RequestRefused, ContentLength) {
    const auto repeated = Defect::content_length_repeated;
    const auto invalid = Defect::content_length_invalid;
    expect_refused({
        {with("Content-Length: 5\r\nContent-Length: 6"), repeated},
        // Equal ones too: an intermediary that keeps one and an endpoint that adds them differ.
        {with("Content-Length: 5\r\nContent-Length: 5"), repeated},
        {with("Content-Length: 5\r\nContent-length:"), repeated},
        {with("Content-Length: 5, 6"), invalid},
        {with("Content-Length: 5, 5"), invalid},
        {with("Content-Length: 5,"), invalid},
        {with("Content-Length: +5"), invalid},
        {with("Content-Length: -1"), invalid},
        {with("Content-Length: 0x5"), invalid},
        {with("Content-Length: 5_0"), invalid},
        {with("Content-Length: 5 0"), invalid},
        {with("Content-Length: 5;"), invalid},
        {with("Content-Length: 5.0"), invalid},
        {with("Content-Length: 1e1"), invalid},
        {with("Content-Length: \"5\""), invalid},
        {with("Content-Length:"), invalid},
        {with("Content-Length:   "), invalid},
        {with("Content-Length: ٥"), invalid},  // An Arabic digit.
        {with("Content-Length: 5\xa0"), invalid},
        {with("Content-Length:\t5"), invalid},
        {with("Content-Length: 5\t"), invalid},
        {with("Content-Length: 9223372036854775808"), invalid},
        {with("Content-Length: 18446744073709551621"), invalid},  // 5 in 64 bits.
        {with("Content-Length: 99999999999999999999999999"), invalid},
    });
}

TEST(RequestRefused, TransferEncoding) {
    const auto invalid = Defect::transfer_encoding_invalid;
    expect_refused({
        {with("Transfer-Encoding: xchunked"), invalid},
        {with("Transfer-Encoding: chunkedx"), invalid},
        {with("Transfer-Encoding: chunked, identity"), invalid},
        {with("Transfer-Encoding: chunked, gzip"), invalid},
        {with("Transfer-Encoding: identity"), invalid},
        {with("Transfer-Encoding: gzip"), invalid},
        {with("Transfer-Encoding: ,chunked"), invalid},
        {with("Transfer-Encoding: chunked,"), invalid},
        {with("Transfer-Encoding: chunked chunked"), invalid},
        {with("Transfer-Encoding: chunked, chunked"), invalid},
        {with("Transfer-Encoding: chunked;q=1"), invalid},
        {with("Transfer-Encoding: \"chunked\""), invalid},
        {with("Transfer-Encoding: 'chunked'"), invalid},
        {with("Transfer-Encoding:"), invalid},
        {with("Transfer-Encoding:\tchunked"), invalid},
        {with("Transfer-Encoding: chunked\t"), invalid},
        {with("Transfer-Encoding: chunked\x85"), invalid},
        {with("Transfer-Encoding: \xa0"
              "chunked"),
         invalid},
        {with("Transfer-Encoding: \x0b"
              "chunked"),
         Defect::control_byte},
        {with("Transfer-Encoding: chunked\x0c"), Defect::control_byte},
        {with("Transfer-Encoding: chunked\0"s), Defect::control_byte},
        {with("Transfer-Encoding: gzip, chunked"), Defect::transfer_coding_unsupported},
        {with("Transfer-Encoding: identity, chunked"), Defect::transfer_coding_unsupported},
        {with("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked"),
         Defect::transfer_encoding_repeated},
        {with("Transfer-Encoding: chunked\r\nTransfer-encoding: x"),
         Defect::transfer_encoding_repeated},
        {with("Transfer-Encoding : chunked"), Defect::field_space_before_colon},
        {with("Transfer-Encoding\t: chunked"), Defect::field_space_before_colon},
        {with(" Transfer-Encoding: chunked"), Defect::field_folded},
        {with("Transfer-Encoding:\r\n chunked"), Defect::field_folded},
        {with("X: y\nTransfer-Encoding: chunked"), Defect::bare_lf},
        {with("X: y\rTransfer-Encoding: chunked"), Defect::bare_cr},
        {"POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n",
         Defect::transfer_encoding_version},
    });
}

TEST(RequestRefused, Lines) {
    expect_refused({
        {"GET / HTTP/1.1\nHost: a\n\n", Defect::bare_lf},
        {"GET / HTTP/1.1\r\nHost: a\n\r\n", Defect::bare_lf},
        {"GET / HTTP/1.1\r\nHost: a\r\n\n", Defect::bare_lf},
        {"\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", Defect::bare_lf},
        {"GET / HTTP/1.1\rHost: a\r\r", Defect::bare_cr},
        {"GET / HTTP/1.1\r\nHost: a\r\r\n\r\n", Defect::bare_cr},
        {"GET / HTTP/1.1\r\nHost: a\r\n\rX", Defect::bare_cr},
        {"\rGET / HTTP/1.1\r\nHost: a\r\n\r\n", Defect::bare_cr},
        {with("X: a\0b"s), Defect::control_byte},
        {with("X: a\x01"), Defect::control_byte},
        {with("X: a\x7f"), Defect::control_byte},
        {with("X: a\rb"), Defect::bare_cr},
        {with("X: a\nb"), Defect::bare_lf},
        {with("X\0: a"s), Defect::control_byte},
        {with("X: a\r\n b"), Defect::field_folded},
        {with("X: a\r\n\tb"), Defect::field_folded},
        {with("X: a\r\n "), Defect::field_folded},
        {"GET / HTTP/1.1\r\n Host: a\r\n\r\n", Defect::field_folded},
        {"GET / HTTP/1.1\r\n\tHost: a\r\n\r\n", Defect::field_folded},
        {with("X : a"), Defect::field_space_before_colon},
        {with("X\t: a"), Defect::field_space_before_colon},
        {with("X"), Defect::field_colon_missing},
        {with("X a"), Defect::field_colon_missing},
        {with(": a"), Defect::field_name_empty},
        {with(":"), Defect::field_name_empty},
        {with("X Y: a"), Defect::field_name},
        {with("X(: a"), Defect::field_name},
        {with("X\xc3\xa9: a"), Defect::field_name},
        {with("X/Y: a"), Defect::field_name},
        {with("\"X\": a"), Defect::field_name},
        {with("X\xa0: a"), Defect::field_name},
        {"\x16\x03\x01\x02", Defect::control_byte},  // TLS on a port without.
    });
}

TEST(RequestRefused, RequestLine) {
    expect_refused({
        {line("GET /"), Defect::request_line},  // HTTP/0.9
        {line("GET"), Defect::request_line},
        {line(""), Defect::method},  // The empty line is skipped: `Host: a` is the request line.
        {line(" GET / HTTP/1.1"), Defect::request_line},
        {line("GET  / HTTP/1.1"), Defect::request_line},
        {line("GET /  HTTP/1.1"), Defect::request_line},
        {line("GET / HTTP/1.1 "), Defect::request_line},
        {line("GET\t/ HTTP/1.1"), Defect::request_line},
        {line("GET /\tHTTP/1.1"), Defect::request_line},
        {line("GET /\t HTTP/1.1"), Defect::request_line},
        {line("GET /a b HTTP/1.1"), Defect::request_line},
        {line("GET  HTTP/1.1"), Defect::request_line},
        {line("G(T / HTTP/1.1"), Defect::method},
        {line("GET: / HTTP/1.1"), Defect::method},
        {line("G\xc3\x89T / HTTP/1.1"), Defect::method},
        {line(std::string(33, 'A') + " / HTTP/1.1"), Defect::method},
        {line("GET / HTTP/1.10"), Defect::version},
        {line("GET / HTTP/01.1"), Defect::version},
        {line("GET / HTTP/1"), Defect::version},
        {line("GET / HTTP/1,1"), Defect::version},
        {line("GET / HTTP/1.x"), Defect::version},
        {line("GET / HTTP/ 1.1"), Defect::request_line},
        {line("GET / http/1.1"), Defect::version},
        {line("GET / HTTPS/1.1"), Defect::version},
        {line("GET / ICY/1.1"), Defect::version},
        {line("GET / HTTP/2.0"), Defect::version_unsupported},
        {line("GET / HTTP/0.9"), Defect::version_unsupported},
        {line("GET / HTTP/1.2"), Defect::version_unsupported},
        {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", Defect::version_unsupported},
        {"\r\n\r\n\r\n", Defect::request_line},
        {"\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", Defect::request_line},
    });
}

TEST(RequestRefused, Target) {
    expect_refused({
        {line("GET /#x HTTP/1.1"), Defect::target_fragment},
        {line("GET /?a#x HTTP/1.1"), Defect::target_fragment},
        {line("GET /a\\b HTTP/1.1"), Defect::target_character},
        {line("GET \\ HTTP/1.1"), Defect::target_form},
        {line("GET /\xc0\xaf HTTP/1.1"), Defect::target_character},
        {line("GET /?\xc3\xa9 HTTP/1.1"), Defect::target_character},
        {line("GET /%00 HTTP/1.1"), Defect::target_encoding},
        {line("GET /%0d%0aX HTTP/1.1"), Defect::target_encoding},
        {line("GET /%1F HTTP/1.1"), Defect::target_encoding},
        {line("GET /%7f HTTP/1.1"), Defect::target_encoding},
        {line("GET /%zz HTTP/1.1"), Defect::target_encoding},
        {line("GET /% HTTP/1.1"), Defect::target_encoding},
        {line("GET /%2 HTTP/1.1"), Defect::target_encoding},
        {line("GET a HTTP/1.1"), Defect::target_form},
        {line("GET ?a HTTP/1.1"), Defect::target_form},
        {line("GET * HTTP/1.1"), Defect::target_form},
        {line("GET a:80 HTTP/1.1"), Defect::target_form},
        {line("OPTIONS ** HTTP/1.1"), Defect::target_form},
        {line("GET ftp://a/ HTTP/1.1"), Defect::target_form},
        {line("GET http:/a/ HTTP/1.1"), Defect::target_form},
        {line("GET http:///x HTTP/1.1"), Defect::host_invalid},
        {line("GET http://u@a/ HTTP/1.1"), Defect::host_invalid},
        {line("GET http://u:p@a/ HTTP/1.1"), Defect::host_invalid},
        {line("GET http://a\\@b/ HTTP/1.1"), Defect::host_invalid},
        {line("GET http://a#/ HTTP/1.1"), Defect::target_fragment},
        {line("GET http://b/ HTTP/1.1"), Defect::host_differs},
        {line("GET http://a:80/ HTTP/1.1"), Defect::host_differs},
        {line("CONNECT / HTTP/1.1"), Defect::target_form},
        {line("CONNECT a HTTP/1.1"), Defect::target_form},
        {line("CONNECT a: HTTP/1.1"), Defect::target_form},
        {line("CONNECT http://a:1/ HTTP/1.1"), Defect::target_form},
        {line("CONNECT b:443 HTTP/1.1"), Defect::host_differs},
        {"CONNECT a:1 HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\n", Defect::body_not_allowed},
        {line("GET /" + std::string(8192, 'a') + " HTTP/1.1"), Defect::target_too_long},
        {"GET /" + std::string(9000, 'a'),
         Defect::target_too_long},  // Without waiting for its end.
    });
}

TEST(RequestRefused, Host) {
    const auto invalid = Defect::host_invalid;
    expect_refused({
        {host(""), Defect::host_missing},
        {host("Host: a\r\nHost: b\r\n"), Defect::host_repeated},
        {host("Host: a\r\nHost: a\r\n"), Defect::host_repeated},
        {host("Host: a\r\nhOST:\r\n"), Defect::host_repeated},
        {host("Host:\r\n"), invalid},
        {host("Host: a/b\r\n"), invalid},
        {host("Host: a/\r\n"), invalid},
        {host("Host: u@a\r\n"), invalid},
        {host("Host: u:p@a\r\n"), invalid},
        {host("Host: a?b\r\n"), invalid},
        {host("Host: a#b\r\n"), invalid},
        {host("Host: a\\b\r\n"), invalid},
        {host("Host: a b\r\n"), invalid},
        {host("Host: a, b\r\n"), invalid},
        {host("Host: a,b\r\n"), invalid},
        {host("Host: a\tb\r\n"), invalid},
        {host("Host: %61\r\n"), invalid},
        {host("Host: \xc3\xa9\r\n"), invalid},
        {host("Host: a:b\r\n"), invalid},
        {host("Host: a:80:80\r\n"), invalid},
        {host("Host: a:65536\r\n"), invalid},
        {host("Host: a:-1\r\n"), invalid},
        {host("Host: :80\r\n"), invalid},
        {host("Host: [::1\r\n"), invalid},
        {host("Host: [::1]a\r\n"), invalid},
        {host("Host: [::g]\r\n"), invalid},
        {host("Host: [fe80::1%25eth0]\r\n"), invalid},
        {host("Host: []\r\n"), invalid},
        {host("Host: http://a\r\n"), invalid},
        {"GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n", Defect::host_repeated},
    });
}

TEST(RequestRefused, Expect) {
    expect_refused({
        {with("Content-Length: 1\r\nExpect: 200-ok"), Defect::expectation},
        {with("Expect: 100-continue, other"), Defect::expectation},
        {with("Expect: 100-continue\r\nExpect: other"), Defect::expectation},
    });
}

TEST(RequestRefused, TooMuch) {
    std::string many;
    for (int i = 0; i < 100; ++i) many += "A: b\r\n";
    expect_refused({
        {"GET / HTTP/1.1\r\nHost: a\r\n" + many + "\r\n", Defect::fields_too_many},
        {with("X: " + std::string(40000, 'x')), Defect::head_too_large},
        {"GET / HTTP/1.1\r\nX: " + std::string(40000, 'x'), Defect::head_too_large},
    });
    EXPECT_EQ(status_of(Defect::fields_too_many), 431);
    EXPECT_EQ(status_of(Defect::head_too_large), 431);
    EXPECT_EQ(status_of(Defect::target_too_long), 414);
    EXPECT_EQ(status_of(Defect::transfer_coding_unsupported), 501);
    EXPECT_EQ(status_of(Defect::version_unsupported), 505);
    EXPECT_EQ(status_of(Defect::expectation), 417);
}

TEST(RequestRefused, AsSoonAsItIsKnown) {
    HeadScan scan;
    RequestHead head;
    EXPECT_EQ(parse_request("GET / HTTP/1.1\r\nX: \n", {}, scan, head).progress, Progress::bad);
    scan = {};
    EXPECT_EQ(parse_request("GET /\r\n\0"s, {}, scan, head).progress, Progress::bad);
    scan = {};
    const HeadLimits small{.head_bytes = 20, .fields = 1, .target_bytes = 8192};
    EXPECT_EQ(parse_request("GET / HTTP/1.1\r\nX: 123", small, scan, head).defect,
              Defect::head_too_large);
}

// --- what must not be refused
// ----------------------------------------------------------------------

TEST(RequestAccepted, EveryStep) {
    const std::string valid[] = {
        line("GET / HTTP/1.1"),
        "\r\n" + line("GET / HTTP/1.1"),
        "GET / HTTP/1.0\r\n\r\n",
        line("get / HTTP/1.1"),
        line("M-SEARCH / HTTP/1.1"),
        line("GET //a//b;p=1/..%2f/%c0%af/~u/!$&'()*+,;=:@ HTTP/1.1"),
        line("GET /?a[b]=1&c={d}|e^f`g\"h<i>\\%zz%&u=http://x/ HTTP/1.1"),
        line("GET /" + std::string(8191, 'a') + " HTTP/1.1"),
        line("GET http://a HTTP/1.1"),
        line("GET HTTPS://A/b?c HTTP/1.1"),
        line("GET http://a?x=1 HTTP/1.1"),
        line("OPTIONS http://a HTTP/1.1"),
        line("OPTIONS * HTTP/1.1"),
        line("OPTIONS /x HTTP/1.1"),
        line("CONNECT a:443 HTTP/1.1"),
        "CONNECT [::1]:443 HTTP/1.1\r\nHost: [::1]:443\r\n\r\n",
        host("Host: a:80\r\n"),
        host("Host: a:\r\n"),
        host("Host: a.example.\r\n"),
        host("Host: a_b.example\r\n"),
        host("Host: 127.0.0.1:8080\r\n"),
        host("Host: [::ffff:1.2.3.4]:80\r\n"),
        host("host:a\r\n"),
        with("X-Empty:"),
        with("X-Empty:    "),
        with("X: caf\xc3\xa9 \xff\x80"),
        with("X: a\tb"),
        with("X:\ta\t"),
        with("!#$%&'*+-.^_`|~09azAZ: all of token"),
        with("X: \"a, b\"; c=d (e) \\"),
        with("X: " + std::string(30000, 'x')),
        with("Content-Length: 0"),
        with("Content-Length: 9223372036854775807"),
        with("Content-Length: 0005"),
        with("Content-Length:5"),
        with("Content-Length:   5   "),
        with("Transfer-Encoding: chunked"),
        with("Transfer-Encoding:CHUNKED"),
        with("TE: trailers\r\nConnection: TE, close"),
        with("Connection:\r\nConnection: ,,close,"),
        with("Expect: 100-Continue\r\nContent-Length: 3"),
        with("Accept: a\r\nAccept: b\r\nAccept: c"),
        "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\n",
        "TRACE / HTTP/1.1\r\nHost: a\r\nMax-Forwards: 0\r\n\r\n",
        "POST / HTTP/1.0\r\nContent-Length: 3\r\n\r\n",
        "GET / HTTP/1.0\r\nHost: a\r\nExpect: anything\r\n\r\n",
    };
    for (const auto& bytes : valid)
        for (const std::size_t step : {bytes.size(), 1UL, 7UL}) {
            const auto parsed = request_in_steps(bytes, step);
            EXPECT_EQ(parsed.verdict.progress, Progress::done)
                << bytes << " in steps of " << step << ": " << sentence_of(parsed.verdict.defect);
            EXPECT_EQ(parsed.verdict.bytes, bytes.size()) << bytes;
        }
}

TEST(RequestAccepted, WhatTheHeadSays) {
    const std::string bytes =
        "PUT /a%20b;c?d=e?f HTTP/1.1\r\nHost: Example.com:81\r\nX-One:  1 \r\nContent-Length: "
        "12\r\n\r\nbody";
    const auto parsed = request_in_steps(bytes, bytes.size());
    const auto& head = *parsed.head;
    EXPECT_EQ(parsed.verdict.bytes, bytes.size() - 4);
    EXPECT_EQ(head.method, Method::put);
    EXPECT_EQ(head.method_text, "PUT");
    EXPECT_EQ(head.target, "/a%20b;c?d=e?f");
    EXPECT_EQ(head.path, "/a%20b;c");
    EXPECT_EQ(head.query, "d=e?f");
    EXPECT_EQ(head.authority, "Example.com:81");
    EXPECT_EQ(head.minor, 1);
    EXPECT_EQ(head.framing, Framing::length);
    EXPECT_EQ(head.content_length, 12U);
    EXPECT_TRUE(head.keep_alive);
    EXPECT_FALSE(head.upgrade);
    EXPECT_FALSE(head.expects_continue);
    ASSERT_EQ(head.fields.size(), 3U);
    EXPECT_EQ(head.fields.all()[1].name, "X-One");
    EXPECT_EQ(head.fields.all()[1].value, "1");
    EXPECT_EQ(head.fields.all()[2].id, FieldId::content_length);
    EXPECT_EQ(head.fields.value(FieldId::host), "Example.com:81");
    EXPECT_NE(head.fields.find("x-one"), nullptr);
}

TEST(RequestAccepted, TargetForms) {
    struct Want {
        const char* request_line;
        const char* path;
        const char* query;
        const char* authority;
    };
    const Want wants[] = {
        {"GET /x?y HTTP/1.1", "/x", "y", "a"},         {"GET /x? HTTP/1.1", "/x", "", "a"},
        {"GET http://a/x?y HTTP/1.1", "/x", "y", "a"}, {"GET http://a HTTP/1.1", "/", "", "a"},
        {"GET http://A?y HTTP/1.1", "/", "y", "A"},    {"OPTIONS http://a HTTP/1.1", "*", "", "a"},
        {"OPTIONS http://a/ HTTP/1.1", "/", "", "a"},  {"OPTIONS * HTTP/1.1", "*", "", "a"},
        {"CONNECT a:443 HTTP/1.1", "", "", "a:443"},
    };
    for (const auto& want : wants) {
        const std::string bytes = line(want.request_line);
        const auto parsed = request_in_steps(bytes, bytes.size());
        EXPECT_EQ(parsed.verdict.progress, Progress::done) << want.request_line;
        EXPECT_EQ(parsed.head->path, want.path) << want.request_line;
        EXPECT_EQ(parsed.head->query, want.query) << want.request_line;
        EXPECT_EQ(parsed.head->has_query, bytes.find('?') != bytes.npos) << want.request_line;
        EXPECT_EQ(parsed.head->authority, want.authority) << want.request_line;
    }
}

TEST(RequestAccepted, Persistence) {
    struct Want {
        const char* version;
        const char* connection;
        bool keep_alive;
    };
    const Want wants[] = {
        {"1.1", "X: y", true},
        {"1.1", "Connection: close", false},
        {"1.1", "Connection: x, CLOSE", false},
        {"1.1", "Connection: keep-alive\r\nConnection: close", false},
        {"1.1", "Connection: closed", true},
        {"1.0", "X: y", false},
        {"1.0", "Connection: Keep-Alive", true},
        {"1.0", "Connection: keep-alive, close", false},
    };
    for (const auto& want : wants) {
        const std::string bytes = std::string("GET / HTTP/") + want.version + "\r\nHost: a\r\n" +
                                  want.connection + "\r\n\r\n";
        EXPECT_EQ(request_in_steps(bytes, bytes.size()).head->keep_alive, want.keep_alive) << bytes;
    }
}

TEST(RequestAccepted, UpgradeAndExpect) {
    const auto head = [](const std::string& lines) {
        auto parsed = request_in_steps(with(lines), 9999);
        EXPECT_EQ(parsed.verdict.progress, Progress::done) << lines;
        return std::move(parsed.head);
    };
    EXPECT_TRUE(head("Connection: Upgrade\r\nUpgrade: websocket")->upgrade);
    EXPECT_TRUE(head("Upgrade: websocket\r\nConnection: keep-alive, Upgrade")->upgrade);
    EXPECT_FALSE(head("Upgrade: websocket")->upgrade);
    EXPECT_FALSE(head("Connection: upgrade")->upgrade);
    EXPECT_FALSE(head("Connection: upgrade\r\nUpgrade:")->upgrade);
    EXPECT_FALSE(
        head("Connection: upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: x")->upgrade);
    EXPECT_FALSE(head("Connection: upgrade\r\nUpgrade: websocket, h2c")->upgrade);
    EXPECT_FALSE(head("Connection: upgrade\r\nUpgrade: HTTP/2.0")->upgrade);
    EXPECT_FALSE(head("Connection: upgrade\r\nUpgrade: websocket\r\nContent-Length: 2")->upgrade);
    EXPECT_TRUE(head("Expect: 100-continue\r\nContent-Length: 2")->expects_continue);
    EXPECT_TRUE(head("Expect: 100-continue\r\nTransfer-Encoding: chunked")->expects_continue);
    EXPECT_FALSE(head("Expect: 100-continue\r\nContent-Length: 0")->expects_continue);
    EXPECT_FALSE(head("Expect: 100-continue")->expects_continue);
}

TEST(RequestAccepted, UnderscoreTwinsAreDropped) {
    const std::string bytes = with(
        "Content_Length: 99\r\nTRANSFER_ENCODING: chunked\r\nX_Forwarded-For: evil\r\nX_Other: "
        "stays\r\n"
        "Content_Length: 98\r\nProxy_Authorization: x\r\n_: stays");
    const auto parsed = request_in_steps(bytes, 9999);
    ASSERT_EQ(parsed.verdict.progress, Progress::done);
    EXPECT_EQ(parsed.head->framing, Framing::none);
    std::vector<std::string_view> names;
    for (const auto& field : parsed.head->fields.all()) names.push_back(field.name);
    EXPECT_THAT(names, testing::ElementsAre("Host", "X_Other", "_"));
}

TEST(RequestAccepted, Pipelined) {
    const std::string two = line("GET /1 HTTP/1.1") + line("GET /2 HTTP/1.1");
    const auto first = request_in_steps(two, two.size());
    ASSERT_EQ(first.verdict.progress, Progress::done);
    EXPECT_EQ(first.head->path, "/1");
    const auto second = request_in_steps(std::string_view(two).substr(first.verdict.bytes), 1);
    ASSERT_EQ(second.verdict.progress, Progress::done);
    EXPECT_EQ(second.head->path, "/2");
}

}  // namespace
}  // namespace sg::http::h1
