// Bodies by length, by chunks and to the end, whole and in pieces.
#include "gateway/proxy/body.h"

#include <gtest/gtest.h>

namespace sg::gateway {
namespace {

using http::Framing;
using runtime::Buffer;

// Feeds `wire` in pieces of `step` bytes; returns the body, leaving what lies beyond it in `rest`.
std::string read_in_steps(BodyReader& reader, std::string_view wire, std::size_t step,
                          std::string& rest) {
    Buffer buffer = Buffer::take(Buffer::small);
    std::string body;
    while (!reader.done() && !wire.empty()) {
        const auto n = std::min(step, wire.size());
        buffer.append(wire.substr(0, n));
        wire.remove_prefix(n);
        const auto taken = reader.take(buffer);
        EXPECT_EQ(taken.defect, http::h1::Defect::none);
        body += taken.data;
        buffer.consume(taken.consumed);
    }
    rest = std::string(buffer.text()) + std::string(wire);
    return body;
}

TEST(BodyReader, AnySplitGivesTheSameBody) {
    const std::string chunked =
        "5\r\nhello\r\n1;x=y\r\n \r\n6\r\nworld!\r\n0\r\nX-Sum: 1\r\nContent-Length: 9\r\n\r\nGET "
        "/";
    const std::string plain = "hello world!GET /";
    for (std::size_t step = 1; step < chunked.size(); ++step) {
        BodyReader reader;
        std::string rest;
        reader.start(Framing::chunked, 0);
        EXPECT_EQ(read_in_steps(reader, chunked, step, rest), "hello world!");
        EXPECT_EQ(rest, "GET /");
        EXPECT_EQ(reader.trailers(), "X-Sum: 1\r\n") << "framing fields are dropped";
        reader.start(Framing::length, 12);
        EXPECT_EQ(read_in_steps(reader, plain, step, rest), "hello world!");
        EXPECT_EQ(rest, "GET /");
    }
}

TEST(BodyReader, KnowsWhetherTheEndMayComeHere) {
    BodyReader reader;
    reader.start(Framing::length, 3);
    EXPECT_FALSE(reader.may_end_here());
    reader.start(Framing::chunked, 0);
    EXPECT_FALSE(reader.may_end_here());
    reader.start(Framing::until_close, 0);
    EXPECT_TRUE(reader.may_end_here());
    reader.start(Framing::length, 0);
    EXPECT_TRUE(reader.done());
}

}  // namespace
}  // namespace sg::gateway
