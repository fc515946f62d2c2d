#include "platform/webhook/webhook.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "base/hmac.h"
#include "platform/notify/message_for_tests.h"

namespace sg::platform::webhook {
namespace {

using nlohmann::json;

TEST(Webhook, TheBodyIsThatOfAlertmanagerVersion4) {
    auto message = page_for_tests();
    message.topics.push_back(message.topics[0]);
    message.topics[1].incident = "205";
    message.topics[1].ended = message.at;
    const auto body = json::parse(webhook::body(message, "https://ops.example"));
    EXPECT_EQ(body["version"], "4");
    EXPECT_EQ(body["status"], "firing");
    EXPECT_EQ(body["receiver"], "mail");
    EXPECT_EQ(body["externalURL"], "https://ops.example");
    EXPECT_EQ(body["notification_reason"], "page");
    EXPECT_EQ(body["truncatedAlerts"], 0);
    EXPECT_EQ(body["groupLabels"], (json{{"service", "catalog"}}));
    EXPECT_EQ(body["commonLabels"]["severity"], "sev1");
    EXPECT_FALSE(body["commonLabels"].contains("incident"));
    ASSERT_EQ(body["alerts"].size(), 2U);
    const auto& alert = body["alerts"][0];
    EXPECT_EQ(alert["status"], "firing");
    EXPECT_EQ(alert["labels"]["incident"], "204");
    EXPECT_EQ(alert["annotations"]["acknowledge"], "https://ops.example/a/token");
    EXPECT_EQ(alert["startsAt"], "2026-11-23T11:59:22.000Z");
    EXPECT_EQ(alert["endsAt"], "0001-01-01T00:00:00Z");
    EXPECT_EQ(alert["generatorURL"], "https://ops.example/i/204#graph");
    EXPECT_EQ(body["alerts"][1]["status"], "resolved");
    EXPECT_NE(alert["fingerprint"], body["alerts"][1]["fingerprint"]);
}

TEST(Webhook, SignedByEachSecretThatIsInUse) {
    const auto one = "v1=" + to_hex(hmac_sha256("new", "body"));
    const auto two = "v1=" + to_hex(hmac_sha256("old", "body"));
    EXPECT_EQ(signature("body", {}), "");
    EXPECT_EQ(signature("body", {"new", ""}), one);
    EXPECT_EQ(signature("body", {"new", "old"}), one + ',' + two);
}

}  // namespace
}  // namespace sg::platform::webhook
