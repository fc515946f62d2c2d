// New alert rules over the stored past: when would they have fired?
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "api/handlers.h"
#include "config/load_rules.h"
#include "ops/detect/alerts/model.h"
#include "ops/detect/alerts/rehearsal.h"
#include "ops/detect/alerts/rules.h"
#include "ops/detect/signals/tiers.h"

namespace sg::api {

namespace {

using Json = nlohmann::ordered_json;

struct TrialWanted {
    std::string rules;  // As in the configuration.
    std::string file = "rule";
    Duration past = 24h;
};
void describe(Visitor& v, TrialWanted& wanted) {
    v.record({.name = "a rule to be tried"});
    v.field({.key = "rules"}, wanted.rules);
    v.field({.key = "file"}, wanted.file);
    v.field({.key = "past"}, wanted.past);
}

// What a person must know beside the dates.
std::vector<std::string> notes_of(const config::AlertRule& rule, const alerts::Trial& trial) {
    std::vector<std::string> notes;
    if (trial.whose.empty()) notes.emplace_back("nothing that it watches is known");
    else if (trial.seen_from == Instant{}) notes.emplace_back("nothing is stored of that time");
    if (!rule.enabled) notes.emplace_back("it is switched off, and was tried all the same");
    if (rule.forecast > 0s) notes.emplace_back("`full_within` was not tried");
    if (trial.step > rule.window)
        notes.push_back(fmt::format("it looks over {}, but only {} are stored of that age",
                                    to_text(rule.window), to_text(trial.step)));
    return notes;
}

Json json_of(const config::AlertRule& rule, const alerts::Trial& trial) {
    Json json{{"name", rule.name},
              {"severity", alerts::severity_text(rule.severity)},
              {"page", rule.page},
              {"from", to_rfc3339(trial.from)},
              {"to", to_rfc3339(trial.to)},
              {"resolution", to_text(trial.step)},
              {"watched", trial.whose},
              {"notes", notes_of(rule, trial)},
              {"pages", rule.page ? trial.fired.size() : 0},
              {"fired", Json::array()}};
    if (trial.seen_from != Instant{}) json["seen_from"] = to_rfc3339(trial.seen_from);
    for (const auto& one : trial.fired) {
        const bool is_over = one.cleared_at != Instant{};
        Json fired{{"whose", one.whose},
                   {"fired_at", to_rfc3339(one.fired_at)},
                   {"worst", alerts::value_text(rule, one.worst)},
                   {"lasted", to_text((is_over ? one.cleared_at : trial.to) - one.fired_at)}};
        if (is_over) fired["cleared_at"] = to_rfc3339(one.cleared_at);
        json["fired"].push_back(std::move(fired));
    }
    return json;
}

}  // namespace

Result<Answer> try_alert(Site& site, const Call& call) {
    TRY(const auto wanted, body_of<TrialWanted>(call));
    if (wanted.past < 1min || wanted.past > signals::tiers.back().keep)
        return fail(Errc::invalid_argument, "`past` is not between 1m and 730d", "such as 24h");
    const auto config = site.config();
    TRY(const auto rules, config::load_rules(wanted.rules, wanted.file, *config));
    const auto latest = site.history.latest();
    if (latest.at == Instant{})
        return fail(Errc::unavailable, "there are no signals yet", "ask again in a few seconds");
    Json json{{"rules", Json::array()}};
    for (const auto& [name, rule] : rules) {
        const auto whose = alerts::watched_by(rule, *config, latest);
        TRY(const auto trial, alerts::would_have_fired(rule, whose, site.history,
                                                       latest.at - wanted.past, latest.at));
        json["rules"].push_back(json_of(rule, trial));
    }
    return Answer{200, json.dump(-1, ' ', false, Json::error_handler_t::replace)};
}

}  // namespace sg::api
