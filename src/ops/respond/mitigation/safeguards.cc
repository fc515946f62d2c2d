#include "ops/respond/mitigation/safeguards.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/units.h"

namespace sg::mitigation {

namespace {

const ports::VerbAbout& verb_of(const Mitigation& m) {
    static constexpr ports::VerbAbout unknown{
        "", "", ports::Weight::destructive, ports::Undo::none, true, {}};
    const auto* found = ports::find_verb(m.wanted.act.verb);
    return found == nullptr ? unknown : *found;
}

const config::VerbPolicy& policy_of(const std::string& verb, const config::Mitigation& policy) {
    static const config::VerbPolicy none;
    const auto found = policy.verbs.find(verb);
    return found == policy.verbs.end() ? none : found->second;
}

bool of_a_person(const Mitigation& m) { return m.wanted.run == 0; }
bool destroys(const Mitigation& m) { return verb_of(m).weight == ports::Weight::destructive; }

std::string switched_off(const Case& c, Instant) {
    const auto& kill = c.around.kill;
    if (!kill.off) return {};
    return fmt::format("{} switched mitigation off: {}", kill.by, kill.reason);
}

std::string malformed(const Case& c, Instant) {
    const auto checked = ports::check(c.mitigation.wanted.act);
    return checked ? std::string() : checked.error().message();
}

std::string no_incident(const Case& c, Instant) {
    if (c.mitigation.wanted.incident == 0 && of_a_person(c.mitigation)) return {};
    if (!c.around.has_incident) return "there is no such incident";
    if (!c.around.incident_over) return {};
    return fmt::format("incident {} is {}: users do not hurt any more",
                       c.mitigation.wanted.incident, c.around.incident_state);
}

std::string observed(const Case& c, Instant) {
    if (decider(c.mitigation, c.around.policy) != Decider::nobody) return {};
    return fmt::format("`{}` is only observed: it would have been proposed",
                       c.mitigation.wanted.act.verb);
}

std::string distrusted(const Case& c, Instant) {
    if (of_a_person(c.mitigation)) return {};
    const auto most = c.around.policy.unverified_most;
    if (c.around.unverified < most) return {};
    return fmt::format("runbook {} did not help {} times in a row", c.mitigation.wanted.runbook,
                       c.around.unverified);
}

std::string in_maintenance(const Case& c, Instant) {
    if (of_a_person(c.mitigation) || c.around.maintenance.empty()) return {};
    return fmt::format("people are at work on {}: {}", c.mitigation.service, c.around.maintenance);
}

// What costs users something is not done while none of them is seen to hurt.
std::string without_need(const Case& c, Instant) {
    if (of_a_person(c.mitigation) || verb_of(c.mitigation).weight == ports::Weight::light)
        return {};
    constexpr std::int64_t grave = 2;
    if (c.around.burning || c.around.severity <= grave) return {};
    return fmt::format("no objective of {} burns at the pace of a page, and the incident is SEV-{}",
                       c.mitigation.service, c.around.severity);
}

std::string too_often(const Case& c, Instant) {
    const auto most = per_hour_of(c.mitigation.wanted.act.verb, c.around.policy);
    if (c.around.of_verb < most) return {};
    return fmt::format("{} of {} this hour", c.around.of_verb, most);
}

std::string too_often_here(const Case& c, Instant) {
    const auto most = c.around.policy.per_service;
    if (c.mitigation.service.empty() || c.around.of_service < most) return {};
    return fmt::format("{} of {} on {} this hour", c.around.of_service, most, c.mitigation.service);
}

std::string too_soon(const Case& c, Instant now) {
    const auto cooldown = cooldown_of(c.mitigation.wanted.act.verb, c.around.policy);
    const auto last = c.around.same_before;
    if (last == Instant{} || now - last >= cooldown) return {};
    const auto ago = std::chrono::floor<std::chrono::seconds>(now - last);
    return fmt::format("the same was done {} ago, and waits {}", to_text(Duration(ago)),
                       to_text(cooldown));
}

std::string under_way(const Case& c, Instant) {
    if (c.around.under_way == 0) return {};
    return fmt::format("mitigation {} is under way on {}", c.around.under_way, c.mitigation.target);
}

std::string last_one(const Case& c, Instant) {
    const auto& capacity = c.around.capacity;
    if (!capacity.touched) return {};
    if (capacity.is_last_version) return "it is the only version that there is";
    // What no endpoint answers for can only get better by a restart.
    if (capacity.healthy == 0 && c.mitigation.wanted.act.verb == "restart") return {};
    if (capacity.left >= 1) return {};
    return fmt::format("no healthy endpoint of {} would be left ({} of {} are healthy)",
                       c.mitigation.service, capacity.healthy, capacity.endpoints);
}

std::string too_much(const Case& c, Instant) {
    const auto& capacity = c.around.capacity;
    if (!capacity.touched || capacity.endpoints == 0) return {};
    const double share =
        static_cast<double>(capacity.taken) / static_cast<double>(capacity.endpoints);
    if (share <= c.around.policy.takes_most.of_one) return {};
    return fmt::format("{} of {} endpoints of {} would be without traffic, at most {} may",
                       capacity.taken, capacity.endpoints, c.mitigation.service,
                       to_text(c.around.policy.takes_most));
}

std::string too_loaded(const Case& c, Instant) {
    constexpr double rate_least = 1;  // Requests per second: with fewer there is no load.
    const auto& capacity = c.around.capacity;
    if (!capacity.touched || capacity.rate < rate_least || capacity.each_at_most <= 0) return {};
    const double most = capacity.each_at_most * c.around.policy.load_most / 100;
    if (capacity.each_after <= most) return {};
    return fmt::format("each endpoint left would carry {:.0f} requests/s, {:.0f} are trusted",
                       capacity.each_after, most);
}

std::string without_undo(const Case& c, Instant) {
    const auto& wanted = c.mitigation.wanted;
    const bool restores = verb_of(c.mitigation).undo == ports::Undo::restores;
    if (wanted.undo == Undo::restore && !restores)
        return fmt::format("`{}` cannot be taken back, and nobody says why that is right",
                           wanted.act.verb);
    if (wanted.undo == Undo::none && wanted.why_no_undo.empty())
        return "how it is taken back is neither said nor explained away";
    if (wanted.undo == Undo::act && !ports::check(wanted.undo_act))
        return "the act that takes it back makes no sense";
    return {};
}

std::string without_verify(const Case& c, Instant) {
    const auto& verify = c.mitigation.wanted.verify;
    if (verify.within > 0s && verify.holds > 0s) return {};
    return "how it is seen whether it helped is not said";
}

std::string without_end(const Case& c, Instant) {
    const auto& wanted = c.mitigation.wanted;
    if (wanted.undo == Undo::none) return {};
    const bool bears = verb_of(c.mitigation).weight != ports::Weight::light;
    if (bears && wanted.expires == 0s) return "it bears on users and would never end";
    if (wanted.expires <= c.around.policy.expires_most) return {};
    return fmt::format("{} is longer than {}", to_text(wanted.expires),
                       to_text(c.around.policy.expires_most));
}

std::string unapproved(const Case& c, Instant) {
    if (c.when == When::proposal) return {};
    const auto& m = c.mitigation;
    const auto who = decider(m, c.around.policy);
    // What was automatic when it was proposed needs a person if the policy has changed since.
    if (m.automatic)
        return who == Decider::automatic ? std::string()
                                         : std::string("it is no longer done without a person");
    if (m.approved_by.empty()) return "nobody has approved it";
    if (!destroys(m) || m.approved_by != m.proposed_by) return {};
    return fmt::format("`{}` destroys something: another person than {} must approve it",
                       m.wanted.act.verb, m.proposed_by);
}

using enum Passable;
constexpr Safeguard table[] = {
    {"switch", "mitigation is switched off", never, switched_off},
    {"verb", "the verb does not exist, or a parameter is not of its kind", never, malformed},
    {"incident", "there is no incident, or it hurts nobody any more", never, no_incident},
    {"mode", "the verb is only observed", never, observed},
    {"undo", "it is not said how it is taken back, nor why it is not", never, without_undo},
    {"verify", "it is not said how it is seen whether it helped", never, without_verify},
    {"expiry", "it would last for ever, or for too long", never, without_end},
    {"runbook", "the runbook did not help several times in a row", break_glass, distrusted},
    {"maintenance", "people are at work on the service", break_glass, in_maintenance},
    {"budget", "it costs users something, and none of them hurts", break_glass, without_need},
    {"hourly", "the verb was used too often this hour", break_glass, too_often},
    {"service", "too much was done to the service this hour", break_glass, too_often_here},
    {"cooldown", "the same was done to the same a moment ago", break_glass, too_soon},
    {"one at a time", "another is under way on the same target", never, under_way},
    {"last healthy", "nothing healthy would be left", never, last_one},
    {"share", "too large a part of the service would be without traffic", break_glass, too_much},
    {"capacity", "what is left could not carry the load", break_glass, too_loaded},
    {"approval", "the right person has not approved it", break_glass, unapproved},
};

}  // namespace

std::span<const Safeguard> safeguards() { return table; }

std::optional<Refusal> refusal(const Case& asked, Instant now) {
    for (const auto& safeguard : table) {
        if (safeguard.passable == break_glass && asked.mitigation.wanted.break_glass) continue;
        auto why = safeguard.refuses(asked, now);
        if (!why.empty()) return Refusal{safeguard.name, std::move(why)};
    }
    return std::nullopt;
}

std::string why(const Refusal& refusal) {
    return fmt::format("[safeguard: {}] {}", refusal.safeguard, refusal.why);
}

std::string_view safeguard_in(std::string_view why) {
    constexpr std::string_view opening = "[safeguard: ";
    if (!why.starts_with(opening)) return {};
    const auto rest = why.substr(opening.size());
    for (const auto& safeguard : table)
        if (rest.starts_with(safeguard.name) && rest.substr(safeguard.name.size()).starts_with(']'))
            return safeguard.name;
    return {};
}

std::vector<Opinion> opinions(Mitigation draft, const Situation& around, Instant now) {
    draft.approved_by = draft.proposed_by;
    const bool broken = draft.wanted.break_glass;
    std::vector<Opinion> all;
    for (const auto& safeguard : table) {
        Opinion one{.safeguard = std::string(safeguard.name),
                    .sentence = std::string(safeguard.sentence),
                    .why = safeguard.refuses({draft, around, When::approval}, now)};
        if (!one.why.empty()) {
            const bool of_people = safeguard.refuses == unapproved;
            one.says = safeguard.passable == break_glass && broken ? Says::passed_by
                       : of_people                                 ? Says::waits
                                                                   : Says::refuses;
        }
        all.push_back(std::move(one));
    }
    return all;
}

config::MitigationMode mode_of(const std::string& verb, const config::Mitigation& policy) {
    return policy_of(verb, policy).mode.value_or(policy.mode);
}

Duration cooldown_of(const std::string& verb, const config::Mitigation& policy) {
    return policy_of(verb, policy).cooldown.value_or(policy.cooldown);
}

std::uint32_t per_hour_of(const std::string& verb, const config::Mitigation& policy) {
    return policy_of(verb, policy).per_hour.value_or(policy.per_hour);
}

Decider decider(const Mitigation& mitigation, const config::Mitigation& policy) {
    if (of_a_person(mitigation)) {
        if (destroys(mitigation)) return Decider::other_person;
        return Decider::person;
    }
    const auto mode = mode_of(mitigation.wanted.act.verb, policy);
    if (mode == config::MitigationMode::observe) return Decider::nobody;
    const auto weight = verb_of(mitigation).weight;
    const bool may = weight == ports::Weight::light ||
                     (weight == ports::Weight::heavy &&
                      policy.automatic_up_to == config::AutomaticWeight::heavy);
    if (mode == config::MitigationMode::automatic && may) return Decider::automatic;
    return Decider::person;
}

}  // namespace sg::mitigation
