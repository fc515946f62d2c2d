#include "platform/notify/perform.h"

#include <fmt/format.h>

#include <vector>

#include "base/text.h"
#include "platform/http/client.h"
#include "platform/http_channel/template.h"
#include "platform/notify/verdict.h"
#include "platform/pagerduty/pagerduty.h"
#include "platform/slack/slack.h"
#include "platform/smtp/smtp.h"
#include "platform/terminal/terminal.h"
#include "platform/webhook/webhook.h"

namespace sg::platform::notify {

namespace {

using config::Channel;
using ports::Delivery;
using ports::Message;

ports::http::Request post(const Channel& channel, const std::string& url, std::string body) {
    ports::http::Request request;
    request.method = "POST";
    request.url = url;
    request.headers = {{"Content-Type", "application/json"}};
    request.body = std::move(body);
    request.ca = channel.ca;
    request.proxy = ports::http::Proxy::environment;
    request.body_max = 64U << 10;
    return request;
}

Delivery by_mail(const Message& message, const Channel& channel) {
    return smtp::deliver(
        message, {.url = channel.smtp,
                  .from = channel.from,
                  .user = channel.user,
                  .password = channel.password,
                  .tls = channel.require_tls ? smtp::Tls::required : smtp::Tls::where_offered,
                  .ca = channel.ca});
}

Delivery by_slack(const Message& message, const Channel& channel) {
    return slack::judge(http::perform(post(channel, channel.url, slack::payload(message))));
}

// In order; the first that is not taken is the answer, and all come again: each has its dedup key.
Delivery by_pagerduty(const Message& message, const Channel& channel) {
    const std::string url = channel.url.empty() ? std::string(pagerduty::enqueue_url) : channel.url;
    Delivery last;
    for (auto& event : pagerduty::events(message, channel.routing_key)) {
        last = pagerduty::judge(http::perform(post(channel, url, std::move(event))));
        if (last.outcome != Delivery::Outcome::delivered) return last;
    }
    return last;
}

Delivery by_webhook(const Message& message, const Channel& channel, const std::string& public_url) {
    auto request = post(channel, channel.url, webhook::body(message, public_url));
    const auto signature =
        webhook::signature(request.body, {channel.secret, channel.secret_before});
    if (!signature.empty())
        request.headers.emplace_back(std::string(webhook::signature_field), signature);
    request.headers.emplace_back("Idempotency-Key", message.key);
    return judge("the webhook", http::perform(request));
}

Delivery by_http(const Message& message, const Channel& channel) {
    using http_channel::Escape;
    std::string type = "application/json";
    for (const auto& [name, value] : channel.headers)
        if (equal_ignoring_case(name, "content-type")) type = value;
    const auto body = channel.body.empty() ? http_channel::default_body() : channel.body;
    auto request = post(channel, http_channel::filled(channel.url, message, Escape::form),
                        http_channel::filled(body, message, http_channel::escape_for(type)));
    request.method = channel.method;
    request.headers = {{"Content-Type", type}, {"Idempotency-Key", message.key}};
    for (const auto& [name, value] : channel.headers)
        if (!equal_ignoring_case(name, "content-type")) request.headers.emplace_back(name, value);
    return judge("the HTTP channel", http::perform(request));
}

Delivery send(const Message& message, const Channel& channel, const Surroundings& surroundings) {
    switch (channel.kind) {
        case Channel::Kind::mail: return by_mail(message, channel);
        case Channel::Kind::slack: return by_slack(message, channel);
        case Channel::Kind::pagerduty: return by_pagerduty(message, channel);
        case Channel::Kind::webhook:
            return by_webhook(message, channel, surroundings.operations.public_url);
        case Channel::Kind::http: return by_http(message, channel);
        case Channel::Kind::terminal:
            return terminal::deliver(message, pages_log(surroundings.state));
    }
    return {Delivery::Outcome::permanent, "there is no such kind of channel", 0s};
}

// The token of a URL may be in any part behind the host, so all of that is one.
std::vector<std::string> secrets_of(const Channel& channel) {
    std::vector<std::string> secrets = {channel.url, channel.password, channel.routing_key,
                                        channel.secret, channel.secret_before};
    if (const auto host = channel.url.find("://"); host != std::string::npos)
        if (const auto path = channel.url.find('/', host + 3);
            path != std::string::npos && path + 1 < channel.url.size())
            secrets.push_back(channel.url.substr(path + 1));
    for (const auto& [name, value] : channel.headers)
        if (!equal_ignoring_case(name, "content-type")) secrets.push_back(value);
    return secrets;
}

}  // namespace

std::string pages_log(const std::string& state) { return state + "/ops/pages.log"; }

Delivery perform(const Message& message, const Surroundings& surroundings) {
    const auto& channels = surroundings.operations.notify;
    const auto found = channels.find(message.channel);
    if (found == channels.end())
        return {Delivery::Outcome::permanent,
                fmt::format("there is no channel `{}` in the configuration", message.channel), 0s};
    Delivery delivery = send(message, found->second, surroundings);
    auto secrets = secrets_of(found->second);
    for (const auto& topic : message.topics)
        if (!topic.acknowledge.empty()) secrets.push_back(topic.acknowledge);
    delivery.detail = presentable(delivery.detail, secrets);
    return delivery;
}

}  // namespace sg::platform::notify
