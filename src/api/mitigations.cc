// Mitigations over the API: what is proposed and in force, acting by hand, and the switch.
#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>

#include "api/handlers.h"
#include "api/mitigations.h"
#include "ops/respond/mitigation/commands.h"

namespace sg::api {

namespace {

using Json = nlohmann::ordered_json;

std::string text_of(const Json& json) {
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

struct NewMitigation {
    std::string verb;
    std::map<std::string, std::string> with;
    std::int64_t incident = 0;
    std::string reason;
    Duration expires{};
    Duration within{};
    Duration holds{};
    bool break_glass = false;
};
void describe(Visitor& v, NewMitigation& n) {
    v.record({.name = "a mitigation"});
    v.field({.key = "verb", .example = "verb: shift", .required = true}, n.verb);
    v.field({.key = "with"}, n.with);
    v.field({.key = "incident", .least = 0}, n.incident);
    v.field({.key = "reason"}, n.reason);
    v.field({.key = "expires"}, n.expires);
    v.field({.key = "within"}, n.within);
    v.field({.key = "holds"}, n.holds);
    v.field({.key = "break_glass"}, n.break_glass);
}

struct Word {
    std::string reason;
};
void describe(Visitor& v, Word& w) { v.field({.key = "reason"}, w.reason); }

struct Throw {
    std::string to;
    std::string reason;
};
void describe(Visitor& v, Throw& t) {
    v.record({.name = "a switch"});
    v.field({.key = "to", .example = "to: off", .required = true}, t.to);
    v.field({.key = "reason"}, t.reason);
}

mitigation::Wish wish_of(const NewMitigation& n) {
    return {.wanted = {.incident = n.incident,
                       .act = {.verb = n.verb, .with = n.with},
                       .reason = n.reason,
                       .verify = {.within = n.within, .holds = n.holds},
                       .expires = n.expires,
                       .break_glass = n.break_glass},
            .likely = {}};
}

std::string_view weight_of(const ports::VerbAbout& verb) {
    static constexpr std::string_view words[] = {"light", "heavy", "destructive"};
    return words[static_cast<std::size_t>(verb.weight)];
}

Json document_of(const mitigation::Switch& one) {
    Json json{{"off", one.off}, {"by", one.by}, {"reason", one.reason}};
    if (one.at != Instant{}) json["at"] = to_rfc3339(one.at);
    return json;
}

Result<mitigation::Mitigation> asked(Site& site, std::int64_t id) {
    TRY(auto found, mitigation::find(site.read, id));
    if (found) return std::move(*found);
    return fail(Errc::not_found, fmt::format("there is no mitigation {}", id),
                "`streamgate mitigate list --all` shows them");
}

Result<Answer> show(Site& site, std::int64_t id, int status) {
    TRY(const auto m, asked(site, id));
    return Answer{status, text_of(json_of(m))};
}

// A safeguard that refuses is named apart, so that programs need not read sentences.
struct Refused {
    std::string_view safeguard;
    std::string detail;
    std::int64_t mitigation = 0;
};
Answer problem_of(const Refused& refused) {
    const auto& row = row_of(Errc::permission_denied);
    const Json json{{"type", fmt::format("urn:streamgate:error:{}", row.name)},
                    {"status", row.status},
                    {"title", row.sentence},
                    {"detail", refused.detail},
                    {"hint", fmt::format("streamgate mitigate show {}", refused.mitigation)},
                    {"safeguard", refused.safeguard},
                    {"mitigation", refused.mitigation}};
    return Answer{row.status, text_of(json), "application/problem+json"};
}

using Command = std::function<Result<void>(const ops::Turn&, std::int64_t id)>;

Result<Answer> told(Site& site, const Call& call, const Command& command) {
    const auto id = call.number(0);
    const auto done =
        site.writer.run([&](const ops::Turn& turn) -> Result<void> { return command(turn, id); });
    if (done) return show(site, id, 200);
    const auto safeguard = mitigation::safeguard_in(done.error().what);
    if (safeguard.empty()) return std::unexpected(done.error());
    return problem_of({safeguard, done.error().what, id});
}

Json parameters_of(const ports::VerbAbout& verb) {
    Json list = Json::array();
    for (const auto& one : verb.parameters)
        list.push_back({{"name", one.name}, {"required", one.required}, {"what", one.what}});
    return list;
}

std::string_view word(config::MitigationMode mode) {
    return WordsOf<config::MitigationMode>::words[static_cast<std::size_t>(mode)];
}

// How the verb is used now: what destroys is never automatic, whatever its mode says.
std::string_view decided_by(const ports::VerbAbout& verb, const config::Mitigation& policy) {
    static constexpr std::string_view words[] = {"nobody", "its safeguards", "a person",
                                                 "another person"};
    const mitigation::Mitigation of_runbook{
        .wanted = {.run = 1, .act = {.verb = std::string(verb.name), .with = {}}}};
    auto who = mitigation::decider(of_runbook, policy);
    return words[static_cast<std::size_t>(who)];
}

Json verbs_of(const config::Mitigation& policy, const std::vector<mitigation::Mitigation>& lately) {
    Json list = Json::array();
    for (const auto& verb : ports::verbs()) {
        const std::string name(verb.name);
        const auto used = std::ranges::count_if(lately, [&](const auto& m) {
            return m.wanted.act.verb == name && m.state != mitigation::State::refused;
        });
        list.push_back({{"name", name},
                        {"does", verb.sentence},
                        {"weight", weight_of(verb)},
                        {"taken_back", verb.undo == ports::Undo::restores},
                        {"mode", word(mitigation::mode_of(name, policy))},
                        {"decided_by", decided_by(verb, policy)},
                        {"per_hour", mitigation::per_hour_of(name, policy)},
                        {"used", used},
                        {"cooldown", to_text(mitigation::cooldown_of(name, policy))},
                        {"parameters", parameters_of(verb)}});
    }
    return list;
}

// What it is set to; empty: it has no setting.
std::string setting_of(std::string_view safeguard, const config::Mitigation& p) {
    if (safeguard == "mode") return std::string(word(p.mode));
    if (safeguard == "expiry")
        return fmt::format("{}, at most {}", to_text(p.expires), to_text(p.expires_most));
    if (safeguard == "verify")
        return fmt::format("within {}, for {}", to_text(p.within), to_text(p.holds));
    if (safeguard == "runbook") return fmt::format("{} in a row", p.unverified_most);
    if (safeguard == "hourly") return fmt::format("{} of a verb", p.per_hour);
    if (safeguard == "service") return fmt::format("{} on a service", p.per_service);
    if (safeguard == "cooldown") return to_text(p.cooldown);
    if (safeguard == "share") return to_text(p.takes_most);
    if (safeguard == "capacity") return fmt::format("{} %", p.load_most);
    if (safeguard == "approval") return "within " + to_text(p.approve_within);
    return {};
}

Json safeguards_of(const config::Mitigation& policy) {
    Json list = Json::array();
    for (const auto& one : mitigation::safeguards())
        list.push_back({{"name", one.name},
                        {"refuses_when", one.sentence},
                        {"set_to", setting_of(one.name, policy)},
                        {"break_glass", one.passable == mitigation::Passable::break_glass}});
    return list;
}

// What would come of it, in one word.
std::string_view outcome_of(const std::vector<mitigation::Opinion>& opinions) {
    bool waits = false;
    for (const auto& one : opinions) {
        if (one.says == mitigation::Says::refuses) return "refused";
        waits = waits || one.says == mitigation::Says::waits;
    }
    return waits ? "waits" : "carried_out";
}

}  // namespace

nlohmann::ordered_json json_of(const mitigation::Mitigation& m) {
    auto json = Json::parse(to_json(m));
    const auto* verb = ports::find_verb(m.wanted.act.verb);
    json["weight"] = verb == nullptr ? "" : weight_of(*verb);
    json["way_back"] = mitigation::way_back(m.wanted);
    json["in_force"] = mitigation::is_in_force(m);
    json["next"] = mitigation::next_command(m);
    return json;
}

Result<nlohmann::ordered_json> switch_json(Site& site) {
    TRY(const auto now_is, mitigation::the_switch(site.read));
    return document_of(now_is);
}

Result<Answer> list_mitigations(Site& site, const Call& call) {
    constexpr std::int64_t any = 0;
    mitigation::Page page;
    page.limit = call.count("limit", 50, 500);
    page.before = call.count("before", page.before, page.before);
    page.incident = call.count("incident", any, std::numeric_limits<std::int64_t>::max());
    const bool open = call.request.parameter("open") == "true";
    TRY(auto list, open ? mitigation::open_ones(site.read) : mitigation::list(site.read, page));
    if (open && page.incident != any)
        std::erase_if(list, [&](const auto& m) { return m.wanted.incident != page.incident; });
    Json json{{"mitigations", Json::array()}};
    TRY(json["switch"], switch_json(site));
    for (const auto& m : list) json["mitigations"].push_back(json_of(m));
    // A whole page may not be the last: the next one is `before` the last of this one.
    if (!open && std::ssize(list) == page.limit) json["next"] = list.back().id;
    return Answer{200, text_of(json)};
}

Result<Answer> show_mitigation(Site& site, const Call& call) {
    return show(site, call.number(0), 200);
}

Result<Answer> propose_mitigation(Site& site, const Call& call) {
    TRY(const auto wanted, body_of<NewMitigation>(call));
    std::int64_t id = 0;
    TRY_VOID(site.writer.run([&](const ops::Turn& turn) -> Result<void> {
        TRY(id, mitigation::propose(turn, call.actor, wish_of(wanted), &site.history));
        return {};
    }));
    TRY(const auto m, asked(site, id));
    if (m.state != mitigation::State::refused) return Answer{201, text_of(json_of(m))};
    return problem_of({m.safeguard, mitigation::why({m.safeguard, m.why}), id});
}

Result<Answer> try_mitigation(Site& site, const Call& call) {
    static constexpr std::string_view says[] = {"passes", "refuses", "waits", "passed_by"};
    TRY(const auto wanted, body_of<NewMitigation>(call));
    mitigation::Trial trial;
    TRY_VOID(site.writer.run([&](const ops::Turn& turn) -> Result<void> {
        TRY(trial, mitigation::try_out(turn, call.actor, wish_of(wanted), &site.history));
        return {};
    }));
    Json safeguards = Json::array();
    for (const auto& one : trial.opinions)
        safeguards.push_back({{"name", one.safeguard},
                              {"refuses_when", one.sentence},
                              {"says", says[static_cast<std::size_t>(one.says)]},
                              {"why", one.why}});
    const auto& draft = trial.draft;
    const auto& lasts = draft.wanted.expires;
    return Answer{200, text_of({{"outcome", outcome_of(trial.opinions)},
                                {"sentence", draft.sentence},
                                {"target", draft.target},
                                {"service", draft.service},
                                {"way_back", mitigation::way_back(draft.wanted)},
                                {"lasts", lasts == 0s ? "" : to_text(lasts)},
                                {"safeguards", std::move(safeguards)}})};
}

Result<Answer> approve_mitigation(Site& site, const Call& call) {
    return told(site, call, [&](const ops::Turn& turn, std::int64_t id) {
        return mitigation::approve(turn, call.actor, id, &site.history);
    });
}

Result<Answer> refuse_mitigation(Site& site, const Call& call) {
    TRY(const auto said, body_of<Word>(call));
    return told(site, call, [&](const ops::Turn& turn, std::int64_t id) {
        return mitigation::refuse(turn, call.actor, id, said.reason);
    });
}

Result<Answer> undo_mitigation(Site& site, const Call& call) {
    TRY(const auto said, body_of<Word>(call));
    return told(site, call, [&](const ops::Turn& turn, std::int64_t id) {
        return mitigation::take_back(turn, call.actor, id, said.reason);
    });
}

Result<Answer> show_mitigation_policy(Site& site, const Call& call) {
    const auto config = site.config();
    const auto& policy = config->operations.mitigation;
    TRY(const auto lately, mitigation::prepared_since(site.read, call.now - 1h));
    Json json{{"mode", word(policy.mode)},
              {"safeguards", safeguards_of(policy)},
              {"verbs", verbs_of(policy, lately)}};
    TRY(json["switch"], switch_json(site));
    return Answer{200, text_of(json)};
}

Result<Answer> throw_mitigation_switch(Site& site, const Call& call) {
    TRY(const auto wanted, body_of<Throw>(call));
    if (wanted.to != "off" && wanted.to != "on")
        return fail(Errc::invalid_argument,
                    fmt::format("`{}` is no place of the switch", wanted.to), "off or on");
    const auto to = wanted.to == "off" ? mitigation::To::off : mitigation::To::on;
    TRY_VOID(site.writer.run([&](const ops::Turn& turn) {
        return mitigation::throw_switch(turn, call.actor, to, wanted.reason);
    }));
    TRY(const auto json, switch_json(site));
    return Answer{200, text_of(json)};
}

}  // namespace sg::api
