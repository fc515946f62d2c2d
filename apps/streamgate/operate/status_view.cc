#include "operate/status_view.h"

#include <fmt/format.h>

#include <algorithm>

#include "operate/incidents_view.h"
#include "operate/mitigations_view.h"
#include "platform/local/table.h"

namespace sg::operate {

namespace {

using platform::local::coloured;
using platform::local::News;
using platform::local::Table;

constexpr Duration fresh = 10s;  // Signals come every second; older ones are no longer "now".
constexpr std::size_t lately_max = 5;

// What keeps operations from knowing, which is worse than what they know; empty: nothing.
std::string blindness(const Json& answer, const Screen& screen) {
    if (const auto trouble = text_at(answer, "trouble"); !trouble.empty())
        return "OPERATIONS IN TROUBLE: " + trouble;
    const auto heard = moment_at(answer, "signals_at");
    if (!heard) return "no signals yet";
    const auto at = moment_at(answer, "at").value_or(screen.now);
    if (at - *heard > fresh)
        return fmt::format("no signals since {} ({}), numbers are old",
                           show_moment(*heard, screen.now), show_span(at - *heard));
    for (const auto& gateway : list_at(answer, "gateways"))
        if (!flag_at(gateway, "answers"))
            return fmt::format("gateway {} does not answer", text_at(gateway, "name"));
    return {};
}

std::string on_call_text(const Json& answer) {
    const Json& teams = at(answer, "on_call");
    if (!teams.is_object() || teams.empty()) return "nobody is on call";
    std::string out = "on call: ";
    bool first = true;
    for (const auto& [team, levels] : teams.items()) {
        if (!first) out += "; ";
        first = false;
        if (teams.size() > 1) out += team + ": ";
        const auto primary = words_at(levels, "primary");
        out += primary.empty() ? "no primary" : primary + " (primary)";
        for (const char* level : {"secondary", "backup"})
            if (const auto people = words_at(levels, level); !people.empty()) out += ", " + people;
    }
    return out;
}

// Of little traffic many budgets can be spent at once; how many says nothing then.
std::string left_text(double left) {
    return left < -1 ? "spent" : fmt::format("{:.0f} %", left * 100);
}

// `availability 97 %  latency 88 %`, of one service.
std::string budgets(const Json& answer, const std::string& service) {
    std::string out;
    for (const auto& objective : list_at(answer, "objectives")) {
        if (text_at(objective, "service") != service) continue;
        auto name = text_at(objective, "id");
        if (name.starts_with(service + "/")) name.erase(0, service.size() + 1);
        out += fmt::format("{}{} {}", out.empty() ? "" : "  ", name,
                           left_text(real_at(objective, "budget_left")));
        const auto level = text_at(objective, "level");
        if (level == "page") out += " BREACHED";
        else if (level == "ticket") out += " burning";
    }
    return out.empty() ? "-" : out;
}

std::vector<std::string> traffic(const Json& of) {
    const double requests = real_at(of, "requests_per_second");
    if (requests <= 0) return {"0", "-", "-"};
    return {requests < 9.95 ? fmt::format("{:.1f}", requests) : fmt::format("{:.0f}", requests),
            show_share(real_at(of, "error_share")),
            show_span(Duration(static_cast<std::int64_t>(real_at(of, "latency_ms_p95") * 1e6)))};
}

std::string service_table(const Json& answer, const Screen& screen) {
    Table table(
        {"SERVICE", "VERSION", ">WEIGHT", ">HEALTHY", ">REQ/S", ">ERRORS", ">P95", "BUDGET LEFT"});
    for (const auto& service : list_at(answer, "services")) {
        const auto name = text_at(service, "name");
        const auto healthy = number_at(service, "healthy");
        const auto endpoints = number_at(service, "endpoints");
        const Json& versions = list_at(service, "versions");
        double whole = 0;
        for (const auto& version : versions) whole += real_at(version, "weight");
        const bool hurts = budgets(answer, name).find("BREACHED") != std::string::npos;
        const News news = hurts || (endpoints > 0 && healthy == 0) ? News::bad : News::plain;
        std::vector<std::string> first{
            name, "", "", endpoints > 0 ? fmt::format("{}/{}", healthy, endpoints) : "-"};
        for (auto& cell : traffic(service)) first.push_back(std::move(cell));
        first.push_back(endpoints > 0 || hurts ? budgets(answer, name) : "-");
        if (versions.size() == 1) first[1] = text_at(versions.front(), "name");
        if (first[1] == "default") first[1] = "-";
        table.row(std::move(first), news);
        if (versions.size() < 2) continue;
        for (const auto& version : versions) {
            const double weight = whole > 0 ? real_at(version, "weight") / whole : 0;
            std::vector<std::string> cells{"", text_at(version, "name"),
                                           fmt::format("{:.0f} %", weight * 100), ""};
            for (auto& cell : traffic(version)) cells.push_back(std::move(cell));
            table.row(std::move(cells));
        }
    }
    return table.empty() ? "" : "\n" + table.text(screen.colour);
}

std::string need_text(const Json& need) {
    const auto state = text_at(need, "state");
    if (state == "ok")
        return fmt::format(
            "{} ok {}", text_at(need, "name"),
            show_span(Duration(static_cast<std::int64_t>(real_at(need, "took_ms") * 1e6))));
    const auto what = text_at(need, "what");
    return fmt::format("{} {}{}", text_at(need, "name"), state == "ill" ? "ILL" : state,
                       what.empty() ? "" : ": " + what);
}

std::string need_line(const Json& answer, const Screen& screen) {
    std::string out;
    News news = News::plain;
    for (const auto& need : list_at(answer, "needs")) {
        out += (out.empty() ? "" : " · ") + need_text(need);
        if (text_at(need, "state") == "ill") news = News::bad;
    }
    return out.empty() ? "" : coloured("NEEDS     " + out, news, screen.colour) + "\n";
}

// How people were told, step by step, and what has not become an alert: not news on this screen.
bool is_detail(std::string_view kind) {
    return kind.starts_with("notification.") || kind == "alert.group_told" ||
           kind == "alert.pending" || kind == "alert.lapsed";
}

std::string lately(const Json& answer, const Screen& screen) {
    std::string out;
    const Json& records = list_at(answer, "lately");
    std::size_t shown = 0;
    for (std::size_t i = records.size(); i > 0 && shown < lately_max; --i) {
        if (is_detail(text_at(records[i - 1], "kind"))) continue;
        out += (shown++ == 0 ? "LATELY    " : "          ") + record_line(records[i - 1], screen);
    }
    return out;
}

// What the public reads and may not be true.
std::string doubts(const Json& answer, const Screen& screen) {
    std::string out;
    for (const auto& doubt : list_at(answer, "doubts"))
        out += coloured(fmt::format("{}{}", out.empty() ? "DOUBTFUL  " : "          ",
                                    doubt.is_string() ? doubt.get<std::string>() : ""),
                        News::bad, screen.colour) +
               "\n";
    return out;
}

// Whether anything may be done to help, and what waits for somebody or is in force.
std::string helping(const Json& answer, const Screen& screen) {
    const Json& mitigation = at(answer, "mitigation");
    std::string out;
    const auto say = [&](const std::string& text, News news) {
        if (text.empty()) return;
        out += coloured((out.empty() ? "MITIGATE  " : "          ") + text, news, screen.colour);
        out += "\n";
    };
    say(switch_text(at(mitigation, "switch"), screen), News::bad);
    for (const auto& line : mitigation_lines(list_at(mitigation, "open"), screen))
        say(line.text, News::plain);
    return out;
}

// What is not well, the worst first; empty: everything is.
std::string unwell(const Json& answer, const Screen& screen) {
    std::string out;
    const auto say = [&](const std::string& text) { out += (out.empty() ? "" : " · ") + text; };
    const auto plural = [](auto count, const char* one) {
        return fmt::format("{} {}{}", count, one, count == 1 ? "" : "s");
    };
    if (const auto blind = blindness(answer, screen); !blind.empty()) say(blind);
    if (const auto open = list_at(answer, "incidents").size(); open > 0)
        say(plural(open, "incident") + " open");
    const auto breached = std::ranges::count_if(
        list_at(answer, "objectives"), [](const Json& o) { return text_at(o, "level") == "page"; });
    if (breached > 0) say(plural(breached, "objective") + " breached");
    return out;
}

}  // namespace

std::string status_headline(const Json& answer, const Screen& screen) {
    const auto ill = unwell(answer, screen);
    auto text = ill.empty() ? "ALL WELL" : "NOT WELL · " + ill;
    if (at(answer, "leads") == false) {
        const auto leader = text_at(at(answer, "leader"), "name");
        text += " · standing by; the leader is " + (leader.empty() ? "not known" : leader);
    }
    return coloured(text, ill.empty() ? News::good : News::bad, screen.colour) + " · " +
           on_call_text(answer) + "\n";
}

std::string status(const Json& answer, const Screen& screen) {
    auto out = status_headline(answer, screen);
    if (!list_at(answer, "incidents").empty()) out += "\n" + incident_list(answer, screen);
    out += service_table(answer, screen);
    const auto rest = need_line(answer, screen) + helping(answer, screen) + doubts(answer, screen) +
                      lately(answer, screen);
    return rest.empty() ? out : out + "\n" + rest;
}

}  // namespace sg::operate
