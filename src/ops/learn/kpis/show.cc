#include "ops/learn/kpis/show.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace sg::kpis {

namespace {

std::string span_text(double seconds) {
    if (seconds < 1) return fmt::format("{:.0f} ms", seconds * 1e3);
    if (seconds < 60) return fmt::format("{:.{}f} s", seconds, seconds < 10 ? 1 : 0);
    if (seconds < 3600) return fmt::format("{:.{}f} min", seconds / 60, seconds < 600 ? 1 : 0);
    if (seconds < 48 * 3600) return fmt::format("{:.1f} h", seconds / 3600);
    return fmt::format("{:.1f} d", seconds / 86400);
}

std::string share_text(double of_one) {
    const double percent = of_one * 100;
    const bool is_edge = percent > 99 && percent < 100;
    return fmt::format("{:.{}f} %", percent, is_edge || (percent > 0 && percent < 1) ? 3 : 1);
}

std::string_view word(Verdict verdict) {
    static constexpr std::string_view words[] = {"-", "met", "NOT MET", "too few to say",
                                                 "less asked for"};
    return words[static_cast<std::size_t>(verdict)];
}

using Line = std::vector<std::string>;

std::size_t width_of(std::string_view text) {  // Of what is seen: UTF-8 may take more bytes.
    return static_cast<std::size_t>(
        std::ranges::count_if(text, [](char c) { return (c & 0xC0) != 0x80; }));
}

// The first column to the left, the last as well, the others to the right.
std::vector<std::string> aligned(const std::vector<Line>& lines) {
    std::vector<std::size_t> widths(lines.front().size());
    for (const Line& line : lines)
        for (std::size_t i = 0; i < line.size(); ++i)
            widths[i] = std::max(widths[i], width_of(line[i]));
    std::vector<std::string> out;
    for (const Line& line : lines) {
        std::string text;
        for (std::size_t i = 0; i < line.size(); ++i) {
            const std::string gap(widths[i] - width_of(line[i]), ' ');
            const bool is_left = i == 0 || i + 1 == line.size();
            text += (i > 0 ? "  " : "") + (is_left ? line[i] + gap : gap + line[i]);
        }
        text.erase(text.find_last_not_of(' ') + 1);
        out.push_back(std::move(text));
    }
    return out;
}

std::string title_of(const Report& report) {
    std::string whose;
    if (!report.service.empty()) whose += " · service " + report.service;
    if (!report.team.empty()) whose += " · team " + report.team;
    std::string read;
    if (report.read < report.incidents)
        read = fmt::format(" (figures: the newest {})", report.read);
    return fmt::format("{} to {}{} · {} incidents{}, {} not mitigated yet",
                       to_rfc3339(report.from).substr(0, 10), to_rfc3339(report.to).substr(0, 10),
                       whose, report.incidents, read, report.open);
}

Line line_of(const Phase& phase) {
    const auto& took = phase.took;
    Line line{phase.name, std::to_string(took.n)};
    if (took.n == 0) line.insert(line.end(), 7, "-");
    else {
        line.push_back(span_text(took.median_seconds));
        line.push_back(fmt::format("{} - {}", span_text(took.median_low_seconds),
                                   span_text(took.median_high_seconds)));
        line.push_back(span_text(took.p90_seconds));
        line.push_back(span_text(took.geometric_mean_seconds));
        line.push_back(span_text(took.mean_seconds));
        for (const auto& within : took.within) line.push_back(share_text(within.share));
    }
    line.push_back(phase.target_seconds > 0 ? "mean < " + span_text(phase.target_seconds) : "-");
    line.emplace_back(word(phase.verdict));
    return line;
}

void add_phases(std::vector<std::string>& out, const Report& report) {
    Line head{"TIME TO", "N", "MEDIAN", "95 % OF MEDIAN", "P90", "GEO MEAN", "MEAN"};
    if (!report.phases.empty())
        for (const auto& within : report.phases.front().took.within)
            head.push_back("<= " + span_text(within.limit_seconds));
    head.insert(head.end(), {"TARGET", "VERDICT"});
    std::vector<Line> lines{std::move(head)};
    for (const Phase& phase : report.phases) lines.push_back(line_of(phase));
    for (auto& line : aligned(lines)) out.push_back(std::move(line));
}

std::string value_text(const Figure& figure, double value) {
    if (figure.unit == "share") return share_text(value);
    if (figure.unit == "per_second") return fmt::format("{:.1f}/s", value);
    return figure.name == "mtbf" ? fmt::format("{:.0f} h", value / 3600) : span_text(value);
}

Line line_of(const Figure& figure) {
    static constexpr std::array below = {"latency_p95", "error_rate"};
    const bool nothing = figure.verdict == Verdict::none;
    const bool is_below = std::ranges::find(below, figure.name) != below.end();
    auto value = value_text(figure, figure.value);
    if (figure.is_more) value = "> " + value;
    if (figure.high > 0)
        value += fmt::format(" ({} - {})", value_text(figure, figure.low),
                             value_text(figure, figure.high));
    return {figure.name, nothing ? "-" : value,
            (is_below ? "< " : ">= ") + value_text(figure, figure.target),
            std::string(word(figure.verdict)), figure.basis};
}

void add_figures(std::vector<std::string>& out, const Report& report) {
    std::vector<Line> lines{{"FIGURE", "IS", "TARGET", "VERDICT", "FROM"}};
    for (const Figure& figure : report.figures) lines.push_back(line_of(figure));
    for (auto& line : aligned(lines)) out.push_back(std::move(line));
}

std::string drawn(const std::vector<std::int64_t>& counts) {
    static constexpr std::string_view steps[] = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
    const auto most = counts.empty() ? 0 : std::ranges::max(counts);
    std::string out;
    for (const auto count : counts)
        out += count == 0 ? "·" : steps[static_cast<std::size_t>((count * 7) / most)];
    return out;
}

void add_bars(std::vector<std::string>& out, const Report& report) {
    constexpr std::int64_t widest = 40;
    std::int64_t most = 1;
    for (const Bar& bar : report.mitigated) most = std::max(most, bar.count);
    out.emplace_back("MITIGATED WITHIN");
    for (const Bar& bar : report.mitigated) {
        std::string line =
            fmt::format("{:>8}  {:>5}  ",
                        bar.below_seconds > 0 ? span_text(bar.below_seconds) : "more", bar.count);
        for (std::int64_t i = 0; i < (bar.count * widest + most - 1) / most; ++i) line += "█";
        line.erase(line.find_last_not_of(' ') + 1);
        out.push_back(std::move(line));
    }
}

}  // namespace

std::vector<std::string> table(const Report& report) {
    std::vector<std::string> out{title_of(report), ""};
    add_phases(out, report);
    out.emplace_back("");
    add_figures(out, report);
    out.emplace_back("");
    std::vector<Line> clocks{{"CLOCK", "KEPT", "MISSED", ""}};
    for (const Clock& clock : report.clocks)
        clocks.push_back(
            {clock.name, std::to_string(clock.kept), std::to_string(clock.missed), ""});
    for (auto& line : aligned(clocks)) out.push_back(std::move(line));
    if (report.read == 0) return out;
    out.emplace_back("");
    add_bars(out, report);
    out.emplace_back("");
    // Little data: shown, and not to be read as a trend.
    out.push_back(
        fmt::format("incidents  {}{}", drawn(report.over_time),
                    report.read < report.incidents_least ? "  (too few for a trend)" : ""));
    out.push_back(fmt::format("{} of {} detected by us, {} failures", report.detected_by_us,
                              report.read, report.failures));
    return out;
}

}  // namespace sg::kpis
