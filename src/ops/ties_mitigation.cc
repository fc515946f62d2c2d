// What a runbook comes to, as something to do; what is carried out, and what came of it; what
// cannot be taken back, as an incident.
#include <fmt/format.h>

#include "ops/catalog/ask.h"
#include "ops/learn/drills/model.h"
#include "ops/picture.h"
#include "ops/respond/incidents/ask.h"
#include "ops/respond/incidents/commands.h"
#include "ops/respond/mitigation/ask.h"
#include "ops/respond/mitigation/commands.h"
#include "ops/respond/runs/commands.h"
#include "ops/ties.h"

namespace sg::ops::ties {

namespace {

using mitigation::Clock;

std::string key_of(std::int64_t mitigation) { return fmt::format("mitigation:{}", mitigation); }

// What came of it, as the run that came to it is told. Empty: it is not over.
std::string outcome_of(const mitigation::Mitigation& m, Kind kind) {
    if (kind == Kind::mitigation_verified) return "verified";
    if (kind == Kind::mitigation_refused && m.safeguard == "incident") return "overtaken";
    if (m.taking_back) return {};  // Something else on the same target would be refused.
    return std::string(mitigation::word(m.state));
}

mitigation::Undo undo_of(const std::string& word) {
    if (word == "none") return mitigation::Undo::none;
    return word == "act" ? mitigation::Undo::act : mitigation::Undo::restore;
}

}  // namespace

Result<void> propose_mitigation(const Turn& turn, const Recorded& event, const Senses& senses) {
    TRY(const auto reached, from_json<runs::RunbookReached>(event.payload));
    const auto& verify = reached.verify;
    mitigation::Wish wish{.wanted = {.incident = reached.incident,
                                     .run = reached.run,
                                     .runbook = reached.runbook,
                                     .step = reached.step,
                                     .service = reached.service,
                                     .act = reached.act,
                                     .reason = reached.likely,
                                     .verify = {.inspect = verify.inspect,
                                                .target = verify.target,
                                                .when = verify.when,
                                                .within = verify.within,
                                                .holds = verify.holds,
                                                .compare = verify.compare},
                                     .undo = undo_of(reached.undo),
                                     .undo_act = reached.undo_act,
                                     .why_no_undo = reached.why_no_undo,
                                     .expires = reached.expires},
                          .likely = reached.likely};
    const Actor runbook{"runbook " + reached.runbook, "spine"};
    TRY([[maybe_unused]] const auto id,
        mitigation::propose(turn, runbook, std::move(wish), senses.history));
    return {};
}

Result<void> declare_for_stuck(const Turn& turn, const Recorded& event, const Senses&) {
    TRY(const auto stuck, from_json<mitigation::Stuck>(event.payload));
    const auto* team = catalog::team_of(turn.config, stuck.service);
    TRY([[maybe_unused]] const auto id,
        incidents::declare_or_join(
            turn, {.key = key_of(stuck.mitigation),
                   .title = fmt::format("mitigation {} cannot be taken back ({}): {}",
                                        stuck.mitigation, stuck.sentence, stuck.why),
                   .severity = 2,
                   .service = stuck.service,
                   .team = team == nullptr ? std::string() : team->id,
                   .started_at = turn.now}));
    return {};
}

Result<void> clear_for_undone(const Turn& turn, const Recorded& event, const Senses&) {
    TRY(const auto undone, from_json<mitigation::Undone>(event.payload));
    return incidents::clear(turn, key_of(undone.mitigation));
}

Result<void> lead_run_on(const Turn& turn, const Recorded& event, const Senses& senses) {
    if (event.subjects.empty()) return {};
    const auto id = mitigation::mitigation_of(event.subjects.front());
    if (!id) return {};
    TRY(const auto m, mitigation::find(turn.tx.session(), *id));
    if (!m || m->wanted.run == 0) return {};
    const auto outcome = outcome_of(*m, event.kind);
    if (outcome.empty()) return {};
    return runs::follow(turn, m->wanted.run,
                        {.step = m->wanted.step, .outcome = outcome, .why = m->why},
                        diagnosis_of(turn, senses));
}

// What still waits for a person would help nobody any more.
Result<void> withdraw_proposals(const Turn& turn, const Recorded& event, const Senses&) {
    if (event.subjects.empty()) return {};
    const auto id = incidents::incident_of(event.subjects.front());
    if (!id) return {};
    TRY(const auto all, mitigation::of_incident(turn.tx.session(), *id));
    for (const auto& m : all)
        if (m.state == mitigation::State::proposed)
            TRY_VOID(mitigation::withdraw(turn, m.id,
                                          fmt::format("users hurt no more in incident {}", *id)));
    return {};
}

// The fault is gone: what was done against it has no reason any more.
Result<void> take_back_after_drill(const Turn& turn, const Recorded& event, const Senses&) {
    TRY(const auto ended, from_json<drills::DrillEnded>(event.payload));
    TRY(const auto open, mitigation::open_ones(turn.tx.session()));
    const auto why = fmt::format("drill {} is over", ended.drill);
    for (const auto& m : open) {
        if (m.wanted.incident == 0) continue;
        TRY(const auto incident, incidents::find(turn.tx.session(), m.wanted.incident));
        if (!incident || incident->drill != ended.drill) continue;
        TRY_VOID(mitigation::withdraw(turn, m.id, why));
    }
    return {};
}

Result<void> mitigation_approve_by(const Turn& turn, const store::Wakeup& clock,
                                   const Senses& senses) {
    return mitigation::ring(turn, Clock::approve_by, clock.subject, senses.history);
}

Result<void> mitigation_go(const Turn& turn, const store::Wakeup& clock, const Senses& senses) {
    return mitigation::ring(turn, Clock::go, clock.subject, senses.history);
}

Result<void> mitigation_check(const Turn& turn, const store::Wakeup& clock, const Senses& senses) {
    return mitigation::ring(turn, Clock::check, clock.subject, senses.history);
}

Result<void> mitigation_expires(const Turn& turn, const store::Wakeup& clock,
                                const Senses& senses) {
    return mitigation::ring(turn, Clock::expires, clock.subject, senses.history);
}

Result<void> mitigation_answered(const Turn& turn, const store::Job& job, const Performed& done,
                                 const Senses&) {
    using How = mitigation::Answer::How;
    const bool well = done.how == Performed::How::done;
    const auto text = well || !done.detail.empty() ? done.detail : std::string("it failed");
    return mitigation::on_answer(turn, job.body, {well ? How::done : How::failed, text});
}

}  // namespace sg::ops::ties
