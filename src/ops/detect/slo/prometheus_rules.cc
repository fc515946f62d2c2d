#include "ops/detect/slo/prometheus_rules.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace sg::slo {

namespace {

using config::Objective;

// As Prometheus writes it: whole units only, so 30m, not 0.5h.
std::string promql_duration(Duration duration) {
    const std::pair<char, Duration> units[] = {{'d', 24h}, {'h', 1h}, {'m', 1min}};
    for (const auto& [letter, unit] : units)
        if (duration % unit == 0s) return fmt::format("{}{}", duration / unit, letter);
    return fmt::format("{}s", duration / 1s);
}

std::string quoted(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') out += '\\';
        if (c == '\n') out += "\\n";
        else out += c;
    }
    return out + '"';
}

// In YAML single quotes, where only the quote itself is special.
std::string yaml_quoted(std::string_view text) {
    std::string out = "'";
    for (const char c : text) {
        if (c == '\'') out += '\'';
        out += c;
    }
    return out + '\'';
}

std::string ended(const Slo& slo, std::string_view window, std::string_view more = {}) {
    return fmt::format("sum(rate(streamgate_requests_ended_total{{service={}{}}}[{}]))",
                       quoted(slo.service), more, window);
}

constexpr std::string_view failed = R"(,blame=~"upstream|platform|us")";

// Before the first failure there is no such series.
std::string failing(const Slo& slo, std::string_view window) {
    return fmt::format("({} or vector(0))", ended(slo, window, failed));
}

std::string latency_ratio(const Slo& slo, std::string_view window) {
    const auto share = [&](std::string_view metric) {
        return fmt::format("sum(rate({}{{service={},objective_ms=\"{}\"}}[{}]))", metric,
                           quoted(slo.service), slo.objective.within / 1ms, window);
    };
    return fmt::format("1 - {} / {}", share("streamgate_requests_within_objective_total"),
                       share("streamgate_requests_answered_total"));
}

// Whether the last minute was bad: 1 or 0.
std::string bad_minute(const Slo& slo) {
    if (slo.objective.kind == Objective::Kind::availability)
        return fmt::format("({} / {}) > bool {:.10g}", failing(slo, "1m"), ended(slo, "1m"),
                           1 - slo.objective.slice_target.of_one);
    const double rate = slo.objective.rate.per_second;
    return fmt::format("({} >= bool {}) * (({} - {}) < bool {})", ended(slo, "1m"), rate,
                       ended(slo, "1m"), failing(slo, "1m"), rate);
}

std::string ratio(const Slo& slo, Duration window) {
    const auto span = promql_duration(window);
    if (slo.counts_minutes())
        return fmt::format("avg_over_time(({})[{}:1m])", bad_minute(slo), span);
    if (slo.objective.kind == Objective::Kind::latency) return latency_ratio(slo, span);
    return fmt::format("{} / {}", failing(slo, span), ended(slo, span));
}

std::string record_name(Duration window) {
    return fmt::format("streamgate:slo_bad:ratio{}", promql_duration(window));
}

std::string recorded(const Slo& slo, Duration window) {
    return fmt::format("{}{{objective={}}}", record_name(window), quoted(slo.id));
}

void write_labels(std::string& out, const Slo& slo) {
    out += fmt::format("          service: {}\n          objective: {}\n", yaml_quoted(slo.service),
                       yaml_quoted(slo.id));
}

void write_records(std::string& out, const RuleSource& source) {
    std::vector<Duration> windows;
    for (const Tier& tier : source.tiers) {
        windows.push_back(tier.short_window);
        windows.push_back(tier.long_window);
    }
    std::ranges::sort(windows);
    const auto [first, last] = std::ranges::unique(windows);
    windows.erase(first, last);
    for (const Duration window : windows) {
        out += fmt::format("      - record: {}\n        expr: {}\n        labels:\n",
                           record_name(window), yaml_quoted(ratio(source.slo, window)));
        write_labels(out, source.slo);
    }
}

enum class Reach : std::uint8_t { page, ticket };

void write_alert(std::string& out, const RuleSource& source, Reach reach) {
    const Slo& slo = source.slo;
    std::vector<std::string> tiers;
    for (const Tier& tier : source.tiers) {
        if (tier.page != (reach == Reach::page)) continue;
        const double threshold = tier.factor * slo.budget();
        tiers.push_back(fmt::format("({} > {:.10g} and {} > {:.10g})",
                                    recorded(slo, tier.short_window), threshold,
                                    recorded(slo, tier.long_window), threshold));
    }
    if (tiers.empty()) return;
    const auto severity = reach == Reach::page ? slo.objective.page : slo.objective.ticket;
    out += fmt::format("      - alert: StreamGateObjective{}\n        expr: {}\n        labels:\n",
                       reach == Reach::page ? "Page" : "Ticket",
                       yaml_quoted(fmt::format("{}", fmt::join(tiers, " or "))));
    write_labels(out, slo);
    out += fmt::format("          severity: {}\n", severity_text(severity));
    out += fmt::format(
        "        annotations:\n          summary: {}\n",
        yaml_quoted(fmt::format("{} burns its error budget faster than it may", slo.id)));
}

}  // namespace

std::string to_prometheus_rules(std::span<const RuleSource> sources) {
    std::string out = "groups:\n";
    for (const RuleSource& source : sources) {
        out +=
            fmt::format("  - name: {}\n    rules:\n", yaml_quoted("streamgate " + source.slo.id));
        write_records(out, source);
        write_alert(out, source, Reach::page);
        write_alert(out, source, Reach::ticket);
    }
    if (sources.empty()) out = "groups: []\n";
    return out;
}

}  // namespace sg::slo
