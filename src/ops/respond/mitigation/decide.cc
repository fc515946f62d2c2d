#include "ops/respond/mitigation/decide.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace sg::mitigation {

namespace {

constexpr const char* approve_by_clock = "mitigation_approve_by";
constexpr const char* go_clock = "mitigation_go";
constexpr const char* check_clock = "mitigation_check";
constexpr const char* expiry_clock = "mitigation_expires";
constexpr Duration check_every = 1s;
constexpr Duration watch_every = 2s;       // Once it is verified.
constexpr Duration undo_wait_most = 1min;  // Between two attempts.
constexpr Duration undo_deadline = 24h;    // Bound: of one attempt that nobody could make.

std::vector<ops::Subject> subjects_of(const Mitigation& m) {
    std::vector<ops::Subject> subjects{subject_of(m.id)};
    if (m.wanted.incident != 0) subjects.push_back(fmt::format("incident:{}", m.wanted.incident));
    if (!m.service.empty()) subjects.push_back("service:" + m.service);
    return subjects;
}

// What ends for a runbook names its step.
template <class Ended>
Ended ended(const Mitigation& m) {
    Ended e;
    e.mitigation = m.id;
    e.incident = m.wanted.incident;
    e.run = m.wanted.run;
    e.step = m.wanted.step;
    return e;
}

ops::Action action_of(const Errand& errand, const std::string& key, Instant not_before) {
    return {.kind = "mitigation." + errand.kind,
            .key = fmt::format("mitigation-{}/{}", errand.mitigation, key),
            .body = to_json(errand),
            .not_before = not_before,
            .deadline = undo_deadline,
            .urgency = 0};
}

Errand errand_of(const Mitigation& m, std::string kind) {
    return {.mitigation = m.id,
            .kind = std::move(kind),
            .act = m.wanted.act,
            .reason = m.wanted.reason,
            .before = m.before,
            .expires_at = m.expires_at,
            .not_after = Instant{}};
}

void stop_clocks(ops::Decision& decision, const Mitigation& m) {
    for (const auto* clock : {approve_by_clock, go_clock, check_clock, expiry_clock})
        decision.stop(clock, subject_of(m.id));
}

bool can_be_undone(const Mitigation& m) { return m.wanted.undo != Undo::none; }

// The same for the platform, which may take it back by itself, and for the clock.
Instant expiry_of(const Mitigation& m) {
    if (m.wanted.expires == 0s || !can_be_undone(m)) return Instant{};
    return m.prepared_at + m.wanted.expires;
}

// Of the round that the event before it begins.
void order_back(ops::Decision& decision, const Mitigation& m, Instant now) {
    auto errand = errand_of(m, "take_back");
    if (m.wanted.undo == Undo::act) errand.undo_act = m.wanted.undo_act;
    errand.round = m.undo_round + 1;
    stop_clocks(decision, m);
    decision.action(action_of(errand, fmt::format("take_back/{}/0", errand.round), now));
}

void order_prepare(ops::Decision& decision, const Mitigation& m, Instant now) {
    auto errand = errand_of(m, "prepare");
    errand.not_after = now + patience;
    decision.action(action_of(errand, "prepare", now));
    decision.set(check_clock, subject_of(m.id), now + 2 * patience);
}

ops::Decision refused(const Mitigation& m, const Refusal& refusal) {
    auto e = ended<Refused>(m);
    e.safeguard = refusal.safeguard;
    e.why = refusal.why;
    ops::Decision decision;
    decision.event(e, subjects_of(m));
    stop_clocks(decision, m);
    return decision;
}

// Nobody knows how far it came: where it can be, it is put back.
ops::Decision failed(const Mitigation& m, const std::string& why, Instant now) {
    auto e = ended<Failed>(m);
    e.why = why;
    e.taken_back = can_be_undone(m) && m.prepared_at != Instant{};
    ops::Decision decision;
    decision.event(e, subjects_of(m));
    stop_clocks(decision, m);
    if (e.taken_back) order_back(decision, m, now);
    return decision;
}

ops::Decision unhelpful(const Mitigation& m, const Judged& judged, Instant now) {
    auto e = ended<Unhelpful>(m);
    e.why = judged.why;
    e.harmful = judged.verdict == Verdict::harmful;
    e.taken_back = can_be_undone(m);
    ops::Decision decision;
    decision.event(e, subjects_of(m));
    stop_clocks(decision, m);
    if (e.taken_back) order_back(decision, m, now);
    return decision;
}

ops::Decision expired(const Mitigation& m, const std::string& why, Instant now) {
    auto e = ended<Expired>(m);
    e.why = why;
    e.taken_back = is_in_force(m);
    ops::Decision decision;
    decision.event(e, subjects_of(m));
    stop_clocks(decision, m);
    if (e.taken_back) order_back(decision, m, now);
    return decision;
}

std::string why_automatic(const Mitigation& m, const Situation& around) {
    return fmt::format("auto, safeguard: {} of {} this hour", around.of_verb + 1,
                       per_hour_of(m.wanted.act.verb, around.policy));
}

// A person's own wish, which needs nobody else.
std::string why_by_hand(const Mitigation& m) {
    return m.wanted.break_glass ? "break-glass: " + m.wanted.reason : "by hand";
}

std::string not_possible(const Mitigation& m, std::string_view what) {
    return fmt::format("mitigation {} is {} and cannot be {}", m.id, word(m.state), what);
}

}  // namespace

void describe(Visitor& v, Errand& e) {
    v.field({.key = "mitigation"}, e.mitigation);
    v.field({.key = "kind"}, e.kind);
    v.field({.key = "act"}, e.act);
    v.field({.key = "undo_act"}, e.undo_act);
    v.field({.key = "reason"}, e.reason);
    v.field({.key = "before"}, e.before);
    v.field({.key = "round"}, e.round);
    v.field({.key = "failures"}, e.failures);
    v.field({.key = "expires_at"}, e.expires_at);
    v.field({.key = "not_after"}, e.not_after);
}

ops::Subject subject_of(std::int64_t mitigation) {
    return fmt::format("mitigation:{}", mitigation);
}

std::optional<std::int64_t> mitigation_of(const ops::Subject& subject) {
    constexpr std::string_view prefix = "mitigation:";
    if (!subject.starts_with(prefix)) return std::nullopt;
    std::int64_t id = 0;
    const auto* const last = subject.data() + subject.size();
    const auto [end, error] = std::from_chars(subject.data() + prefix.size(), last, id);
    if (error != std::errc{} || end != last) return std::nullopt;
    return id;
}

ops::Decision propose(const Mitigation& draft, const Situation& around, Instant now) {
    static constexpr std::string_view modes[] = {"observe", "auto", "propose", "propose"};
    Mitigation m = draft;
    const auto who = decider(m, around.policy);
    const bool by_hand = m.wanted.run == 0;
    const bool waits = who == Decider::person ? !by_hand : who == Decider::other_person;
    const bool passes = by_hand && m.wanted.break_glass;
    Proposed proposed{
        .mitigation = m.id,
        .wanted = m.wanted,
        .sentence = m.sentence,
        .target = m.target,
        .spot = m.spot,
        .service = m.service,
        .mode = by_hand
                    ? "by hand"
                    : std::string(modes[static_cast<std::size_t>(who == Decider::nobody      ? 0
                                                                 : who == Decider::automatic ? 1
                                                                                             : 2)]),
        .approve_by = Instant{}};
    const auto against = refusal({m, around, When::proposal}, now);
    if (waits && !passes && !against) proposed.approve_by = now + around.policy.approve_within;
    ops::Decision decision;
    decision.event(proposed, subjects_of(m));
    if (against) return std::move(decision.add(refused(m, *against)));
    if (waits && !passes) {
        decision.set(approve_by_clock, subject_of(m.id), proposed.approve_by);
        return decision;
    }
    const bool automatic = who == Decider::automatic;
    decision.event(Approved{.mitigation = m.id,
                            .by = automatic ? "system" : m.proposed_by,
                            .why = automatic ? why_automatic(m, around) : why_by_hand(m),
                            .automatic = automatic},
                   subjects_of(m));
    order_prepare(decision, m, now);
    return decision;
}

Result<ops::Decision> approve(const Mitigation& m, const ops::Actor& actor, const Situation& around,
                              Instant now) {
    if (m.state != State::proposed)
        return fail(Errc::conflict, not_possible(m, "approved"),
                    m.approved_by.empty() ? "" : "approved by " + m.approved_by);
    Mitigation approved = m;
    approved.approved_by = actor.who;
    if (const auto against = refusal({approved, around, When::approval}, now))
        return fail(Errc::permission_denied, why(*against), "`streamgate mitigate show` says more");
    ops::Decision decision;
    decision.event(Approved{.mitigation = m.id, .by = actor.who, .why = "asked and answered"},
                   subjects_of(m));
    decision.stop(approve_by_clock, subject_of(m.id));
    order_prepare(decision, m, now);
    return decision;
}

Result<ops::Decision> refuse(const Mitigation& m, const ops::Actor& actor,
                             const std::string& reason) {
    if (m.state != State::proposed)
        return fail(Errc::conflict, not_possible(m, "refused"),
                    is_in_force(m) ? "`streamgate mitigate undo` takes it back" : "");
    return refused(m, {"person", reason.empty() ? "by " + actor.who : actor.who + ": " + reason});
}

Result<ops::Decision> take_back(const Mitigation& m, const ops::Actor& actor,
                                const std::string& reason, Instant now) {
    if (m.taking_back)
        return fail(Errc::conflict, fmt::format("mitigation {} is being taken back already", m.id));
    if (!is_in_force(m))
        return fail(Errc::conflict, not_possible(m, "taken back"),
                    can_be_undone(m) ? "" : "there is nothing to put back");
    const auto why =
        fmt::format("{} took it back{}{}", actor.who, reason.empty() ? "" : ": ", reason);
    if (m.state == State::verified) return expired(m, why, now);
    return unhelpful(m, {Verdict::unhelpful, why}, now);
}

ops::Decision on_prepared(const Mitigation& m, const Answer& answer, Instant now) {
    if (m.state != State::approved) return {};
    if (answer.how != Answer::How::done) return failed(m, answer.text, now);
    ops::Decision decision;
    decision.event(Prepared{.mitigation = m.id, .before = answer.text}, subjects_of(m));
    decision.set(go_clock, subject_of(m.id), now);
    decision.set(check_clock, subject_of(m.id), now + 2 * patience);
    return decision;
}

ops::Decision on_go(const Mitigation& m, const Situation& around, Instant now) {
    if (m.state != State::prepared) return {};
    if (const auto against = refusal({m, around, When::execution}, now))
        return refused(m, *against);
    auto errand = errand_of(m, "carry_out");
    errand.expires_at = expiry_of(m);
    errand.not_after = now + patience;
    ops::Decision decision;
    decision.action(action_of(errand, "carry_out", now));
    return decision;
}

ops::Decision on_carried_out(const Mitigation& m, const Answer& answer, Instant now) {
    const bool done = answer.how == Answer::How::done;
    if (m.state != State::prepared) {
        // It was given up, and done all the same: what was put back meanwhile was too early.
        const bool given_up = m.applied_at == Instant{} && m.prepared_at != Instant{};
        if (!done || !given_up) return {};
        return failed(m, "it was carried out after it had been given up", now);
    }
    if (!done) return failed(m, answer.text, now);
    const Instant expires_at = expiry_of(m);
    ops::Decision decision;
    decision.event(Applied{.mitigation = m.id, .done = answer.text, .expires_at = expires_at},
                   subjects_of(m));
    decision.set(check_clock, subject_of(m.id), now + check_every);
    if (expires_at != Instant{}) decision.set(expiry_clock, subject_of(m.id), expires_at);
    return decision;
}

ops::Decision on_taken_back(const Mitigation& m, const Errand& errand, const Answer& answer,
                            Instant now) {
    if (!m.taking_back || errand.round != m.undo_round) return {};
    ops::Decision decision;
    if (answer.how == Answer::How::done) {
        auto e = ended<Undone>(m);
        e.done = answer.text;
        decision.event(e, subjects_of(m));
        return decision;
    }
    Errand again = errand;
    ++again.failures;
    if (again.failures == failures_told)
        decision.event(Stuck{.mitigation = m.id,
                             .incident = m.wanted.incident,
                             .service = m.service,
                             .sentence = m.sentence,
                             .why = answer.text,
                             .failures = again.failures},
                       subjects_of(m));
    const auto doublings = std::min<std::int64_t>(again.failures - 1, 6);
    const Duration wait = std::min<Duration>(undo_wait_most, Duration(1s) * (1 << doublings));
    decision.action(
        action_of(again, fmt::format("take_back/{}/{}", again.round, again.failures), now + wait));
    return decision;
}

ops::Decision on_approve_by(const Mitigation& m, Instant now) {
    if (m.state != State::proposed || now < m.approve_by || m.approve_by == Instant{}) return {};
    return expired(m, "nobody approved it in time", now);
}

ops::Decision on_check(const Mitigation& m, const Sight& sight, Instant now) {
    if (m.taking_back) return {};
    if (m.state == State::approved || m.state == State::prepared) {
        if (now < m.changed_at + 2 * patience) return {};
        return failed(m, "the platform did not answer in time", now);
    }
    const bool watching = m.state == State::verified && now < m.verified_at + watched;
    if (m.state != State::applied && !watching) return {};
    const auto judged = judge(m, sight, now);
    if (judged.verdict == Verdict::harmful || judged.verdict == Verdict::unhelpful)
        return unhelpful(m, judged, now);
    ops::Decision decision;
    if (judged.verdict == Verdict::verified) {
        auto e = ended<Verified>(m);
        e.why = judged.why;
        decision.event(e, subjects_of(m));
    }
    const bool is_verified = watching || judged.verdict == Verdict::verified;
    decision.set(check_clock, subject_of(m.id), now + (is_verified ? watch_every : check_every));
    return decision;
}

ops::Decision on_expiry(const Mitigation& m, Instant now) {
    const bool lasts = m.expires_at == Instant{};
    if (!is_in_force(m) || m.taking_back || lasts || now < m.expires_at) return {};
    return expired(m, "its time is over", now);
}

Result<ops::Decision> throw_switch(const Switch& now_is, const Switch& wanted) {
    // On again where it is on: runbooks that did not help are trusted anew.
    if (now_is.off && wanted.off)
        return fail(Errc::conflict, "mitigation is off already",
                    now_is.by.empty() ? "" : fmt::format("{}: {}", now_is.by, now_is.reason));
    if (wanted.off && wanted.reason.empty())
        return fail(Errc::invalid_argument, "why is mitigation switched off?",
                    "streamgate mitigate off --reason \"…\"");
    ops::Decision decision;
    decision.event(SwitchThrown{.to = wanted.off ? "off" : "on", .reason = wanted.reason},
                   {"mitigation"});
    return decision;
}

ops::Decision halt(const Mitigation& m, const std::string& why, Instant now) {
    if (m.state == State::proposed || m.state == State::approved)
        return refused(m, {"switch", why});
    if (m.state == State::prepared) return failed(m, why, now);
    return {};
}

ops::Decision withdraw(const Mitigation& m, const std::string& why, Instant now) {
    if (m.state == State::proposed || m.state == State::approved)
        return refused(m, {"incident", why});
    if (m.state == State::prepared) return failed(m, why, now);
    if (!is_in_force(m) || m.taking_back) return {};
    return expired(m, why, now);
}

}  // namespace sg::mitigation
