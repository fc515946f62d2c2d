// What others wrote, made fit to be shown.
#include "platform/inspect/text.h"

#include <gtest/gtest.h>

namespace sg::platform::inspect {
namespace {

TEST(InspectText, control_characters_are_written_out) {
    EXPECT_EQ(shown("a\x1b[31mred\x07", 100), "a\\x1b[31mred\\x07");
    EXPECT_EQ(shown("select\n\t  1 \r\n", 100), "select 1");
    EXPECT_EQ(shown("caf\xc3\xa9 \xff", 100), "caf\xc3\xa9 \\xff");
    EXPECT_EQ(shown("\xc2\x9b"
                    "2J",
                    100),
              "\\xc2\\x9b2J");
    EXPECT_EQ(shown("\xe2\x80\xae"
                    "txt",
                    100),
              "\\xe2\\x80\\xaetxt");
}

TEST(InspectText, is_cut_between_characters) {
    EXPECT_EQ(shown("abcdef", 6), "abcdef");
    EXPECT_EQ(shown("abcdefg", 6), "abcdef…");
    EXPECT_EQ(shown("abcde\xc3\xa9", 6), "abcde…");
    EXPECT_LE(shown(std::string(1'000'000, '\x01'), 100).size(), 103U);
}

TEST(InspectText, secrets_are_hidden) {
    for (const auto& [text, wanted] : std::initializer_list<std::pair<const char*, const char*>>{
             {"alter user a password 'geheim'", "alter user a password '***'"},
             {"db_password=geheim&x=1", "db_password=***&x=1"},
             {"Authorization: Bearer geheim", "Authorization: Bearer ***"},
             {R"({"token":"geheim","n":1})", R"({"token":"***","n":1})"},
             {"password authentication failed for user \"web\"",
              "password authentication failed for user \"web\""},
             {"unexpected token ')'", "unexpected token ')'"},
             {"requirepass geheim", "requirepass ***"},
             {"postgres://u:geheim@db:5432/x", "postgres://u:***@db:5432/x"},
             {"redis://:geheim@db/0", "redis://:***@db/0"},
             {"https://example.com/a:b", "https://example.com/a:b"},
             {"the author wrote", "the author wrote"},
             {"passed 3 of 4 tests", "passed 3 of 4 tests"},
             {"select tokens from x", "select tokens from x"}})
        EXPECT_EQ(without_secrets(text), wanted);
}

TEST(InspectText, quantities_have_units) {
    EXPECT_EQ(show_count(1234567), "1,234,567");
    EXPECT_EQ(show_share(0.9996), "99.96 %");
    EXPECT_EQ(show_share(0.625), "62 %");
    EXPECT_EQ(show_share(0.0002), "0.02 %");
    EXPECT_EQ(show_seconds(0.0003), "0.3 ms");
    EXPECT_EQ(show_seconds(31.4), "31 s");
    EXPECT_EQ(show_seconds(7300), "2.0 h");
    EXPECT_EQ(number_of("12.5"), 12.5);
    EXPECT_EQ(number_of("nan"), 0);
}

}  // namespace
}  // namespace sg::platform::inspect
