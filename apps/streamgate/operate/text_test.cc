#include "operate/text.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <ctime>

namespace sg::operate {
namespace {

Instant at(std::string_view text) { return parse_rfc3339(text).value_or(Instant{}); }

// A place where the clocks change: on 2026-03-29 02:00 becomes 03:00, on 2026-10-25 03:00 is 02:00.
class InMadrid : public testing::Test {
  protected:
    InMadrid() {
        ::setenv("TZ", "Europe/Madrid", 1);
        ::tzset();
    }
    ~InMadrid() override {
        ::unsetenv("TZ");
        ::tzset();
    }
    const Instant now = at("2026-11-23T13:02:11Z");  // A Monday, 14:02:11 there.
};

TEST_F(InMadrid, MomentsAreLocalAndNameTheDayUnlessItIsToday) {
    EXPECT_EQ(show_moment(now, now), "14:02:11");
    EXPECT_EQ(show_moment(at("2026-11-22T23:30:00Z"), now), "00:30:00");  // Today, there.
    EXPECT_EQ(show_moment(at("2026-11-22T22:30:00Z"), now), "Sun 22 Nov 23:30");
    EXPECT_EQ(show_moment(at("2025-11-23T13:02:11Z"), now), "2025-11-23 14:02");
    EXPECT_EQ(show_day(now), "Mon 23 Nov 2026");
}

TEST_F(InMadrid, MomentsAreReadAsPeopleSayThem) {
    const std::pair<const char*, const char*> said[] = {
        {"now", "2026-11-23T13:02:11.000Z"},
        {"+2h", "2026-11-23T15:02:11.000Z"},
        {"18:00", "2026-11-23T17:00:00.000Z"},
        {"09:30", "2026-11-24T08:30:00.000Z"},  // Tomorrow: today's has passed.
        {"Mon 15:00", "2026-11-23T14:00:00.000Z"},
        {"mon 09:00", "2026-11-30T08:00:00.000Z"},
        {"Sun 00:00", "2026-11-28T23:00:00.000Z"},
        {"2026-12-01", "2026-11-30T23:00:00.000Z"},
        {"2026-07-01 09:00", "2026-07-01T07:00:00.000Z"},  // Summer.
        {"2026-03-29 02:30", "2026-03-29T01:30:00.000Z"},  // There is no such time: 03:30.
        {"2026-11-23T18:00:00+01:00", "2026-11-23T17:00:00.000Z"},
    };
    for (const auto& [text, meant] : said) {
        const auto moment = parse_moment(text, now);
        ASSERT_TRUE(moment) << text;
        EXPECT_EQ(to_rfc3339(*moment), meant) << text;
    }
    for (const char* text : {"", "tomorrow", "25:00", "18:60", "2026-13-01", "2026-02-30", "Mon",
                             "+", "+forever", "18:00:00:00", "2026-11-23 18"})
        EXPECT_FALSE(parse_moment(text, now)) << text;
}

TEST(Text, SpansAreShortAndHaveAUnit) {
    const std::pair<Duration, const char*> spans[] = {
        {340ms, "340 ms"},   {999'600us, "1.0 s"}, {4600ms, "4.6 s"},
        {41s, "41 s"},       {119s, "119 s"},      {2min, "2 min"},
        {119min, "119 min"}, {2h, "2 h"},          {5h + 12min, "5 h 12 min"},
        {48h, "2 d"},        {148h, "6 d 4 h"},    {-5s, "0 ms"},
    };
    for (const auto& [span, text] : spans) EXPECT_EQ(show_span(span), text);
    EXPECT_EQ(show_due(Instant{} + 12min, Instant{}), "due in 12 min");
    EXPECT_EQ(show_due(Instant{}, Instant{} + 4min), "LATE by 4 min");
}

TEST(Text, CountsAndShares) {
    EXPECT_EQ(show_count(0), "0");
    EXPECT_EQ(show_count(999), "999");
    EXPECT_EQ(show_count(1930), "1,930");
    EXPECT_EQ(show_count(-1234567), "-1,234,567");
    EXPECT_EQ(show_share(0), "0.00 %");
    EXPECT_EQ(show_share(0.0002), "0.02 %");
    EXPECT_EQ(show_share(0.014), "1.4 %");
    EXPECT_EQ(show_share(0.62), "62 %");
    EXPECT_EQ(show_share(-0.12), "-12 %");
}

TEST(Text, IncidentsAndSeveritiesAreReadAsPeopleWriteThem) {
    EXPECT_EQ(parse_incident("204"), 204);
    EXPECT_EQ(parse_incident("inc-204"), 204);
    for (const char* text : {"", "INC-", "0", "-3", "204x", "99999999999999999999"})
        EXPECT_FALSE(parse_incident(text)) << text;
    EXPECT_EQ(parse_severity("1"), 1);
    EXPECT_EQ(parse_severity("sev2"), 2);
    EXPECT_EQ(parse_severity("SEV-4"), 4);
    for (const char* text : {"", "0", "5", "sev", "sev-", "high"})
        EXPECT_FALSE(parse_severity(text)) << text;
}

TEST(Text, WhatIsAbsentOrOfAnotherKindIsEmpty) {
    const auto json = Json::parse(R"({"a":"x","n":3,"l":["p",1,"q"],"t":"1970-01-01T00:00:00Z"})");
    EXPECT_EQ(text_at(json, "a"), "x");
    EXPECT_EQ(text_at(json, "n"), "3");
    EXPECT_EQ(text_at(json, "b"), "");
    EXPECT_EQ(number_at(json, "a"), 0);
    EXPECT_EQ(words_at(json, "l"), "p, q");
    EXPECT_EQ(words_at(Json(3), "l"), "");
    EXPECT_EQ(lines_at(json, "l"), "p\nq\n");
    EXPECT_EQ(lines_at(json, "a"), "x");
    EXPECT_FALSE(moment_at(json, "t"));
    EXPECT_TRUE(list_at(json, "a").empty());
}

}  // namespace
}  // namespace sg::operate
