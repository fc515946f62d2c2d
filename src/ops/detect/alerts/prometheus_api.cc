#include "ops/detect/alerts/prometheus_api.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "ops/detect/alerts/suppression.h"

namespace sg::alerts {

namespace {

using Json = nlohmann::ordered_json;

double seconds(Duration duration) { return std::chrono::duration<double>(duration).count(); }

// What came from outside may hold anything.
std::string dump(const Json& json) {
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Json json_of(const Labels& labels) {
    Json json = Json::object();
    for (const auto& [name, value] : labels) json[name] = value;
    return json;
}

Json json_of(const Alert& alert) {
    Labels annotations = alert.annotations;
    annotations.try_emplace("summary", alert.title);
    if (!alert.runbook.empty()) annotations.try_emplace("runbook", alert.runbook);
    return Json{{"labels", json_of(labels_of(alert))},
                {"annotations", json_of(annotations)},
                {"state", alert.state == State::pending ? "pending" : "firing"},
                {"activeAt", to_rfc3339(alert.active_at)},
                {"value", fmt::format("{}", alert.value)}};
}

std::string query_of(const config::AlertRule& rule) {
    if (!rule.promql.empty()) return rule.promql;
    return fmt::format("{} {} {:g} over {}", rule.signal, rule.above ? ">" : "<", rule.fire,
                       to_text(rule.window));
}

}  // namespace

std::string prometheus_alerts(std::span<const Alert> open) {
    Json alerts = Json::array();
    for (const Alert& alert : open)
        if (alert.state != State::resolved) alerts.push_back(json_of(alert));
    return dump({{"status", "success"}, {"data", {{"alerts", std::move(alerts)}}}});
}

std::string prometheus_rules(const config::Operations& operations, std::span<const Alert> open,
                             Instant evaluated_at) {
    Json rules = Json::array();
    for (const auto& [name, rule] : operations.alerts) {
        if (!rule.enabled) continue;
        Json alerts = Json::array();
        std::string_view state = "inactive";
        for (const Alert& alert : open) {
            if (alert.name != name || alert.source != "rule" || alert.state == State::resolved)
                continue;
            alerts.push_back(json_of(alert));
            if (alert.state == State::firing) state = "firing";
            else if (state == "inactive") state = "pending";
        }
        Labels labels = rule.labels;
        labels["severity"] = severity_text(rule.severity);
        rules.push_back({{"state", state},
                         {"name", name},
                         {"query", query_of(rule)},
                         {"duration", seconds(rule.pending)},
                         {"keepFiringFor", seconds(rule.keep_firing)},
                         {"labels", json_of(labels)},
                         {"annotations", Json::object()},
                         {"alerts", std::move(alerts)},
                         {"health", "ok"},
                         {"evaluationTime", 0},
                         {"lastEvaluation", to_rfc3339(evaluated_at)},
                         {"type", "alerting"}});
    }
    Json group{{"name", "streamgate"},
               {"file", ""},
               {"rules", std::move(rules)},
               {"interval", 1},
               {"limit", 0},
               {"evaluationTime", 0},
               {"lastEvaluation", to_rfc3339(evaluated_at)}};
    Json groups = Json::array();
    groups.push_back(std::move(group));
    return dump({{"status", "success"}, {"data", {{"groups", std::move(groups)}}}});
}

}  // namespace sg::alerts
