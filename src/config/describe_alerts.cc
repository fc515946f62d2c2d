// What is watched: alert rules, hard faults, and what keeps alerts from being noise.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <charconv>
#include <cmath>

#include "base/text.h"
#include "config/describe_operations.h"
#include "config/expand.h"
#include "config/formats.h"
#include "config/shipped.h"

namespace sg::config {

namespace {

constexpr double day = 86400;
constexpr std::string_view of_query = "value";  // What a PromQL query gives, in a condition.

std::unexpected<Error> wrong(std::string what, std::string hint) {
    return fail(Errc::config_invalid, std::move(what), std::move(hint));
}

Result<double> parse_share_level(std::string_view text) {
    TRY(const Share share, parse_share(text));
    return share.of_one;
}

Result<double> parse_time_level(std::string_view text) {
    TRY(const Duration duration, parse_duration(text));
    if (duration == no_timeout) return wrong("a threshold cannot be off", "write it as 500ms");
    return static_cast<double>(duration.count()) / 1e9;
}

// In any unit, since what a query gives has none that is known here.
Result<double> parse_plain_level(std::string_view text) {
    double number = 0;
    const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error == std::errc{} && stop == text.data() + text.size() && std::isfinite(number))
        return number;
    if (text.ends_with('%')) return parse_share_level(text);
    const auto time = parse_time_level(text);
    if (time) return time;
    return wrong(fmt::format("`{}` is not a threshold", text),
                 "write a number, a share such as 5%, or a time such as 500ms");
}

Result<double> parse_level(std::string_view signal, std::string_view text) {
    const AlertSignal* known = find_alert_signal(signal);
    if (!known) return parse_plain_level(text);
    return known->unit == AlertSignal::Unit::share ? parse_share_level(text)
                                                   : parse_time_level(text);
}

std::string level_text(const AlertRule& rule, double level) {
    const AlertSignal* known = find_alert_signal(rule.signal);
    if (!known) return fmt::format("{}", level);
    if (known->unit == AlertSignal::Unit::share) return to_text(Share{level});
    return to_text(Duration{std::llround(level * 1e9)});
}

Result<void> parse_condition(std::string_view text, AlertRule& rule) {
    const auto sign = text.find_first_of("<>");
    if (sign == std::string_view::npos)
        return wrong(fmt::format("`{}` compares nothing", text),
                     "write a signal, > or <, and a threshold: errors > 1%");
    const auto signal = trim(text.substr(0, sign));
    auto level = text.substr(sign + 1);
    if (level.starts_with('='))
        return wrong(fmt::format("`{}=` is not a comparison", text[sign]),
                     fmt::format("write `{} {} {}`", signal, text[sign], trim(level.substr(1))));
    level = trim(level);
    if (signal != of_query && !find_alert_signal(signal)) {
        std::vector<std::string> names;
        for (const auto& known : alert_signals()) names.emplace_back(known.name);
        const auto near = nearest(signal, names);
        return wrong(fmt::format("`{}` is not a signal", signal),
                     fmt::format("signals are {}; with `promql` write `value {} {}`{}",
                                 fmt::join(names, ", "), text[sign], level,
                                 near.empty() ? "" : fmt::format("; did you mean `{}`?", near)));
    }
    TRY(rule.fire, parse_level(signal, level));
    rule.signal = signal == of_query ? "" : std::string(signal);
    rule.above = text[sign] == '>';
    rule.clear = rule.fire;
    return {};
}

void read_condition(Reader& reader, const Node& node, void* value) {
    auto& rule = *static_cast<AlertRule*>(value);
    if (!reader.is_text(node, "a condition such as errors > 1%")) return;
    if (const auto parsed = parse_condition(node.text, rule); !parsed)
        reader.fail(node, parsed.error());
}

Node write_condition(const void* value) {
    const auto& rule = *static_cast<const AlertRule*>(value);
    return Node::scalar(fmt::format("{} {} {}",
                                    rule.signal.empty() ? std::string(of_query) : rule.signal,
                                    rule.above ? ">" : "<", level_text(rule, rule.fire)));
}

void read_clear(Reader& reader, const Node& node, void* value) {
    auto& rule = *static_cast<AlertRule*>(value);
    if (!reader.is_text(node, "a threshold such as 0.5%")) return;
    const auto level = parse_level(rule.signal, node.text);
    if (!level) return reader.fail(node, level.error());
    rule.clear = *level;
}

Node write_clear(const void* value) {
    const auto& rule = *static_cast<const AlertRule*>(value);
    return Node::scalar(level_text(rule, rule.clear));
}

Type rule_part(std::string_view name, std::string_view schema,
               void (*read)(Reader&, const Node&, void*), Node (*write)(const void*)) {
    return {.kind = Type::Kind::custom,
            .name = name,
            .schema = schema,
            .read = read,
            .write = write,
            .make = [] { return std::shared_ptr<void>(std::make_shared<AlertRule>()); }};
}

void describe_condition(Visitor& v, AlertRule& rule) {
    v.field({.key = "enabled", .why = "Whether it is watched: `cpu: off` switches a rule off."},
            rule.enabled);
    v.field({.key = "promql",
             .why = "A query for `ops.prometheus`, for what only another system measures; then "
                    "`when` is about its `value`.",
             .unset = "none: a signal of our own",
             .format = &formats::one_line},
            rule.promql);
    v.visit({.key = "when",
             .why = "Signal, comparison and threshold: `errors > 1%`, `latency_p95 > 500ms`. "
                    "Signals are errors, latency_p50, latency_p95, latency_p99, cpu, memory, disk "
                    "and network.",
             .unset = "none: it must be given"},
            condition_type(), &rule);
    v.visit({.key = "clear",
             .why = "The alert ends beyond this threshold. A little apart from the other, it "
                    "keeps an alert from flapping (hysteresis).",
             .unset = "the threshold of `when`"},
            clear_type(), &rule);
}

void describe_times(Visitor& v, AlertRule& rule) {
    v.field({.key = "over",
             .why = "The time over which the signal is taken: shorter is quicker, longer calmer.",
             .least = 1,
             .most = 30 * day},
            rule.window);
    v.field({.key = "for",
             .why = "How long the condition must hold before the alert fires.",
             .least = 0,
             .most = 30 * day},
            rule.pending);
    v.field({.key = "keep_firing_for",
             .why = "How long the alert goes on after the condition has ended, so that a signal "
                    "around its threshold is one alert and not ten.",
             .least = 0,
             .most = 30 * day},
            rule.keep_firing);
    v.field({.key = "full_within",
             .why = "Disk: also fires when, at its trend, it is full within this time; 0 does not "
                    "look ahead.",
             .least = 0,
             .most = 90 * day},
            rule.forecast);
    v.field({.key = "requests_least",
             .why = "Signals of traffic: so many requests must have ended within `over`, because "
                    "one failure of three is no 33 %...",
             .least = 0,
             .most = 1e9},
            rule.requests_least);
    v.field({.key = "failures_least",
             .why = "...or at least so many must have failed, however few requests there were.",
             .least = 1,
             .most = 1e9},
            rule.failures_least);
}

}  // namespace

const Type& condition_type() {
    static const Type it = rule_part("a condition such as `errors > 1%`",
                                     R"({"type":"string","pattern":"^[^<>]+[<>][^=].*$"})",
                                     read_condition, write_condition);
    return it;
}

const Type& clear_type() {
    static const Type it = rule_part("a threshold such as 0.5% or 400ms",
                                     R"({"type":["string","number"]})", read_clear, write_clear);
    return it;
}

const Type& alerts_type() {
    static const Type it = [] {
        Type type = TypeOf<std::map<std::string, AlertRule>>::type();
        type.add = [](void* p, std::string_view key) -> void* {
            auto& rule = (*static_cast<std::map<std::string, AlertRule>*>(p))[std::string(key)];
            const auto shipped = shipped_alerts().find(std::string(key));
            if (shipped != shipped_alerts().end()) rule = shipped->second;
            return &rule;
        };
        return type;
    }();
    return it;
}

void describe(Visitor& v, AlertRule& rule) {
    v.record({.name = "an alert rule",
              .expand = expand::alert,
              .short_schema = R"({"type":["string","boolean"]})",
              .short_words = "a condition such as `errors > 1%`, or `off`"});
    v.place(rule.place);
    describe_condition(v, rule);
    describe_times(v, rule);
    v.field({.key = "severity", .why = "Severity of what it declares."}, rule.severity);
    v.field({.key = "page",
             .why = "Whether it pages somebody. What users feel should; what may become a trouble "
                    "later is a ticket for the day."},
            rule.page);
    v.field({.key = "services",
             .why = "The services it watches.",
             .unset = "all",
             .format = &formats::service_name},
            rule.services);
    v.field({.key = "labels",
             .why = "Labels of its alerts, beside `alertname`, `service` and `severity`, for "
                    "grouping, silences and inhibition.",
             .unset = "none",
             .format = &formats::one_line,
             .key_format = &formats::label_name},
            rule.labels);
    v.field({.key = "runbook",
             .why = "What to do about it: name of a runbook, or a URL.",
             .unset = "none",
             .format = &formats::one_line},
            rule.runbook);
}

void describe(Visitor& v, HardFault& fault) {
    v.record({.name = "the hard-fault detector",
              .expand = expand::hard_fault,
              .short_schema = R"({"enum":["on","off",true,false]})",
              .short_words = "`off`"});
    v.field({.key = "enabled",
             .why = "Look at every second by itself and declare at once when something just "
                    "broke, without waiting for windows to fill."},
            fault.enabled);
    v.field({.key = "sev1",
             .why = "From this share of failing requests it is a SEV-1, as without any healthy "
                    "endpoint.",
             .least = 0.001,
             .most = 1},
            fault.sev1);
    v.field({.key = "sev2",
             .why = "From this share it is a SEV-2. Smaller shares are for the objectives.",
             .least = 0.001,
             .most = 1},
            fault.sev2);
    v.field({.key = "failures_least",
             .why = "So many requests must have failed in the seconds looked at.",
             .least = 1,
             .most = 1e6},
            fault.failures_least);
    v.field({.key = "requests_least",
             .why = "So many requests must have ended in them.",
             .least = 1,
             .most = 1e6},
            fault.requests_least);
    v.field({.key = "clear_after",
             .why = "It is over when the share of failures stayed below half of the threshold for "
                    "so long.",
             .least = 1,
             .most = day},
            fault.clear_after);
}

void describe(Visitor& v, Grouping& grouping) {
    v.record({.name = "a way of grouping"});
    v.field({.key = "by",
             .why = "Alerts with the same values of these labels are one notification.",
             .format = &formats::label_name},
            grouping.by);
    v.field({.key = "wait",
             .why = "How long the first notification of a group waits for others to join it. Pages "
                    "that wait come late.",
             .least = 0,
             .most = 3600},
            grouping.wait);
    v.field({.key = "interval",
             .why = "Shortest time between two notifications of a group that has changed.",
             .least = 1,
             .most = day},
            grouping.interval);
    v.field({.key = "repeat",
             .why = "A group that has not changed is told again after this time.",
             .least = 60,
             .most = 30 * day},
            grouping.repeat);
}

void describe(Visitor& v, Inhibition& inhibition) {
    v.record({.name = "an inhibition"});
    v.place(inhibition.place);
    v.field({.key = "source",
             .why = "While an alert fires that all of these match...",
             .example = "source: [alertname=gateway-down]",
             .format = &formats::matcher,
             .required = true},
            inhibition.source);
    v.field({.key = "target",
             .why = "...alerts that all of these match are not told.",
             .example = "target: [severity=sev4]",
             .format = &formats::matcher,
             .required = true},
            inhibition.target);
    v.field({.key = "equal",
             .why = "Only where these labels have the same values on both, such as `service`.",
             .unset = "none: anywhere",
             .format = &formats::label_name},
            inhibition.equal);
}

void describe(Visitor& v, TimeInterval& interval) {
    v.record({.name = "a time interval"});
    v.place(interval.place);
    v.field({.key = "times",
             .why = "Times of day, from and to: `22:00-24:00`.",
             .unset = "the whole day",
             .format = &formats::clock_range},
            interval.times);
    v.field({.key = "weekdays",
             .why = "Days of the week: `mon-fri`, `sun`.",
             .unset = "all",
             .format = &formats::weekday_range},
            interval.weekdays);
    v.field({.key = "days",
             .why = "Days of the month: `1-7`; `-1` is the last.",
             .unset = "all",
             .format = &formats::day_range},
            interval.days);
    v.field({.key = "months",
             .why = "Months: `dec`, `jun-aug`, `12`.",
             .unset = "all",
             .format = &formats::month_range},
            interval.months);
    v.field({.key = "years",
             .why = "Years: `2026`, `2026-2028`.",
             .unset = "all",
             .format = &formats::year_range},
            interval.years);
    v.field({.key = "zone", .why = "Time zone of all this.", .format = &formats::zone},
            interval.zone);
}

}  // namespace sg::config
