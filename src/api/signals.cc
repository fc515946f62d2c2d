#include "api/signals.h"

#include <fmt/format.h>

#include "base/json.h"
#include "ops/detect/alerts/ask.h"
#include "ops/detect/alerts/rules.h"
#include "ops/detect/slo/ask.h"

namespace sg::api {

namespace {

using Json = nlohmann::ordered_json;

Json signal_of(const slo::Standing& standing) {
    Json json{{"title", fmt::format("{} burns its error budget {:.1f} times as fast as it may, "
                                    "{:.0f} % is left",
                                    standing.id, standing.burn, standing.budget_left * 100)}};
    if (standing.since != Instant{}) json["since"] = to_rfc3339(standing.since);
    return json;
}

}  // namespace

Json json_of(const alerts::Alert& alert, const config::Config& config) {
    Json json = Json::parse(to_json(alert), nullptr, false);
    if (alert.threshold == 0) return json;
    const auto rule = config.operations.alerts.find(alert.name);
    const auto text = [&](double value) {
        if (alert.source == "rule" && rule != config.operations.alerts.end())
            return alerts::value_text(rule->second, value);
        if (alert.source == "hard_fault") return fmt::format("{:.3g} %", value * 100);
        return fmt::format("{:.4g}", value);
    };
    json["value_text"] = text(alert.value);
    json["threshold_text"] = text(alert.threshold);
    return json;
}

Result<Json> signal_of(const store::Tx& tx, const config::Config& config, const std::string& key) {
    const auto colon = key.find(':');
    const auto kind = key.substr(0, colon);
    const auto name = colon == std::string::npos ? std::string() : key.substr(colon + 1);
    Json json{{"title", key}};
    if (kind == "alert") {
        TRY(const auto alert, alerts::by_fingerprint(tx, name));
        if (alert) json = json_of(*alert, config);
        if (alert) json["since"] = json.value("started_at", std::string());
    } else if (kind == "objective") {
        TRY(const auto standing, slo::standing_of(tx, name));
        json["title"] = fmt::format("the objective {}", name);
        if (standing) json = signal_of(*standing);
    } else if (kind == "unseen") {
        json["title"] = fmt::format("nothing is known of {}", name);
    } else if (kind == "channel") {
        json["title"] = fmt::format("the channel {} does not reach people", name);
    }
    json["key"] = key;
    return json;
}

}  // namespace sg::api
