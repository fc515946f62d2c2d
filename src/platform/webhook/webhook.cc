#include "platform/webhook/webhook.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/hmac.h"

namespace sg::platform::webhook {

namespace {

using nlohmann::json;
using Kind = ports::Message::Kind;

std::string_view reason_of(Kind kind) {
    switch (kind) {
        case Kind::page: return "page";
        case Kind::acknowledged: return "acknowledged";
        case Kind::mitigated: return "mitigated";
        case Kind::resolved: return "resolved";
        case Kind::test: return "test";
        case Kind::reminder: return "reminder";
    }
    return "page";
}

json labels_of(const ports::Topic& topic) {
    json labels = {{"alertname", topic.title}, {"severity", fmt::format("sev{}", topic.severity)}};
    if (!topic.service.empty()) labels["service"] = topic.service;
    if (!topic.incident.empty()) labels["incident"] = topic.incident;
    return labels;
}

json annotations_of(const ports::Topic& topic) {
    json annotations = {{"summary", topic.headline}};
    for (const auto& fact : topic.facts) annotations[fact.name] = fact.value;
    for (const auto& link : topic.links) annotations[link.name] = link.url;
    if (!topic.acknowledge.empty()) annotations["acknowledge"] = topic.acknowledge;
    return annotations;
}

json alert(const ports::Topic& topic) {
    std::string generator;
    for (const auto& link : topic.links)
        if (link.name == "graph") generator = link.url;
    const bool over = topic.ended != Instant{};
    return {
        {"status", over ? "resolved" : "firing"},
        {"labels", labels_of(topic)},
        {"annotations", annotations_of(topic)},
        {"startsAt", to_rfc3339(topic.since)},
        {"endsAt", over ? to_rfc3339(topic.ended) : "0001-01-01T00:00:00Z"},
        {"generatorURL", generator},
        {"fingerprint", to_hex(hmac_sha256("", topic.incident + '/' + topic.title)).substr(0, 16)}};
}

// What all of them have with the same value.
json shared(const std::vector<json>& alerts, const char* part) {
    json same = json::object();
    if (alerts.empty()) return same;
    for (const auto& [key, value] : alerts.front()[part].items()) {
        const bool everywhere = std::ranges::all_of(
            alerts, [&](const json& a) { return a[part].contains(key) && a[part][key] == value; });
        if (everywhere) same[key] = value;
    }
    return same;
}

}  // namespace

std::string body(const ports::Message& message, const std::string& external_url) {
    std::vector<json> alerts;
    bool firing = false;
    for (const auto& topic : message.topics) {
        alerts.push_back(alert(topic));
        firing |= topic.ended == Instant{};
    }
    const auto labels = shared(alerts, "labels");
    json group = json::object();
    for (const char* key : {"service", "incident"})
        if (labels.contains(key)) group[key] = labels[key];
    const json body = {{"version", "4"},
                       {"groupKey", group.dump(-1, ' ', false, json::error_handler_t::replace)},
                       {"truncatedAlerts", 0},
                       {"status", firing ? "firing" : "resolved"},
                       {"receiver", message.channel},
                       {"groupLabels", group},
                       {"commonLabels", labels},
                       {"commonAnnotations", shared(alerts, "annotations")},
                       {"externalURL", external_url},
                       {"notification_reason", reason_of(message.kind)},
                       {"alerts", alerts}};
    return body.dump(-1, ' ', false, json::error_handler_t::replace);
}

std::string signature(std::string_view body, const std::vector<std::string>& secrets) {
    std::string all;
    for (const auto& secret : secrets) {
        if (secret.empty()) continue;
        if (!all.empty()) all += ',';
        all += "v1=" + to_hex(hmac_sha256(secret, body));
    }
    return all;
}

}  // namespace sg::platform::webhook
