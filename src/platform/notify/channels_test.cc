// Whatever the channel: a page says what, since when, what it costs, where to look, what to do,
// whom to call, and where the others are.
#include <gtest/gtest.h>

#include "platform/http_channel/template.h"
#include "platform/notify/message_for_tests.h"
#include "platform/pagerduty/pagerduty.h"
#include "platform/slack/slack.h"
#include "platform/smtp/mail.h"
#include "platform/terminal/terminal.h"
#include "platform/webhook/webhook.h"

namespace sg::platform {
namespace {

// As notify composes it: what stands in the topic stands in the text and in the HTML as well.
ports::Message whole_page() {
    auto message = page_for_tests();
    auto& topic = message.topics.front();
    topic.facts = {{"impact", "5,210 of 8,402 requests failed"},
                   {"contacts", "Bo Chen (primary, +49 170 1)"},
                   {"next", "acknowledge by 13:04:22 UTC"}};
    topic.links.push_back({"runbook", "https://wiki.example/errors"});
    message.text = topic.headline + "\n";
    for (const auto& fact : topic.facts) message.text += fact.name + " " + fact.value + "\n";
    message.text += "acknowledge " + topic.acknowledge + "\n";
    for (const auto& link : topic.links) message.text += link.name + " " + link.url + "\n";
    message.html = "<p>" + message.text + "</p>";
    return message;
}

// Quoted-printable folds lines anywhere.
std::string unfolded(std::string text) {
    for (auto at = text.find("=\r\n"); at != std::string::npos; at = text.find("=\r\n", at))
        text.erase(at, 3);
    return text;
}

TEST(Channels, EachSaysAllOfAPage) {
    const auto message = whole_page();
    const auto mail = smtp::written(message, *smtp::parse_address("s@example.com"),
                                    *smtp::parse_address("a@example.com"));
    std::string events;
    for (const auto& event : pagerduty::events(message, "key")) events += event;
    const std::pair<const char*, std::string> written[] = {
        {"mail", unfolded(mail)},
        {"slack", slack::payload(message)},
        {"pagerduty", events},
        {"webhook", webhook::body(message, "https://ops.example")},
        {"http",
         http_channel::filled(http_channel::default_body(), message, http_channel::Escape::json)},
        {"terminal", terminal::written(message)}};
    for (const auto& [channel, text] : written)
        for (const auto* part : {"SEV-1 catalog: 62 % of requests fail", "since 12:59:22 UTC",
                                 "INC-204", "5,210 of 8,402 requests failed",
                                 "Bo Chen (primary, +49 170 1)", "acknowledge by 13:04:22 UTC",
                                 "https://ops.example/a/token", "https://ops.example/i/204",
                                 "https://ops.example/i/204#graph", "https://wiki.example/errors"})
            EXPECT_NE(text.find(part), std::string::npos) << channel << " lacks " << part;
}

}  // namespace
}  // namespace sg::platform
