// Matchers, time intervals and trends: each a table of what is asked and what is true.
#include "ops/detect/alerts/matchers.h"

#include <gtest/gtest.h>

#include <random>

#include "ops/detect/alerts/intervals.h"
#include "ops/detect/alerts/trend.h"

namespace sg::alerts {
namespace {

TEST(Matchers, SayWhichAlertsAreMeant) {
    const Labels labels{{"service", "catalog"}, {"severity", "sev2"}, {"odd", R"(a"b\c)"}};
    const struct {
        std::string_view text;
        bool matches;
    } rows[] = {
        {"service=catalog", true},
        {R"(service="catalog")", true},
        {" service = \"catalog\" ", true},
        {"service!=catalog", false},
        {"service=cat", false},
        {"service=~cat.*", true},
        {"service=~cat", false},  // The whole value.
        {"service!~cat", true},
        {R"(severity=~"sev1|sev2")", true},
        {R"(severity!~"sev1|sev2")", false},
        {"team=", true},  // A label that is missing is empty.
        {"team!=", false},
        {"team=~.*", true},
        {"team=~.+", false},
        {R"(odd="a\"b\\c")", true},
        {"service==catalog", false},  // The value is `=catalog`.
    };
    for (const auto& row : rows) {
        const auto matcher = Matcher::parse(row.text);
        ASSERT_TRUE(matcher) << row.text << matcher.error().message();
        EXPECT_EQ(matcher->matches(labels), row.matches) << row.text;
        const auto again = Matcher::parse(matcher->text());
        ASSERT_TRUE(again) << matcher->text();
        EXPECT_EQ(again->text(), matcher->text());
    }
    for (const auto text :
         {"", "service", "=x", "1a=x", "a b=x", "a!x", "a=~(", "a=\"x", "a=\"x\"y"})
        EXPECT_FALSE(Matcher::parse(text)) << text;
}

Instant at(std::string_view text) { return *parse_rfc3339(text); }

TEST(Intervals, ComeAgain) {
    using Texts = std::vector<std::string>;
    struct Row {
        Texts times, weekdays, days, months, years;
        std::string zone;
        std::string_view at;
        bool within;
    };
    const Row rows[] = {
        {{}, {}, {}, {}, {}, "UTC", "2026-11-23T00:00:00Z", true},
        {{"09:00-17:00"}, {}, {}, {}, {}, "UTC", "2026-11-23T08:59:59Z", false},
        {{"09:00-17:00"}, {}, {}, {}, {}, "UTC", "2026-11-23T09:00:00Z", true},
        {{"09:00-17:00"}, {}, {}, {}, {}, "UTC", "2026-11-23T16:59:59Z", true},
        {{"09:00-17:00"}, {}, {}, {}, {}, "UTC", "2026-11-23T17:00:00Z", false},
        {{"22:00-24:00", "00:00-06:00"}, {}, {}, {}, {}, "UTC", "2026-11-23T23:59:59Z", true},
        {{"22:00-24:00", "00:00-06:00"}, {}, {}, {}, {}, "UTC", "2026-11-23T05:59:59Z", true},
        {{}, {"mon-fri"}, {}, {}, {}, "UTC", "2026-11-23T12:00:00Z", true},   // A Monday.
        {{}, {"mon-fri"}, {}, {}, {}, "UTC", "2026-11-22T12:00:00Z", false},  // A Sunday.
        {{}, {"sat", "sun"}, {}, {}, {}, "UTC", "2026-11-22T12:00:00Z", true},
        {{}, {"mon-sun"}, {}, {}, {}, "UTC", "2026-11-22T12:00:00Z", true},
        {{}, {"fri-mon"}, {}, {}, {}, "UTC", "2026-11-25T12:00:00Z", false},
        {{}, {}, {"1-7"}, {}, {}, "UTC", "2026-11-07T12:00:00Z", true},
        {{}, {}, {"1-7"}, {}, {}, "UTC", "2026-11-08T12:00:00Z", false},
        {{}, {}, {"-1"}, {}, {}, "UTC", "2026-11-30T12:00:00Z", true},
        {{}, {}, {"-1"}, {}, {}, "UTC", "2024-02-29T12:00:00Z", true},
        {{}, {}, {"-1"}, {}, {}, "UTC", "2024-02-28T12:00:00Z", false},
        {{}, {}, {"-3--1"}, {}, {}, "UTC", "2026-11-28T12:00:00Z", true},
        {{}, {}, {"-3--1"}, {}, {}, "UTC", "2026-11-27T12:00:00Z", false},
        {{}, {}, {"-31--1"}, {}, {}, "UTC", "2026-02-01T12:00:00Z", true},  // Clamped.
        {{}, {}, {"28-31"}, {}, {}, "UTC", "2026-02-28T12:00:00Z", true},
        {{}, {}, {"29-31"}, {}, {}, "UTC", "2026-02-28T12:00:00Z", false},
        {{}, {}, {}, {"jun-aug"}, {}, "UTC", "2026-08-31T12:00:00Z", true},
        {{}, {}, {}, {"jun-aug"}, {}, "UTC", "2026-09-01T00:00:00Z", false},
        {{}, {}, {}, {"11"}, {}, "UTC", "2026-11-23T00:00:00Z", true},
        {{}, {}, {}, {"november"}, {}, "UTC", "2026-11-23T00:00:00Z", true},
        {{}, {}, {}, {}, {"2026"}, "UTC", "2026-12-31T23:59:59Z", true},
        {{}, {}, {}, {}, {"2027-2030"}, "UTC", "2026-12-31T23:59:59Z", false},
        {{}, {}, {}, {}, {"2027-2030"}, "Asia/Tokyo", "2026-12-31T23:59:59Z", true},
        {{"09:00-17:00"}, {"mon"}, {}, {}, {}, "UTC", "2026-11-24T10:00:00Z", false},  // All of
                                                                                       // them.
        {{"09:00-17:00"}, {}, {}, {}, {}, "America/Chicago", "2026-11-23T15:00:00Z", true},
        {{"09:00-17:00"}, {}, {}, {}, {}, "America/Chicago", "2026-11-23T14:59:00Z", false},
        {{"09:00-17:00"}, {}, {}, {}, {}, "America/Chicago", "2026-07-23T14:00:00Z", true},
        {{}, {"sun"}, {}, {}, {}, "Australia/Lord_Howe", "2026-11-21T13:00:00Z", true},
    };
    int row_number = 0;
    for (const auto& row : rows) {
        ++row_number;
        config::TimeInterval interval;
        interval.times = row.times;
        interval.weekdays = row.weekdays;
        interval.days = row.days;
        interval.months = row.months;
        interval.years = row.years;
        interval.zone = row.zone;
        const auto within = is_within(interval, at(row.at));
        ASSERT_TRUE(within) << within.error().message();
        EXPECT_EQ(*within, row.within) << "row " << row_number << " at " << row.at;
    }
}

TEST(Intervals, MistakesAreNamed) {
    const auto fails = [](auto set) {
        config::TimeInterval interval;
        set(interval);
        return !is_within(interval, at("2026-11-23T00:00:00Z"));
    };
    EXPECT_TRUE(fails([](auto& i) { i.times = {"9:00-17:00"}; }));
    EXPECT_TRUE(fails([](auto& i) { i.times = {"17:00-09:00"}; }));
    EXPECT_TRUE(fails([](auto& i) { i.times = {"00:00-24:01"}; }));
    EXPECT_TRUE(fails([](auto& i) { i.weekdays = {"funday"}; }));
    EXPECT_TRUE(fails([](auto& i) { i.days = {"0"}; }));
    EXPECT_TRUE(fails([](auto& i) { i.days = {"1-32"}; }));
    EXPECT_TRUE(fails([](auto& i) { i.months = {"13"}; }));
    EXPECT_TRUE(fails([](auto& i) { i.years = {"soon"}; }));
    EXPECT_TRUE(fails([](auto& i) { i.zone = "Europe/Atlantis"; }));
    EXPECT_TRUE(fails([](auto& i) { i.zone = "../../etc/passwd"; }));
}

std::vector<Sample> filling(double from, double per_hour, Duration span, double noise) {
    std::mt19937 random(3);
    std::vector<Sample> samples;
    for (Duration t = 0s; t <= span; t += 1min) {
        const double hours = std::chrono::duration<double>(t).count() / 3600;
        const double wobble = noise * (static_cast<double>(random() % 2001) / 1000 - 1);
        samples.push_back({Instant{} + t, from + per_hour * hours + wobble});
    }
    return samples;
}

TEST(Trend, SaysWhenItIsFull) {
    const auto in = full_in(filling(0.5, 0.02, 6h, 0.001), 1);
    ASSERT_TRUE(in);  // 0.62 now, 2 points an hour.
    EXPECT_NEAR(std::chrono::duration<double>(*in).count() / 3600, 19, 0.3);
    // A quarter of the samples are nonsense.
    auto wild = filling(0.5, 0.02, 6h, 0.001);
    for (std::size_t i = 0; i < wild.size(); i += 4) wild[i].value = 0.99;
    const auto still = full_in(wild, 1);
    ASSERT_TRUE(still);
    EXPECT_NEAR(std::chrono::duration<double>(*still).count() / 3600, 19, 3);
}

TEST(Trend, KnowsWhenItCannotTell) {
    EXPECT_FALSE(full_in({}, 1));
    EXPECT_FALSE(full_in(filling(0.5, 0.02, 20min, 0), 1));  // Too short.
    EXPECT_FALSE(full_in(filling(0.5, -0.02, 6h, 0), 1));    // It empties.
    EXPECT_FALSE(full_in(filling(0.5, 0, 6h, 0), 1));
    EXPECT_FALSE(full_in(filling(0.5, 0.001, 6h, 0.2), 1));  // It only scatters.
    EXPECT_FALSE(full_in(filling(0.5, 1e-7, 6h, 0), 1));     // In years.
    EXPECT_EQ(*full_in(filling(0.9, 0.1, 6h, 0), 1), Duration{0});
}

}  // namespace
}  // namespace sg::alerts
