// A page about one incident, as it is handed to a channel.
#pragma once

#include "ports/channel.h"

namespace sg::platform {

inline ports::Message page_for_tests() {
    ports::Topic topic;
    topic.incident = "204";
    topic.page = "17";
    topic.severity = 1;
    topic.service = "catalog";
    topic.title = "62 % of requests fail";
    topic.headline = "SEV-1 catalog: 62 % of requests fail since 12:59:22 UTC (38 s)   INC-204";
    topic.since = {1'795'435'162'000'000'000};
    topic.facts = {{"impact", "1,930 people & <counting>"}, {"proposed", "roll back v2 · 1 s"}};
    topic.links = {{"war room", "https://ops.example/i/204"},
                   {"graph", "https://ops.example/i/204#graph"}};
    topic.acknowledge = "https://ops.example/a/token";
    ports::Message message;
    message.channel = "mail";
    message.person = "ana";
    message.to = "ana@example.com";
    message.subject = topic.headline;
    message.text = topic.headline + "\nimpact     1,930 people · ü\n.\nend\n";
    message.topics = {topic};
    message.key = "204.1/ana/mail";
    message.at = {1'795'435'200'000'000'000};  // 2026-11-23T12:00:00Z
    return message;
}

}  // namespace sg::platform
