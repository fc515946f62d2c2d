#include "api/clients.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "api/csv.h"
#include "api/handlers.h"
#include "config/model.h"
#include "ops/detect/signals/ask.h"

namespace sg::api {

namespace {

using Json = nlohmann::ordered_json;
using telemetry::AffectedClient;

constexpr std::size_t few = 3;

Instant moment_of(std::int64_t ms) { return {ms * 1'000'000}; }

std::string counted(std::int64_t count, std::string_view what) {
    return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

// From its first bad event until users stopped hurting, or now.
struct Span {
    Instant from;
    Instant to;
};
Span span_of(const incidents::Incident& incident, Instant now) {
    using incidents::State;
    const bool hurts = incident.state == State::declared || incident.state == State::acknowledged;
    Instant end = now;
    for (const auto ended : {incident.mitigated_at, incident.resolved_at, incident.closed_at})
        if (!hurts && ended != Instant{}) end = std::min(end, ended);
    return {incident.started_at, std::max(end, incident.started_at)};
}

signals::Affected affected_by(const Site& site, const incidents::Incident& incident,
                              const Span& span) {
    if (incident.service.empty()) return {};
    return site.history.affected(incident.service, span.from, span.to);
}

// What keeps a list from being all there was, besides its bounds; empty: nothing does.
std::string gap_of(const Site& site, const incidents::Incident& incident, Instant now) {
    if (incident.service.empty()) return "it is of no single service: its clients are not known";
    const auto keep = site.config()->operations.ops.clients_keep;
    if (keep == 0s) return "the configuration says that clients are not kept";
    if (incident.started_at >= now - keep) return {};
    return fmt::format("clients are erased after {}", to_text(keep));
}

Json json_of(const AffectedClient& client) {
    return {{"kind", telemetry::word(client.kind)},
            {"client", client.name},
            {"failed", client.failed},
            {"failed_most", client.failed + client.unsure},
            {"first_at", to_rfc3339(moment_of(client.first_ms))},
            {"last_at", to_rfc3339(moment_of(client.last_ms))}};
}

Json summary_of(const signals::Affected& affected, const std::string& gap) {
    Json json{{"distinct", affected.distinct},
              {"listed", affected.list.clients.size()},
              {"complete", affected.list.is_complete()},
              {"failed", affected.list.failed},
              {"failed_unlisted", affected.list.failed - affected.list.listed_failed()},
              {"said", sentence_of(affected)}};
    if (!gap.empty())
        json["said"] = affected.list.failed == 0 ? gap : sentence_of(affected) + "; " + gap;
    return json;
}

// As `next` says it: `12.address.192.0.2.7`.
std::string cursor_of(const AffectedClient& client) {
    return fmt::format("{}.{}.{}", client.failed, telemetry::word(client.kind), client.name);
}

Result<AffectedClient> parse_cursor(const std::string& text) {
    AffectedClient client;
    const char* const end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data(), end, client.failed);
    const auto dot = text.find('.', static_cast<std::size_t>(rest - text.data()) + 1);
    if (error == std::errc{} && rest != end && *rest == '.' && dot != std::string::npos) {
        const std::string kind(rest + 1, text.data() + dot);
        for (int i = 0; i < telemetry::client_kinds; ++i) {
            client.kind = static_cast<telemetry::ClientKind>(i);
            client.name = text.substr(dot + 1);
            if (kind == telemetry::word(client.kind)) return client;
        }
    }
    return fail(Errc::invalid_argument, fmt::format("`{}` is no place in the list", text),
                "take `next` of the page before");
}

bool wants_csv(const Call& call) {
    const auto format = call.request.parameter("format");
    if (!format.empty()) return format == "csv";
    return call.request.header("accept").find("text/csv") != std::string_view::npos;
}

}  // namespace

std::string sentence_of(const signals::Affected& affected) {
    const auto& list = affected.list;
    if (list.failed == 0) return "no client is known whose requests failed";
    if (list.is_complete())
        return counted(affected.distinct, "client") +
               (list.clients.size() == 1 ? ", listed" : ", all listed");
    return fmt::format(
        "about {}, {} listed; {} of {} failed requests are of others, at most {} of each",
        counted(affected.distinct, "client"), list.clients.size(),
        list.failed - list.listed_failed(), list.failed, list.unlisted_max);
}

Json clients_in_short(const Site& site, const incidents::Incident& incident, Instant now) {
    const auto affected = affected_by(site, incident, span_of(incident, now));
    Json json = summary_of(affected, gap_of(site, incident, now));
    json["worst"] = Json::array();
    for (const auto& client : affected.list.clients | std::views::take(few))
        json["worst"].push_back(json_of(client));
    return json;
}

Result<ClientsPage> page_of(const telemetry::AffectedList& list, const std::string& after,
                            std::int64_t limit) {
    auto first = list.clients.begin();
    if (!after.empty()) {
        TRY(const auto place, parse_cursor(after));
        first = std::ranges::upper_bound(list.clients, place, telemetry::comes_before);
    }
    const auto left = list.clients.end() - first;
    const auto size = std::min<std::int64_t>(left, limit);
    ClientsPage page{{first, first + size}, {}};
    if (size > 0 && size < left) page.next = cursor_of(*(first + size - 1));
    return page;
}

std::string clients_csv(const telemetry::AffectedList& list) {
    auto out = csv_line({"kind", "client", "failed_at_least", "failed_at_most", "first_failed_at",
                         "last_failed_at"});
    for (const auto& client : list.clients)
        out += csv_line({telemetry::word(client.kind), client.name, std::to_string(client.failed),
                         std::to_string(client.failed + client.unsure),
                         to_rfc3339(moment_of(client.first_ms)),
                         to_rfc3339(moment_of(client.last_ms))});
    return out;
}

Result<Answer> list_incident_clients(Site& site, const Call& call) {
    TRY(const auto incident, incident_asked(site, call.number(0)));
    const auto format = call.request.parameter("format");
    if (!format.empty() && format != "csv" && format != "json")
        return fail(Errc::invalid_argument, fmt::format("`{}` is no format", format),
                    "csv or json");
    const auto span = span_of(incident, call.now);
    const auto affected = affected_by(site, incident, span);
    if (wants_csv(call)) {
        Answer answer{200, clients_csv(affected.list), "text/csv; charset=utf-8", {}};
        answer.headers.emplace_back(
            "Content-Disposition",
            fmt::format("attachment; filename=\"INC-{}-clients.csv\"", incident.id));
        return answer;
    }
    TRY(const auto page, page_of(affected.list, std::string(call.request.parameter("after")),
                                 call.count("limit", 100, signals::affected_listed_max)));
    Json json{{"incident", incident.id},
              {"service", incident.service},
              {"from", to_rfc3339(span.from)},
              {"to", to_rfc3339(span.to)}};
    json.update(summary_of(affected, gap_of(site, incident, call.now)));
    json["clients"] = Json::array();
    for (const auto& client : page.clients) json["clients"].push_back(json_of(client));
    if (!page.next.empty()) json["next"] = page.next;
    return Answer{200, json.dump(-1, ' ', false, Json::error_handler_t::replace)};
}

}  // namespace sg::api
