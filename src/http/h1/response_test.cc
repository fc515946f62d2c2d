// The framing checklist for what endpoints answer: where the body ends, or why the answer is
// refused.
#include <gtest/gtest.h>

#include "http/h1/feed.h"

namespace sg::http::h1 {
namespace {

using namespace std::string_literals;

std::string ok(const std::string& lines) { return "HTTP/1.1 200 OK\r\n" + lines + "\r\n\r\n"; }
std::string status(int code, const std::string& lines = "X: y") {
    return "HTTP/1.1 " + std::to_string(code) + " -\r\n" + lines + "\r\n\r\n";
}

TEST(ResponseRefused, EveryStep) {
    struct Case {
        std::string bytes;
        Defect defect;
    };
    const Case cases[] = {
        {ok("Content-Length: 3\r\nTransfer-Encoding: chunked"),
         Defect::transfer_encoding_and_length},
        {ok("Content-Length: 3\r\nContent-Length: 4"), Defect::content_length_repeated},
        {ok("Content-Length: 3\r\nContent-Length: 3"), Defect::content_length_repeated},
        {ok("Content-Length: 3, 3"), Defect::content_length_invalid},
        {ok("Content-Length: +3"), Defect::content_length_invalid},
        {ok("Content-Length: -1"), Defect::content_length_invalid},
        {ok("Content-Length:"), Defect::content_length_invalid},
        {ok("Content-Length: 9223372036854775808"), Defect::content_length_invalid},
        {ok("Transfer-Encoding: xchunked"), Defect::transfer_encoding_invalid},
        {ok("Transfer-Encoding: gzip"), Defect::transfer_encoding_invalid},
        {ok("Transfer-Encoding: identity"), Defect::transfer_encoding_invalid},
        {ok("Transfer-Encoding: gzip, chunked"), Defect::transfer_coding_unsupported},
        {ok("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked"),
         Defect::transfer_encoding_repeated},
        {"HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
         Defect::transfer_encoding_version},
        {status(204, "Content-Length: 3"), Defect::body_not_allowed},
        {status(204, "Transfer-Encoding: chunked"), Defect::body_not_allowed},
        {status(100, "Content-Length: 3"), Defect::body_not_allowed},
        {status(103, "Transfer-Encoding: chunked"), Defect::body_not_allowed},
        {status(101, "Content-Length: 3"), Defect::body_not_allowed},
        {"HTTP/1.1 20 OK\r\n\r\n", Defect::status_line},
        {"HTTP/1.1 2000 OK\r\n\r\n", Defect::status_line},
        {"HTTP/1.1 +20 OK\r\n\r\n", Defect::status_line},
        {"HTTP/1.1 099 OK\r\n\r\n", Defect::status_line},
        {"HTTP/1.1 600 OK\r\n\r\n", Defect::status_line},
        {"HTTP/1.1  200 OK\r\n\r\n", Defect::status_line},
        {"HTTP/1.1\t200 OK\r\n\r\n", Defect::status_line},
        {"HTTP/1.1 200\tOK\r\n\r\n", Defect::status_line},
        {"HTTP/1.10 200 OK\r\n\r\n", Defect::status_line},
        {"HTTP/2.0 200 OK\r\n\r\n", Defect::status_line},
        {"http/1.1 200 OK\r\n\r\n", Defect::status_line},
        {"ICY 200 OK\r\n\r\n", Defect::status_line},
        {"hello\r\n\r\n", Defect::status_line},
        {"\r\nHTTP/1.1 200 OK\r\n\r\n", Defect::status_line},
        {"HTTP/1.1 200 OK\n\n", Defect::bare_lf},
        {"HTTP/1.1 200 OK\r\nX: a\nY: b\r\n\r\n", Defect::bare_lf},
        {ok("X: a\0b"s), Defect::control_byte},
        {ok("X: a\r\n b"), Defect::field_folded},
        {ok("X : a"), Defect::field_space_before_colon},
        {ok("X"), Defect::field_colon_missing},
        {ok("X: " + std::string(40000, 'x')), Defect::head_too_large},
        {"HTTP/1.1 200 " + std::string(40000, 'x'), Defect::head_too_large},
    };
    for (const auto& [bytes, defect] : cases)
        for (const std::size_t step : {bytes.size(), 1UL, 5UL}) {
            const auto parsed = response_in_steps(bytes, step, Method::get);
            EXPECT_EQ(parsed.verdict.progress, Progress::bad) << bytes;
            EXPECT_EQ(name_of(parsed.verdict.defect), name_of(defect)) << bytes << " by " << step;
        }
}

TEST(ResponseAccepted, WhereTheBodyEnds) {
    struct Want {
        std::string bytes;
        Method asked;
        Framing framing;
        std::uint64_t length;
        bool keep_alive;
    };
    const Want wants[] = {
        {ok("Content-Length: 3"), Method::get, Framing::length, 3, true},
        {ok("Content-Length: 0"), Method::get, Framing::length, 0, true},
        {ok("Transfer-Encoding: chunked"), Method::get, Framing::chunked, 0, true},
        {ok("Transfer-Encoding: Chunked\r\nConnection: close"), Method::get, Framing::chunked, 0,
         false},
        {ok("X: y"), Method::get, Framing::until_close, 0, false},
        {ok("Content-Length: 3"), Method::head, Framing::none, 0, true},
        {ok("Transfer-Encoding: chunked"), Method::head, Framing::none, 0, true},
        {ok("X: y"), Method::head, Framing::none, 0, true},
        {ok("X: y"), Method::connect, Framing::none, 0, true},
        {status(204), Method::get, Framing::none, 0, true},
        {status(204, "Content-Length: 0"), Method::get, Framing::none, 0, true},
        {status(304, "Content-Length: 3"), Method::get, Framing::none, 0, true},
        {status(304), Method::get, Framing::none, 0, true},
        {status(100), Method::post, Framing::none, 0, true},
        {status(103), Method::get, Framing::none, 0, true},
        {status(101), Method::get, Framing::none, 0, false},
        {status(404, "Content-Length: 3"), Method::connect, Framing::length, 3, true},
        {"HTTP/1.0 200 OK\r\nContent-Length: 3\r\n\r\n", Method::get, Framing::length, 3, false},
        {"HTTP/1.0 200 OK\r\nContent-Length: 3\r\nConnection: keep-alive\r\n\r\n", Method::get,
         Framing::length, 3, true},
        {"HTTP/1.1 200\r\nContent-Length: 3\r\n\r\n", Method::get, Framing::length, 3, true},
        {"HTTP/1.1 200 \r\nContent-Length: 3\r\n\r\n", Method::get, Framing::length, 3, true},
        {"HTTP/1.1 599 \xc3\xa9\r\nContent-Length: 3\r\n\r\n", Method::get, Framing::length, 3,
         true},
    };
    for (const auto& want : wants)
        for (const std::size_t step : {want.bytes.size(), 1UL}) {
            const auto parsed = response_in_steps(want.bytes, step, want.asked);
            EXPECT_EQ(parsed.verdict.progress, Progress::done)
                << want.bytes << sentence_of(parsed.verdict.defect);
            EXPECT_EQ(parsed.head->framing, want.framing) << want.bytes;
            EXPECT_EQ(parsed.head->content_length, want.length) << want.bytes;
            EXPECT_EQ(parsed.head->keep_alive, want.keep_alive) << want.bytes;
        }
}

TEST(ResponseAccepted, WhatTheHeadSays) {
    const auto parsed = response_in_steps(
        "HTTP/1.1 404 Not Found \r\nSet_Cookie: a\r\nServer:x\r\n\r\nrest", 999, Method::get);
    EXPECT_EQ(parsed.head->status, 404);
    EXPECT_EQ(parsed.head->reason, "Not Found ");
    EXPECT_EQ(parsed.head->fields.size(), 2U);
    EXPECT_EQ(parsed.head->fields.value(FieldId::server), "x");
    EXPECT_TRUE(response_in_steps(status(101), 99, Method::get).head->upgrade);
}

}  // namespace
}  // namespace sg::http::h1
