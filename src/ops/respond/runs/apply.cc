// How the row of a run follows from its events.
#include <algorithm>

#include "base/check.h"
#include "base/json.h"
#include "ops/respond/runs/decide.h"

namespace sg::runs {

namespace {

using ops::Recorded;

void lead_on(Run& run, const std::string& to) {
    run.state = State::looking;
    run.at = to;
    ++run.round;
}

void on(Run& run, const RunbookStarted& e, const Recorded& event) {
    run = {.id = e.run,
           .incident = e.incident,
           .runbook = e.runbook,
           .title = e.title,
           .service = e.service,
           .by = e.by,
           .mode = e.mode,
           .at = e.first,
           .started_at = event.at};
}
void on(Run& run, const RunbookChecked& e, const Recorded& event) {
    auto look = e.look;
    look.at = event.at;
    const auto before = std::ranges::find(run.looks, look.step, &Look::step);
    if (before == run.looks.end()) run.looks.push_back(std::move(look));
    else *before = std::move(look);
}
void on(Run& run, const RunbookDiagnosed& e, const Recorded&) {
    run.likely = e.likely;
    run.causes = e.causes;
    if (!e.then.empty()) lead_on(run, e.then);
}
void on(Run& run, const RunbookAsked& e, const Recorded&) {
    run.state = State::asking;
    run.questions.push_back({.step = e.step,
                             .text = e.question,
                             .answers = e.answers,
                             .roles = e.roles,
                             .until = e.until});
}
void on(Run& run, const RunbookAnswered& e, const Recorded& event) {
    if (!run.questions.empty()) {
        run.questions.back().answer = e.answer;
        run.questions.back().answered_by = event.actor.who;
    }
    if (e.then.empty()) run.state = State::looking;  // Until it is said that it has ended.
    else lead_on(run, e.then);
}
void on(Run& run, const RunbookReached& e, const Recorded& event) {
    run.state = State::acting;
    run.reached.push_back({.step = e.step, .what = e.what, .at = event.at});
}
void on(Run& run, const RunbookWentOn& e, const Recorded&) {
    if (run.state == State::acting) run.reached.back().outcome = e.outcome;
    lead_on(run, e.then);
}
void on(Run& run, const RunbookEnded& e, const Recorded& event) {
    if (run.state == State::acting && e.outcome == Outcome::helped)
        run.reached.back().outcome = "verified";
    run.state = State::ended;
    run.outcome = e.outcome;
    run.why = e.why;
    run.ended_at = event.at;
}

template <class Payload>
Result<Run> put(Run run, const Recorded& event) {
    TRY(const auto payload, from_json<Payload>(event.payload));
    on(run, payload, event);
    return run;
}

}  // namespace

Result<Run> apply(Run run, const Recorded& event) {
    using ops::Kind;
    switch (event.kind) {
        case Kind::runbook_started: return put<RunbookStarted>(std::move(run), event);
        case Kind::runbook_checked: return put<RunbookChecked>(std::move(run), event);
        case Kind::runbook_diagnosed: return put<RunbookDiagnosed>(std::move(run), event);
        case Kind::runbook_asked: return put<RunbookAsked>(std::move(run), event);
        case Kind::runbook_answered: return put<RunbookAnswered>(std::move(run), event);
        case Kind::runbook_reached: return put<RunbookReached>(std::move(run), event);
        case Kind::runbook_went_on: return put<RunbookWentOn>(std::move(run), event);
        case Kind::runbook_ended: return put<RunbookEnded>(std::move(run), event);
        default: break;
    }
    return fail(Errc::internal, "no event of a run");
}

}  // namespace sg::runs
