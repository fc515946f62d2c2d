#include "ops/detect/signals/show.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/text.h"

namespace sg::signals {

namespace {

using Cells = std::vector<std::string>;

std::string duration_text(double ns) {
    if (ns <= 0) return "-";
    if (ns < 1e6) return fmt::format("{:.1f} ms", ns / 1e6);
    if (ns < 1e9) return fmt::format("{:.0f} ms", ns / 1e6);
    if (ns < 120e9) return fmt::format("{:.1f} s", ns / 1e9);
    return fmt::format("{:.0f} min", ns / 60e9);
}

std::string age_text(Duration age) {
    const auto seconds = std::max<std::int64_t>(age / 1s, 0);
    if (seconds < 120) return fmt::format("{} s", seconds);
    if (seconds < 7200) return fmt::format("{} min", seconds / 60);
    if (seconds < 48 * 3600) return fmt::format("{} h", seconds / 3600);
    return fmt::format("{} d", seconds / 86400);
}

std::string bytes_text(double bytes) {
    static constexpr const char* units[] = {"B", "KiB", "MiB", "GiB", "TiB"};
    std::size_t unit = 0;
    for (; bytes >= 1000 && unit < 4; ++unit) bytes /= 1024;
    return unit == 0 || bytes >= 10 ? fmt::format("{:.0f} {}", bytes, units[unit])
                                    : fmt::format("{:.1f} {}", bytes, units[unit]);
}

std::string share_text(std::int64_t part, std::int64_t whole) {
    if (whole == 0) return "-";
    const double percent = 100 * static_cast<double>(part) / static_cast<double>(whole);
    return fmt::format("{:.2f} %", percent);
}

std::string level_text(double share) {
    return share < 0 ? "-" : fmt::format("{:.0f} %", 100 * share);
}

std::string rate_text(double per_second) {
    return per_second == 0 || per_second >= 10 ? fmt::format("{:.0f}", per_second)
                                               : fmt::format("{:.1f}", per_second);
}

Cells row_of(const std::string& service, const Second& second, const Flow& flow, double seconds) {
    const auto per_second = [&](std::int64_t n) { return static_cast<double>(n) / seconds; };
    const auto endpoints = second.endpoints.find(service);
    const auto level = second.resources.find("service:" + service);
    const Resources used = level == second.resources.end() ? Resources{} : level->second;
    return {service,
            rate_text(per_second(flow.requests)),
            share_text(flow.failed, flow.requests),
            share_text(flow.client_errors, flow.requests),
            duration_text(flow.duration.quantile(0.5)),
            duration_text(flow.duration.quantile(0.95)),
            duration_text(flow.duration.quantile(0.99)),
            share_text(flow.within, flow.timed),
            bytes_text(per_second(flow.bytes_in)) + "/s",
            bytes_text(per_second(flow.bytes_out)) + "/s",
            endpoints == second.endpoints.end()
                ? "-"
                : fmt::format("{}/{}", endpoints->second.second, endpoints->second.first),
            level_text(used.cpu),
            level_text(used.memory)};
}

std::size_t columns_of(std::string_view text) {
    return static_cast<std::size_t>(
        std::ranges::count_if(text, [](char c) { return (c & 0xC0) != 0x80; }));
}

// Names to the left, figures to the right.
std::vector<std::string> aligned(const std::vector<Cells>& rows) {
    std::vector<std::size_t> widths;
    for (const auto& cells : rows) {
        widths.resize(std::max(widths.size(), cells.size()));
        for (std::size_t i = 0; i < cells.size(); ++i)
            widths[i] = std::max(widths[i], columns_of(cells[i]));
    }
    std::vector<std::string> lines;
    for (const auto& cells : rows) {
        std::string line;
        for (std::size_t i = 0; i < cells.size(); ++i) {
            const std::string space(widths[i] - columns_of(cells[i]), ' ');
            if (i > 0) line += "  ";
            line += i == 0 ? cells[i] + space : space + cells[i];
        }
        while (line.ends_with(' ')) line.pop_back();
        lines.push_back(std::move(line));
    }
    return lines;
}

std::string host_line(const Resources& host) {
    auto line = fmt::format("cpu {} · memory {} · disk {}", level_text(host.cpu),
                            level_text(host.memory), level_text(host.disk));
    if (host.disk >= 0)
        line += fmt::format(" ({} free)", bytes_text(static_cast<double>(host.disk_free_bytes)));
    return line + fmt::format(" · network {}", level_text(host.network));
}

std::string gateway_text(const GatewayState& gateway, const Second& second) {
    if (gateway.answers)
        return fmt::format("{} up {}, {}/{} endpoints healthy", gateway.name,
                           age_text(second.at - gateway.started_at), gateway.endpoints_healthy,
                           gateway.endpoints);
    if (gateway.heard_at == Instant{})
        return fmt::format("{} DOES NOT ANSWER, never did", gateway.name);
    return fmt::format("{} DOES NOT ANSWER, since {}", gateway.name,
                       age_text(second.at - gateway.heard_at));
}

std::string look_text(const std::string& name, const Look& look) {
    if (look.health == Health::unknown) return name + " not looked at yet";
    const auto took = duration_text(static_cast<double>(look.took.count()));
    if (look.health == Health::well) return fmt::format("{} ok {}", name, took);
    return fmt::format("{} ILL: {}", name, look.what);
}

void add_list(std::vector<std::string>& lines, const char* title, const Cells& items) {
    if (items.empty()) return;
    lines.push_back(fmt::format("{:<9} {}", title, fmt::join(items, " · ")));
}

}  // namespace

std::vector<std::string> table(const Second& second, const History& history, Duration window) {
    if (second.at == Instant{}) return {"nothing was measured yet"};
    std::set<std::string> services;
    for (const auto& [name, flow] : second.services) services.insert(name);
    for (const auto& [name, counts] : second.endpoints)
        if (name != "-") services.insert(name);
    const double seconds = std::chrono::duration<double>(window).count();
    std::vector<Cells> rows = {{"SERVICE", "REQ/S", "ERRORS", "CLIENT", "P50", "P95", "P99",
                                "WITHIN", "IN", "OUT", "HEALTHY", "CPU", "MEMORY"}};
    for (const auto& service : services)
        rows.push_back(row_of(service, second,
                              history.service(service, second.at - window, second.at), seconds));

    auto lines = aligned(rows);
    lines.emplace_back();
    if (const auto host = second.resources.find("host"); host != second.resources.end())
        add_list(lines, "HOST", {host_line(host->second)});
    Cells gateways, probes, needs;
    for (const auto& gateway : second.gateways) gateways.push_back(gateway_text(gateway, second));
    for (const auto& [name, look] : second.probes) probes.push_back(look_text(name, look));
    for (const auto& [name, look] : second.needs) needs.push_back(look_text(name, look));
    add_list(lines, "GATEWAYS", gateways);
    add_list(lines, "PROBES", probes);
    add_list(lines, "NEEDS", needs);
    return lines;
}

}  // namespace sg::signals
