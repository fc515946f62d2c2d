#include "api/inboxes.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "api/handlers.h"
#include "base/hmac.h"
#include "base/text.h"
#include "ops/changes.h"
#include "ops/detect/alerts/ask.h"
#include "ops/detect/alerts/commands.h"

namespace sg::api {

namespace {

using Json = nlohmann::ordered_json;

// --- who may -------------------------------------------------------------------------------------

// Every token is compared, so that the time tells nothing of them.
template <class Tokened>
const Tokened* by_token(const std::map<std::string, Tokened>& all, std::string_view token) {
    const Tokened* found = nullptr;
    for (const auto& [name, one] : all)
        if (!one.token.empty() && equal_in_constant_time(one.token, token)) found = &one;
    return found;
}

std::string_view bearer(const web::Request& request) {
    constexpr std::string_view scheme = "bearer ";
    const auto given = request.header("authorization");
    if (given.size() <= scheme.size() || to_lower(given.substr(0, scheme.size())) != scheme)
        return {};
    return trim(given.substr(scheme.size()));
}

web::Reply too_many(Duration wait) {
    auto reply = problem(429, "too many requests; what was sent is not lost if it is sent again");
    reply.headers.emplace_back(
        "Retry-After", std::to_string(std::chrono::ceil<std::chrono::seconds>(wait).count()));
    return reply;
}

web::Reply not_this_way(std::string_view allowed) {
    auto reply = problem(405, fmt::format("this is for {}", allowed));
    reply.headers.emplace_back("Allow", allowed);
    return reply;
}

web::Reply who_are_you() {
    auto reply = problem(401, "a token is needed: Authorization: Bearer …");
    reply.headers.emplace_back("WWW-Authenticate", "Bearer realm=\"inbox\"");
    return reply;
}

bool reads(const web::Request& request) {
    return request.method == "GET" || request.method == "HEAD";
}

// --- forms ---------------------------------------------------------------------------------------

Result<alerts::Incoming> read(InboxForm form, const config::Inbox& inbox, std::string_view body,
                              Instant now) {
    switch (form) {
        case InboxForm::alertmanager: return alerts::read_alertmanager_webhook(body, now);
        case InboxForm::alerts: return alerts::read_alertmanager_alerts(body, now);
        case InboxForm::pagerduty: return alerts::read_pagerduty(body, now);
        case InboxForm::json: break;
    }
    return alerts::read_mapped(body, inbox.mapping, now);
}

Result<alerts::Incoming> read_into(Site& site, const Mail& mail, Instant now) {
    const auto config = site.config();
    const auto found = config->operations.inbox.find(mail.inbox);
    if (found == config->operations.inbox.end())
        return fail(Errc::not_found, fmt::format("there is no inbox `{}`", mail.inbox),
                    "GET /api/v1/inboxes lists them");
    TRY(auto incoming, read(mail.form, found->second, mail.body, now));
    TRY_VOID(site.writer.run(
        [&](const ops::Turn& turn) { return alerts::receive(turn, mail.inbox, incoming); }));
    return incoming;
}

web::Reply json_reply(int status, const Json& json) {
    return {status, "application/json",
            json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n"};
}

web::Reply accepted(InboxForm form, const alerts::Incoming& incoming) {
    switch (form) {
        case InboxForm::alerts: return {200, "application/json", ""};  // As Alertmanager answers.
        case InboxForm::pagerduty:
            return {202, "application/json", alerts::pagerduty_reply(incoming) + "\n"};
        case InboxForm::alertmanager:
        case InboxForm::json: break;
    }
    return json_reply(form == InboxForm::json ? 202 : 200,
                      {{"status", "accepted"}, {"alerts", incoming.alerts.size()}});
}

// Its senders know these words and statuses: 400 is not sent again, 429 and 5xx are.
// Source: PagerDuty, Events API v2 overview.
web::Reply refused_as_pagerduty(const Error& error) {
    const bool theirs = row_of(error.code).blame == Blame::caller;
    const int status = error.code == Errc::too_large ? 413 : theirs ? 400 : 503;
    return json_reply(
        status, {{"status", theirs ? "invalid event" : "unavailable"},
                 {"message", theirs ? "Event object is invalid" : "The event was not taken in"},
                 {"errors", Json::array({error.what.empty() ? "not possible" : error.what})}});
}

web::Reply throttled_as_pagerduty(Duration wait) {
    auto reply = too_many(wait);
    reply.content_type = "application/json";
    reply.body = R"({"status":"throttle exceeded","message":"Too many events for this routing )"
                 "key; send it again later\"}\n";
    return reply;
}

// --- Alertmanager's API --------------------------------------------------------------------------

// What its clients look at before they send: Source: Alertmanager, api/v2/openapi.yaml.
web::Reply alertmanager_status(const InboxLimits& limits) {
    const auto none = "";
    return json_reply(200, {{"cluster", {{"status", "disabled"}, {"peers", Json::array()}}},
                            {"versionInfo",
                             {{"version", "streamgate"},
                              {"revision", none},
                              {"branch", none},
                              {"buildUser", none},
                              {"buildDate", none},
                              {"goVersion", none}}},
                            {"config", {{"original", none}}},
                            {"uptime", to_rfc3339(limits.since)}});
}

Json gettable(const alerts::Alert& alert, const std::string& inbox) {
    const bool silenced = alert.suppressed_by.starts_with("silence");
    const auto by = [&](bool so) {
        return so ? Json::array({alert.suppressed_by}) : Json::array();
    };
    return {{"labels", alert.labels},
            {"annotations", alert.annotations},
            {"startsAt", to_rfc3339(alert.started_at)},
            {"updatedAt", to_rfc3339(alert.fired_at)},
            {"endsAt", to_rfc3339(Instant{})},
            {"generatorURL", alert.url},
            {"fingerprint", alert.fingerprint},
            {"receivers", Json::array({{{"name", inbox}}})},
            {"status",
             {{"state", alert.suppressed_by.empty() ? "active" : "suppressed"},
              {"silencedBy", by(silenced)},
              {"inhibitedBy", by(!silenced && !alert.suppressed_by.empty())}}}};
}

// Those that came by this inbox: its token tells of no others.
web::Reply list_of_inbox(Site& site, const std::string& inbox) {
    const auto tx = store::Tx::begin(site.read, store::Tx::For::reading);
    if (!tx) return problem(tx.error());
    const auto open = alerts::open_alerts(*tx);
    if (!open) return problem(open.error());
    Json list = Json::array();
    for (const auto& alert : *open)
        if (alert.source == "inbox:" + inbox) list.push_back(gettable(alert, inbox));
    return json_reply(200, list);
}

// --- the public door -----------------------------------------------------------------------------

struct Visit {
    Site& site;
    const web::Request& request;
    InboxLimits& limits;
    Instant now;
    config::Snapshot config;

    const config::Operations& operations() const { return config->operations; }
    // A proxy that stands for many is not one who guesses.
    bool is_counted() const {
        return !request.address.empty() && !request.address.starts_with("127.") &&
               request.address != "[::1]";
    }
    // Nothing: whoever asks with a wrong token may be refused as usual.
    std::optional<web::Reply> count_refusal() const {
        if (!is_counted()) return std::nullopt;
        const auto wait = limits.refused.take(request.address, now);
        if (wait == 0s) return std::nullopt;
        return too_many(wait);
    }
};

web::Reply heard(const Visit& visit, const config::Heartbeat& heartbeat) {
    const auto& method = visit.request.method;
    if (!reads(visit.request) && method != "POST" && method != "PUT")
        return not_this_way("GET, HEAD, POST, PUT");
    const auto wait = visit.limits.by_inbox.take("heartbeat:" + heartbeat.name, visit.now);
    if (wait > 0s) return too_many(wait);
    const auto done = visit.site.writer.run(
        [&](const ops::Turn& turn) { return alerts::heartbeat(turn, heartbeat.name); });
    if (!done) return problem(done.error());
    return json_reply(200, {{"status", "heard"}, {"heartbeat", heartbeat.name}});
}

std::optional<InboxForm> form_of(std::string_view what) {
    if (what == "alertmanager") return InboxForm::alertmanager;
    if (what == "json") return InboxForm::json;
    if (what == "api/v2/alerts") return InboxForm::alerts;
    return std::nullopt;
}

// Nothing: an inbox has no such thing.
std::optional<web::Reply> at_inbox(const Visit& visit, const config::Inbox& inbox,
                                   std::string_view what) {
    if (what == "api/v2/status")
        return reads(visit.request) ? alertmanager_status(visit.limits) : not_this_way("GET, HEAD");
    const auto form = form_of(what);
    if (!form) return std::nullopt;
    const bool lists = *form == InboxForm::alerts;
    if (lists && reads(visit.request)) return list_of_inbox(visit.site, inbox.name);
    if (visit.request.method != "POST") return not_this_way(lists ? "GET, HEAD, POST" : "POST");
    const auto wait = visit.limits.by_inbox.take(inbox.name, visit.now);
    if (wait > 0s) return too_many(wait);
    return deliver(visit.site, {inbox.name, *form, visit.request.body}, visit.now);
}

web::Reply at_enqueue(const Visit& visit) {
    if (visit.request.method != "POST") return not_this_way("POST");
    const auto incoming = alerts::read_pagerduty(visit.request.body, visit.now);
    const auto refused = [&](const Error& error) {
        const auto limit = visit.count_refusal();
        return limit ? *limit : refused_as_pagerduty(error);
    };
    if (!incoming) return refused(incoming.error());
    const auto* inbox = by_token(visit.operations().inbox, incoming->routing_key);
    if (inbox == nullptr) return refused({Errc::invalid_argument, "`routing_key` is invalid", {}});
    const auto wait = visit.limits.by_inbox.take(inbox->name, visit.now);
    if (wait > 0s) return throttled_as_pagerduty(wait);
    return deliver(visit.site, {inbox->name, InboxForm::pagerduty, visit.request.body}, visit.now);
}

// A change that was made elsewhere: it pages nobody, and is there when an incident asks for it.
web::Reply at_change_enqueue(const Visit& visit) {
    if (visit.request.method != "POST") return not_this_way("POST");
    auto told = ops::read_change(visit.request.body, visit.now);
    const auto refused = [&](const Error& error) {
        const auto limit = visit.count_refusal();
        return limit ? *limit : refused_as_pagerduty(error);
    };
    if (!told) return refused(told.error());
    const auto* inbox = by_token(visit.operations().inbox, told->routing_key);
    if (inbox == nullptr) return refused({Errc::invalid_argument, "`routing_key` is invalid", {}});
    const auto wait = visit.limits.by_inbox.take(inbox->name, visit.now);
    if (wait > 0s) return throttled_as_pagerduty(wait);
    told->change.inbox = inbox->name;
    told->change.service = inbox->service;
    const ops::Actor sender{"inbox:" + inbox->name, "inbox"};
    const auto done = visit.site.writer.run(
        [&](const ops::Turn& turn) { return ops::note_change(turn, sender, told->change); });
    if (!done) return refused_as_pagerduty(done.error());
    return json_reply(202, {{"status", "success"}, {"message", "Change event processed"}});
}

// `/in/TOKEN/alertmanager`, `/h/TOKEN`: without the right one this is a path like any other.
std::optional<web::Reply> by_path_token(const Visit& visit) {
    const std::string_view path = visit.request.path;
    const auto rest = path.substr(path.find('/', 1) + 1);
    if (path.starts_with("/h/")) {
        const auto* heartbeat = by_token(visit.operations().heartbeats, rest);
        return heartbeat == nullptr ? visit.count_refusal() : heard(visit, *heartbeat);
    }
    const auto slash = std::min(rest.find('/'), rest.size());
    const auto* inbox = by_token(visit.operations().inbox, rest.substr(0, slash));
    if (inbox == nullptr) return visit.count_refusal();
    return at_inbox(visit, *inbox, rest.substr(std::min(slash + 1, rest.size())));
}

std::optional<web::Reply> by_bearer(const Visit& visit) {
    const std::string_view path = visit.request.path;
    const auto token = bearer(visit.request);
    const auto refused = [&] {
        const auto limit = visit.count_refusal();
        return limit ? *limit : who_are_you();
    };
    if (path.starts_with("/heartbeat/")) {
        const auto* heartbeat = by_token(visit.operations().heartbeats, token);
        const bool own = heartbeat != nullptr &&
                         heartbeat->name == web::percent_decoded(path.substr(path.rfind('/') + 1));
        return own ? heard(visit, *heartbeat) : refused();
    }
    const auto* inbox = by_token(visit.operations().inbox, token);
    if (inbox == nullptr) return refused();
    return at_inbox(visit, *inbox, path.substr(path.starts_with("/inbox/") ? 7 : 1));
}

}  // namespace

std::optional<web::Reply> inbox_at_public_door(Site& site, const web::Request& request,
                                               InboxLimits& limits, Instant now) {
    const Visit visit{site, request, limits, now, site.config()};
    const std::string_view path = request.path;
    if (path == "/v2/enqueue") return at_enqueue(visit);
    if (path == "/v2/change/enqueue") return at_change_enqueue(visit);
    if (path.starts_with("/in/") || path.starts_with("/h/")) return by_path_token(visit);
    if (path.starts_with("/inbox/") || path.starts_with("/heartbeat/") ||
        path == "/api/v2/alerts" || path == "/api/v2/status")
        return by_bearer(visit);
    return std::nullopt;
}

Result<std::size_t> take_in(Site& site, const Mail& mail, Instant now) {
    TRY(const auto incoming, read_into(site, mail, now));
    return incoming.alerts.size();
}

web::Reply deliver(Site& site, const Mail& mail, Instant now) {
    const auto incoming = read_into(site, mail, now);
    if (incoming) return accepted(mail.form, *incoming);
    return mail.form == InboxForm::pagerduty ? refused_as_pagerduty(incoming.error())
                                             : problem(incoming.error());
}

}  // namespace sg::api
