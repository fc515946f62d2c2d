#include "ops/detect/slo/openslo.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>

#include "base/text.h"
#include "config/document.h"
#include "config/yaml.h"

namespace sg::slo {

namespace {

using config::Objective;

constexpr std::string_view source_type = "StreamGate";
constexpr std::string_view kinds[] = {"DataSource",
                                      "Service",
                                      "SLI",
                                      "SLO",
                                      "AlertPolicy",
                                      "AlertCondition",
                                      "AlertNotificationTarget"};

std::string text_of(const Node* node) { return node != nullptr ? node->text : std::string(); }

std::string at(const Node& node, std::string_view a, std::string_view b = {},
               std::string_view c = {}) {
    const Node* found = node.find(a);
    for (const auto key : {b, c})
        if (found != nullptr && !key.empty()) found = found->find(key);
    return text_of(found);
}

// RFC 1123: a label, at most 63 characters.
bool is_name(std::string_view text) {
    if (text.empty() || text.size() > 63 || text.front() == '-' || text.back() == '-') return false;
    for (const char c : text)
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-')) return false;
    return true;
}

Result<double> number(std::string_view text, std::string_view what) {
    double value = 0;
    const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error == std::errc{} && stop == text.data() + text.size()) return value;
    return fail(Errc::invalid_argument, fmt::format("`{}` of {} is not a number", text, what));
}

std::unexpected<Error> wrong(const Node& node, std::string_view what) {
    return fail(Errc::invalid_argument, fmt::format("line {}: {}", node.place.line, what));
}

Result<std::vector<Node>> documents(std::string_view text) {
    std::vector<Node> all;
    std::string part;
    std::uint32_t begun = 0;
    const auto lines = config::lines_of(text);
    const auto close = [&]() -> Result<void> {
        auto yaml = config::parse_yaml(part);
        if (!yaml.problems.empty())
            return fail(Errc::invalid_argument,
                        fmt::format("line {}: {}", begun + yaml.problems[0].place.line,
                                    yaml.problems[0].what),
                        yaml.problems[0].hint);
        if (yaml.root.is_map()) {
            yaml.root.place.line += begun;
            all.push_back(std::move(yaml.root));
        } else if (yaml.root.kind != Node::Kind::none) {
            return fail(Errc::invalid_argument,
                        fmt::format("line {}: a document is not a map", begun + 1));
        }
        part.clear();
        return {};
    };
    for (std::uint32_t i = 0; i < lines.size(); ++i) {
        if (lines[i] == "---" || lines[i].starts_with("--- ")) {
            TRY_VOID(close());
            begun = i + 1;
            continue;
        }
        part.append(lines[i]).push_back('\n');
    }
    TRY_VOID(close());
    return all;
}

Result<void> check_head(const Node& document) {
    if (at(document, "apiVersion") != "openslo/v1")
        return wrong(document, "`apiVersion` is not openslo/v1");
    const auto kind = at(document, "kind");
    if (std::ranges::find(kinds, kind) == std::end(kinds))
        return wrong(document, fmt::format("`{}` is not a kind of OpenSLO", kind));
    const auto name = at(document, "metadata", "name");
    if (!is_name(name))
        return wrong(document, fmt::format("`{}` is not a name: lower-case letters, digits and "
                                           "hyphens, at most 63",
                                           name));
    if (document.find("spec") == nullptr && kind != "Service")
        return wrong(document, "`spec` is missing");
    return {};
}

Result<Objective::Kind> kind_from(const Node& document, std::string_view signal) {
    for (const auto kind : {Objective::Kind::availability, Objective::Kind::latency,
                            Objective::Kind::errors, Objective::Kind::throughput})
        if (kind_text(kind) == signal) return kind;
    return wrong(document, fmt::format("`{}` is not a signal: availability, latency, errors or "
                                       "throughput",
                                       signal));
}

Result<void> read_indicator(const Node& document, const Node& indicator, Objective& objective) {
    const Node* spec = indicator.find("spec");
    const Node* metric = spec == nullptr ? nullptr : spec->find("ratioMetric");
    if (metric == nullptr)
        return wrong(document, "only indicators with a `ratioMetric` can be judged here");
    const Node* part = metric->find("bad") != nullptr ? metric->find("bad") : metric->find("good");
    if (part == nullptr) return wrong(document, "the `ratioMetric` has neither `good` nor `bad`");
    if (at(*part, "metricSource", "type") != source_type)
        return wrong(document,
                     fmt::format("metrics of `{}` cannot be counted here: the source must be {}",
                                 at(*part, "metricSource", "type"), source_type));
    const Node* what = part->find("metricSource")->find("spec");
    if (what == nullptr) return wrong(document, "`metricSource.spec` is missing");
    TRY(objective.kind, kind_from(document, at(*what, "signal")));
    if (const auto within = at(*what, "within"); !within.empty()) {
        TRY(objective.within, parse_duration(within));
    }
    if (const auto rate = at(*what, "rate"); !rate.empty()) {
        TRY(objective.rate, parse_rate(rate));
    }
    return {};
}

Result<void> read_target(const Node& document, const Node& spec, Objective& objective) {
    const Node* objectives = spec.find("objectives");
    if (objectives == nullptr || objectives->items.size() != 1)
        return wrong(document, "exactly one objective is expected");
    const Node& one = objectives->items.front();
    const auto percent = at(one, "targetPercent");
    TRY(objective.target.of_one,
        number(percent.empty() ? at(one, "target") : percent, "the target"));
    if (!percent.empty()) objective.target.of_one /= 100;
    if (objective.target.of_one < 0 || objective.target.of_one >= 1)
        return wrong(document, "the target is not at least 0 and less than 1");
    const auto slice = at(one, "timeSliceTarget");
    if (!slice.empty()) {
        TRY(objective.slice_target.of_one, number(slice, "`timeSliceTarget`"));
        if (objective.slice_target.of_one <= 0 || objective.slice_target.of_one > 1)
            return wrong(document, "`timeSliceTarget` is not over 0 and at most 1");
    }
    const auto width = at(one, "timeSliceWindow");
    if (!width.empty()) {
        TRY(const Duration window, parse_openslo_duration(width));
        if (window != 1min) return wrong(document, "slices are one minute here");
    }
    return {};
}

Result<void> read_window(const Node& document, const Node& spec, Objective& objective) {
    const Node* windows = spec.find("timeWindow");
    if (windows == nullptr || windows->items.size() != 1)
        return wrong(document, "exactly one `timeWindow` is expected");
    const Node& window = windows->items.front();
    if (window.find("calendar") != nullptr || at(window, "isRolling") == "false")
        return wrong(document, "only rolling windows can be judged here");
    TRY(objective.over, parse_openslo_duration(at(window, "duration")));
    return {};
}

Result<void> read_severities(const Node& document, Objective& objective) {
    const Node* metadata = document.find("metadata");
    const Node* notes = metadata == nullptr ? nullptr : metadata->find("annotations");
    if (notes == nullptr) return {};
    const auto severity = [&](std::string_view key, config::Severity& out) -> Result<void> {
        const auto text = at(*notes, key);
        if (text.empty()) return {};
        if (text.size() != 4 || !text.starts_with("sev") || text[3] < '1' || text[3] > '4')
            return wrong(document, fmt::format("`{}` is not one of sev1 to sev4", text));
        out = static_cast<config::Severity>(text[3] - '1');
        return {};
    };
    TRY_VOID(severity("streamgate/page", objective.page));
    TRY_VOID(severity("streamgate/ticket", objective.ticket));
    return {};
}

Result<Slo> read_slo(const Node& document, const std::map<std::string, Node>& indicators) {
    const Node& spec = *document.find("spec");
    Slo slo;
    slo.service = at(spec, "service");
    if (slo.service.empty()) return wrong(document, "`service` is missing");
    const Node* indicator = spec.find("indicator");
    if (const auto reference = at(spec, "indicatorRef"); !reference.empty()) {
        const auto found = indicators.find(reference);
        if (found == indicators.end())
            return wrong(document, fmt::format("there is no SLI `{}` in this file", reference));
        indicator = &found->second;
    }
    if (indicator == nullptr) return wrong(document, "there is no indicator");
    TRY_VOID(read_indicator(document, *indicator, slo.objective));
    TRY_VOID(read_window(document, spec, slo.objective));
    TRY_VOID(read_target(document, spec, slo.objective));
    TRY_VOID(read_severities(document, slo.objective));
    const auto method = at(spec, "budgetingMethod");
    const std::string_view ours = slo.counts_minutes() ? "Timeslices" : "Occurrences";
    if (method != ours)
        return wrong(document, fmt::format("`{}` is counted as {} here, not as `{}`",
                                           kind_text(slo.objective.kind), ours, method));
    slo.id = fmt::format("{}/{}", slo.service, kind_text(slo.objective.kind));
    return slo;
}

// `28d`; what is no whole number of days is said in hours or minutes.
std::string openslo_duration(Duration duration) {
    if (duration % 24h == 0s) return fmt::format("{}d", duration / 24h);
    if (duration % 1h == 0s) return fmt::format("{}h", duration / 1h);
    return fmt::format("{}m", duration / 1min);
}

std::string name_of(const Slo& slo) {
    std::string name;
    for (const char c : to_lower(slo.id))
        name += (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ? c : '-';
    if (name.size() > 63) name.resize(63);
    while (!name.empty() && name.back() == '-') name.pop_back();
    while (!name.empty() && name.front() == '-') name.erase(0, 1);
    return name;
}

Node bad_metric(const Slo& slo) {
    Node spec = Node::map();
    spec.add("signal", Node::scalar(std::string(kind_text(slo.objective.kind))));
    if (slo.objective.kind == Objective::Kind::latency)
        spec.add("within", Node::scalar(to_text(slo.objective.within)));
    if (slo.objective.kind == Objective::Kind::throughput)
        spec.add("rate", Node::scalar(to_text(slo.objective.rate)));
    Node source = Node::map();
    source.add("type", Node::scalar(std::string(source_type)));
    source.add("spec", std::move(spec));
    Node metric = Node::map();
    metric.add("metricSource", std::move(source));
    return metric;
}

Node indicator_of(const Slo& slo) {
    Node total = bad_metric(slo);
    Node ratio = Node::map();
    ratio.add("counter", Node::scalar("true"));
    ratio.add("bad", bad_metric(slo));
    ratio.add("total", std::move(total));
    Node spec = Node::map();
    spec.add("ratioMetric", std::move(ratio));
    Node metadata = Node::map();
    metadata.add("name", Node::scalar(name_of(slo)));
    Node indicator = Node::map();
    indicator.add("metadata", std::move(metadata));
    indicator.add("spec", std::move(spec));
    return indicator;
}

Node document_of(const Slo& slo) {
    Node notes = Node::map();
    notes.add("streamgate/page", Node::scalar(severity_text(slo.objective.page)));
    notes.add("streamgate/ticket", Node::scalar(severity_text(slo.objective.ticket)));
    Node metadata = Node::map();
    metadata.add("name", Node::scalar(name_of(slo)));
    metadata.add("annotations", std::move(notes));
    Node window = Node::map();
    window.add("duration", Node::scalar(openslo_duration(slo.objective.over)));
    window.add("isRolling", Node::scalar("true"));
    Node objective = Node::map();
    objective.add("target", Node::scalar(fmt::format("{}", slo.objective.target.of_one)));
    if (slo.counts_minutes()) {
        objective.add("timeSliceTarget",
                      Node::scalar(fmt::format("{}", slo.objective.slice_target.of_one)));
        objective.add("timeSliceWindow", Node::scalar("1m"));
    }
    Node spec = Node::map();
    spec.add("service", Node::scalar(slo.service));
    spec.add("indicator", indicator_of(slo));
    spec.add("timeWindow", Node::list()).items.push_back(std::move(window));
    spec.add("budgetingMethod", Node::scalar(slo.counts_minutes() ? "Timeslices" : "Occurrences"));
    spec.add("objectives", Node::list()).items.push_back(std::move(objective));
    Node document = Node::map();
    document.add("apiVersion", Node::scalar("openslo/v1"));
    document.add("kind", Node::scalar("SLO"));
    document.add("metadata", std::move(metadata));
    document.add("spec", std::move(spec));
    return document;
}

}  // namespace

Result<Duration> parse_openslo_duration(std::string_view text) {
    static constexpr std::pair<char, Duration> units[] = {
        {'m', 1min},     {'h', 1h},       {'d', 24h},      {'w', 7 * 24h},
        {'M', 30 * 24h}, {'Q', 90 * 24h}, {'Y', 365 * 24h}};
    int count = 0;
    const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), count);
    const auto* end = text.data() + text.size();
    if (error == std::errc{} && stop + 1 == end && count > 0 && count <= 1000)
        for (const auto& [letter, unit] : units)
            if (*stop == letter) return count * unit;
    return fail(Errc::invalid_argument, fmt::format("`{}` is not a duration of OpenSLO", text),
                "a whole number and one of m, h, d, w, M, Q, Y: 28d");
}

SliceBudget slice_budget(Duration window, Duration slice, double target) {
    const double lost = (1 - target) * static_cast<double>(window.count());
    return {window / slice, Duration{std::llround(lost)}};
}

std::string to_openslo(std::span<const Slo> slos) {
    std::string out;
    for (const Slo& slo : slos) {
        if (!out.empty()) out += "---\n";
        out += config::to_yaml(document_of(slo));
    }
    return out;
}

Result<std::vector<Slo>> from_openslo(std::string_view text) {
    TRY(const auto all, documents(text));
    std::map<std::string, Node> indicators;
    std::map<std::string, int> seen;
    std::vector<std::string> mistakes;
    std::vector<Slo> slos;
    for (const Node& document : all)
        if (at(document, "kind") == "SLI") indicators[at(document, "metadata", "name")] = document;
    for (const Node& document : all) {
        auto head = check_head(document);
        if (!head) {
            mistakes.push_back(head.error().what);
            continue;
        }
        if (at(document, "kind") != "SLO") continue;
        auto slo = read_slo(document, indicators);
        if (!slo) {
            mistakes.push_back(slo.error().what);
            continue;
        }
        const int nth = ++seen[slo->id];
        if (nth > 1) slo->id += fmt::format("-{}", nth);
        slos.push_back(std::move(*slo));
    }
    if (!mistakes.empty())
        return fail(Errc::invalid_argument, fmt::format("{}", fmt::join(mistakes, "\n")));
    return slos;
}

std::vector<std::string> lint_openslo(std::string_view text) {
    std::vector<std::string> odd;
    const auto all = documents(text);
    if (!all) return {all.error().what};
    for (const Node& document : *all) {
        const Node* spec = document.find("spec");
        const Node* condition = spec == nullptr ? nullptr : spec->find("condition");
        if (condition == nullptr || at(*condition, "kind") != "burnrate") continue;
        const auto op = at(*condition, "op");
        if (op == "lt" || op == "lte")
            odd.push_back(fmt::format(
                "line {}: `op: {}` fires while the budget burns slowly; to fire above the "
                "threshold say gt or gte",
                document.place.line, op));
    }
    return odd;
}

}  // namespace sg::slo
