// A post-mortem as Markdown: what people wrote as they wrote it, what others said in one line each.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/units.h"
#include "ops/learn/knowledge/ask.h"

namespace sg::knowledge {

namespace {

constexpr std::size_t drawn_max = 60;  // Columns of a drawn graph.

// Titles and notes come from alerts and people: in a line of ours they are text, whatever Markdown
// or HTML they hold.
std::string escaped(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == '\n' || c == '\r' || c == '\t') {
            out += ' ';
            continue;
        }
        if (c == '<') out += "&lt;";
        else if (c == '>') out += "&gt;";
        else if (c == '&') out += "&amp;";
        else {
            if (std::string_view("\\`*_[]|#~").find(c) != std::string_view::npos) out += '\\';
            out += c;
        }
    }
    return out;
}

std::string clock(Instant at) { return to_rfc3339(at).substr(11, 8); }
std::string moment(Instant at) {
    const auto text = to_rfc3339(at);
    return text.substr(0, 10) + " " + text.substr(11, 8) + " UTC";
}
std::string span(Duration d) { return to_text(d / 1s * 1s); }

std::string state_text(State state) {
    return state == State::in_review ? "in review" : std::string(word(state));
}

std::string head_of(const Telling& t) {
    const auto& p = t.postmortem;
    std::string out = fmt::format("# PM-{}: {}\n\n", p.incident, escaped(p.title));
    out += fmt::format("SEV-{} · {}{} · {}", p.severity,
                       p.service.empty() ? "no single service" : escaped(p.service),
                       p.team.empty() ? "" : " · team " + escaped(p.team), state_text(p.state));
    out += p.owner.empty() ? " · nobody owns it" : " · owner " + escaped(p.owner);
    if (p.required && p.state == State::draft) out += " · due " + moment(p.due);
    if (!p.reviewed_by.empty()) out += " · reviewed by " + escaped(p.reviewed_by);
    return out + "\n";
}

std::string impact_of(const Telling& t) {
    const auto& d = t.postmortem.damage;
    std::string out = "\n## Impact\n\n| | |\n|---|---|\n";
    const auto row = [&](std::string_view name, const std::string& value) {
        out += fmt::format("| {} | {} |\n", name, value);
    };
    row("users hurt for", span(d.lasted));
    if (d.requests > 0) {
        row("failed requests",
            fmt::format("{} of {} ({:.2f} %)", d.failed, d.requests,
                        100 * static_cast<double>(d.failed) / static_cast<double>(d.requests)));
        row("95th percentile", fmt::format("{} ms", d.latency_ms_p95));
    }
    if (d.budget_share >= 0)
        row("error budget burnt", fmt::format("{:.1f} %", d.budget_share * 100));
    if (!d.worst_version.empty()) row("most failures from", escaped(d.worst_version));
    if (!d.worst_route.empty()) row("most failures on route", escaped(d.worst_route));
    for (const auto& [name, value] : t.times) row(name, escaped(value));
    return out;
}

// The largest of each column's points: an outage of one step must not disappear.
std::string drawn(const std::vector<Point>& graph, double Point::* what) {
    static constexpr std::string_view steps[] = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
    const std::size_t columns = std::min(graph.size(), drawn_max);
    std::vector<double> tops(columns);
    for (std::size_t i = 0; i < graph.size(); ++i) {
        auto& top = tops[i * columns / graph.size()];
        top = std::max(top, graph[i].*what);
    }
    const double most = std::ranges::max(tops);
    std::string out;
    for (const double top : tops)
        out += most <= 0 ? steps[0] : steps[static_cast<std::size_t>(std::round(top / most * 7))];
    return out;
}

std::string graph_of(const Postmortem& p) {
    if (p.graph.empty()) return {};
    const auto most = [&](double Point::* what) {
        return std::ranges::max(p.graph, {}, what).*what;
    };
    std::string out =
        fmt::format("\n## Graph\n\nFrom {} to {}, {} a step.\n\n```\n", moment(p.graph.front().at),
                    moment(p.graph.back().at), to_text(p.step));
    out += fmt::format("requests  {}  at most {:.1f}/s\n", drawn(p.graph, &Point::per_second),
                       most(&Point::per_second));
    out += fmt::format("errors    {}  at most {:.1f} %\n", drawn(p.graph, &Point::error_share),
                       most(&Point::error_share) * 100);
    out += fmt::format("p95       {}  at most {:.0f} ms\n```\n",
                       drawn(p.graph, &Point::latency_ms_p95), most(&Point::latency_ms_p95));
    return out;
}

std::string lines_of(std::string_view title, const std::vector<Line>& lines) {
    if (lines.empty()) return {};
    std::string out = fmt::format("\n## {}\n\n", title);
    for (const Line& line : lines)
        out += fmt::format(
            "{}- {} {}{}\n", std::string(static_cast<std::size_t>(line.depth) * 2, ' '),
            clock(line.at), escaped(line.text),
            line.by.empty() || line.by == "system" ? "" : " (" + escaped(line.by) + ")");
    return out;
}

std::string sections_of(const Postmortem& p) {
    std::string out;
    for (const SectionRow& row : section_rows) {
        const auto text = p.sections.find(std::string(row.key));
        out += fmt::format("\n## {}\n\n", row.title);
        out += text == p.sections.end() ? fmt::format("_To fill in: {}._\n", row.hint)
                                        : text->second + (text->second.ends_with('\n') ? "" : "\n");
    }
    return out;
}

std::string items_of(const std::vector<ActionItem>& items) {
    std::string out = "\n## Action items\n\n";
    if (items.empty()) return out + "_None yet: `streamgate action add`._\n";
    out += "| | what | kind | priority | owner | due | state |\n|---|---|---|---|---|---|---|\n";
    for (const ActionItem& item : items) {
        std::string state = item.state == ItemState::open ? "open" : "done";
        if (!item.verification.empty()) state += ": " + escaped(item.verification);
        if (item.reopened > 0) state += fmt::format(", reopened by INC-{}", item.recurred);
        out += fmt::format("| {} | {} | {} | {} | {} | {} | {} |\n", item.id, escaped(item.what),
                           WordsOf<ItemKind>::words[static_cast<std::size_t>(item.kind)],
                           item.priority, escaped(item.owner), to_rfc3339(item.due).substr(0, 10),
                           state);
    }
    return out;
}

}  // namespace

std::string markdown(const Telling& t) {
    return head_of(t) + impact_of(t) + graph_of(t.postmortem) + sections_of(t.postmortem) +
           items_of(t.items) + lines_of("What changed just before", t.before) +
           lines_of("Timeline", t.timeline);
}

}  // namespace sg::knowledge
