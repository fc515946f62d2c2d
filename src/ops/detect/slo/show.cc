#include "ops/detect/slo/show.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "ops/detect/slo/burn.h"

namespace sg::slo {

namespace {

using config::Objective;
using Line = std::array<std::string, 7>;

std::string percent(double share, int decimals) {
    const double value = share * 100;
    const double whole = std::round(value);
    if (std::abs(value - whole) < 1e-6 || std::abs(value) >= 1000) decimals = 0;
    return fmt::format("{:.{}f} %", decimals == 0 ? whole : value, decimals);
}

std::string target_text(const Slo& slo) {
    const auto share = fmt::format("{:g} %", slo.objective.target.of_one * 100);
    switch (slo.objective.kind) {
        case Objective::Kind::availability: return share + " of minutes";
        case Objective::Kind::latency: return share + " within " + to_text(slo.objective.within);
        case Objective::Kind::errors: return share + " of requests";
        case Objective::Kind::throughput: break;
    }
    return share + " at " + to_text(slo.objective.rate);
}

std::string rough(Duration duration) {
    const double hours = std::chrono::duration<double>(duration).count() / 3600;
    if (hours < 1) return fmt::format("{:.0f} min", hours * 60);
    if (hours < 48) return fmt::format("{:.1f} h", hours);
    return fmt::format("{:.0f} d", hours / 24);
}

std::string state_text(const Report& report) {
    if (report.unseen) return "no data";
    if (report.level == Level::page) return "BREACHED";
    if (report.level == Level::ticket) return "burning";
    if (report.left < 0) return "spent";
    return report.hour.total == 0 ? "idle" : "met";
}

Line line_of(const Report& report) {
    const bool is_idle = report.hour.total == 0;
    return {report.slo.id,
            target_text(report.slo),
            is_idle ? "-" : percent(1 - report.hour.ratio(), 2),
            is_idle ? "-" : fmt::format("{:.1f}x", report.burn),
            fmt::format("{} of {}", percent(report.left, 1), rough(report.slo.objective.over)),
            report.runs_out ? "in " + rough(*report.runs_out) : "-",
            state_text(report)};
}

}  // namespace

std::vector<Report> reports(const Meter& meter, const std::map<std::string, Standing>& standings) {
    std::vector<Report> all;
    for (const auto& gauge : meter.gauges()) {
        const Measured measured = meter.measure(gauge);
        Report report;
        report.slo = gauge.slo;
        if (const auto found = standings.find(gauge.slo.id); found != standings.end()) {
            report.level = found->second.level;
            report.unseen = found->second.unseen;
        }
        if (!measured.tiers.empty()) report.hour = measured.tiers.front().in_long;
        report.period = measured.period;
        report.burn = burn_rate(report.hour, gauge.slo.budget());
        report.left = budget_left(gauge.slo, measured.period);
        report.runs_out = runs_out_in(report.burn, report.left, gauge.slo.objective.over);
        all.push_back(std::move(report));
    }
    return all;
}

std::string show(std::span<const Report> reports) {
    const auto breached = std::ranges::count_if(
        reports, [](const Report& report) { return report.level == Level::page; });
    const auto burning = std::ranges::count_if(
        reports, [](const Report& report) { return report.level == Level::ticket; });
    std::string out = breached + burning == 0
                          ? fmt::format("ALL MET · {} objectives\n", reports.size())
                          : fmt::format("{} BREACHED · {} burning · {} objectives\n", breached,
                                        burning, reports.size());
    if (reports.empty()) return out;
    std::vector<Line> lines{
        {"OBJECTIVE", "TARGET", "LAST HOUR", "BURN", "BUDGET LEFT", "RUNS OUT", "STATE"}};
    for (const Report& report : reports) lines.push_back(line_of(report));
    std::array<std::size_t, 7> widths{};
    for (const Line& line : lines)
        for (std::size_t i = 0; i < line.size(); ++i)
            widths[i] = std::max(widths[i], line[i].size());
    out += '\n';
    for (const Line& line : lines) {
        std::string text;
        for (std::size_t i = 0; i < line.size(); ++i) {
            const bool is_number = i >= 2 && i <= 5;
            if (i > 0) text += "  ";
            text += is_number ? fmt::format("{:>{}}", line[i], widths[i])
                              : fmt::format("{:<{}}", line[i], widths[i]);
        }
        text.erase(text.find_last_not_of(' ') + 1);
        out += text + '\n';
    }
    return out;
}

}  // namespace sg::slo
