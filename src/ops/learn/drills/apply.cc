// How the row of a drill follows from its events.
#include <algorithm>

#include "base/check.h"
#include "ops/learn/drills/decide.h"

namespace sg::drills {

namespace {

void judge(Drill& drill, const Judged& judged, Outcome outcome, Instant at) {
    const auto found = std::ranges::find_if(drill.expect, [&](const Expectation& one) {
        return one.what == judged.expectation && one.outcome == Outcome::open;
    });
    if (found != drill.expect.end()) {
        found->outcome = outcome;
        found->at = outcome == Outcome::met ? drill.injected_at + judged.after : at;
        found->said = judged.what;
    }
    const auto known = std::ranges::find(drill.incidents, judged.incident);
    if (judged.incident != 0 && known == drill.incidents.end())
        drill.incidents.push_back(judged.incident);
}

Result<void> on(Drill& drill, const DrillBegun& e, const ops::Recorded& event) {
    static_cast<Plan&>(drill) = e.plan;
    drill.id = e.drill;
    drill.by = event.actor.who;
    drill.begun_seq = event.seq;
    drill.begun_at = event.at;
    if (e.plan.mode == Mode::table_top) drill.state = State::running;
    return {};
}
Result<void> on(Drill& drill, const DrillPrepared& e, const ops::Recorded&) {
    drill.undo = e.undo;
    drill.state = State::injecting;
    return {};
}
Result<void> on(Drill& drill, const DrillInjected&, const ops::Recorded& event) {
    drill.state = State::running;
    drill.injected_at = event.at;
    return {};
}
Result<void> on(Drill& drill, const DrillMet& e, const ops::Recorded& event) {
    judge(drill, e, Outcome::met, event.at);
    return {};
}
Result<void> on(Drill& drill, const DrillMissed& e, const ops::Recorded& event) {
    judge(drill, e, Outcome::missed, event.at);
    return {};
}
Result<void> on(Drill& drill, const DrillAnswered& e, const ops::Recorded& event) {
    drill.answers.push_back(e.text);
    if (drill.mode != Mode::table_top) return {};
    const auto found = std::ranges::find(drill.expect, e.expectation, &Expectation::what);
    if (found == drill.expect.end()) return {};
    found->outcome = Outcome::met;
    found->at = event.at;
    found->said = e.text;
    return {};
}
Result<void> on(Drill& drill, const DrillAborted& e, const ops::Recorded&) {
    drill.why = e.why;
    if (drill.state != State::preparing) drill.state = State::lifting;
    return {};
}
Result<void> on(Drill& drill, const DrillLifted&, const ops::Recorded& event) {
    drill.state = State::settling;
    drill.lifted_at = event.at;
    return {};
}
Result<void> on(Drill& drill, const DrillStuck&, const ops::Recorded&) {
    drill.stuck = true;
    return {};
}
Result<void> on(Drill& drill, const DrillEnded& e, const ops::Recorded& event) {
    drill.state = State::ended;
    drill.verdict = e.verdict;
    drill.ended_at = event.at;
    return {};
}

template <class Payload>
bool try_one(Drill& drill, const ops::Recorded& event, Result<void>& outcome) {
    if (event.kind != Payload::kind) return false;
    const auto payload = from_json<Payload>(event.payload);
    outcome = payload ? on(drill, *payload, event) : std::unexpected(payload.error());
    return true;
}

template <class... Payloads>
Result<void> apply_any(Drill& drill, const ops::Recorded& event) {
    Result<void> outcome;
    const bool known = (try_one<Payloads>(drill, event, outcome) || ...);
    CHECK(known);
    return outcome;
}

}  // namespace

Result<Drill> apply(Drill drill, const ops::Recorded& event) {
    const auto changed =
        apply_any<DrillBegun, DrillPrepared, DrillInjected, DrillMet, DrillMissed, DrillAnswered,
                  DrillAborted, DrillLifted, DrillStuck, DrillEnded>(drill, event);
    if (!changed) return std::unexpected(changed.error());
    return drill;
}

}  // namespace sg::drills
