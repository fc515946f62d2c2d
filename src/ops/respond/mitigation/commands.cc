#include "ops/respond/mitigation/commands.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "ops/catalog/ask.h"
#include "ops/respond/incidents/ask.h"
#include "ops/respond/mitigation/looks.h"
#include "ops/respond/mitigation/store.h"

namespace sg::mitigation {

namespace {

const ops::Actor nobody{};

Result<void> write(const ops::Turn& turn, const ops::Actor& actor, const ops::Decision& decision) {
    TRY([[maybe_unused]] const auto recorded, ops::record(turn, actor, decision));
    return {};
}

Result<Mitigation> load(const ops::Turn& turn, std::int64_t id) {
    TRY(auto found, find(turn.tx.session(), id));
    if (!found)
        return fail(Errc::not_found, fmt::format("there is no mitigation {}", id),
                    "`streamgate mitigate list` shows them");
    return std::move(*found);
}

Error unknown(std::string_view what, const std::string& name,
              const std::vector<std::string>& known) {
    return Error{
        Errc::invalid_argument, fmt::format("there is no {} `{}`", what, name),
        known.empty() ? "there is none" : fmt::format("one of {}", fmt::join(known, ", "))};
}

template <class Map>
std::vector<std::string> keys_of(const Map& map) {
    std::vector<std::string> keys;
    for (const auto& [key, value] : map) keys.push_back(key);
    return keys;
}

// Whether what it names exists. Endpoints are not all in the configuration: those that are started
// here have ports that nobody wrote down.
Result<void> check_names(const config::Config& config, const ports::Act& act) {
    const auto* verb = ports::find_verb(act.verb);
    for (const auto& parameter : verb->parameters) {
        const auto found = act.with.find(std::string(parameter.name));
        if (found == act.with.end()) continue;
        const auto& value = found->second;
        using enum ports::ParameterKind;
        if (parameter.kind == service && !config.services.contains(value))
            return std::unexpected(unknown("service", value, keys_of(config.services)));
        if (parameter.kind == need && !config.operations.needs.contains(value))
            return std::unexpected(unknown("dependency", value, keys_of(config.operations.needs)));
        if (parameter.kind != version) continue;
        const auto& versions = config.services.at(act.with.at("service")).versions;
        if (!versions.contains(value))
            return std::unexpected(unknown("version", value, keys_of(versions)));
    }
    return {};
}

// What nobody said is as the configuration has it.
void complete(Proposal& wanted, const config::Mitigation& policy) {
    const auto* verb = ports::find_verb(wanted.act.verb);
    const auto own = policy.verbs.find(wanted.act.verb);
    const config::VerbPolicy of_verb =
        own == policy.verbs.end() ? config::VerbPolicy{} : own->second;
    auto& verify = wanted.verify;
    const auto said = verify;  // What a person says stands; a runbook knows less than a policy.
    if (wanted.run == 0) {
        verify.within = policy.within;
        verify.holds = policy.holds;
        if (verb->undo == ports::Undo::none) {
            wanted.undo = Undo::none;
            wanted.why_no_undo = "there is nothing to put back";
        }
    }
    verify.within = of_verb.within.value_or(verify.within);
    verify.holds = of_verb.holds.value_or(verify.holds);
    if (wanted.run == 0 && said.within > 0s) verify.within = said.within;
    if (wanted.run == 0 && said.holds > 0s) verify.holds = said.holds;
    const bool bears = verb->weight != ports::Weight::light || wanted.run == 0;
    if (bears && wanted.expires == 0s && wanted.undo != Undo::none) wanted.expires = policy.expires;
}

Result<void> check_wish(const ops::Turn& turn, const Proposal& wanted) {
    TRY_VOID(ports::check(wanted.act));
    TRY_VOID(check_names(turn.config, wanted.act));
    if (wanted.break_glass && wanted.reason.empty())
        return fail(Errc::invalid_argument, "breaking the glass needs a reason", "--reason \"…\"");
    if (wanted.incident == 0) return {};
    TRY(const auto incident, incidents::find(turn.tx.session(), wanted.incident));
    if (!incident)
        return fail(Errc::not_found, fmt::format("there is no incident {}", wanted.incident),
                    "`streamgate incident list` shows them");
    return {};
}

// Without a number.
Result<Mitigation> draft_of(const ops::Turn& turn, const ops::Actor& actor, Wish wish) {
    TRY_VOID(check_wish(turn, wish.wanted));
    complete(wish.wanted, turn.config.operations.mitigation);
    const auto aim = aim_of(turn.config, wish.wanted);
    Mitigation draft{.wanted = std::move(wish.wanted),
                     .target = aim.target,
                     .spot = aim.spot,
                     .service = aim.service,
                     .proposed_by = actor.who};
    draft.likely = std::move(wish.likely);
    draft.sentence = ports::sentence_of(draft.wanted.act);
    if (draft.wanted.reason.empty()) draft.wanted.reason = draft.likely;
    return draft;
}

}  // namespace

Result<std::int64_t> propose(const ops::Turn& turn, const ops::Actor& actor, Wish wish,
                             const signals::History* history) {
    TRY(auto draft, draft_of(turn, actor, std::move(wish)));
    TRY(draft.id, ops::next_number(turn.tx, "mitigation"));
    TRY(const auto around, look_around(turn, draft, history));
    TRY_VOID(write(turn, actor, propose(draft, around, turn.now)));
    return draft.id;
}

Result<Trial> try_out(const ops::Turn& turn, const ops::Actor& actor, Wish wish,
                      const signals::History* history) {
    TRY(auto draft, draft_of(turn, actor, std::move(wish)));
    TRY(const auto around, look_around(turn, draft, history));
    auto all = opinions(draft, around, turn.now);
    return Trial{.draft = std::move(draft), .opinions = std::move(all)};
}

Result<void> approve(const ops::Turn& turn, const ops::Actor& actor, std::int64_t id,
                     const signals::History* history) {
    TRY(const auto m, load(turn, id));
    TRY(const auto around, look_around(turn, m, history));
    TRY(const auto decision, approve(m, actor, around, turn.now));
    return write(turn, actor, decision);
}

Result<void> refuse(const ops::Turn& turn, const ops::Actor& actor, std::int64_t id,
                    const std::string& reason) {
    TRY(const auto m, load(turn, id));
    TRY(const auto decision, refuse(m, actor, reason));
    return write(turn, actor, decision);
}

Result<void> take_back(const ops::Turn& turn, const ops::Actor& actor, std::int64_t id,
                       const std::string& reason) {
    TRY(const auto m, load(turn, id));
    TRY(const auto decision, take_back(m, actor, reason, turn.now));
    return write(turn, actor, decision);
}

Result<void> withdraw(const ops::Turn& turn, std::int64_t id, const std::string& why) {
    TRY(const auto m, load(turn, id));
    return write(turn, nobody, withdraw(m, why, turn.now));
}

Result<void> throw_switch(const ops::Turn& turn, const ops::Actor& actor, To to,
                          const std::string& reason) {
    TRY(const auto now_is, the_switch(turn.tx.session()));
    const Switch wanted{.off = to == To::off, .by = actor.who, .reason = reason, .at = turn.now};
    TRY(auto decision, throw_switch(now_is, wanted));
    if (wanted.off) {
        TRY(const auto open, open_ones(turn.tx.session()));
        const auto why = fmt::format("{} switched mitigation off: {}", actor.who, reason);
        for (const auto& m : open) decision.add(halt(m, why, turn.now));
    }
    return write(turn, actor, decision);
}

Result<void> on_answer(const ops::Turn& turn, const std::string& body, const Answer& answer) {
    TRY(const auto errand, from_json<Errand>(body));
    TRY(const auto m, find(turn.tx.session(), errand.mitigation));
    if (!m) return {};
    if (errand.kind == "prepare") return write(turn, nobody, on_prepared(*m, answer, turn.now));
    if (errand.kind == "carry_out")
        return write(turn, nobody, on_carried_out(*m, answer, turn.now));
    return write(turn, nobody, on_taken_back(*m, errand, answer, turn.now));
}

Result<void> ring(const ops::Turn& turn, Clock clock, const ops::Subject& subject,
                  const signals::History* history) {
    const auto id = mitigation_of(subject);
    if (!id) return {};
    TRY(const auto m, find(turn.tx.session(), *id));
    if (!m) return {};
    switch (clock) {
        case Clock::approve_by: return write(turn, nobody, on_approve_by(*m, turn.now));
        case Clock::expires: return write(turn, nobody, on_expiry(*m, turn.now));
        case Clock::go: {
            TRY(const auto around, look_around(turn, *m, history));
            return write(turn, nobody, on_go(*m, around, turn.now));
        }
        case Clock::check: {
            TRY(const auto sight, look_at(turn, *m, history));
            return write(turn, nobody, on_check(*m, sight, turn.now));
        }
    }
    return {};
}

}  // namespace sg::mitigation
