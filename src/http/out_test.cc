#include "http/out.h"

#include <gtest/gtest.h>

#include <string>

namespace sg::http {
namespace {

std::string hex_of(std::uint64_t value) {
    std::string digits(hex_size, '\0');
    write_hex(digits.data(), value);
    return digits;
}

TEST(Hex, IsTheSameEightBytesAtATimeAsDigitByDigit) {
    EXPECT_EQ(hex_of(0), "0000000000000000");
    EXPECT_EQ(hex_of(0x0123456789abcdef), "0123456789abcdef");
    std::uint64_t value = 1;
    for (int i = 0; i < 10'000; ++i) {
        std::string plain(hex_size, '\0');
        write_hex_plainly(plain.data(), value);
        ASSERT_EQ(hex_of(value), plain);
        value = value * 6364136223846793005U + 1442695040888963407U;
    }
}

TEST(Out, PiecesInARowAreWrittenWholeOrNotAtAll) {
    char memory[32];
    Out out(memory, sizeof memory);
    out.put_all("a: ", std::string_view("b"), std::string_view(), 'c', Hex{0xf});
    EXPECT_EQ(out.text(), "a: bc000000000000000f");
    EXPECT_FALSE(out.overflow());
    out.put_all("eleven more", 'x');
    EXPECT_TRUE(out.overflow());
    EXPECT_EQ(out.text(), "a: bc000000000000000f");
    Out exact(memory, 3);
    exact.put_all("ab", 'c');
    EXPECT_EQ(exact.text(), "abc");
    EXPECT_FALSE(exact.overflow());
}

}  // namespace
}  // namespace sg::http
