#include "platform/pagerduty/pagerduty.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

namespace sg::platform::pagerduty {

namespace {

using nlohmann::json;
using Kind = ports::Message::Kind;

constexpr std::size_t dedup_key_max = 255;

std::string_view severity_word(std::uint32_t severity) {
    switch (severity) {
        case 1: return "critical";
        case 2: return "error";
        case 3: return "warning";
        default: return "info";
    }
}

std::string_view action_of(Kind kind) {
    switch (kind) {
        case Kind::page:
        case Kind::test:
        case Kind::mitigated:
        case Kind::reminder: return "trigger";  // Appends to the open alert; its cause is not gone.
        case Kind::acknowledged: return "acknowledge";
        case Kind::resolved: return "resolve";
    }
    return "trigger";
}

std::string dedup_key(const ports::Message& message, const ports::Topic& topic) {
    if (topic.incident.empty()) return notify::clipped("streamgate/" + message.key, dedup_key_max);
    return notify::clipped("streamgate/incident/" + topic.incident, dedup_key_max);
}

json payload_of(const ports::Topic& topic) {
    json payload = {{"summary", notify::clipped(topic.headline, summary_max)},
                    {"source", topic.service.empty() ? "streamgate" : topic.service},
                    {"severity", severity_word(topic.severity)},
                    {"class", fmt::format("SEV-{}", topic.severity)}};
    if (!topic.service.empty()) payload["component"] = topic.service;
    if (topic.since != Instant{}) payload["timestamp"] = to_rfc3339(topic.since);
    for (const auto& fact : topic.facts) payload["custom_details"][fact.name] = fact.value;
    return payload;
}

std::string event(const ports::Message& message, const ports::Topic& topic,
                  const std::string& routing_key, std::string_view action) {
    json body = {{"routing_key", routing_key},
                 {"event_action", action},
                 {"dedup_key", dedup_key(message, topic)},
                 {"client", "StreamGate"},
                 {"payload", payload_of(topic)}};
    if (!topic.acknowledge.empty())
        body["links"].push_back({{"href", topic.acknowledge}, {"text", "acknowledge"}});
    for (const auto& link : topic.links) {
        body["links"].push_back({{"href", link.url}, {"text", link.name}});
        if (link.name == "war room") body["client_url"] = link.url;
    }
    const auto written = [&] { return body.dump(-1, ' ', false, json::error_handler_t::replace); };
    std::string text = written();
    for (const auto* part : {"custom_details", "links"}) {
        if (text.size() <= body_max) break;
        (part == std::string_view("links") ? body : body["payload"]).erase(part);
        text = written();
    }
    return text;
}

}  // namespace

std::vector<std::string> events(const ports::Message& message, const std::string& routing_key) {
    std::vector<std::string> all;
    for (const auto& topic : message.topics) {
        all.push_back(event(message, topic, routing_key, action_of(message.kind)));
        if (message.kind == Kind::test)
            all.push_back(event(message, topic, routing_key, "resolve"));
    }
    return all;
}

ports::Delivery judge(const notify::Answer& answer) {
    using enum ports::Delivery::Outcome;
    auto verdict = notify::judge("PagerDuty", answer);
    if (verdict.outcome == delivered && answer->status != 202) verdict.outcome = permanent;
    return verdict;
}

}  // namespace sg::platform::pagerduty
