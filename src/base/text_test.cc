#include "base/text.h"

#include <gtest/gtest.h>

#include "base/whole.h"

namespace sg {
namespace {

TEST(Text, compares_without_case_in_ascii_only) {
    EXPECT_TRUE(equal_ignoring_case("Content-Length", "content-LENGTH"));
    EXPECT_FALSE(equal_ignoring_case("a", "ab"));
    EXPECT_FALSE(equal_ignoring_case("[", "{")) << "bit 5 alone does not make a letter";
    EXPECT_FALSE(equal_ignoring_case("\xC4", "\xE4"));
    EXPECT_EQ(to_lower("ABC-xyz-\xC4"), "abc-xyz-\xC4");
}

TEST(Text, trims_and_splits) {
    EXPECT_EQ(trim(" \t a b \t"), "a b");
    EXPECT_EQ(trim(" \t "), "");
    EXPECT_EQ(trim("\na\r"), "\na\r") << "line ends are not blanks";
    EXPECT_EQ(split("a,,b,", ','), (std::vector<std::string_view>{"a", "", "b", ""}));
    EXPECT_EQ(split("", ','), std::vector<std::string_view>{""});
}

TEST(Text, finds_what_was_probably_meant) {
    const std::vector<std::string> known = {"attempts", "budget", "budget_floor", "on"};
    EXPECT_EQ(nearest("attemps", known), "attempts");
    EXPECT_EQ(nearest("buget", known), "budget");
    EXPECT_EQ(nearest("budgte", known), "budget") << "neighbours exchanged count once";
    EXPECT_EQ(nearest("Budget", known), "budget");
    EXPECT_EQ(nearest("timeout", known), "");
    EXPECT_EQ(nearest("x", {}), "");
}

TEST(Text, knows_utf8) {
    EXPECT_EQ(utf8_length("a"), 1U);
    EXPECT_EQ(utf8_length("\xC3\xA9"), 2U);
    EXPECT_EQ(utf8_length("\xE2\x82\xAC"), 3U);
    EXPECT_EQ(utf8_length("\xF0\x9F\x8E\xB5"), 4U);
    for (const char* bad : {"\x80", "\xC0\xAF", "\xC3", "\xE0\x80\xAF", "\xED\xA0\x80",
                            "\xF0\x80\x80\x80", "\xF4\x90\x80\x80", "\xFF", "\xE2\x82"})
        EXPECT_EQ(utf8_length(bad), 0U);
}

TEST(Text, escapes_for_json) {
    const auto escaped = [](std::string_view text) {
        std::string out;
        append_json_escaped(out, text);
        return out;
    };
    EXPECT_EQ(escaped("a\"b\\c"), "a\\\"b\\\\c");
    EXPECT_EQ(escaped(std::string_view("\n\x01\x7F\0", 4)), "\\u000a\\u0001\\u007f\\u0000");
    EXPECT_EQ(escaped("\xC3\xA9"), "\xC3\xA9");
    EXPECT_EQ(escaped("a\xFFz"), "a\\ufffdz");
    EXPECT_EQ(escaped("\xC3"), "\\ufffd");
}

TEST(Text, AWholeNumberAndNothingElse) {
    EXPECT_EQ(parse_whole<int>("204"), 204);
    EXPECT_EQ(parse_whole<int>("-7"), -7);
    EXPECT_EQ(parse_whole<std::int64_t>("9223372036854775807"), INT64_MAX);
    for (const auto* text : {"", " 1", "1 ", "+1", "1.0", "0x1", "1e3", "-", "9223372036854775808"})
        EXPECT_EQ(parse_whole<std::int64_t>(text), std::nullopt) << text;
    EXPECT_EQ(parse_whole<std::uint16_t>("65536"), std::nullopt);
    EXPECT_EQ(parse_whole<std::uint16_t>("-1"), std::nullopt);
}

}  // namespace
}  // namespace sg
