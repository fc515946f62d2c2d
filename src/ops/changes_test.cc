#include "ops/changes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "store/database_for_tests.h"

namespace sg::ops {
namespace {

using testing::ElementsAre;

constexpr Instant noon{1'800'000'000'000'000'000};
constexpr const char* deployed = R"({"routing_key": "k", "payload": {"summary": "1.42 is out",
    "source": "ci", "timestamp": "2026-11-23T08:00:00Z", "custom_details": {"build": 871}},
    "links": [{"href": "ftp://x"}, {"href": "https://ci.example.com/871", "text": "build"}]})";

TEST(Change, IsReadAsPagerDutySendsIt) {
    const auto told = read_change(deployed, noon);
    ASSERT_TRUE(told) << told.error().message();
    EXPECT_EQ(told->routing_key, "k");
    EXPECT_EQ(told->change.summary, "1.42 is out");
    EXPECT_EQ(told->change.source, "ci");
    EXPECT_EQ(told->change.url, "https://ci.example.com/871");
    EXPECT_EQ(told->change.changed_at, parse_rfc3339("2026-11-23T08:00:00Z"));
    const auto later = read_change(
        R"({"routing_key":"k","payload":{"summary":"x","timestamp":"2199-01-01T00:00:00Z"}})",
        noon);
    ASSERT_TRUE(later);
    EXPECT_EQ(later->change.changed_at, noon) << "nothing has changed tomorrow";
}

TEST(Change, WhatNobodyShouldSend) {
    const std::string deep(100'000, '[');
    for (const std::string& bad :
         {std::string(), std::string("{"), std::string("[]"), deep,
          std::string(R"({"payload":{"summary":"x"}})"), std::string(R"({"routing_key":"k"})"),
          std::string(R"({"routing_key":"k","payload":{"summary":5}})"),
          std::string(R"({"routing_key":"k","payload":{"summary":"x","timestamp":"soon"}})")})
        EXPECT_FALSE(read_change(bad, noon)) << bad.substr(0, 60);
    EXPECT_EQ(read_change(std::string(600'000, ' '), noon).error().code, Errc::too_large);
    std::string text = "x";
    for (int i = 0; i < 1000; ++i) text += "\u00fc";
    const auto cut =
        read_change(R"({"routing_key":"k","payload":{"summary":")" + text + "\"}}", noon);
    EXPECT_EQ(cut->change.summary.size(), 1023U) << "at a character";
}

class Changes : public testing::TestWithParam<store::Engine> {
  protected:
    void note(Instant at, const ChangeNoted& change) {
        auto tx = db.begin();
        const Turn turn{tx, at, config, {}, {}};
        const auto noted = note_change(turn, {"inbox:ci", "inbox"}, change);
        ASSERT_TRUE(noted) << noted.error().message();
        ASSERT_TRUE(tx.commit());
    }
    std::vector<std::string> before(const std::string& service) {
        std::vector<std::string> all;
        for (const auto& change : changes_before(db.session(), service, noon).value())
            all.push_back(change.what);
        return all;
    }
    store::DatabaseForTests db{GetParam()};
    config::Config config;
};
INSTANTIATE_TEST_SUITE_P(Ops, Changes, testing::ValuesIn(store::engines_for_tests()),
                         [](const auto& one) { return store::name_of(one.param); });

TEST_P(Changes, OfTheServiceAndOfNoneJustBefore) {
    const auto change = [](const char* what, const char* of, Instant at) {
        return ChangeNoted{.summary = what, .service = of, .changed_at = at};
    };
    note(noon - 3h, change("long ago", "", noon - 3h));
    note(noon - 1h, change("of another", "live", noon - 1h));
    note(noon - 1h, change("of it", "catalog", noon - 1h));
    note(noon - 10min, change("of none", "", noon - 10min));
    note(noon + 1min, change("told late", "catalog", noon - 5min));
    note(noon + 2min, change("after it", "catalog", noon + 1min));
    EXPECT_THAT(before("catalog"), ElementsAre("told late", "of none", "of it"));
    EXPECT_THAT(before("live"), ElementsAre("of none", "of another"));
    EXPECT_THAT(before(""), ElementsAre("told late", "of none", "of it", "of another"));
}

}  // namespace
}  // namespace sg::ops
