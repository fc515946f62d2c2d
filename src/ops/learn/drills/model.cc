#include "ops/learn/drills/model.h"

namespace sg::drills {

std::string_view word(Mode mode) { return WordsOf<Mode>::words[static_cast<std::size_t>(mode)]; }
std::string_view word(State state) {
    return WordsOf<State>::words[static_cast<std::size_t>(state)];
}
std::string_view word(Verdict verdict) {
    return WordsOf<Verdict>::words[static_cast<std::size_t>(verdict)];
}

void describe(Visitor& v, Target& t) {
    v.field({.key = "service"}, t.service);
    v.field({.key = "version"}, t.version);
    v.field({.key = "endpoint"}, t.endpoint);
    v.field({.key = "need"}, t.need);
    v.field({.key = "channel"}, t.channel);
}

void describe(Visitor& v, Expectation& e) {
    v.record({.name = "an expectation"});
    v.field({.key = "what"}, e.what);
    v.field({.key = "within"}, e.within);
    v.field({.key = "never"}, e.never);
    v.field({.key = "severity", .least = 0, .most = 4}, e.severity);
    v.field({.key = "names"}, e.names);
    v.field({.key = "outcome"}, e.outcome);
    v.field({.key = "at"}, e.at);
    v.field({.key = "said"}, e.said);
}

void describe(Visitor& v, Steady& s) {
    v.record({.name = "a steady state"});
    v.field({.key = "rate_least"}, s.rate_least);
    v.field({.key = "errors_most"}, s.errors_most);
}

void describe(Visitor& v, Scenario& s) {
    v.record({.name = "a scenario"});
    v.field({.key = "title", .required = true}, s.title);
    v.field({.key = "about"}, s.about);
    v.field({.key = "aim"}, s.aim);
    v.field({.key = "kind"}, s.kind);
    v.field({.key = "faults", .required = true}, s.faults);
    v.field({.key = "lasts", .least = 1, .most = 3600}, s.lasts);
    v.field({.key = "steady"}, s.steady);
    v.field({.key = "expect", .required = true}, s.expect);
}

namespace {

void describe_plan(Visitor& v, Plan& p) {
    v.field({.key = "name"}, p.name);
    v.field({.key = "title"}, p.title);
    v.field({.key = "mode"}, p.mode);
    v.field({.key = "target"}, p.target);
    v.field({.key = "services"}, p.services);
    v.field({.key = "keys"}, p.keys);
    v.field({.key = "faults"}, p.faults);
    v.field({.key = "lasts"}, p.lasts);
    v.field({.key = "expect"}, p.expect);
}

}  // namespace

void describe(Visitor& v, Plan& p) { describe_plan(v, p); }

void describe(Visitor& v, Drill& d) {
    v.field({.key = "id"}, d.id);
    describe_plan(v, d);
    v.field({.key = "state"}, d.state);
    v.field({.key = "verdict"}, d.verdict);
    v.field({.key = "by"}, d.by);
    v.field({.key = "undo"}, d.undo);
    v.field({.key = "incidents"}, d.incidents);
    v.field({.key = "answers"}, d.answers);
    v.field({.key = "why"}, d.why);
    v.field({.key = "begun_seq"}, d.begun_seq);
    v.field({.key = "stuck"}, d.stuck);
    v.field({.key = "begun_at"}, d.begun_at);
    v.field({.key = "injected_at"}, d.injected_at);
    v.field({.key = "lifted_at"}, d.lifted_at);
    v.field({.key = "ended_at"}, d.ended_at);
}

void describe(Visitor& v, DrillBegun& e) {
    v.field({.key = "drill"}, e.drill);
    v.field({.key = "title"}, e.title);
    v.field({.key = "plan"}, e.plan);
}

void describe(Visitor& v, DrillPrepared& e) {
    v.field({.key = "drill"}, e.drill);
    v.field({.key = "how"}, e.how);
    v.field({.key = "undo"}, e.undo);
}

void describe(Visitor& v, DrillInjected& e) {
    v.field({.key = "drill"}, e.drill);
    v.field({.key = "what"}, e.what);
}

void describe(Visitor& v, Judged& e) {
    v.field({.key = "drill"}, e.drill);
    v.field({.key = "expectation"}, e.expectation);
    v.field({.key = "after"}, e.after);
    v.field({.key = "what"}, e.what);
    v.field({.key = "incident"}, e.incident);
}

void describe(Visitor& v, DrillAnswered& e) {
    v.field({.key = "drill"}, e.drill);
    v.field({.key = "expectation"}, e.expectation);
    v.field({.key = "text"}, e.text);
}

void describe(Visitor& v, DrillAborted& e) {
    v.field({.key = "drill"}, e.drill);
    v.field({.key = "why"}, e.why);
}

void describe(Visitor& v, DrillLifted& e) {
    v.field({.key = "drill"}, e.drill);
    v.field({.key = "why"}, e.why);
}

void describe(Visitor& v, DrillStuck& e) {
    v.field({.key = "drill"}, e.drill);
    v.field({.key = "error"}, e.error);
}

void describe(Visitor& v, DrillEnded& e) {
    v.field({.key = "drill"}, e.drill);
    v.field({.key = "verdict"}, e.verdict);
    v.field({.key = "met"}, e.met);
    v.field({.key = "expected"}, e.expected);
}

void describe(Visitor& v, Work& w) {
    v.field({.key = "drill"}, w.drill);
    v.field({.key = "faults"}, w.faults);
    v.field({.key = "undo"}, w.undo);
    v.field({.key = "reason"}, w.reason);
    v.field({.key = "expires_at"}, w.expires_at);
    v.field({.key = "attempt"}, w.attempt);
}

void describe(Visitor& v, Done& d) { v.field({.key = "of_each"}, d.of_each); }

}  // namespace sg::drills
