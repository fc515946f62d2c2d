#include "operate/alerts_view.h"

#include <fmt/format.h>

#include "base/text.h"
#include "platform/local/table.h"

namespace sg::operate {

namespace {

using platform::local::News;
using platform::local::Table;

constexpr std::size_t key_shown = 8;  // Of a fingerprint: enough to tell one from another.

std::string or_dash(std::string text) { return text.empty() ? "-" : text; }

std::string key_of(const Json& alert) { return text_at(alert, "fingerprint"); }

std::string severity_of(const Json& alert) {
    const auto number = parse_severity(text_at(alert, "severity"));
    return number ? fmt::format("SEV-{}", *number) : or_dash(text_at(alert, "severity"));
}

std::string state_of(const Json& alert) {
    auto state = text_at(alert, "state");
    if (const auto by = text_at(alert, "suppressed_by"); !by.empty())
        state += ", by " + by + " told nobody";
    return state;
}

News news_of(const Json& alert) {
    const auto state = text_at(alert, "state");
    if (state == "firing") return text_at(alert, "suppressed_by").empty() ? News::bad : News::plain;
    return state == "resolved" ? News::good : News::plain;
}

std::optional<Instant> since_of(const Json& alert) {
    for (const char* key : {"started_at", "active_at", "fired_at"})
        if (const auto at = moment_at(alert, key)) return at;
    return std::nullopt;
}

std::string lasted(const Json& alert, Instant now) {
    const auto since = since_of(alert);
    if (!since) return "-";
    return show_span(moment_at(alert, "resolved_at").value_or(now) - *since);
}

std::string labels_text(const Json& labels) {
    std::string out;
    if (labels.is_object())
        for (const auto& [name, value] : labels.items())
            if (value.is_string())
                out +=
                    fmt::format("{}{}={}", out.empty() ? "" : ", ", name, value.get<std::string>());
    return out;
}

std::string until_text(const Json& silence, const Screen& screen) {
    if (const auto over = moment_at(silence, "over_at"))
        return "over since " + show_moment(*over, screen.now);
    std::string out;
    if (const auto ends = moment_at(silence, "ends_at")) out = show_moment(*ends, screen.now);
    if (flag_at(silence, "until_clear")) out += out.empty() ? "it is clear" : ", or it is clear";
    if (const auto interval = text_at(silence, "interval"); !interval.empty())
        out += (out.empty() ? "only in " : ", only in ") + interval;
    return out.empty() ? "somebody ends it" : out;
}

std::string state_of_silence(const Json& silence, const Screen& screen) {
    if (flag_at(silence, "over")) return "over";
    const auto starts = moment_at(silence, "starts_at");
    return starts && *starts > screen.now ? "to come" : "in force";
}

}  // namespace

std::string alert_list(const Json& answer, const Screen& screen) {
    Table table({"ALERT", "SEVERITY", "STATE", "SERVICE", "SINCE", ">LASTED", "KEY", "WHAT"});
    for (const auto& alert : list_at(answer, "alerts")) {
        const auto since = since_of(alert);
        table.row({text_at(alert, "name"), severity_of(alert), state_of(alert),
                   or_dash(text_at(alert, "service")),
                   since ? show_moment(*since, screen.now) : "-", lasted(alert, screen.now),
                   key_of(alert).substr(0, key_shown), text_at(alert, "title")},
                  news_of(alert));
    }
    return table.empty() ? "no alert\n" : table.text(screen.colour);
}

std::string alert_card(const Json& alert, const Screen& screen) {
    const auto headline = fmt::format("{}  {}  {}  {}", text_at(alert, "name"), severity_of(alert),
                                      state_of(alert), text_at(alert, "title"));
    auto out = platform::local::coloured(headline, news_of(alert), screen.colour) + "\n";
    const auto say = [&](const char* name, const std::string& text) {
        if (!text.empty()) out += fmt::format("{:<11}{}\n", name, text);
    };
    say("key", key_of(alert));
    say("tells", flag_at(alert, "page") ? "a page" : "a ticket");
    say("labels", labels_text(at(alert, "labels")));
    if (const auto since = since_of(alert))
        say("since",
            fmt::format("{} · {}", show_moment(*since, screen.now), lasted(alert, screen.now)));
    if (const auto value = text_at(alert, "value_text"); !value.empty())
        say("value", fmt::format("{} · threshold {}", value, text_at(alert, "threshold_text")));
    if (const auto requests = number_at(alert, "requests"); requests > 0)
        say("requests", fmt::format("{} of {} failed", show_count(number_at(alert, "failures")),
                                    show_count(requests)));
    say("source", text_at(alert, "source"));
    say("runbook", text_at(alert, "runbook"));
    say("link", text_at(alert, "url"));
    if (const auto service = text_at(alert, "service"); !service.empty())
        say("next", fmt::format("streamgate silence add 'alertname={}' 'service={}' --for 2h "
                                "--comment WHY",
                                text_at(alert, "name"), service));
    return out;
}

namespace {

// `would have fired twice, 12 min in all: 2 pages`
std::string verdict_of(const Json& rule) {
    const auto& fired = list_at(rule, "fired");
    if (fired.empty()) return "would not have fired";
    Duration whole{};
    for (const auto& one : fired) whole += span_at(one, "lasted").value_or(0s);
    const auto times =
        fired.size() == 1
            ? std::string("once")
            : fmt::format("{} times", show_count(static_cast<std::int64_t>(fired.size())));
    const auto pages = number_at(rule, "pages");
    const auto told = flag_at(rule, "page")
                          ? fmt::format("{} page{}", show_count(pages), pages == 1 ? "" : "s")
                          : std::string("no page: it is for a ticket");
    return fmt::format("would have fired {}, {} in all · {}", times, show_span(whole), told);
}

std::string seen_text(const Json& rule, const Screen& screen) {
    const auto from = moment_at(rule, "from").value_or(screen.now);
    const auto to = moment_at(rule, "to").value_or(screen.now);
    const auto seen = moment_at(rule, "seen_from");
    auto text = fmt::format("{} to {}, looked at every {}", show_moment(from, screen.now),
                            show_moment(to, screen.now), text_at(rule, "resolution"));
    if (seen && *seen - from > 1min)
        text += fmt::format("; stored only since {}", show_moment(*seen, screen.now));
    return text;
}

constexpr std::size_t trials_shown = 50;  // Bound: lines of one rule; --json has all.

}  // namespace

std::string alert_trial(const Json& answer, const Screen& screen) {
    std::string out;
    for (const auto& rule : list_at(answer, "rules")) {
        if (!out.empty()) out += '\n';
        const auto& fired = list_at(rule, "fired");
        const auto headline =
            fmt::format("{}  {}  {}", text_at(rule, "name"), severity_of(rule), verdict_of(rule));
        out += platform::local::coloured(headline, fired.empty() ? News::good : News::plain,
                                         screen.colour) +
               "\n";
        out += fmt::format("period     {}\n", seen_text(rule, screen));
        out += fmt::format("watched    {}\n", or_dash(words_at(rule, "watched")));
        for (const auto& note : list_at(rule, "notes"))
            out += fmt::format("note       {}\n", note.get<std::string>());
        if (fired.empty()) continue;
        Table table({"FIRED", "CLEARED", ">LASTED", ">WORST", "WHOSE"});
        for (std::size_t i = 0; i < std::min(fired.size(), trials_shown); ++i) {
            const auto& one = fired[i];
            const auto cleared = moment_at(one, "cleared_at");
            table.row({show_moment(moment_at(one, "fired_at").value_or(screen.now), screen.now),
                       cleared ? show_moment(*cleared, screen.now) : "still fires",
                       show_span(span_at(one, "lasted").value_or(0s)), text_at(one, "worst"),
                       text_at(one, "whose")});
        }
        out += "\n" + table.text(screen.colour);
        if (fired.size() > trials_shown)
            out += fmt::format("… {} more: --json has all\n", fired.size() - trials_shown);
    }
    return out.empty() ? "there is no rule to try\n" : out;
}

const Json* find_alert(const Json& answer, std::string_view key) {
    const Json* found = nullptr;
    for (const auto& alert : list_at(answer, "alerts")) {
        const auto whole = key_of(alert);
        if (whole == key || text_at(alert, "name") == key) {
            if (whole == key) return &alert;
        } else if (!whole.starts_with(key)) {
            continue;
        }
        if (found != nullptr) return nullptr;
        found = &alert;
    }
    return found;
}

std::string silence_list(const Json& answer, const Screen& screen) {
    Table table({">SILENCE", "STATE", "WHAT", "FROM", "UNTIL", "BY", "WHY"});
    for (const auto& silence : list_at(answer, "silences")) {
        const auto starts = moment_at(silence, "starts_at");
        table.row({text_at(silence, "number"), state_of_silence(silence, screen),
                   words_at(silence, "matchers"), starts ? show_moment(*starts, screen.now) : "-",
                   until_text(silence, screen), text_at(silence, "created_by"),
                   text_at(silence, "comment")});
    }
    return table.empty() ? "nothing is silenced\n" : table.text(screen.colour);
}

std::string silence_outcome(const Json& silence, const Screen& screen) {
    const auto number = text_at(silence, "number");
    return fmt::format(
        "silence {} · {} · until {}\n"
        "next  streamgate silence expire {}    ends it early\n",
        number, words_at(silence, "matchers"), until_text(silence, screen), number);
}

}  // namespace sg::operate
