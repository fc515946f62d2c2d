#include "ops/detect/alerts/rules.h"

#include <fmt/format.h>

#include <algorithm>

#include "ops/detect/alerts/trend.h"

namespace sg::alerts {

namespace {

using config::AlertRule;

constexpr std::uint32_t spread_least = 5;  // Buckets.
constexpr Duration forecast_every = 1min;
constexpr Duration forecast_from = 6h;  // How far back a trend is read.

std::optional<double> quantile_of(const AlertRule& rule) {
    if (rule.signal == "latency_p50") return 0.50;
    if (rule.signal == "latency_p95") return 0.95;
    if (rule.signal == "latency_p99") return 0.99;
    return std::nullopt;
}

std::int64_t count_over(const telemetry::ExponentialHistogram& durations, double seconds) {
    if (durations.counts.empty() || seconds <= 0) return 0;
    const auto limit = telemetry::bucket_of(static_cast<std::uint64_t>(seconds * 1e9) + 1) >>
                       (telemetry::scale_finest - durations.scale);
    std::uint64_t over = 0;
    for (std::size_t i = 0; i < durations.counts.size(); ++i)
        if (durations.offset + static_cast<std::int32_t>(i) >= limit) over += durations.counts[i];
    return static_cast<std::int64_t>(over);
}

std::string title_of(const AlertRule& rule, std::string_view whose, double value) {
    const std::string_view signal = rule.promql.empty() ? rule.signal : rule.name;
    return fmt::format("{}{}{} {} ({} {}) over {}", whose, whose.empty() ? "" : ": ", signal,
                       value_text(rule, value), rule.above ? "over" : "under",
                       value_text(rule, rule.fire), to_text(rule.window));
}

Condition condition_of(const AlertRule& rule, double value) {
    Condition condition;
    condition.labels = rule.labels;
    condition.labels["alertname"] = rule.name;
    condition.severity = rule.severity;
    condition.page = rule.page;
    condition.source = "rule";
    condition.value = value;
    condition.threshold = rule.fire;
    condition.pending = rule.pending;
    condition.keep_firing = rule.keep_firing;
    condition.runbook = rule.runbook;
    return condition;
}

Held held(const Sight& sight, const Condition& condition) {
    return sight.firing.contains(fingerprint_of(condition.labels)) ? Held::yes : Held::no;
}

bool is_for(const AlertRule& rule, const std::string& service) {
    return rule.services.empty() ||
           std::ranges::find(rule.services, service) != rule.services.end();
}

void look_at_traffic(const Sight& sight, const AlertRule& rule, std::vector<Condition>& out) {
    const Instant now = sight.second.at;
    for (const auto& [service, unused] : sight.config.services) {
        if (!is_for(rule, service)) continue;
        Traffic traffic;
        Instant first_bad = now;
        for (const auto& bucket :
             sight.history.buckets(service, now - rule.window, now, resolution_for(rule.window))) {
            const auto before = traffic.buckets_failing + traffic.buckets_slow;
            traffic.add(bucket.flow, rule);
            if (traffic.buckets_failing + traffic.buckets_slow > before)
                first_bad = std::min(first_bad, bucket.from);
        }
        const auto value = value_of(rule, traffic);
        if (!value) continue;
        Condition condition = condition_of(rule, *value);
        condition.labels["service"] = service;
        if (!is_beyond(rule, *value, held(sight, condition))) continue;
        condition.title = title_of(rule, service, *value);
        condition.requests = traffic.sum.requests;
        condition.failures = quantile_of(rule) ? traffic.slow : traffic.sum.failed;
        condition.started_at = first_bad;
        out.push_back(std::move(condition));
    }
}

// CPU and network vary from second to second: their mean over the window counts.
std::optional<double> level_of(const Sight& sight, const AlertRule& rule, const std::string& name,
                               const signals::Resources& present) {
    if (rule.signal != "cpu" && rule.signal != "network") return value_of(rule, present);
    const Instant now = sight.second.at;
    double sum = 0;
    int count = 0;
    for (const auto& level : sight.history.levels(name, now - rule.window, now)) {
        const auto value = value_of(rule, level.resources);
        if (!value) continue;
        sum += *value;
        ++count;
    }
    if (count == 0) return value_of(rule, present);
    return sum / count;
}

std::optional<Duration> forecast(const Sight& sight, const AlertRule& rule, const std::string& name,
                                 Watch& watch) {
    const Instant now = sight.second.at;
    auto& known = watch.full_in[rule.name + "\n" + name];
    if (now - watch.forecast_at >= forecast_every) {
        std::vector<Sample> samples;
        for (const auto& level : sight.history.levels(name, now - forecast_from, now))
            if (level.resources.disk >= 0) samples.push_back({level.at, level.resources.disk});
        known = full_in(samples, 1);
    }
    return known;
}

void look_at_resources(const Sight& sight, const AlertRule& rule, Watch& watch,
                       std::vector<Condition>& out) {
    for (const auto& [name, resources] : sight.second.resources) {
        const bool is_service = name.starts_with("service:");
        const auto service = is_service ? name.substr(8) : std::string();
        if (!rule.services.empty() && (!is_service || !is_for(rule, service))) continue;
        const auto value = level_of(sight, rule, name, resources);
        if (!value) continue;
        Condition condition = condition_of(rule, *value);
        condition.labels["resource"] = name;
        if (is_service) condition.labels["service"] = service;
        condition.started_at = sight.second.at;
        std::optional<Duration> full;
        if (rule.forecast > 0s) full = forecast(sight, rule, name, watch);
        if (is_beyond(rule, *value, held(sight, condition))) {
            condition.title = title_of(rule, name, *value);
        } else if (full && *full < rule.forecast) {
            const double hours = std::chrono::duration<double>(*full).count() / 3600;
            condition.title = fmt::format("{}: {} {}, full in {:.1f} h as it goes", name,
                                          rule.signal, value_text(rule, *value), hours);
        } else {
            continue;
        }
        out.push_back(std::move(condition));
    }
}

// Two series with equal labels would be one alert: the rule cannot mean that.
bool has_duplicates(const std::vector<Condition>& conditions) {
    std::set<std::string> seen;
    return std::ranges::any_of(conditions, [&](const Condition& condition) {
        return !seen.insert(fingerprint_of(condition.labels)).second;
    });
}

void look_at_answers(const Sight& sight, const AlertRule& rule, Watch& watch,
                     std::vector<Condition>& out) {
    const auto answers = watch.answers.find(rule.name);
    if (answers == watch.answers.end()) return;
    std::vector<Condition> conditions;
    for (const Answer& answer : answers->second) {
        Condition condition = condition_of(rule, answer.value);
        for (const auto& [name, value] : answer.labels)
            if (name != "__name__") condition.labels.try_emplace(name, value);
        if (!is_beyond(rule, answer.value, held(sight, condition))) continue;
        condition.title =
            title_of(rule, std::string(label(condition.labels, "service")), answer.value);
        condition.started_at = sight.second.at;
        conditions.push_back(std::move(condition));
    }
    if (has_duplicates(conditions)) {
        watch.mistakes.push_back(
            fmt::format("{}: two series of its answer have the same labels", rule.name));
        return;
    }
    std::ranges::move(conditions, std::back_inserter(out));
}

}  // namespace

std::string value_text(const AlertRule& rule, double value) {
    if (!rule.promql.empty()) return fmt::format("{:.4g}", value);
    if (quantile_of(rule)) {
        return value < 1 ? fmt::format("{:.0f} ms", value * 1000) : fmt::format("{:.2f} s", value);
    }
    return fmt::format("{:.3g} %", value * 100);
}

void Traffic::add(const signals::Flow& flow, const AlertRule& rule) {
    sum += flow;
    if (flow.failed > 0) ++buckets_failing;
    if (!quantile_of(rule)) return;
    const auto over = count_over(flow.duration, rule.fire);
    slow += over;
    if (over > 0) ++buckets_slow;
}

bool is_of_traffic(const AlertRule& rule) {
    return rule.promql.empty() && (rule.signal == "errors" || quantile_of(rule));
}

std::optional<double> value_of(const AlertRule& rule, const Traffic& traffic) {
    const auto quantile = quantile_of(rule);
    const auto counted = quantile ? traffic.sum.timed : traffic.sum.requests;
    const auto wrong = quantile ? traffic.slow : traffic.sum.failed;
    const int buckets = quantile ? traffic.buckets_slow : traffic.buckets_failing;
    if (counted == 0) return std::nullopt;
    if (counted < rule.requests_least && wrong < rule.failures_least) return std::nullopt;
    if (quantile) {
        const double seconds = traffic.sum.duration.quantile(*quantile) / 1e9;
        const bool is_burst =
            buckets < static_cast<int>(std::min(rule.failures_least, spread_least));
        if (rule.above && seconds > rule.fire && is_burst) return std::nullopt;
        return seconds;
    }
    if (rule.above && wrong > 0 &&
        buckets < static_cast<int>(std::min(rule.failures_least, spread_least)))
        return std::nullopt;
    return static_cast<double>(wrong) / static_cast<double>(counted);
}

std::optional<double> value_of(const AlertRule& rule, const signals::Resources& resources) {
    static constexpr std::pair<std::string_view, double signals::Resources::*> members[] = {
        {"cpu", &signals::Resources::cpu},
        {"memory", &signals::Resources::memory},
        {"disk", &signals::Resources::disk},
        {"network", &signals::Resources::network}};
    for (const auto& [name, member] : members)
        if (rule.signal == name && resources.*member >= 0) return resources.*member;
    return std::nullopt;
}

bool is_beyond(const AlertRule& rule, double value, Held held) {
    const double threshold = held == Held::yes ? rule.clear : rule.fire;
    return rule.above ? value > threshold : value < threshold;
}

Duration resolution_for(Duration window) {
    return window <= 15min ? 1s : window <= 48h ? 10s : Duration{1min};
}

std::vector<Condition> find_by_rules(const Sight& sight, Watch& watch) {
    std::vector<Condition> found;
    watch.mistakes.clear();
    for (const auto& [name, rule] : sight.config.operations.alerts) {
        if (!rule.enabled) continue;
        if (!rule.promql.empty()) look_at_answers(sight, rule, watch, found);
        else if (is_of_traffic(rule)) look_at_traffic(sight, rule, found);
        else look_at_resources(sight, rule, watch, found);
    }
    if (sight.second.at - watch.forecast_at >= forecast_every) watch.forecast_at = sight.second.at;
    return found;
}

}  // namespace sg::alerts
