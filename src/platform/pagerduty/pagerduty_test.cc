#include "platform/pagerduty/pagerduty.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "platform/notify/message_for_tests.h"

namespace sg::platform::pagerduty {
namespace {

using nlohmann::json;
using Kind = ports::Message::Kind;
using Outcome = ports::Delivery::Outcome;

const std::string key(32, 'k');

std::vector<json> sent(const ports::Message& message) {
    std::vector<json> all;
    for (const auto& text : events(message, key)) {
        EXPECT_LE(text.size(), body_max);
        all.push_back(json::parse(text));
    }
    return all;
}

TEST(PagerDuty, APageTriggersWithWhatTheFormAsks) {
    const auto all = sent(page_for_tests());
    ASSERT_EQ(all.size(), 1U);
    const auto& event = all[0];
    EXPECT_EQ(event["routing_key"], key);
    EXPECT_EQ(event["event_action"], "trigger");
    EXPECT_EQ(event["dedup_key"], "streamgate/incident/204");
    EXPECT_EQ(event["payload"]["severity"], "critical");
    EXPECT_EQ(event["payload"]["source"], "catalog");
    EXPECT_EQ(event["payload"]["timestamp"], "2026-11-23T11:59:22.000Z");
    EXPECT_EQ(event["payload"]["custom_details"]["proposed"], "roll back v2 · 1 s");
    EXPECT_EQ(event["client_url"], "https://ops.example/i/204");
    EXPECT_EQ(event["links"][0]["href"], "https://ops.example/a/token");
}

TEST(PagerDuty, TheSameIncidentIsTheSameAlertUntilItIsResolved) {
    auto message = page_for_tests();
    const std::pair<Kind, const char*> cases[] = {{Kind::page, "trigger"},
                                                  {Kind::acknowledged, "acknowledge"},
                                                  {Kind::mitigated, "trigger"},
                                                  {Kind::resolved, "resolve"}};
    for (const auto& [kind, action] : cases) {
        message.kind = kind;
        message.key += "x";
        EXPECT_EQ(sent(message)[0]["event_action"], action);
        EXPECT_EQ(sent(message)[0]["dedup_key"], "streamgate/incident/204");
    }
}

TEST(PagerDuty, ATestOpensAnAlertAndClosesIt) {
    auto message = page_for_tests();
    message.kind = Kind::test;
    message.topics[0].incident.clear();
    message.key = std::string(400, 'k');
    const auto all = sent(message);
    ASSERT_EQ(all.size(), 2U);
    EXPECT_EQ(all[0]["event_action"], "trigger");
    EXPECT_EQ(all[1]["event_action"], "resolve");
    EXPECT_EQ(all[0]["dedup_key"], all[1]["dedup_key"]);
    EXPECT_LE(all[0]["dedup_key"].get<std::string>().size(), 255U);
}

TEST(PagerDuty, WhatIsTooLongIsCutAndWhatIsTooLargeLeftOut) {
    auto message = page_for_tests();
    std::string umlauts;
    for (int i = 0; i < 2000; ++i) umlauts += "ü";
    message.topics[0].headline = umlauts;
    message.topics[0].facts = {{"impact", std::string(600'000, 'x')}};
    const auto event = sent(message)[0];
    EXPECT_LE(event["payload"]["summary"].get<std::string>().size(), summary_max);
    EXPECT_FALSE(event["payload"].contains("custom_details"));
    EXPECT_TRUE(event.contains("links"));
    message.topics[0].links.assign(1, {"x", std::string(600'000, 'x')});
    EXPECT_FALSE(sent(message)[0].contains("links"));
}

TEST(PagerDuty, Only202IsDelivered) {
    const std::pair<int, Outcome> cases[] = {{202, Outcome::delivered}, {200, Outcome::permanent},
                                             {400, Outcome::permanent}, {429, Outcome::retry},
                                             {500, Outcome::retry},     {403, Outcome::permanent}};
    for (const auto& [status, outcome] : cases) {
        ports::http::Response response;
        response.status = status;
        EXPECT_EQ(judge(response).outcome, outcome) << status;
    }
}

}  // namespace
}  // namespace sg::platform::pagerduty
