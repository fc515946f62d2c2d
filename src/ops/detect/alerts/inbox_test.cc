// Alerts of others, as they really look, and as nobody should send them.
#include "ops/detect/alerts/inbox.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/json.h"
#include "ops/detect/alerts/decide.h"

namespace sg::alerts {
namespace {

using Status = OutsideAlert::Status;
using testing::HasSubstr;

const Instant now = *parse_rfc3339("2026-11-23T06:22:31Z");

constexpr std::string_view webhook = R"({
  "version": "4", "groupKey": "{}:{alertname=\"HighErrors\"}", "truncatedAlerts": 0,
  "status": "firing", "receiver": "streamgate", "groupLabels": {"alertname": "HighErrors"},
  "commonLabels": {}, "commonAnnotations": {}, "externalURL": "http://alertmanager:9093",
  "alerts": [
    {"status": "firing",
     "labels": {"alertname": "HighErrors", "service": "catalog", "severity": "critical"},
     "annotations": {"summary": "too many errors", "runbook_url": "https://wiki/errors"},
     "startsAt": "2026-11-23T06:20:00.5Z", "endsAt": "0001-01-01T00:00:00Z",
     "generatorURL": "http://prometheus/graph?g0", "fingerprint": "c0ffee"},
    {"status": "resolved", "labels": {"alertname": "Old"}, "annotations": {},
     "startsAt": "2026-11-23T05:00:00Z", "endsAt": "2026-11-23T06:00:00Z"}]})";

TEST(Inbox, AlertmanagerWebhook) {
    const auto incoming = read_alertmanager_webhook(webhook, now);
    ASSERT_TRUE(incoming) << incoming.error().message();
    ASSERT_EQ(incoming->alerts.size(), 2U);
    const auto& alert = incoming->alerts[0];
    EXPECT_EQ(alert.status, Status::firing);
    EXPECT_EQ(alert.title, "too many errors");
    EXPECT_EQ(alert.service, "catalog");
    EXPECT_EQ(alert.severity, config::Severity::sev1);
    EXPECT_EQ(alert.starts_at, *parse_rfc3339("2026-11-23T06:20:00.5Z"));
    EXPECT_FALSE(alert.ends_at);
    EXPECT_EQ(alert.url, "http://prometheus/graph?g0");
    EXPECT_EQ(incoming->alerts[1].status, Status::resolved);
    EXPECT_EQ(incoming->alerts[1].title, "Old");
    EXPECT_FALSE(incoming->alerts[1].severity);
}

TEST(Inbox, AlertmanagerAlertsEndByThemselves) {
    const auto read = [](std::string_view body) {
        auto incoming = read_alertmanager_alerts(body, now);
        EXPECT_TRUE(incoming) << incoming.error().message();
        return incoming->alerts.at(0);
    };
    const auto plain = read(R"([{"labels":{"alertname":"A"}}])");
    EXPECT_EQ(plain.starts_at, now);
    EXPECT_EQ(plain.ends_at, now + 5min);
    const auto said =
        read(R"([{"labels":{"alertname":"A"},"endsAt":"2026-11-23T06:26:00+00:00"}])");
    EXPECT_EQ(said.ends_at, now + 209s);
    EXPECT_EQ(said.status, Status::firing);
    const auto over = read(R"([{"labels":{"alertname":"A"},"endsAt":"2026-11-23T06:22:31Z"}])");
    EXPECT_EQ(over.status, Status::resolved);
    // A clock ahead of ours does not make the future begin.
    EXPECT_EQ(read(R"([{"labels":{"alertname":"A"},"startsAt":"2030-01-01T00:00:00Z"}])").starts_at,
              now);
}

constexpr std::string_view trigger = R"({
  "routing_key": "0123456789abcdef0123456789abcdef", "event_action": "trigger", "dedup_key": "db1",
  "payload": {"summary": "replication stopped", "source": "db1.example.net", "severity": "error",
              "timestamp": "2026-11-23T06:21:00Z", "component": "postgres",
              "custom_details": {"lag": 42, "list": [1], "ok": false}},
  "client": "monitor", "client_url": "https://monitor.example.net/1"})";

TEST(Inbox, PagerDuty) {
    const auto incoming = read_pagerduty(trigger, now);
    ASSERT_TRUE(incoming) << incoming.error().message();
    EXPECT_EQ(incoming->routing_key, "0123456789abcdef0123456789abcdef");
    const auto& alert = incoming->alerts.at(0);
    EXPECT_EQ(alert.key, "db1");
    EXPECT_EQ(alert.severity, config::Severity::sev2);
    EXPECT_EQ(alert.starts_at, now - 91s);
    EXPECT_EQ(alert.labels.at("component"), "postgres");
    EXPECT_EQ(alert.annotations.at("lag"), "42");
    EXPECT_EQ(alert.annotations.at("ok"), "false");
    EXPECT_FALSE(alert.annotations.contains("list"));
    EXPECT_THAT(pagerduty_reply(*incoming), HasSubstr(R"("dedup_key":"db1")"));

    const auto without = [&](std::string_view what, std::string_view instead = "") {
        std::string text(trigger);
        text.replace(text.find(what), what.size(), instead);
        return text;
    };
    const auto made = read_pagerduty(without("\"dedup_key\": \"db1\","), now);
    ASSERT_TRUE(made);
    EXPECT_EQ(made->alerts[0].key.size(), 16U);
    EXPECT_EQ(made->alerts[0].key,
              read_pagerduty(without("\"dedup_key\": \"db1\","), now)->alerts[0].key);
    for (const auto action : {"acknowledge", "resolve"}) {
        const auto event = read_pagerduty(
            fmt::format(R"({{"routing_key":"k","event_action":"{}","dedup_key":"db1"}})", action),
            now);
        ASSERT_TRUE(event);
        EXPECT_NE(event->alerts[0].status, Status::firing);
    }
    for (const auto& bad : {without("\"trigger\"", "\"page\""), without("\"error\"", "\"bad\""),
                            without("\"summary\"", "\"sum\""), without("\"payload\"", "\"pay\""),
                            without("\"routing_key\"", "\"key\""),
                            without("\"db1\",", "\"" + std::string(256, 'x') + "\","),
                            std::string(R"({"routing_key":"k","event_action":"resolve"})")})
        EXPECT_FALSE(read_pagerduty(bad, now)) << bad;
}

TEST(Inbox, AnyJsonByMapping) {
    const std::map<std::string, std::string> mapping{{"title", "/alert/name"},
                                                     {"service", "/tags/0"},
                                                     {"key", "/id"},
                                                     {"status", "/state"},
                                                     {"severity", "/alert/priority"}};
    const auto read = [&](std::string_view body) { return read_mapped(body, mapping, now); };
    const auto one = read(R"({"alert":{"name":"thing broke","priority":"P2"},"tags":["live"],
                              "id":77,"state":"open"})");
    ASSERT_TRUE(one) << one.error().message();
    EXPECT_EQ(one->alerts[0].title, "thing broke");
    EXPECT_EQ(one->alerts[0].service, "live");
    EXPECT_EQ(one->alerts[0].key, "77");
    EXPECT_EQ(one->alerts[0].severity, config::Severity::sev2);
    EXPECT_EQ(read(R"({"id":77,"state":"OK"})")->alerts[0].status, Status::resolved);
    EXPECT_EQ(read(R"({"alert":{"name":"x"}})")->alerts[0].key, "x");
    EXPECT_FALSE(read(R"({"alert":"x"})"));
    EXPECT_FALSE(read(R"({"state":"open","id":1})"));
    EXPECT_TRUE(read_mapped(R"({"title":"x"})", {}, now));  // What is not mapped has its own name.
    EXPECT_FALSE(read_mapped(R"({"title":"x"})", {{"title", "no pointer"}}, now));
}

TEST(Inbox, WhatNobodyShouldSend) {
    const std::string deep(100'000, '[');
    const std::string large = "\"" + std::string(inbox_bytes_max, 'x') + "\"";
    std::string many = "[";
    for (int i = 0; i < 1001; ++i) many += R"({"labels":{"alertname":"A"}},)";
    many.back() = ']';
    for (const std::string& bad :
         {std::string(), std::string("{"), std::string("null"), std::string("[1]"), deep, large,
          many, std::string("[{}]"),
          std::string(R"([{"labels":{"alertname":5,"x":{}},"endsAt":"soon"}])"),
          std::string("[{\"labels\":{\"alertname\":\"\xff\"}}]")})
        EXPECT_FALSE(read_alertmanager_alerts(bad, now)) << bad.substr(0, 40);
    EXPECT_EQ(read_alertmanager_alerts(large, now).error().code, Errc::too_large);
    EXPECT_FALSE(read_alertmanager_webhook(R"({"version":"3","alerts":[]})", now));

    // Long texts are cut, within bounds and at a character.
    std::string text = "x";
    for (int i = 0; i < 1000; ++i) text += "ü";
    const auto cut = read_alertmanager_alerts(
        R"([{"labels":{"alertname":"A"},"annotations":{"summary":")" + text + "\"}}]", now);
    ASSERT_TRUE(cut);
    EXPECT_EQ(cut->alerts[0].title.size(), 1023U);
}

// --- what follows from it -----------------------------------------------------------------------

struct Desk {
    config::Inbox inbox;
    Standing standing;
    Desk() { inbox.name = "prometheus"; }

    std::string take(const OutsideAlert& alert, Instant at = now) {
        const auto decision = take_in(standing, {}, inbox, alert, at);
        std::string did;
        for (const auto& event : decision.events) {
            ops::Recorded recorded;
            recorded.at = at;
            recorded.kind = event.kind;
            recorded.payload = event.payload;
            const auto fingerprint = fingerprint_of(inbox, alert);
            auto row = apply(standing.open[fingerprint], recorded);
            EXPECT_TRUE(row);
            if (row->state == State::resolved) standing.open.erase(fingerprint);
            else standing.open[fingerprint] = *row;
            did += std::string(ops::row_of(event.kind).name) + " ";
        }
        for (const auto& clock : decision.clocks)
            did += clock.due ? fmt::format("ends in {} ", to_text(*clock.due - at)) : "stopped ";
        return did;
    }
};

TEST(Inbox, MergesWhatIsSentAgain) {
    Desk desk;
    auto alert = read_alertmanager_alerts(
                     R"([{"labels":{"alertname":"A"},"annotations":{"summary":"one"}}])", now)
                     ->alerts[0];
    EXPECT_EQ(desk.take(alert), "alert.raised ends in 5m ");
    alert.ends_at = now + 6min;
    EXPECT_EQ(desk.take(alert, now + 1min), "ends in 5m ");  // Pushed forward, and nothing else.
    alert.annotations["summary"] = alert.title = "two";
    alert.starts_at = now - 1h;
    EXPECT_EQ(desk.take(alert, now + 1min), "alert.reworded ends in 5m ");
    EXPECT_EQ(desk.standing.open.begin()->second.title, "two");
    EXPECT_EQ(desk.standing.open.begin()->second.started_at, now - 1h);  // The earliest.
    alert.severity = config::Severity::sev1;
    EXPECT_EQ(desk.take(alert, now + 1min), "alert.worsened ends in 5m ");
    alert.status = Status::resolved;
    EXPECT_EQ(desk.take(alert), "alert.cleared stopped ");
    EXPECT_EQ(desk.take(alert), "");
    alert.status = Status::firing;
    EXPECT_EQ(desk.take(alert, now + 1min), "alert.raised ends in 5m ");  // A new occurrence.
    const auto expired = expire(desk.standing.open.begin()->second);
    ASSERT_EQ(expired.events.size(), 1U);
    EXPECT_THAT(expired.events[0].payload, HasSubstr("not sent again"));
}

TEST(Inbox, PagerDutyTakesWhatIsOpenOnly) {
    Desk desk;
    auto alert = read_pagerduty(trigger, now)->alerts[0];
    alert.status = Status::acknowledged;
    EXPECT_EQ(desk.take(alert), "");
    alert.status = Status::resolved;
    EXPECT_EQ(desk.take(alert), "");
    alert.status = Status::firing;
    EXPECT_EQ(desk.take(alert), "alert.raised ");
    EXPECT_EQ(desk.take(alert), "");
    alert.status = Status::acknowledged;
    EXPECT_EQ(desk.take(alert), "alert.acknowledged ");
    EXPECT_EQ(desk.take(alert), "");
    Desk other;  // Another inbox does not know this key.
    other.inbox.name = "else";
    other.standing = desk.standing;
    alert.status = Status::resolved;
    EXPECT_EQ(other.take(alert), "");
    EXPECT_EQ(desk.take(alert), "alert.cleared stopped ");
}

TEST(Inbox, SaysWhatTheSenderDoesNot) {
    Desk desk;
    desk.inbox.service = "catalog";
    desk.inbox.severity = config::Severity::sev4;
    OutsideAlert alert;
    alert.key = "k";
    alert.title = "something";
    desk.take(alert);
    const auto row = desk.standing.open.begin()->second;
    EXPECT_EQ(row.service, "catalog");
    EXPECT_EQ(row.severity, "sev4");
    EXPECT_FALSE(row.page);
    EXPECT_EQ(row.name, "prometheus");
    EXPECT_EQ(row.source, "inbox:prometheus");
    EXPECT_TRUE(row.is_told());
}

}  // namespace
}  // namespace sg::alerts
