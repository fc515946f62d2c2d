#include "operate/incidents_view.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "operate/mitigations_view.h"
#include "platform/local/table.h"

namespace sg::operate {

namespace {

using platform::local::News;
using platform::local::Table;

News news_of_state(const std::string& state) {
    if (state == "declared") return News::bad;
    return state == "acknowledged" ? News::plain : News::good;
}

// Kinds of records that are bad news, and those that are good: the sentence says it as well.
News news_of_kind(std::string_view kind) {
    constexpr std::string_view bad[] = {
        "incident.declared", "incident.relapsed",   "incident.clock_missed", "incident.escalated",
        "page.unanswered",   "notification.failed", "channel.broken",        "objective.breached",
        "alert.raised",      "notification.refused"};
    constexpr std::string_view good[] = {
        "incident.mitigated", "incident.verified",   "incident.resolved", "incident.closed",
        "alert.cleared",      "objective.recovered", "channel.mended",    "page.acknowledged"};
    if (std::ranges::find(bad, kind) != std::end(bad)) return News::bad;
    return std::ranges::find(good, kind) != std::end(good) ? News::good : News::plain;
}

std::string severity_of(const Json& incident) {
    return fmt::format("SEV-{}", number_at(incident, "severity"));
}

std::string name_of(const Json& incident) { return incident_name(number_at(incident, "id")); }

// When it was over for users, or for good; nothing: it is not.
std::optional<Instant> end_of(const Json& incident) {
    const auto state = text_at(incident, "state");
    if (state == "mitigated") return moment_at(incident, "mitigated_at");
    if (state == "declared" || state == "acknowledged") return std::nullopt;
    for (const char* key : {"mitigated_at", "resolved_at", "closed_at", "changed_at"})
        if (const auto at = moment_at(incident, key)) return at;
    return std::nullopt;
}

std::optional<Instant> start_of(const Json& incident) {
    const auto started = moment_at(incident, "started_at");
    return started ? started : moment_at(incident, "declared_at");
}

std::string lasted(const Json& incident, Instant now) {
    const auto start = start_of(incident);
    return start ? show_span(end_of(incident).value_or(now) - *start) : "-";
}

std::string who_of(const Json& incident) {
    const auto commander = text_at(at(incident, "roles"), "commander");
    if (!commander.empty()) return commander;
    const auto by = text_at(incident, "acknowledged_by");
    return by.empty() ? "nobody yet" : by;
}

std::string next_step(const Json& incident) {
    const auto id = number_at(incident, "id");
    const auto state = text_at(incident, "state");
    if (state == "declared")
        return fmt::format("streamgate incident ack {0}             you are looking at it", id);
    if (state == "acknowledged" && flag_at(incident, "by_person"))
        return fmt::format("streamgate incident mitigate {0} HOW    once users no longer feel it",
                           id);
    if (state == "acknowledged")
        return fmt::format(
            "streamgate incident note {0} TEXT       what you see and do; it is "
            "mitigated when its alerts clear",
            id);
    if (state == "mitigated")
        return fmt::format("streamgate incident resolve {0} WHY     once its cause is gone", id);
    if (state == "resolved")
        return fmt::format(
            "streamgate incident close {0} WHAT      what was learnt is written down", id);
    return {};
}

std::string impact_text(const Json& impact) {
    const auto requests = number_at(impact, "requests"), failed = number_at(impact, "failed");
    if (requests == 0) return "not known yet";
    auto text = fmt::format("{} of {} requests failed ({})", show_count(failed),
                            show_count(requests), show_share(real_at(impact, "failed_share")));
    if (const auto route = text_at(impact, "worst_route"); !route.empty())
        text += ", most on route " + route;
    if (const auto p95 = number_at(impact, "latency_ms_p95"); p95 > 0)
        text += fmt::format(" · P95 {} ms", show_count(p95));
    return text;
}

std::string client_of(const Json& client) {
    const auto kind = text_at(client, "kind");
    return (kind == "address" ? "" : kind + " ") + text_at(client, "client");
}

// Whose requests failed: how many, and the first few.
std::string clients_text(const Json& clients) {
    if (number_at(clients, "failed") == 0) return {};
    auto text = text_at(clients, "said");
    const char* between = ": ";
    for (const auto& client : list_at(clients, "worst")) {
        text += fmt::format("{}{} ({} failed)", between, client_of(client),
                            show_count(number_at(client, "failed")));
        between = ", ";
    }
    const auto shown = static_cast<std::int64_t>(list_at(clients, "worst").size());
    return text + (number_at(clients, "listed") > shown ? ", …" : "");
}

struct Deadline {
    const char* name;
    const char* after;  // Key of when it began to run; empty: of when it was declared.
    const char* met;    // Key of when it was met.
};

// The promises of its severity, each with when it was kept, or when it is due.
std::string deadlines(const Json& incident, const Screen& screen) {
    const auto declared = moment_at(incident, "declared_at");
    const Json& policy = at(incident, "policy");
    const auto state = text_at(incident, "state");
    const bool hurts = state == "declared" || state == "acknowledged";
    if (!declared) return {};
    std::string out;
    const auto say = [&](const std::string& text) { out += (out.empty() ? "" : " · ") + text; };
    constexpr Deadline all[] = {{"respond", "", "acknowledged_at"},
                                {"assess", "", "assessed_at"},
                                {"mitigate", "", "mitigated_at"}};
    for (const auto& deadline : all) {
        const auto allowed = span_at(policy, deadline.name);
        if (!allowed || *allowed == 0s) continue;
        if (const auto met = moment_at(incident, deadline.met)) {
            const auto took = *met - *declared;
            say(fmt::format("{} {} {}", deadline.name, took <= *allowed ? "met" : "LATE",
                            took < 1s ? "at once" : "after " + show_span(took)));
        } else if (hurts) {
            say(fmt::format("{} {}", deadline.name, show_due(*declared + *allowed, screen.now)));
        }
    }
    const auto every = span_at(policy, "communicate");
    if (every && (hurts || state == "mitigated")) {
        const auto told = moment_at(incident, "told_at").value_or(*declared);
        say("next update " + show_due(told + *every, screen.now));
    }
    const auto resolved = moment_at(incident, "resolved_at");
    const auto learn = span_at(policy, "postmortem");
    if (state == "resolved" && resolved && learn && *learn > 0s)
        say("post-mortem " + show_due(*resolved + *learn, screen.now));
    return out;
}

std::string milestones(const Json& incident, const Screen& screen) {
    std::string out;
    const auto start = start_of(incident);
    if (start) out = show_moment(*start, screen.now);
    if (const auto declared = moment_at(incident, "declared_at")) {
        out += " · declared";
        if (const auto by = text_at(incident, "declared_by"); !by.empty()) out += " by " + by;
        if (start && *declared > *start)
            out += fmt::format(" after {}", show_span(*declared - *start));
    }
    constexpr std::pair<const char*, const char*> later[] = {{"acknowledged_at", "acknowledged"},
                                                             {"mitigated_at", "mitigated"},
                                                             {"verified_at", "verified"},
                                                             {"resolved_at", "resolved"},
                                                             {"closed_at", "closed"}};
    for (const auto& [key, word] : later) {
        const auto reached = moment_at(incident, key);
        if (!reached || !start) continue;
        out += fmt::format(" · {} after {}", word, show_span(*reached - *start));
        if (std::string_view(key) == "acknowledged_at")
            out += fmt::format(" by {}", text_at(incident, "acknowledged_by"));
    }
    if (const auto relapses = number_at(incident, "relapses"); relapses > 0)
        out += fmt::format(" · relapsed {} x", relapses);
    return out;
}

// What it is about, a line each: in words, with value, threshold and since when.
std::vector<std::string> signal_lines(const Json& incident, Instant now) {
    std::vector<std::string> lines;
    for (const auto& signal : list_at(incident, "signals")) {
        auto line = fmt::format("{}: {}", flag_at(signal, "fires") ? "firing" : "cleared",
                                text_at(signal, "title"));
        if (const auto value = text_at(signal, "value_text"); !value.empty())
            line += fmt::format(" · {}, threshold {}", value, text_at(signal, "threshold_text"));
        if (const auto since = moment_at(signal, "since"))
            line += " · since " + show_moment(*since, now);
        lines.push_back(std::move(line));
    }
    if (lines.empty()) lines.emplace_back("none: a person declared it");
    return lines;
}

std::string roles_text(const Json& incident) {
    std::string out;
    const Json& roles = at(incident, "roles");
    if (roles.is_object())
        for (const auto& [role, person] : roles.items())
            if (person.is_string())
                out += fmt::format("{}{} {}", out.empty() ? "" : " · ", role,
                                   person.get<std::string>());
    return out.empty() ? "nobody has taken one" : out;
}

}  // namespace

std::string incident_list(const Json& answer, const Screen& screen) {
    Table table({"INCIDENT", "SEVERITY", "STATE", "SERVICE", "SINCE", ">LASTED", "WHO", "WHAT"});
    for (const auto& incident : list_at(answer, "incidents")) {
        const auto state = text_at(incident, "state");
        const auto service = text_at(incident, "service");
        const auto start = start_of(incident);
        table.row({name_of(incident), severity_of(incident), state, service.empty() ? "-" : service,
                   start ? show_moment(*start, screen.now) : "-", lasted(incident, screen.now),
                   who_of(incident), text_at(incident, "title")},
                  news_of_state(state));
    }
    return table.empty() ? "no incident\n" : table.text(screen.colour);
}

std::string incident_card(const Json& incident, const Screen& screen) {
    const auto state = text_at(incident, "state");
    const auto headline = fmt::format("{}  {}  {}  {}", name_of(incident), severity_of(incident),
                                      state, text_at(incident, "title"));
    std::string out =
        platform::local::coloured(headline, news_of_state(state), screen.colour) + "\n";
    const auto say = [&](const char* name, const std::string& text) {
        if (!text.empty()) out += fmt::format("{:<11}{}\n", name, text);
    };
    std::string where = text_at(incident, "service");
    if (const auto team = text_at(incident, "team"); !team.empty())
        where += (where.empty() ? "team " : " · team ") + team;
    say("service", where);
    say("impact", impact_text(at(incident, "impact")));
    say("clients", clients_text(at(incident, "clients")));
    const auto& run = at(incident, "run");
    const auto found = text_at(run, "likely");
    say("likely", found.empty() ? text_at(at(incident, "impact"), "likely") : found);
    // What a run has come to is a mitigation, and said as one.
    if (text_at(run, "state") != "acting") say("proposed", text_at(run, "proposed"));
    for (const auto& [name, text] : mitigation_lines(list_at(incident, "mitigations"), screen))
        say(name.c_str(), text);
    if (const auto number = number_at(run, "id"); number > 0)
        say("runbook", fmt::format("{}: {} (streamgate runbook show-run {})",
                                   text_at(run, "runbook"), text_at(run, "state"), number));
    say("since", milestones(incident, screen));
    say("clocks", deadlines(incident, screen));
    say("roles", roles_text(incident));
    const char* name = "alerts";
    for (const auto& line : signal_lines(incident, screen.now)) {
        say(name, line);
        name = "";
    }
    if (const auto into = number_at(incident, "merged_into"); into > 0)
        say("merged", "into " + incident_name(into));
    say("next", next_step(incident));
    return out;
}

std::string incident_outcome(const Json& incident, const Screen& screen) {
    auto out = fmt::format("{} {} is {} · {} · {}\n", name_of(incident), severity_of(incident),
                           text_at(incident, "state"), text_at(incident, "title"),
                           lasted(incident, screen.now));
    if (const auto next = next_step(incident); !next.empty()) out += "next  " + next + "\n";
    return out;
}

std::string client_list(const Json& answer, const Screen& screen) {
    Table table({"CLIENT", ">FAILED", "FIRST", "LAST"});
    const auto moment = [&](const Json& client, const char* key) {
        const auto at = moment_at(client, key);
        return at ? show_moment(*at, screen.now) : std::string("-");
    };
    for (const auto& client : list_at(answer, "clients")) {
        const auto failed = number_at(client, "failed"), most = number_at(client, "failed_most");
        auto count = show_count(failed);
        if (most > failed) count += " to " + show_count(most);
        table.row(
            {client_of(client), count, moment(client, "first_at"), moment(client, "last_at")});
    }
    auto out = table.empty() ? std::string() : table.text(screen.colour);
    out += text_at(answer, "said") + "\n";
    if (!text_at(answer, "next").empty())
        out += fmt::format(
            "these are the first {}; all of them: streamgate incident clients {} "
            "--csv\n",
            list_at(answer, "clients").size(), number_at(answer, "incident"));
    return out;
}

std::int64_t incident_of(const Json& record) {
    constexpr std::string_view prefix = "incident:";
    for (const auto& subject : list_at(record, "subjects")) {
        if (!subject.is_string()) continue;
        const auto text = subject.get<std::string>();
        if (!text.starts_with(prefix)) continue;
        std::int64_t id = 0;
        std::from_chars(text.data() + prefix.size(), text.data() + text.size(), id);
        return id;
    }
    return 0;
}

std::string Timeline::line(const Json& record) {
    const auto moment = moment_at(record, "at").value_or(screen_.now);
    if (first_ == Instant{}) first_ = moment;
    std::string out;
    if (const auto day = show_day(moment); day != day_) {
        day_ = day;
        out += day + "\n";
    }
    int depth = 0;
    if (const auto cause = depths_.find(number_at(record, "cause")); cause != depths_.end())
        depth = std::min(cause->second + 1, depth_max);
    depths_[number_at(record, "seq")] = depth;
    if (depths_.size() > remembered_max) depths_.erase(depths_.begin());
    const std::string indent(static_cast<std::size_t>(depth) * 2, ' ');
    const auto sentence = platform::local::coloured(
        text_at(record, "sentence"), news_of_kind(text_at(record, "kind")), screen_.colour);
    return out + fmt::format("{}  {:>10}  {}{}\n", show_clock(moment),
                             "+" + show_span(moment - first_), indent, sentence);
}

std::string timeline(const Json& answer, const Screen& screen) {
    Timeline lines(screen);
    std::string out;
    for (const auto& record : list_at(answer, "records")) out += lines.line(record);
    return out.empty() ? "nothing is recorded of it\n" : out;
}

std::string record_line(const Json& record, const Screen& screen) {
    const auto moment = moment_at(record, "at").value_or(screen.now);
    const auto id = incident_of(record);
    const auto line =
        fmt::format("{}  {}{}", show_moment(moment, screen.now),
                    id == 0 ? "" : incident_name(id) + "  ", text_at(record, "sentence"));
    return platform::local::coloured(line, news_of_kind(text_at(record, "kind")), screen.colour) +
           "\n";
}

}  // namespace sg::operate
