#include "ops/respond/notify/compose.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "base/json.h"
#include "ops/respond/notify/html.h"
#include "ops/respond/notify/people.h"
#include "ops/respond/oncall/zone.h"

namespace sg::notify {

namespace {

// Of one line; titles may come from outside alerts.
constexpr std::size_t title_max = 200;

std::string one_line(std::string_view text, std::size_t bytes_max) {
    std::string out(text.substr(0, bytes_max));
    while (out.size() < text.size() && !out.empty() &&
           (static_cast<unsigned char>(text[out.size()]) & 0xC0) == 0x80)
        out.pop_back();
    for (char& c : out)
        if (static_cast<unsigned char>(c) < ' ' || c == 0x7f) c = ' ';
    return out.size() < text.size() ? out + "…" : out;
}

std::string what(const Letter& letter) {
    const std::string title = one_line(letter.title, title_max);
    const std::string drill = letter.briefing.drill ? "[DRILL] " : "";
    // Detectors begin with the service; people often do not.
    if (letter.service.empty() || title.starts_with(letter.service + ":"))
        return fmt::format("{}SEV-{} {}", drill, letter.severity, title);
    return fmt::format("{}SEV-{} {}: {}", drill, letter.severity, letter.service, title);
}

std::string clock(Instant at, std::string_view zone_name, std::string_view with_seconds) {
    const auto zone = oncall::Zone::find(zone_name).value_or(oncall::Zone{});
    const auto text = oncall::to_text(at, zone);  // 2026-03-08T03:00:00-05:00
    const auto offset = text.substr(19);
    const std::string name = offset == "Z" || offset == "+00:00" ? "UTC" : "UTC" + offset;
    return fmt::format("{} {}", text.substr(11, with_seconds.empty() ? 5 : 8), name);
}

std::string joined(const std::vector<std::string>& names) {
    std::string out;
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (i > 0) out += i + 1 == names.size() ? " and " : ", ";
        out += names[i];
    }
    return out;
}

std::string next_of(const Letter& letter, std::string_view zone, Instant at) {
    const auto& briefing = letter.briefing;
    if (briefing.next.empty()) return {};
    const auto due = clock(briefing.next_at, zone, "with seconds");
    if (briefing.next_at <= at) return fmt::format("{}: was due at {}", briefing.next, due);
    return fmt::format("{} by {} (in {})", briefing.next, due, spoken(briefing.next_at - at));
}

std::string company_of(const Letter& letter, std::string_view zone) {
    std::string text = joined(letter.company.paged);
    if (!letter.company.next.empty())
        text += fmt::format("{}{} at {} if nobody acknowledges", text.empty() ? "" : "; ",
                            letter.company.next, clock(letter.company.next_at, zone, {}));
    return text;
}

void add(std::vector<ports::Fact>& facts, std::string name, std::string_view value) {
    if (!value.empty()) facts.push_back({std::move(name), one_line(value, 1000)});
}

bool is_url(std::string_view text) {
    return text.starts_with("https://") || text.starts_with("http://");
}

void add_links(ports::Topic& topic, const Letter& letter, const std::string& public_url) {
    const auto room = war_room_url(public_url, letter.incident);
    const auto& briefing = letter.briefing;
    if (!room.empty()) topic.links.push_back({"war room", room});
    const std::string graph =
        is_url(briefing.graph) ? briefing.graph : (room.empty() ? "" : room + "#graph");
    if (!graph.empty()) topic.links.push_back({"graph", graph});
    if (is_url(briefing.runbook)) topic.links.push_back({"runbook", briefing.runbook});
}

ports::Topic topic_of(const Letter& letter, const Notification& notification,
                      const Writing& writing, const std::string& zone) {
    const auto& public_url = writing.operations.public_url;
    ports::Topic topic;
    topic.severity = static_cast<std::uint32_t>(letter.severity);
    topic.service = letter.service;
    topic.title = one_line(letter.title, title_max);
    topic.headline = headline(letter, notification.purpose, zone, notification.due);
    topic.since = letter.briefing.since;
    topic.ended = letter.ended;
    if (letter.incident == 0) return topic;
    topic.incident = fmt::to_string(letter.incident);
    topic.page = fmt::to_string(letter.page);
    add(topic.facts, "impact", letter.briefing.impact);
    add(topic.facts, "likely", letter.briefing.likely);
    if (notification.purpose == Purpose::page) {
        add(topic.facts, "proposed", letter.briefing.proposed);
        if (!is_url(letter.briefing.runbook)) add(topic.facts, "runbook", letter.briefing.runbook);
        add(topic.facts, "contacts", joined(letter.briefing.contacts));
        add(topic.facts, "paged", company_of(letter, zone));
        add(topic.facts, "next", next_of(letter, zone, notification.due));
        if (!public_url.empty() && !writing.keys.empty() && letter.page != 0)
            topic.acknowledge = acknowledge_url(
                public_url,
                token_of({letter.page, notification.person, notification.due + link_lasts},
                         writing.keys));
    }
    add_links(topic, letter, public_url);
    return topic;
}

std::string topic_text(const ports::Topic& topic, Purpose purpose) {
    std::string text = topic.headline + "\n";
    for (const auto& fact : topic.facts) text += fmt::format("{:<11}{}\n", fact.name, fact.value);
    if (!topic.acknowledge.empty())
        text += fmt::format("{:<11}{}\n", "acknowledge", ' ' + topic.acknowledge);
    else if (purpose == Purpose::page && !topic.incident.empty())
        text += fmt::format("{:<11} streamgate incident ack {}\n", "acknowledge", topic.incident);
    for (const auto& link : topic.links) text += fmt::format("{:<11}{}\n", link.name, link.url);
    return text;
}

std::string topic_html(const ports::Topic& topic) {
    std::string html =
        fmt::format("<h2 style=\"font-size:1.15em\">{}</h2><table>", escaped_html(topic.headline));
    for (const auto& fact : topic.facts)
        html += fmt::format(
            "<tr><td style=\"padding-right:1em;color:#52606d;vertical-align:top\">{}</td>"
            "<td>{}</td></tr>",
            escaped_html(fact.name), escaped_html(fact.value));
    html += "</table><p>";
    if (!topic.acknowledge.empty())
        html += fmt::format(
            "<a style=\"background:#b3261e;color:#fff;padding:.6em 1.2em;border-radius:.4em;"
            "text-decoration:none;font-weight:bold\" href=\"{}\">Acknowledge</a> ",
            escaped_html(topic.acknowledge));
    for (const auto& link : topic.links)
        html += fmt::format("&nbsp; <a href=\"{}\">{}</a>", escaped_html(link.url),
                            escaped_html(link.name));
    return html + "</p>";
}

// `3 pages for catalog: SEV-1 62 % of requests fail …`, the gravest first.
std::string bundle_subject(const Notification& notification, const ports::Topic& gravest) {
    const auto count = static_cast<std::int64_t>(notification.letters.size()) + notification.more;
    const std::string_view noun = notification.purpose == Purpose::page ? "pages" : "updates";
    return fmt::format("{} {}, the first: {}", count, noun, gravest.headline);
}

std::vector<Letter> gravest_first(const std::vector<Letter>& letters) {
    std::vector<Letter> ordered;
    for (std::int64_t severity = 1; severity <= 4; ++severity)
        std::ranges::copy_if(letters, std::back_inserter(ordered), [&](const Letter& l) {
            return std::clamp<std::int64_t>(l.severity, 1, 4) == severity;
        });
    return ordered;
}

constexpr std::string_view test_text =
    "This is a test: nothing is wrong and nobody needs to act.\n"
    "That you read it shows that pages reach you this way.\n";

}  // namespace

std::string told(const Letter& letter, Purpose purpose) {
    if (purpose == Purpose::test) return "a test page";
    const std::string text = fmt::format("{} (incident {})", what(letter), letter.incident);
    switch (purpose) {
        case Purpose::acknowledged: return "acknowledged: " + text;
        case Purpose::mitigated: return "mitigated: " + text;
        case Purpose::resolved: return "resolved: " + text;
        case Purpose::reminder: return "reminder: " + text;
        default: return text;
    }
}

std::string headline(const Letter& letter, Purpose purpose, std::string_view zone, Instant at) {
    if (purpose == Purpose::test) return "Test page from StreamGate: nothing is wrong";
    const auto since = letter.briefing.since;
    const auto number = fmt::format("INC-{}", letter.incident);
    const bool by_itself = letter.by.empty() || letter.by == "system";
    const auto by = by_itself ? "" : " by " + letter.by;
    const auto took = [&](Instant end) {
        return since == Instant{} || end < since ? "" : " after " + spoken(end - since);
    };
    switch (purpose) {
        case Purpose::acknowledged:
            return fmt::format("acknowledged{}: {}   {}", by, what(letter), number);
        case Purpose::mitigated:
            return fmt::format("mitigated{}{}: {}   {}", by, took(letter.ended), what(letter),
                               number);
        case Purpose::resolved:
            return fmt::format("resolved{}{}: {}   {}", by, took(letter.ended), what(letter),
                               number);
        case Purpose::reminder: return fmt::format("reminder: {}   {}", what(letter), number);
        default: break;
    }
    if (since == Instant{}) return fmt::format("{}   {}", what(letter), number);
    return fmt::format("{} since {} ({})   {}", what(letter), clock(since, zone, "with seconds"),
                       spoken(std::max<Duration>(at - since, 0s)), number);
}

std::string spoken(Duration duration) {
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(duration).count();
    const auto pair = [](std::int64_t big, const char* of_big, std::int64_t rest,
                         const char* of_small) {
        return rest == 0 ? fmt::format("{} {}", big, of_big)
                         : fmt::format("{} {} {} {}", big, of_big, rest, of_small);
    };
    if (seconds < 60) return fmt::format("{} s", seconds);
    if (seconds < 3600) return fmt::format("{} min", seconds / 60);
    if (seconds < 86400) return pair(seconds / 3600, "h", seconds % 3600 / 60, "min");
    return pair(seconds / 86400, "d", seconds % 86400 / 3600, "h");
}

ports::Message message_of(const Notification& notification, const Writing& writing) {
    const auto zone = zone_of(notification.person, writing.operations);
    ports::Message message{
        .kind = notification.purpose,
        .channel = notification.channel,
        .person = notification.person,
        .to = address_of(notification.person, notification.channel, writing.operations),
        .key = notification.id,
        .at = notification.due};
    for (const auto& letter : gravest_first(notification.letters))
        message.topics.push_back(topic_of(letter, notification, writing, zone));
    const bool several = message.topics.size() + static_cast<std::size_t>(notification.more) > 1;
    if (!message.topics.empty()) message.subject = message.topics.front().headline;
    if (several) message.subject = bundle_subject(notification, message.topics.front());
    if (several) message.text = message.subject + "\n\n";
    for (std::size_t i = 0; i < message.topics.size(); ++i) {
        if (i > 0) message.text += '\n';
        message.text += topic_text(message.topics[i], notification.purpose);
        message.html += topic_html(message.topics[i]);
    }
    if (notification.more > 0) message.text += fmt::format("\nand {} more\n", notification.more);
    if (notification.purpose == Purpose::test) {
        message.text += test_text;
        message.html += fmt::format("<p>{}</p>", test_text);
    }
    return message;
}

Result<ports::Message> message_of(std::string_view action_body, const Writing& writing) {
    TRY(const auto notification, from_json<Notification>(action_body));
    return message_of(notification, writing);
}

std::string war_room_url(const std::string& public_url, std::int64_t incident) {
    if (public_url.empty() || incident == 0) return {};
    return fmt::format("{}/i/{}", public_url, incident);
}

std::string acknowledge_url(const std::string& public_url, std::string_view token) {
    return public_url.empty() ? std::string() : fmt::format("{}/a/{}", public_url, token);
}

}  // namespace sg::notify
