// Log lines to kinds of lines.
#include "platform/local/log_groups.h"

#include <gtest/gtest.h>

namespace sg::platform::local {
namespace {

TEST(LogGroups, what_changes_is_taken_out) {
    for (const auto& [line, wanted] : std::initializer_list<std::pair<const char*, const char*>>{
             {"2026-11-23T06:22:31.042Z error: connect to 10.0.0.7:5432 failed after 31 ms",
              "<time> error: connect to <ip> failed after <n> ms"},
             {"request 3f2a9c0d11ee4b52 timed out", "request <id> timed out"},
             {"user 550e8400-e29b-41d4-a716-446655440000 is gone", "user <id> is gone"},
             {"GET /users/42/items/7 500 in 1.5ms", "GET /users/<n>/items/<n> <n> in <n>ms"},
             {R"({"level":"error","msg":"no such table: events","n":3})",
              R"({"level":<text>,"msg":<text>,"n":<n>})"},
             {"key 'a b' not found", "key <text> not found"},
             {"it's odd", "it's odd"},
             {"2026-11-23 06:22:31 ERROR x", "<time> <time> ERROR x"},
             {"\x1b[31mred\x1b[0m", "\\x<n>b[<n>mred\\x<n>b[<n>m"}})
        EXPECT_EQ(template_of(line), wanted) << line;
    EXPECT_LE(template_of(std::string(100'000, 'x')).size(), template_most + 3);
}

TEST(LogGroups, errors_are_told_by_level_first) {
    for (const char* line :
         {"ERROR no disk", "2026-11-23T06:22:31Z E error: x", R"({"level":"error"})",
          "level=fatal msg=x", "Traceback (most recent call last):", "panic: nil",
          "java.lang.RuntimeException: Exception x", "connection refused"})
        EXPECT_TRUE(is_error(line)) << line;
    for (const char* line : {"all is well", R"({"level":"info","msg":"retry after error"})",
                             "INFO 0 failed", "level=warn msg=\"timeout\"", "errorless", ""})
        EXPECT_FALSE(is_error(line)) << line;
}

TEST(LogGroups, lines_say_when) {
    EXPECT_EQ(to_rfc3339(moment_of("2026-11-23T06:22:31.042Z x")), "2026-11-23T06:22:31.042Z");
    EXPECT_EQ(to_rfc3339(moment_of("[2026-11-23 06:22:31] x")), "2026-11-23T06:22:31.000Z");
    EXPECT_EQ(to_rfc3339(moment_of(R"({"ts":"2026-11-23T06:22:31Z"})")),
              "2026-11-23T06:22:31.000Z");
    EXPECT_EQ(moment_of("no time"), Instant{});
    EXPECT_EQ(moment_of(""), Instant{});
}

TEST(LogGroups, are_counted_and_the_newest_is_first) {
    LogGroups groups;
    groups.add("2026-11-23T06:00:00Z error: slow 1", "v1.1");
    groups.add("2026-11-23T06:00:01Z info: fine", "v1.1");
    groups.add("2026-11-23T06:00:05Z error: slow 2", "v1.2");
    groups.add("2026-11-23T06:00:03Z error: full", "v1.1");
    groups.add("  ", "v1.1");
    EXPECT_EQ(groups.lines(), 4U);
    EXPECT_EQ(groups.errors(), 3U);
    const auto list = groups.newest();
    ASSERT_EQ(list.size(), 2U);
    EXPECT_EQ(list[0].shape, "<time> error: slow <n>");
    EXPECT_EQ(list[0].count, 2U);
    EXPECT_EQ(list[0].sample, "2026-11-23T06:00:05Z error: slow 2");
    EXPECT_EQ(list[0].from, "v1.2");
    EXPECT_EQ(to_rfc3339(list[0].first), "2026-11-23T06:00:00.000Z");
}

TEST(LogGroups, are_bounded) {
    LogGroups groups;
    for (int n = 0; n < 5000; ++n)
        groups.add("error " + std::string(1 + n % 26, static_cast<char>('a' + n / 200)) +
                       std::string(1 + n / 26, 'z'),
                   "v1.1");
    EXPECT_LE(groups.newest().size(), LogGroups::groups_most + 1);
    EXPECT_EQ(groups.errors(), 5000U);
}

}  // namespace
}  // namespace sg::platform::local
