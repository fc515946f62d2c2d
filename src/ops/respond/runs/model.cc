#include "ops/respond/runs/model.h"

namespace sg::runs {

void describe(Visitor& v, Seen& s) {
    v.record({.name = "what was seen"});
    v.field({.key = "target"}, s.target);
    v.field({.key = "key"}, s.key);
    v.field({.key = "standing"}, s.standing);
    v.field({.key = "title"}, s.title);
    v.field({.key = "value"}, s.value);
    v.field({.key = "unit"}, s.unit);
    v.field({.key = "hint"}, s.hint);
    v.field({.key = "evidence"}, s.evidence);
}

void describe(Visitor& v, Look& l) {
    v.record({.name = "a look"});
    v.field({.key = "step"}, l.step);
    v.field({.key = "round"}, l.round);
    v.field({.key = "inspect"}, l.inspect);
    v.field({.key = "targets"}, l.targets);
    v.field({.key = "standing"}, l.standing);
    v.field({.key = "title"}, l.title);
    v.field({.key = "gave_up"}, l.gave_up);
    v.field({.key = "seen"}, l.seen);
    v.field({.key = "at"}, l.at);
}

void describe(Visitor& v, Cause& c) {
    v.record({.name = "a cause"});
    v.field({.key = "kind"}, c.kind);
    v.field({.key = "name"}, c.name);
    v.field({.key = "evidence"}, c.evidence);
    v.field({.key = "share"}, c.share);
    v.field({.key = "change"}, c.change);
}

void describe(Visitor& v, Question& q) {
    v.record({.name = "a question"});
    v.field({.key = "step"}, q.step);
    v.field({.key = "text"}, q.text);
    v.field({.key = "answers"}, q.answers);
    v.field({.key = "roles"}, q.roles);
    v.field({.key = "until"}, q.until);
    v.field({.key = "answer"}, q.answer);
    v.field({.key = "answered_by"}, q.answered_by);
}

void describe(Visitor& v, Reach& r) {
    v.record({.name = "an act"});
    v.field({.key = "step"}, r.step);
    v.field({.key = "what"}, r.what);
    v.field({.key = "outcome"}, r.outcome);
    v.field({.key = "at"}, r.at);
}

void describe(Visitor& v, Run& r) {
    v.record({.name = "a run"});
    v.field({.key = "id"}, r.id);
    v.field({.key = "incident"}, r.incident);
    v.field({.key = "runbook"}, r.runbook);
    v.field({.key = "title"}, r.title);
    v.field({.key = "service"}, r.service);
    v.field({.key = "by"}, r.by);
    v.field({.key = "mode"}, r.mode);
    v.field({.key = "state"}, r.state);
    v.field({.key = "at"}, r.at);
    v.field({.key = "round"}, r.round);
    v.field({.key = "looks"}, r.looks);
    v.field({.key = "likely"}, r.likely);
    v.field({.key = "causes"}, r.causes);
    v.field({.key = "questions"}, r.questions);
    v.field({.key = "reached"}, r.reached);
    v.field({.key = "started_at"}, r.started_at);
    v.field({.key = "ended_at"}, r.ended_at);
    v.field({.key = "outcome"}, r.outcome);
    v.field({.key = "why"}, r.why);
}

void describe(Visitor& v, RunbookStarted& e) {
    v.field({.key = "run"}, e.run);
    v.field({.key = "incident"}, e.incident);
    v.field({.key = "runbook"}, e.runbook);
    v.field({.key = "title"}, e.title);
    v.field({.key = "service"}, e.service);
    v.field({.key = "by"}, e.by);
    v.field({.key = "mode"}, e.mode);
    v.field({.key = "first"}, e.first);
    v.field({.key = "text"}, e.text);
}

void describe(Visitor& v, RunbookChecked& e) {
    v.field({.key = "run"}, e.run);
    v.field({.key = "incident"}, e.incident);
    v.field({.key = "runbook"}, e.runbook);
    v.field({.key = "step"}, e.step);
    v.field({.key = "title"}, e.title);
    v.field({.key = "look"}, e.look);
}

void describe(Visitor& v, RunbookDiagnosed& e) {
    v.field({.key = "run"}, e.run);
    v.field({.key = "incident"}, e.incident);
    v.field({.key = "runbook"}, e.runbook);
    v.field({.key = "step"}, e.step);
    v.field({.key = "likely"}, e.likely);
    v.field({.key = "causes"}, e.causes);
    v.field({.key = "then"}, e.then);
}

void describe(Visitor& v, RunbookAsked& e) {
    v.field({.key = "run"}, e.run);
    v.field({.key = "incident"}, e.incident);
    v.field({.key = "runbook"}, e.runbook);
    v.field({.key = "step"}, e.step);
    v.field({.key = "question"}, e.question);
    v.field({.key = "answers"}, e.answers);
    v.field({.key = "roles"}, e.roles);
    v.field({.key = "until"}, e.until);
}

void describe(Visitor& v, RunbookAnswered& e) {
    v.field({.key = "run"}, e.run);
    v.field({.key = "incident"}, e.incident);
    v.field({.key = "runbook"}, e.runbook);
    v.field({.key = "step"}, e.step);
    v.field({.key = "question"}, e.question);
    v.field({.key = "answer"}, e.answer);
    v.field({.key = "then"}, e.then);
}

void describe(Visitor& v, Verification& f) {
    v.record({.name = "a verification"});
    v.field({.key = "step"}, f.step);
    v.field({.key = "inspect"}, f.inspect);
    v.field({.key = "target"}, f.target);
    v.field({.key = "when"}, f.when);
    v.field({.key = "within"}, f.within);
    v.field({.key = "holds"}, f.holds);
    v.field({.key = "compare"}, f.compare);
}

void describe(Visitor& v, RunbookReached& e) {
    v.field({.key = "run"}, e.run);
    v.field({.key = "incident"}, e.incident);
    v.field({.key = "runbook"}, e.runbook);
    v.field({.key = "service"}, e.service);
    v.field({.key = "step"}, e.step);
    v.field({.key = "what"}, e.what);
    v.field({.key = "likely"}, e.likely);
    v.field({.key = "act"}, e.act);
    v.field({.key = "verify"}, e.verify);
    v.field({.key = "undo"}, e.undo);
    v.field({.key = "undo_act"}, e.undo_act);
    v.field({.key = "why_no_undo"}, e.why_no_undo);
    v.field({.key = "expires"}, e.expires);
}

void describe(Visitor& v, RunbookWentOn& e) {
    v.field({.key = "run"}, e.run);
    v.field({.key = "incident"}, e.incident);
    v.field({.key = "runbook"}, e.runbook);
    v.field({.key = "step"}, e.step);
    v.field({.key = "outcome"}, e.outcome);
    v.field({.key = "why"}, e.why);
    v.field({.key = "then"}, e.then);
}

void describe(Visitor& v, RunbookEnded& e) {
    v.field({.key = "run"}, e.run);
    v.field({.key = "incident"}, e.incident);
    v.field({.key = "runbook"}, e.runbook);
    v.field({.key = "outcome"}, e.outcome);
    v.field({.key = "why"}, e.why);
    v.field({.key = "after"}, e.after);
}

}  // namespace sg::runs
