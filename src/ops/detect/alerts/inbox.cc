#include "ops/detect/alerts/inbox.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/text.h"

namespace sg::alerts {

namespace {

using Json = nlohmann::json;
using config::Severity;

constexpr int depth_max = 32;
constexpr Duration resolve_timeout = 5min;  // Source: Alertmanager's default.

std::unexpected<Error> wrong(std::string what, std::string hint = {}) {
    return fail(Errc::invalid_argument, std::move(what), std::move(hint));
}

Result<Json> parse(std::string_view body) {
    if (body.size() > inbox_bytes_max)
        return fail(Errc::too_large,
                    fmt::format("{} bytes; at most {} are read", body.size(), inbox_bytes_max));
    bool is_deep = false;
    const auto limit = [&](int depth, Json::parse_event_t, Json&) {
        is_deep = is_deep || depth > depth_max;
        return !is_deep;
    };
    Json json = Json::parse(body, limit, false);
    if (is_deep) return wrong(fmt::format("nested over {} deep", depth_max));
    if (json.is_discarded()) return wrong("the body is not JSON");
    return json;
}

// Cut where a character begins, so that it stays UTF-8.
std::string cut(std::string text) {
    if (text.size() <= text_max) return text;
    std::size_t end = text_max;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
    text.resize(end);
    return text;
}

const Json* member(const Json& json, const char* name) {
    if (!json.is_object()) return nullptr;
    const auto found = json.find(name);
    return found == json.end() ? nullptr : &*found;
}

// Numbers and flags as they are written; other things are no text.
std::string text_of(const Json* json) {
    if (json == nullptr) return {};
    if (json->is_string()) return cut(json->get_ref<const std::string&>());
    if (json->is_number() || json->is_boolean()) return json->dump();
    return {};
}

std::string text_at(const Json& json, const char* name) { return text_of(member(json, name)); }

Labels labels_at(const Json& json, const char* name) {
    Labels labels;
    const Json* object = member(json, name);
    if (object == nullptr || !object->is_object()) return labels;
    for (const auto& [key, value] : object->items()) {
        if (labels.size() == labels_max) break;
        auto text = text_of(&value);
        if (!text.empty() && !key.empty()) labels[cut(key)] = std::move(text);
    }
    return labels;
}

// Zero years are how Go says "not at all".
Result<std::optional<Instant>> time_at(const Json& json, const char* name) {
    const auto text = text_at(json, name);
    if (text.empty() || text.starts_with("0001-")) return std::optional<Instant>{};
    const auto time = parse_rfc3339(text);
    if (!time) return wrong(fmt::format("`{}` of `{}` is not a time", text, name));
    return time;
}

std::string first_of(std::initializer_list<std::string_view> texts) {
    for (const auto text : texts)
        if (!text.empty()) return std::string(text);
    return {};
}

Result<OutsideAlert> read_prometheus_alert(const Json& json, Instant now) {
    if (!json.is_object()) return wrong("an alert is not an object");
    OutsideAlert alert;
    alert.labels = labels_at(json, "labels");
    alert.annotations = labels_at(json, "annotations");
    const auto name = std::string(label(alert.labels, "alertname"));
    if (name.empty()) return wrong("an alert has no label `alertname`");
    alert.title = first_of({label(alert.annotations, "summary"), label(alert.annotations, "title"),
                            label(alert.annotations, "message"), name});
    alert.service =
        first_of({label(alert.labels, "service"), label(alert.labels, "streamgate_service")});
    alert.severity = severity_of(label(alert.labels, "severity"));
    alert.url = text_at(json, "generatorURL");
    TRY(const auto starts, time_at(json, "startsAt"));
    alert.starts_at = std::min(starts.value_or(now), now);
    TRY(alert.ends_at, time_at(json, "endsAt"));
    return alert;
}

Result<const Json*> list(const Json* json, std::string_view what) {
    if (json == nullptr || !json->is_array()) return wrong(fmt::format("{} is not a list", what));
    if (json->size() > inbox_alerts_max)
        return wrong(fmt::format("{} alerts; at most {} are read", json->size(), inbox_alerts_max));
    return json;
}

}  // namespace

std::optional<Severity> severity_of(std::string_view word) {
    static constexpr std::pair<std::string_view, Severity> words[] = {
        {"sev1", Severity::sev1},     {"sev2", Severity::sev2},      {"sev3", Severity::sev3},
        {"sev4", Severity::sev4},     {"p1", Severity::sev1},        {"p2", Severity::sev2},
        {"p3", Severity::sev3},       {"p4", Severity::sev4},        {"p5", Severity::sev4},
        {"critical", Severity::sev1}, {"emergency", Severity::sev1}, {"fatal", Severity::sev1},
        {"page", Severity::sev2},     {"error", Severity::sev2},     {"major", Severity::sev2},
        {"high", Severity::sev2},     {"warning", Severity::sev3},   {"warn", Severity::sev3},
        {"minor", Severity::sev3},    {"ticket", Severity::sev4},    {"info", Severity::sev4},
        {"none", Severity::sev4},     {"low", Severity::sev4},
    };
    const auto lower = to_lower(word);
    for (const auto& [name, severity] : words)
        if (lower == name) return severity;
    return std::nullopt;
}

Result<Incoming> read_alertmanager_webhook(std::string_view body, Instant now) {
    TRY(const Json json, parse(body));
    if (const auto version = text_at(json, "version"); version != "4")
        return wrong(fmt::format("version `{}` of the webhook is not 4", version));
    TRY(const Json* alerts, list(member(json, "alerts"), "`alerts`"));
    Incoming incoming;
    for (const Json& one : *alerts) {
        TRY(auto alert, read_prometheus_alert(one, now));
        const auto status = text_at(one, "status");
        if (status != "firing" && status != "resolved")
            return wrong(fmt::format("status `{}` is neither firing nor resolved", status));
        if (status == "resolved") alert.status = OutsideAlert::Status::resolved;
        alert.ends_at = std::nullopt;  // Its sender says when it ends.
        incoming.alerts.push_back(std::move(alert));
    }
    return incoming;
}

Result<Incoming> read_alertmanager_alerts(std::string_view body, Instant now) {
    TRY(const Json json, parse(body));
    TRY(const Json* alerts, list(&json, "the body"));
    Incoming incoming;
    for (const Json& one : *alerts) {
        TRY(auto alert, read_prometheus_alert(one, now));
        if (!alert.ends_at) alert.ends_at = now + resolve_timeout;
        if (*alert.ends_at <= now) alert.status = OutsideAlert::Status::resolved;
        incoming.alerts.push_back(std::move(alert));
    }
    return incoming;
}

Result<Incoming> read_pagerduty(std::string_view body, Instant now) {
    TRY(const Json json, parse(body));
    Incoming incoming;
    incoming.routing_key = text_at(json, "routing_key");
    if (incoming.routing_key.empty()) return wrong("`routing_key` is missing");
    OutsideAlert alert;
    const auto action = text_at(json, "event_action");
    if (action == "acknowledge") alert.status = OutsideAlert::Status::acknowledged;
    else if (action == "resolve") alert.status = OutsideAlert::Status::resolved;
    else if (action != "trigger")
        return wrong(
            fmt::format("event_action `{}` is not trigger, acknowledge or resolve", action));
    alert.key = text_at(json, "dedup_key");
    if (alert.key.size() > 255) return wrong("`dedup_key` is longer than 255 bytes");
    alert.starts_at = now;
    if (alert.status != OutsideAlert::Status::firing) {
        if (alert.key.empty()) return wrong("`dedup_key` is missing");
        incoming.alerts.push_back(std::move(alert));
        return incoming;
    }
    const Json* payload = member(json, "payload");
    if (payload == nullptr) return wrong("`payload` is missing");
    alert.title = text_at(*payload, "summary");
    const auto source = text_at(*payload, "source");
    const auto severity = text_at(*payload, "severity");
    if (alert.title.empty() || source.empty())
        return wrong("`payload.summary` and `payload.source` must be given");
    alert.severity = severity_of(severity);
    if (!alert.severity)
        return wrong(
            fmt::format("severity `{}` is not critical, error, warning or info", severity));
    TRY(const auto timestamp, time_at(*payload, "timestamp"));
    alert.starts_at = std::min(timestamp.value_or(now), now);
    alert.annotations = labels_at(*payload, "custom_details");
    alert.labels["source"] = source;
    for (const char* name : {"component", "group", "class"})
        if (auto text = text_at(*payload, name); !text.empty())
            alert.labels[name] = std::move(text);
    alert.url = text_at(json, "client_url");
    if (alert.key.empty())
        alert.key = fingerprint_of({{"body", std::string(body)}, {"at", to_rfc3339_exact(now)}});
    incoming.alerts.push_back(std::move(alert));
    return incoming;
}

std::string pagerduty_reply(const Incoming& incoming) {
    std::string out = R"({"status":"success","message":"Event processed","dedup_key":")";
    if (!incoming.alerts.empty()) append_json_escaped(out, incoming.alerts.front().key);
    return out + "\"}";
}

Result<Incoming> read_mapped(std::string_view body,
                             const std::map<std::string, std::string>& mapping, Instant now) {
    TRY(const Json json, parse(body));
    const auto at = [&](const char* name) -> std::string {
        const auto pointer = mapping.find(name);
        const auto path = pointer == mapping.end() ? std::string("/") + name : pointer->second;
        try {
            const Json::json_pointer where(path);
            return json.contains(where) ? text_of(&json.at(where)) : std::string();
        } catch (const Json::exception&) {  // No pointer, or one into something without members.
            return {};
        }
    };
    OutsideAlert alert;
    alert.title = at("title");
    alert.service = at("service");
    alert.key = at("key");
    alert.severity = severity_of(at("severity"));
    alert.url = at("url");
    alert.starts_at = now;
    const auto status = to_lower(at("status"));
    if (status == "resolved" || status == "ok" || status == "closed" || status == "clear" ||
        status == "recovered")
        alert.status = OutsideAlert::Status::resolved;
    if (status == "acknowledged") alert.status = OutsideAlert::Status::acknowledged;
    if (alert.title.empty() && (alert.status == OutsideAlert::Status::firing || alert.key.empty()))
        return wrong("there is no title", "say in `mapping` where it stands: title: /alert/name");
    if (alert.key.empty()) alert.key = alert.title;
    Incoming incoming;
    incoming.alerts.push_back(std::move(alert));
    return incoming;
}

}  // namespace sg::alerts
