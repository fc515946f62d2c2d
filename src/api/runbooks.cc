// Runbooks: which there are, and what stands in one.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "api/handlers.h"
#include "ops/respond/runbooks/library.h"
#include "ops/respond/runbooks/lint.h"
#include "ops/respond/runs/ask.h"

namespace sg::api {

namespace {

using Json = nlohmann::ordered_json;

std::string text_of(const Json& json) {
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Json json_of(const Problem& problem) {
    return {{"line", problem.place.line},
            {"column", problem.place.column},
            {"what", problem.what},
            {"hint", problem.hint}};
}

Json triggers_of(const runbooks::Runbook& runbook) {
    Json triggers = Json::array();
    for (const auto& trigger : runbook.triggers) {
        if (!trigger.alert.empty()) triggers.push_back({{"alert", trigger.alert}});
        if (!trigger.objective.empty()) triggers.push_back({{"objective", trigger.objective}});
        if (!trigger.need.empty()) triggers.push_back({{"need", trigger.need}});
    }
    return triggers;
}

// What is wrong with it, its form first: one that cannot be read is not looked at further.
Json findings_of(const runbooks::Shelved& shelved, Instant now,
                 const std::optional<Instant>& last_run) {
    Json mistakes = Json::array(), doubts = Json::array();
    for (const auto& problem : shelved.problems) mistakes.push_back(json_of(problem));
    if (shelved.problems.empty()) {
        const auto linted =
            runbooks::lint(shelved.runbook, {.inspections = runbooks::known_inspections(),
                                             .now = now,
                                             .last_run = last_run,
                                             .knows_runs = true});
        for (const auto& problem : linted.mistakes) mistakes.push_back(json_of(problem));
        for (const auto& problem : linted.doubts) doubts.push_back(json_of(problem));
    }
    return {{"mistakes", std::move(mistakes)}, {"doubts", std::move(doubts)}};
}

using AllRan = std::map<std::string, runs::Ran>;

Json json_of(const runbooks::Shelved& shelved, Instant now, const AllRan& all) {
    const auto& runbook = shelved.runbook;
    Json json{{"name", runbook.name},
              {"title", runbook.title},
              {"severity", static_cast<int>(runbook.severity) + 1},
              {"owner", runbook.owner},
              {"shipped", runbook.shipped},
              {"reviewed", runbook.reviewed},
              {"review_due", to_rfc3339(runbooks::review_due(runbook))},
              {"triggers", triggers_of(runbook)},
              {"steps", runbook.steps.size()}};
    const auto ran = all.find(runbook.name);
    std::optional<Instant> last;
    if (ran != all.end()) {
        last = ran->second.last;
        json["last_run"] = to_rfc3339(*last);
    }
    json["runs"] = last ? ran->second.runs : 0;
    json.update(findings_of(shelved, now, last));
    return json;
}

}  // namespace

Result<Answer> list_runbooks(Site& site, const Call& call) {
    const auto library = runbooks::read_library(site.config()->operations.runbooks);
    TRY(const auto ran, runs::ran(site.read));
    Json list = Json::array(), unreadable = Json::array();
    for (const auto& shelved : library.runbooks) list.push_back(json_of(shelved, call.now, ran));
    for (const auto& error : library.unreadable) unreadable.push_back(error.message());
    return Answer{200,
                  text_of({{"runbooks", std::move(list)}, {"unreadable", std::move(unreadable)}})};
}

Result<Answer> show_runbook(Site& site, const Call& call) {
    const auto library = runbooks::read_library(site.config()->operations.runbooks);
    const auto& name = call.captured.at(0);
    const auto* shelved = library.find(name);
    if (shelved == nullptr)
        return fail(Errc::not_found, fmt::format("there is no runbook `{}`", name),
                    "`streamgate runbook list` names them");
    TRY(const auto ran, runs::ran(site.read));
    auto json = json_of(*shelved, call.now, ran);
    json["text"] = shelved->runbook.text;
    json["actions"] = Json::array();
    for (const auto& step : shelved->runbook.steps)
        json["actions"].push_back({{"name", step.name},
                                   {"kind", runbooks::word(step.kind)},
                                   {"title", step.title},
                                   {"line", step.place.line}});
    return Answer{200, text_of(json)};
}

}  // namespace sg::api
