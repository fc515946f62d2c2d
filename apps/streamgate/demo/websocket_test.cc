// Frames survive the way out and in, whatever their size, and arrive only when they are complete.
#include "demo/websocket.h"

#include <gtest/gtest.h>

namespace sg::demo::websocket {
namespace {

TEST(WebSocket, AnswersTheKeyOfTheRfc) {  // RFC 6455 §1.3
    EXPECT_EQ(accept_key("dGhlIHNhbXBsZSBub25jZQ=="), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
}

TEST(WebSocket, EncodesTheExamplesOfTheRfc) {  // RFC 6455 §5.7
    EXPECT_EQ(encode({Opcode::text, true, "Hello"}), "\x81\x05Hello");
    EXPECT_EQ(encode({Opcode::text, true, "Hello"}, Mask{0x37, 0xfa, 0x21, 0x3d}),
              "\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58");
}

TEST(WebSocket, EverySizeSurvivesOnlyWhenComplete) {
    for (const std::size_t size : {0, 1, 125, 126, 127, 65535, 65536, 70000}) {
        for (const bool masked : {false, true}) {
            const Frame sent{Opcode::binary, true, std::string(size, 'x')};
            const auto mask = masked ? std::optional(Mask{1, 2, 3, 4}) : std::nullopt;
            auto bytes = encode(sent, mask);
            auto cut = bytes.substr(0, bytes.size() - 1);
            EXPECT_FALSE(take(cut).value().has_value()) << size;
            bytes += "rest";
            const auto got = take(bytes).value();
            ASSERT_TRUE(got.has_value()) << size;
            EXPECT_EQ(got->payload, sent.payload) << size;
            EXPECT_EQ(bytes, "rest");
        }
    }
}

TEST(WebSocket, AFrameBeyondTheBoundIsRefused) {
    std::string bytes("\x82\x7f\x00\x00\x00\x00\x7f\xff\xff\xff", 10);
    EXPECT_EQ(take(bytes).error().code, Errc::too_large);
}

}  // namespace
}  // namespace sg::demo::websocket
