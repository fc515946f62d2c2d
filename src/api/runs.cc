// Runbooks that are run, over the API: starting one, what it found, answering what it asks.
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "api/handlers.h"
#include "ops/picture.h"
#include "ops/respond/incidents/ask.h"
#include "ops/respond/runbooks/library.h"
#include "ops/respond/runs/ask.h"
#include "ops/respond/runs/commands.h"

namespace sg::api {

namespace {

using Json = nlohmann::ordered_json;

struct RunWanted {
    std::string service;
    std::int64_t incident = 0;
    runs::Mode mode = runs::Mode::act;
};
void describe(Visitor& v, RunWanted& w) {
    v.record({.name = "a run"});
    v.field({.key = "service"}, w.service);
    v.field({.key = "incident", .least = 0}, w.incident);
    v.field({.key = "mode"}, w.mode);
}

struct AnswerGiven {
    std::string step;
    std::string answer;
};
void describe(Visitor& v, AnswerGiven& a) {
    v.record({.name = "an answer"});
    v.field({.key = "step"}, a.step);
    v.field({.key = "answer", .required = true}, a.answer);
}

std::string text_of(const Json& json) {
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Result<Answer> show(Site& site, std::int64_t id, int status) {
    TRY(const auto found, runs::find(site.read, id));
    if (!found)
        return fail(Errc::not_found, fmt::format("there is no run {}", id),
                    "`streamgate runbook runs` lists them");
    auto json = Json::parse(to_json(*found));
    json["proposed"] = runs::proposed(*found);
    return Answer{status, text_of(json)};
}

// Without an incident it only looks: there is no signal to verify an act by.
Result<runs::Beginning> beginning_of(Site& site, const Call& call, const RunWanted& wanted) {
    runs::Beginning beginning{.incident = wanted.incident,
                              .service = wanted.service,
                              .by = call.actor.who,
                              .mode = wanted.mode};
    if (wanted.incident == 0) beginning.mode = runs::Mode::observe;
    else {
        TRY(const auto incident, incident_asked(site, wanted.incident));
        if (beginning.service.empty()) beginning.service = incident.service;
        const bool is_over = incident.state == incidents::State::resolved ||
                             incident.state == incidents::State::closed ||
                             incident.state == incidents::State::cancelled;
        if (is_over) beginning.mode = runs::Mode::observe;
    }
    if (!beginning.service.empty() && !site.config()->services.contains(beginning.service))
        return fail(Errc::not_found, fmt::format("there is no service `{}`", beginning.service),
                    "`streamgate services` lists them");
    return beginning;
}

// The roles that somebody has in an incident.
std::set<std::string> roles_of(const incidents::Incident& incident, const std::string& who) {
    std::set<std::string> roles;
    for (const auto& [role, person] : incident.roles)
        if (person == who) roles.insert(role);
    return roles;
}

}  // namespace

Result<Answer> list_runs(Site& site, const Call& call) {
    runs::Wish wish{.runbook = std::string(call.request.parameter("runbook"))};
    wish.incident = call.count("incident", 0, wish.before);
    wish.before = call.count("before", wish.before, wish.before);
    wish.limit = call.count("limit", 50, 500);
    TRY(const auto list, runs::list(site.read, wish));
    return Answer{200, list_json("runs", list)};
}

Result<Answer> show_run(Site& site, const Call& call) { return show(site, call.number(0), 200); }

Result<Answer> run_runbook(Site& site, const Call& call) {
    TRY(const auto wanted, body_of<RunWanted>(call));
    const auto library = runbooks::read_library(site.config()->operations.runbooks);
    const auto* shelved = library.find(call.captured.at(0));
    if (shelved == nullptr)
        return fail(Errc::not_found, fmt::format("there is no runbook `{}`", call.captured.at(0)),
                    "`streamgate runbook list` names them");
    if (!shelved->problems.empty())
        return fail(Errc::conflict, "it cannot be run: " + shelved->problems.front().what,
                    fmt::format("streamgate runbook show {}", shelved->runbook.name));
    TRY(const auto beginning, beginning_of(site, call, wanted));
    const ops::Senses senses{.history = &site.history};
    std::int64_t id = 0;
    TRY_VOID(site.writer.run([&](const ops::Turn& turn) -> Result<void> {
        TRY(id, runs::start(turn, call.actor, shelved->runbook, beginning,
                            ops::diagnosis_of(turn, senses)));
        return {};
    }));
    return show(site, id, 201);
}

Result<Answer> answer_run(Site& site, const Call& call) {
    TRY(const auto given, body_of<AnswerGiven>(call));
    const ops::Senses senses{.history = &site.history};
    TRY_VOID(site.writer.run([&](const ops::Turn& turn) -> Result<void> {
        TRY(const auto run, runs::find(turn.tx.session(), call.number(0)));
        std::set<std::string> roles;
        if (run) {
            TRY(const auto incident, incidents::find(turn.tx.session(), run->incident));
            if (incident) roles = roles_of(*incident, call.actor.who);
        }
        return runs::answer(turn, call.actor, call.number(0),
                            {.step = given.step, .answer = given.answer, .roles = roles},
                            ops::diagnosis_of(turn, senses));
    }));
    return show(site, call.number(0), 200);
}

}  // namespace sg::api
