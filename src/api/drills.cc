// Drills over the API: what can be practised, and what was.
#include <fmt/format.h>

#include <charconv>
#include <nlohmann/json.hpp>

#include "api/handlers.h"
#include "ops/learn/drills/commands.h"
#include "ops/rehearse.h"

namespace sg::api {

namespace {

using Json = nlohmann::ordered_json;

std::string text_of(const Json& json) {
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

constexpr std::size_t generated_max = 1000;

Json json_of(const drills::Scenario& scenario, const std::vector<Problem>& problems) {
    Json faults = Json::array(), expect = Json::array(), mistakes = Json::array();
    for (const auto& fault : scenario.faults) faults.push_back(ports::sentence_of(fault));
    for (const auto& one : scenario.expect)
        expect.push_back({{"what", one.what},
                          {"never", one.never},
                          {"within", to_text(one.within)},
                          {"names", one.names}});
    for (const auto& problem : problems)
        mistakes.push_back({{"line", problem.place.line},
                            {"column", problem.place.column},
                            {"what", problem.what},
                            {"hint", problem.hint}});
    return {{"name", scenario.name},
            {"title", scenario.title},
            {"about", scenario.about},
            {"aim", WordsOf<drills::Aim>::words[static_cast<std::size_t>(scenario.aim)]},
            {"shipped", scenario.shipped},
            {"generated", scenario.generated},
            {"lasts", to_text(scenario.lasts)},
            {"faults", std::move(faults)},
            {"expect", std::move(expect)},
            {"mistakes", std::move(mistakes)}};
}

struct Begin {
    std::string scenario;
    drills::Mode mode = drills::Mode::automatic;
    std::string on;
    std::int64_t seed = 1;
};
void describe(Visitor& v, Begin& b) {
    v.field({.key = "scenario"}, b.scenario);
    v.field({.key = "mode"}, b.mode);
    v.field({.key = "on"}, b.on);
    v.field({.key = "seed"}, b.seed);
}

struct Said {
    std::string why;
    std::string expectation;
    std::string text;
};
void describe(Visitor& v, Said& s) {
    v.field({.key = "why"}, s.why);
    v.field({.key = "expectation"}, s.expectation);
    v.field({.key = "text"}, s.text);
}

// A file of that name, or one that is made of the configuration.
Result<drills::Scenario> scenario_named(Site& site, const Begin& wanted) {
    const auto config = site.config();
    const auto library = drills::read_library(config->operations.drills.folder);
    if (const auto* read = library.find(wanted.scenario)) {
        if (read->problems.empty()) return read->scenario;
        return fail(Errc::conflict,
                    fmt::format("`{}` has {} mistakes", wanted.scenario, read->problems.size()),
                    "`streamgate drill lint` says which");
    }
    for (auto& one :
         drills::generate(*config, static_cast<std::uint64_t>(wanted.seed), generated_max))
        if (one.name == wanted.scenario) return std::move(one);
    return fail(Errc::not_found, fmt::format("there is no scenario `{}`", wanted.scenario),
                "`streamgate drill list` names them");
}

Result<Answer> shown(Site& site, std::int64_t id) {
    TRY(const auto drill, drills::find(site.read, id));
    if (!drill)
        return fail(Errc::not_found, fmt::format("there is no drill {}", id),
                    "`streamgate drill list` shows them");
    return Answer{200, to_json(*drill)};
}

}  // namespace

Result<Answer> list_scenarios(Site& site, const Call& call) {
    const auto config = site.config();
    const auto library = drills::read_library(config->operations.drills.folder);
    Json list = Json::array(), unreadable = Json::array();
    for (const auto& read : library.scenarios)
        list.push_back(json_of(read.scenario, read.problems));
    const auto most = call.count("generated", 0, generated_max);
    const auto seed = call.count("seed", 1, std::numeric_limits<std::int32_t>::max());
    for (const auto& one : drills::generate(*config, static_cast<std::uint64_t>(seed),
                                            static_cast<std::size_t>(most)))
        list.push_back(json_of(one, {}));
    for (const auto& error : library.unreadable) unreadable.push_back(error.message());
    return Answer{200,
                  text_of({{"scenarios", std::move(list)}, {"unreadable", std::move(unreadable)}})};
}

Result<Answer> list_drills(Site& site, const Call& call) {
    TRY(const auto list, drills::list(site.read, {.limit = call.count("limit", 50, 1000)}));
    return Answer{200, list_json("drills", list)};
}

Result<Answer> show_drill(Site& site, const Call& call) { return shown(site, call.number(0)); }

Result<Answer> begin_drill(Site& site, const Call& call) {
    TRY(const auto wanted, body_of<Begin>(call));
    TRY(const auto scenario, scenario_named(site, wanted));
    std::int64_t id = 0;
    TRY_VOID(site.writer.run([&](const ops::Turn& turn) -> Result<void> {
        TRY(id, ops::begin_drill(turn, call.actor, scenario, {wanted.mode, wanted.on},
                                 {&site.history}));
        return {};
    }));
    return shown(site, id);
}

Result<Answer> abort_drill(Site& site, const Call& call) {
    TRY(const auto said, body_of<Said>(call));
    TRY_VOID(site.writer.run([&](const ops::Turn& turn) {
        return drills::abort(turn, call.actor, call.number(0), said.why);
    }));
    return shown(site, call.number(0));
}

Result<Answer> answer_drill(Site& site, const Call& call) {
    TRY(const auto said, body_of<Said>(call));
    TRY_VOID(site.writer.run([&](const ops::Turn& turn) {
        return drills::answer(turn, call.actor, call.number(0), {said.expectation, said.text});
    }));
    return shown(site, call.number(0));
}

Result<Answer> finish_drill(Site& site, const Call& call) {
    TRY_VOID(site.writer.run(
        [&](const ops::Turn& turn) { return drills::finish(turn, call.actor, call.number(0)); }));
    return shown(site, call.number(0));
}

}  // namespace sg::api
