// Where those who work on an incident meet: who is there, and what they found to look at.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "api/handlers.h"
#include "ops/decision/kinds.h"
#include "ops/respond/incidents/ask.h"
#include "ops/respond/incidents/commands.h"
#include "store/ledger.h"

namespace sg::api {

namespace {

constexpr std::int64_t batch = 1000;  // Records that are looked through at once.

struct Stay {
    Duration lasts = presence_usual;
};
void describe(Visitor& v, Stay& s) {
    v.record({.name = "a stay"});
    v.field({.key = "for"}, s.lasts);
}

struct LinkWanted {
    std::string title;
    std::string url;
};
void describe(Visitor& v, LinkWanted& l) {
    v.record({.name = "a link"});
    v.field({.key = "title"}, l.title);
    v.field({.key = "url", .example = "url: https://grafana.example.com/d/7", .required = true},
            l.url);
}

struct LinkRow {
    std::string title;
    std::string url;
    std::string by;
    Instant at;
};
void describe(Visitor& v, LinkRow& l) {
    v.field({.key = "title"}, l.title);
    v.field({.key = "url"}, l.url);
    v.field({.key = "by"}, l.by);
    v.field({.key = "at"}, l.at);
}

Result<void> check_exists(Site& site, std::int64_t id) {
    TRY([[maybe_unused]] const auto incident, incident_asked(site, id));
    return {};
}

Answer present(Site& site, const Call& call) {
    return {200, list_json("present", site.presence.of(call.number(0), call.now))};
}

}  // namespace

Result<Answer> list_present(Site& site, const Call& call) {
    TRY_VOID(check_exists(site, call.number(0)));
    return present(site, call);
}

Result<Answer> join_incident(Site& site, const Call& call) {
    TRY_VOID(check_exists(site, call.number(0)));
    TRY(const auto stay, body_of<Stay>(call));
    TRY_VOID(site.presence.join(call.number(0), call.actor.who, stay.lasts, call.now));
    return present(site, call);
}

Result<Answer> leave_incident(Site& site, const Call& call) {
    TRY_VOID(check_exists(site, call.number(0)));
    site.presence.leave(call.number(0), call.actor.who);
    return present(site, call);
}

Result<Answer> list_links(Site& site, const Call& call) {
    TRY_VOID(check_exists(site, call.number(0)));
    const auto& kind = ops::row_of(ops::Kind::incident_linked).name;
    std::vector<LinkRow> rows;
    store::Range range;
    range.subject = fmt::format("incident:{}", call.number(0));
    range.limit = batch;
    for (bool more = true; more;) {  // Bound: its timeline.
        TRY(const auto list, store::entries(site.read, range));
        more = std::ssize(list) == batch;
        if (more) range.after = list.back().seq;
        for (const auto& entry : list) {
            if (entry.erased || entry.kind != kind) continue;
            TRY(const auto link, from_json<incidents::IncidentLinked>(entry.payload));
            rows.push_back({link.title, link.url, entry.who, entry.recorded_at});
        }
    }
    return Answer{200, list_json("links", rows)};
}

Result<Answer> link_incident(Site& site, const Call& call) {
    TRY(const auto wanted, body_of<LinkWanted>(call));
    TRY_VOID(site.writer.run([&](const ops::Turn& turn) {
        return incidents::link(turn, call.actor, call.number(0), {wanted.title, wanted.url});
    }));
    TRY(auto answer, list_links(site, call));
    answer.status = 201;
    return answer;
}

}  // namespace sg::api
