#include "platform/slack/slack.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/text.h"

namespace sg::platform::slack {

namespace {

using nlohmann::json;
using notify::clipped;

constexpr std::size_t text_max = 3000;  // Of a section, in characters; we count bytes.
constexpr std::size_t topics_max = 15;  // Three blocks each, and one for what is left out.
constexpr std::size_t url_max = 3000;
constexpr std::size_t buttons_max = 25;

std::string escaped(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == '&') out += "&amp;";
        else if (c == '<') out += "&lt;";
        else if (c == '>') out += "&gt;";
        else out += c;
    }
    return out;
}

json section(std::string_view text) {
    return {{"type", "section"}, {"text", {{"type", "mrkdwn"}, {"text", clipped(text, text_max)}}}};
}

json button(std::string_view text, const std::string& url) {
    return {{"type", "button"},
            {"text", {{"type", "plain_text"}, {"text", clipped(text, 75)}}},
            {"url", url}};
}

json buttons_of(const ports::Topic& topic) {
    json elements = json::array();
    if (!topic.acknowledge.empty()) {
        json acknowledge = button("Acknowledge", topic.acknowledge);
        acknowledge["style"] = "danger";
        elements.push_back(std::move(acknowledge));
    }
    for (const auto& link : topic.links)
        if (link.url.size() <= url_max && elements.size() < buttons_max)
            elements.push_back(button(link.name, link.url));
    return elements;
}

void add_topic(json& blocks, const ports::Topic& topic) {
    std::string text = fmt::format("*{}*", escaped(topic.headline));
    for (const auto& fact : topic.facts)
        text += fmt::format("\n*{}* {}", escaped(fact.name), escaped(fact.value));
    blocks.push_back(section(text));
    json elements = buttons_of(topic);
    if (!elements.empty())
        blocks.push_back({{"type", "actions"}, {"elements", std::move(elements)}});
}

}  // namespace

std::string payload(const ports::Message& message) {
    json blocks = json::array();
    if (message.topics.size() > 1) blocks.push_back(section(escaped(message.subject)));
    for (std::size_t i = 0; i < message.topics.size() && i < topics_max; ++i) {
        if (i > 0) blocks.push_back({{"type", "divider"}});
        add_topic(blocks, message.topics[i]);
    }
    if (message.topics.size() > topics_max)
        blocks.push_back(section(fmt::format("and {} more", message.topics.size() - topics_max)));
    json body = {{"text", escaped(message.subject)}, {"blocks", std::move(blocks)}};
    if (!message.to.empty()) body["channel"] = message.to;
    return body.dump(-1, ' ', false, json::error_handler_t::replace);
}

ports::Delivery judge(const notify::Answer& answer) {
    using enum ports::Delivery::Outcome;
    auto verdict = notify::judge("Slack", answer);
    if (verdict.outcome != delivered) return verdict;
    const auto body = trim(answer->body);
    if (body == "ok") return verdict;
    const auto said = json::parse(body, nullptr, false);
    const bool ok = said.is_object() && said.value("ok", json(false)) == json(true);
    // Somebody answers in Slack's place, or Slack refuses in its newer way: not a matter of time.
    if (!ok) verdict.outcome = permanent;
    return verdict;
}

}  // namespace sg::platform::slack
