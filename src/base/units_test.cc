#include "base/units.h"

#include <gtest/gtest.h>

namespace sg {
namespace {

TEST(Duration, reads) {
    struct {
        const char* text;
        Duration wanted;
    } const rows[] = {
        {"250ms", 250ms}, {"2s", 2s},       {"1.5h", 90min}, {"1d", 24h},       {"off", no_timeout},
        {"0", 0s},        {"0s", 0s},       {"1m30s", 90s},  {"1h2m3s", 3723s}, {"10us", 10us},
        {"7ns", 7ns},     {"30min", 30min}, {"2S", 2s},      {"0.5ms", 500us},
    };
    for (const auto& row : rows) {
        const auto read = parse_duration(row.text);
        ASSERT_TRUE(read) << row.text;
        EXPECT_EQ(*read, row.wanted) << row.text;
    }
}

TEST(Duration, refuses) {
    for (const char* text :
         {"",       "5",    "s",    "-1s",  "+1s",  "1x",  "1s ",
          " 1s",    "1 s",  "1s1h", "1s1s", "1e3s", ".5s", "5.s",
          "1.2.3s", "0x5s", "on",   "OFF ", "nan",  "inf", "999999999999999999999999d",
          "300000d"})
        EXPECT_FALSE(parse_duration(text)) << text;
    EXPECT_NE(parse_duration("500").error().hint.find("`500ms`"), std::string::npos);
}

TEST(Duration, writes_the_shortest_exact_form) {
    EXPECT_EQ(to_text(90s), "90s");
    EXPECT_EQ(to_text(120s), "2m");
    EXPECT_EQ(to_text(Duration(48h)), "2d");
    EXPECT_EQ(to_text(Duration(36h)), "36h");
    EXPECT_EQ(to_text(Duration(1500ms)), "1500ms");
    EXPECT_EQ(to_text(Duration(1ns)), "1ns");
    EXPECT_EQ(to_text(Duration(0)), "0s");
    EXPECT_EQ(to_text(no_timeout), "off");
}

TEST(Bytes, reads_and_writes) {
    EXPECT_EQ(parse_bytes("512")->count, 512U);
    EXPECT_EQ(parse_bytes("4KiB")->count, 4096U);
    EXPECT_EQ(parse_bytes("1.5GiB")->count, 1610612736U);
    EXPECT_EQ(parse_bytes("10MB")->count, 10000000U);
    EXPECT_EQ(parse_bytes("64mib")->count, 64U << 20);
    EXPECT_EQ(parse_bytes("64 MiB")->count, 64U << 20);
    for (const char* text :
         {"", "KiB", "-1", "1XiB", "1 2", "99999999999TiB", "1e3", "32kilobytes"})
        EXPECT_FALSE(parse_bytes(text)) << text;
    EXPECT_EQ(to_text(Bytes{64 << 20}), "64MiB");
    EXPECT_EQ(to_text(Bytes{1536}), "1536B");
    EXPECT_EQ(to_text(Bytes{10'000'000}), "10MB");
    EXPECT_EQ(to_text(Bytes{0}), "0B");
    EXPECT_EQ(to_text(Bytes{1}), "1B");
}

TEST(Share, reads_and_writes) {
    EXPECT_DOUBLE_EQ(parse_share("20%")->of_one, 0.2);
    EXPECT_DOUBLE_EQ(parse_share("0.5%")->of_one, 0.005);
    EXPECT_EQ(parse_share("99.9%")->of_one, 0.999) << "exactly: objectives are compared";
    EXPECT_EQ(to_text(Share{0.999}), "99.9%");
    EXPECT_DOUBLE_EQ(parse_share("0.2")->of_one, 0.2);
    EXPECT_DOUBLE_EQ(parse_share("1")->of_one, 1);
    EXPECT_DOUBLE_EQ(parse_share("100%")->of_one, 1);
    for (const char* text : {"", "%", "101%", "1.01", "20", "-1%", "20%%", "half", "0.2x"})
        EXPECT_FALSE(parse_share(text)) << text;
    EXPECT_NE(parse_share("20").error().hint.find("`20%`"), std::string::npos);
    EXPECT_EQ(to_text(Share{0.2}), "20%");
    EXPECT_EQ(to_text(Share{0.005}), "0.5%");
    EXPECT_EQ(to_text(Share{1}), "100%");
    EXPECT_EQ(to_text(Share{0}), "0%");
}

TEST(Rate, reads_and_writes) {
    EXPECT_DOUBLE_EQ(parse_rate("100/s")->per_second, 100);
    EXPECT_DOUBLE_EQ(parse_rate("30/m")->per_second, 0.5);
    EXPECT_DOUBLE_EQ(parse_rate("30/min")->per_second, 0.5);
    EXPECT_DOUBLE_EQ(parse_rate("7200/h")->per_second, 2);
    EXPECT_DOUBLE_EQ(parse_rate("0/s")->per_second, 0);
    for (const char* text : {"", "100", "/s", "100/x", "-1/s", "1/s/s", "1e99/s"})
        EXPECT_FALSE(parse_rate(text)) << text;
    EXPECT_EQ(to_text(Rate{100}), "100/s");
    EXPECT_EQ(to_text(Rate{0.5}), "30/m");
    EXPECT_EQ(to_text(Rate{5000.0 / 3600}), "5000/h");
}

// What is written reads back as the same, for values as odd as a file can hold.
TEST(Units, survive_the_round_trip) {
    std::uint64_t seed = 1;
    const auto next = [&seed] {  // A fixed sequence: Knuth's MMIX constants.
        seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
        return seed >> 11;
    };
    for (int i = 0; i < 20000; ++i) {
        const auto shift = next() % 53;
        const Duration duration{static_cast<std::int64_t>(next() >> shift)};
        EXPECT_EQ(*parse_duration(to_text(duration)), duration);
        const Bytes bytes{next() >> shift};
        EXPECT_EQ(*parse_bytes(to_text(bytes)), bytes);
        const Share share{static_cast<double>(next() % 1'000'001) / 1e6};
        EXPECT_EQ(parse_share(to_text(share))->of_one, share.of_one) << to_text(share);
        for (const char* unit : {"/s", "/m", "/h", "/d"}) {
            const auto rate = *parse_rate(std::to_string(next() % 100000) + unit);
            EXPECT_EQ(parse_rate(to_text(rate))->per_second, rate.per_second) << to_text(rate);
        }
    }
}

}  // namespace
}  // namespace sg
