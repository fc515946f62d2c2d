// Signals, objectives, alerts and silences over the API; and the state of everything in one answer.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <nlohmann/json.hpp>

#include "api/handlers.h"
#include "api/history.h"
#include "api/mitigations.h"
#include "api/signals.h"
#include "ops/detect/alerts/ask.h"
#include "ops/detect/alerts/commands.h"
#include "ops/detect/alerts/prometheus_api.h"
#include "ops/detect/signals/ask.h"
#include "ops/detect/signals/show.h"
#include "ops/detect/slo/exchange.h"
#include "ops/detect/slo/show.h"
#include "ops/respond/incidents/ask.h"
#include "ops/respond/oncall/ask.h"
#include "ops/respond/statuspage/ask.h"

namespace sg::api {

namespace {

using Json = nlohmann::ordered_json;

std::string text_of(const Json& json) {
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

double ratio(std::int64_t part, std::int64_t whole) {
    return whole > 0 ? static_cast<double>(part) / static_cast<double>(whole) : 0;
}

Json json_of(const slo::Report& report) {
    static constexpr std::string_view levels[] = {"met", "ticket", "page"};
    Json json{{"id", report.slo.id},
              {"service", report.slo.service},
              {"level", levels[static_cast<std::size_t>(report.level)]},
              {"seen", !report.unseen},
              {"burn", report.burn},
              {"budget_left", report.left},
              {"hour", {{"bad", report.hour.bad}, {"total", report.hour.total}}},
              {"period", {{"bad", report.period.bad}, {"total", report.period.total}}}};
    if (report.runs_out) json["runs_out_seconds"] = report.runs_out->count() / 1'000'000'000;
    return json;
}

// Telling people of one incident takes a dozen records: enough to see past them.
constexpr std::int64_t lately_records = 40;

// Of the last ten seconds: steady enough to read, fresh enough to believe.
constexpr Duration lately = 10s;

Json traffic_of(const signals::Flow& flow) {
    const auto seconds = static_cast<double>(lately.count()) / 1e9;
    return {{"requests_per_second", static_cast<double>(flow.requests) / seconds},
            {"error_share", ratio(flow.failed, flow.requests)},
            {"latency_ms_p95", flow.duration.quantile(0.95) / 1e6}};
}

Json services_of(Site& site, Instant now) {
    const auto config = site.config();
    const auto latest = site.history.latest();
    Json list = Json::array();
    for (const auto& [name, service] : config->services) {
        Json one{{"name", name}, {"versions", Json::array()}};
        one.update(traffic_of(site.history.service(name, now - lately, now)));
        if (const auto at = latest.endpoints.find(name); at != latest.endpoints.end()) {
            one["endpoints"] = at->second.first;
            one["healthy"] = at->second.second;
        }
        for (const auto& [version, configured] : service.versions) {
            Json v{{"name", version}, {"weight", configured.weight}};
            v.update(traffic_of(site.history.version(name + "/" + version, now - lately, now)));
            one["versions"].push_back(std::move(v));
        }
        list.push_back(std::move(one));
    }
    return list;
}

Json needs_of(const signals::Second& latest) {
    static constexpr std::string_view words[] = {"unknown", "ok", "ill"};
    Json list = Json::array();
    for (const auto& [name, look] : latest.needs)
        list.push_back({{"name", name},
                        {"state", words[static_cast<std::size_t>(look.health)]},
                        {"took_ms", static_cast<double>(look.took.count()) / 1e6},
                        {"what", look.what}});
    return list;
}

Result<Json> on_call(Site& site, Instant now) {
    const auto config = site.config();
    Json teams = Json::object();
    for (const auto& [name, team] : config->operations.teams) {
        TRY(const auto who, oncall::who_is_on_call(site.read, *config, name, now));
        for (const auto level : oncall::levels)
            teams[name][std::string(oncall::word(level))] = who.at(static_cast<std::size_t>(level));
    }
    return teams;
}

Result<Json> mitigation_standing(Site& site) {
    Json json{{"open", Json::array()}};
    TRY(json["switch"], switch_json(site));
    TRY(const auto open, mitigation::open_ones(site.read));
    for (const auto& m : open) json["open"].push_back(api::json_of(m));
    return json;
}

}  // namespace

Result<Answer> show_status(Site& site, const Call& call) {
    const auto latest = site.history.latest();
    const auto standing = site.writer.standing();
    TRY(const auto open, incidents::open_incidents(site.read));
    Json json{{"at", to_rfc3339(call.now)},          {"well", open.empty()},
              {"trouble", standing.trouble},         {"leads", standing.leads},
              {"signals_at", to_rfc3339(latest.at)}, {"incidents", Json::array()}};
    if (standing.leader)
        json["leader"] = {{"name", standing.leader->name},
                          {"since", to_rfc3339(standing.leader->since)}};
    for (const auto& incident : open) json["incidents"].push_back(Json::parse(to_json(incident)));
    json["services"] = services_of(site, call.now);
    json["needs"] = needs_of(latest);
    for (const auto& gateway : latest.gateways)
        json["gateways"].push_back({{"name", gateway.name}, {"answers", gateway.answers}});
    for (const auto& report : site.objectives()) json["objectives"].push_back(json_of(report));
    TRY(json["on_call"], on_call(site, call.now));
    TRY(json["mitigation"], mitigation_standing(site));
    if (const auto config = site.config(); config->operations.status_page) {
        TRY(const auto page, statuspage::standing(site.read, *config, call.now));
        json["doubts"] = page.doubts;
    }
    TRY(const auto head, store::head(site.read));
    TRY(const auto list,
        store::entries(site.read, {.after = std::max<std::int64_t>(0, head.seq - lately_records),
                                   .limit = lately_records}));
    for (const auto& entry : list) json["lately"].push_back(Json::parse(json_of(entry)));
    return Answer{200, text_of(json)};
}

Result<Answer> show_signals(Site& site, const Call& call) {
    const auto latest = site.history.latest();
    Json json{{"at", to_rfc3339(latest.at)}, {"complete", latest.complete}};
    json["services"] = services_of(site, call.now);
    for (const auto& [name, r] : latest.resources)
        json["resources"][name] = {
            {"cpu", r.cpu}, {"memory", r.memory}, {"disk", r.disk}, {"network", r.network}};
    json["needs"] = needs_of(latest);
    json["table"] = signals::table(latest, site.history);
    return Answer{200, text_of(json)};
}

Result<Answer> list_objectives(Site& site, const Call&) {
    const auto reports = site.objectives();
    Json json{{"objectives", Json::array()}, {"table", slo::show(reports)}};
    for (const auto& report : reports) json["objectives"].push_back(json_of(report));
    return Answer{200, text_of(json)};
}

Result<Answer> export_objectives(Site& site, const Call& call) {
    const auto word = call.request.parameter("format");
    TRY(const auto form, slo::form_of(word.empty() ? "openslo" : word));
    return Answer{200, text_of({{"text", slo::exported(*site.config(), form)}})};
}

// --- alerts --------------------------------------------------------------------------------------

Result<Answer> list_alerts(Site& site, const Call& call) {
    TRY(const auto tx, store::Tx::begin(site.read, store::Tx::For::reading));
    const bool all = call.request.parameter("all") == "true";
    TRY(const auto list,
        all ? alerts::latest_alerts(tx, call.count("limit", 100, 1000)) : alerts::open_alerts(tx));
    const auto config = site.config();
    Json json{{"alerts", Json::array()}};
    for (const auto& alert : list) json["alerts"].push_back(json_of(alert, *config));
    return Answer{200, text_of(json)};
}

Result<Answer> list_silences(Site& site, const Call&) {
    TRY(const auto tx, store::Tx::begin(site.read, store::Tx::For::reading));
    TRY(const auto list, alerts::active_silences(tx));
    return Answer{200, list_json("silences", list)};
}

namespace {

struct SilenceWanted {
    std::vector<std::string> matchers;
    Instant starts_at;
    Instant ends_at;
    Duration lasts{};
    std::string interval;
    std::string comment;
    bool until_clear = false;
};
void describe(Visitor& v, SilenceWanted& s) {
    v.record({.name = "a silence"});
    v.field({.key = "matchers"}, s.matchers);
    v.field({.key = "starts_at"}, s.starts_at);
    v.field({.key = "ends_at"}, s.ends_at);
    v.field({.key = "for"}, s.lasts);
    v.field({.key = "recurrence"}, s.interval);
    v.field({.key = "comment"}, s.comment);
    v.field({.key = "until_clear"}, s.until_clear);
}

}  // namespace

Result<Answer> add_silence(Site& site, const Call& call) {
    TRY(const auto wanted, body_of<SilenceWanted>(call));
    alerts::Silence silence;
    silence.matchers = wanted.matchers;
    silence.starts_at = wanted.starts_at == Instant{} ? call.now : wanted.starts_at;
    silence.ends_at = wanted.ends_at;
    if (wanted.lasts > 0s) silence.ends_at = silence.starts_at + wanted.lasts;
    silence.interval = wanted.interval;
    silence.until_clear = wanted.until_clear;
    silence.comment = wanted.comment;
    std::int64_t number = 0;
    TRY_VOID(site.writer.run([&](const ops::Turn& turn) -> Result<void> {
        TRY(number, alerts::add_silence(turn, call.actor, silence));
        return {};
    }));
    return Answer{201, fmt::format(R"({{"number":{}}})", number)};
}

Result<Answer> expire_silence(Site& site, const Call& call) {
    TRY_VOID(site.writer.run([&](const ops::Turn& turn) {
        return alerts::expire_silence(turn, call.actor, call.number(0));
    }));
    return Answer{200, "{}"};
}

}  // namespace sg::api
