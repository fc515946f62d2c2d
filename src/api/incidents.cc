// Incidents over the API.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "api/clients.h"
#include "api/handlers.h"
#include "api/mitigations.h"
#include "api/signals.h"
#include "ops/respond/incidents/ask.h"
#include "ops/respond/incidents/commands.h"
#include "ops/respond/runs/ask.h"
#include "store/ledger.h"

namespace sg::api {

namespace {

struct NewIncident {
    std::string title;
    std::int64_t severity = 2;
    std::string service;
    std::string team;
};
void describe(Visitor& v, NewIncident& n) {
    v.record({.name = "an incident"});
    v.field({.key = "title", .example = "title: payments fail", .required = true}, n.title);
    v.field({.key = "severity", .least = 1, .most = 4}, n.severity);
    v.field({.key = "service"}, n.service);
    v.field({.key = "team"}, n.team);
}

struct Remark {
    std::string text;
    std::string person;
    std::string role;
    std::int64_t severity = 0;
    std::int64_t into = 0;
};
void describe(Visitor& v, Remark& r) {
    v.record({.name = "a remark"});
    v.field({.key = "text"}, r.text);
    v.field({.key = "person"}, r.person);
    v.field({.key = "role"}, r.role);
    v.field({.key = "severity"}, r.severity);
    v.field({.key = "into"}, r.into);
}

Result<Answer> show(Site& site, const Call& call, std::int64_t id) {
    TRY(const auto incident, incident_asked(site, id));
    auto json = nlohmann::ordered_json::parse(to_json(incident));
    json["clients"] = clients_in_short(site, incident, call.now);
    TRY(const auto run, runs::run_of(site.read, id));
    if (run) {
        json["run"] = nlohmann::ordered_json::parse(to_json(*run));
        json["run"]["proposed"] = runs::proposed(*run);
    }
    TRY(const auto mitigations, mitigation::of_incident(site.read, id));
    json["mitigations"] = nlohmann::ordered_json::array();
    for (const auto& m : mitigations) json["mitigations"].push_back(json_of(m));
    return Answer{200, json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace)};
}

Result<Answer> act(Site& site, const Call& call, incidents::Verb verb) {
    TRY(const auto remark, body_of<Remark>(call));
    const auto id = call.number(0);
    TRY_VOID(site.writer.run([&](const ops::Turn& turn) {
        return incidents::act(turn, id, {verb, call.actor, remark.text});
    }));
    return show(site, call, id);
}

Result<incidents::Role> role_of(const std::string& word) {
    if (word.empty() || word == "commander") return incidents::Role::commander;
    if (word == "communications") return incidents::Role::communications;
    return fail(Errc::invalid_argument, fmt::format("`{}` is not a role", word),
                "commander or communications");
}

}  // namespace

Result<incidents::Incident> incident_asked(Site& site, std::int64_t id) {
    TRY(auto found, incidents::find(site.read, id));
    if (found) return std::move(*found);
    return fail(Errc::not_found, fmt::format("there is no incident {}", id),
                "`streamgate incident list` shows them");
}

Result<Answer> list_incidents(Site& site, const Call& call) {
    incidents::Page page;
    page.limit = call.count("limit", 50, 500);
    page.before = call.count("before", page.before, page.before);
    page.service = call.request.parameter("service");
    const bool open = call.request.parameter("open") == "true";
    TRY(const auto list,
        open ? incidents::open_documents(site.read) : incidents::list_documents(site.read, page));
    std::string body = R"({"incidents":[)";
    for (const auto& document : list) body += (body.ends_with('[') ? "" : ",") + document;
    body += ']';
    // A whole page may not be the last: the next one is `before` the last of this one.
    if (!open && std::ssize(list) == page.limit) {
        TRY(const auto last, from_json<incidents::Incident>(list.back()));
        body += fmt::format(R"(,"next":{})", last.id);
    }
    return Answer{200, body + "}"};
}

Result<Answer> show_incident(Site& site, const Call& call) {
    return show(site, call, call.number(0));
}

Result<Answer> declare_incident(Site& site, const Call& call) {
    TRY(const auto wanted, body_of<NewIncident>(call));
    const incidents::Trigger trigger{.title = wanted.title,
                                     .severity = wanted.severity,
                                     .service = wanted.service,
                                     .team = wanted.team};
    std::int64_t id = 0;
    TRY_VOID(site.writer.run([&](const ops::Turn& turn) -> Result<void> {
        TRY(id, incidents::declare(turn, call.actor, trigger));
        return {};
    }));
    TRY(auto answer, show(site, call, id));
    answer.status = 201;
    return answer;
}

Result<Answer> acknowledge_incident(Site& site, const Call& call) {
    return act(site, call, incidents::Verb::acknowledge);
}
Result<Answer> mitigate_incident(Site& site, const Call& call) {
    return act(site, call, incidents::Verb::mitigate);
}
Result<Answer> resolve_incident(Site& site, const Call& call) {
    return act(site, call, incidents::Verb::resolve);
}
Result<Answer> close_incident(Site& site, const Call& call) {
    return act(site, call, incidents::Verb::close);
}
Result<Answer> cancel_incident(Site& site, const Call& call) {
    return act(site, call, incidents::Verb::cancel);
}
Result<Answer> relapse_incident(Site& site, const Call& call) {
    return act(site, call, incidents::Verb::relapse);
}

Result<Answer> note_incident(Site& site, const Call& call) {
    TRY(const auto remark, body_of<Remark>(call));
    TRY_VOID(site.writer.run([&](const ops::Turn& turn) {
        return incidents::note(turn, call.actor, call.number(0), remark.text);
    }));
    return show(site, call, call.number(0));
}

Result<Answer> tell_incident(Site& site, const Call& call) {
    TRY(const auto remark, body_of<Remark>(call));
    TRY_VOID(site.writer.run([&](const ops::Turn& turn) {
        return incidents::tell(turn, call.actor, call.number(0), remark.text);
    }));
    return show(site, call, call.number(0));
}

Result<Answer> change_incident_severity(Site& site, const Call& call) {
    TRY(const auto remark, body_of<Remark>(call));
    TRY_VOID(site.writer.run([&](const ops::Turn& turn) {
        return incidents::change_severity(turn, call.actor, call.number(0),
                                          {remark.severity, remark.text});
    }));
    return show(site, call, call.number(0));
}

Result<Answer> take_incident_role(Site& site, const Call& call) {
    TRY(const auto remark, body_of<Remark>(call));
    TRY(const auto role, role_of(remark.role));
    TRY_VOID(site.writer.run([&](const ops::Turn& turn) {
        return incidents::take_role(turn, call.actor, call.number(0), {role, remark.person});
    }));
    return show(site, call, call.number(0));
}

Result<Answer> merge_incident(Site& site, const Call& call) {
    TRY(const auto remark, body_of<Remark>(call));
    TRY_VOID(site.writer.run([&](const ops::Turn& turn) {
        return incidents::merge(turn, call.actor, call.number(0), remark.into);
    }));
    return show(site, call, remark.into);
}

}  // namespace sg::api
