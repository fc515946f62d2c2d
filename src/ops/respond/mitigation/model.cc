#include "ops/respond/mitigation/model.h"

namespace sg::mitigation {

std::string_view word(State state) {
    return WordsOf<State>::words[static_cast<std::size_t>(state)];
}

void describe(Visitor& v, Verification& f) {
    v.field({.key = "inspect"}, f.inspect);
    v.field({.key = "target"}, f.target);
    v.field({.key = "when"}, f.when);
    v.field({.key = "within"}, f.within);
    v.field({.key = "holds"}, f.holds);
    v.field({.key = "compare"}, f.compare);
}

void describe(Visitor& v, Proposal& p) {
    v.field({.key = "incident"}, p.incident);
    v.field({.key = "run"}, p.run);
    v.field({.key = "runbook"}, p.runbook);
    v.field({.key = "step"}, p.step);
    v.field({.key = "service"}, p.service);
    v.field({.key = "act"}, p.act);
    v.field({.key = "reason"}, p.reason);
    v.field({.key = "verify"}, p.verify);
    v.field({.key = "undo"}, p.undo);
    v.field({.key = "undo_act"}, p.undo_act);
    v.field({.key = "why_no_undo"}, p.why_no_undo);
    v.field({.key = "expires"}, p.expires);
    v.field({.key = "break_glass"}, p.break_glass);
}

void describe(Visitor& v, Mitigation& m) {
    v.field({.key = "id"}, m.id);
    v.field({.key = "wanted"}, m.wanted);
    v.field({.key = "sentence"}, m.sentence);
    v.field({.key = "target"}, m.target);
    v.field({.key = "spot"}, m.spot);
    v.field({.key = "service"}, m.service);
    v.field({.key = "state"}, m.state);
    v.field({.key = "automatic"}, m.automatic);
    v.field({.key = "taking_back"}, m.taking_back);
    v.field({.key = "proposed_by"}, m.proposed_by);
    v.field({.key = "approved_by"}, m.approved_by);
    v.field({.key = "likely"}, m.likely);
    v.field({.key = "safeguard"}, m.safeguard);
    v.field({.key = "why"}, m.why);
    v.field({.key = "before"}, m.before);
    v.field({.key = "done"}, m.done);
    v.field({.key = "harmful"}, m.harmful);
    v.field({.key = "undo_round"}, m.undo_round);
    v.field({.key = "undo_failures"}, m.undo_failures);
    v.field({.key = "proposed_at"}, m.proposed_at);
    v.field({.key = "approve_by"}, m.approve_by);
    v.field({.key = "approved_at"}, m.approved_at);
    v.field({.key = "prepared_at"}, m.prepared_at);
    v.field({.key = "applied_at"}, m.applied_at);
    v.field({.key = "verified_at"}, m.verified_at);
    v.field({.key = "undone_at"}, m.undone_at);
    v.field({.key = "expires_at"}, m.expires_at);
    v.field({.key = "changed_at"}, m.changed_at);
}

void describe(Visitor& v, Switch& s) {
    v.field({.key = "off"}, s.off);
    v.field({.key = "by"}, s.by);
    v.field({.key = "reason"}, s.reason);
    v.field({.key = "at"}, s.at);
}

void describe(Visitor& v, Proposed& e) {
    v.field({.key = "mitigation"}, e.mitigation);
    v.field({.key = "wanted"}, e.wanted);
    v.field({.key = "sentence"}, e.sentence);
    v.field({.key = "target"}, e.target);
    v.field({.key = "spot"}, e.spot);
    v.field({.key = "service"}, e.service);
    v.field({.key = "mode"}, e.mode);
    v.field({.key = "approve_by"}, e.approve_by);
}

void describe(Visitor& v, Approved& e) {
    v.field({.key = "mitigation"}, e.mitigation);
    v.field({.key = "by"}, e.by);
    v.field({.key = "why"}, e.why);
    v.field({.key = "automatic"}, e.automatic);
}

void describe(Visitor& v, Refused& e) {
    v.field({.key = "mitigation"}, e.mitigation);
    v.field({.key = "incident"}, e.incident);
    v.field({.key = "run"}, e.run);
    v.field({.key = "step"}, e.step);
    v.field({.key = "safeguard"}, e.safeguard);
    v.field({.key = "why"}, e.why);
}

void describe(Visitor& v, Prepared& e) {
    v.field({.key = "mitigation"}, e.mitigation);
    v.field({.key = "before"}, e.before);
}

void describe(Visitor& v, Applied& e) {
    v.field({.key = "mitigation"}, e.mitigation);
    v.field({.key = "done"}, e.done);
    v.field({.key = "expires_at"}, e.expires_at);
}

void describe(Visitor& v, Verified& e) {
    v.field({.key = "mitigation"}, e.mitigation);
    v.field({.key = "incident"}, e.incident);
    v.field({.key = "run"}, e.run);
    v.field({.key = "step"}, e.step);
    v.field({.key = "why"}, e.why);
}

void describe(Visitor& v, Unhelpful& e) {
    v.field({.key = "mitigation"}, e.mitigation);
    v.field({.key = "incident"}, e.incident);
    v.field({.key = "run"}, e.run);
    v.field({.key = "step"}, e.step);
    v.field({.key = "why"}, e.why);
    v.field({.key = "harmful"}, e.harmful);
    v.field({.key = "taken_back"}, e.taken_back);
}

void describe(Visitor& v, Undone& e) {
    v.field({.key = "mitigation"}, e.mitigation);
    v.field({.key = "incident"}, e.incident);
    v.field({.key = "run"}, e.run);
    v.field({.key = "step"}, e.step);
    v.field({.key = "done"}, e.done);
}

void describe(Visitor& v, Expired& e) {
    v.field({.key = "mitigation"}, e.mitigation);
    v.field({.key = "incident"}, e.incident);
    v.field({.key = "run"}, e.run);
    v.field({.key = "step"}, e.step);
    v.field({.key = "why"}, e.why);
    v.field({.key = "taken_back"}, e.taken_back);
}

void describe(Visitor& v, Failed& e) {
    v.field({.key = "mitigation"}, e.mitigation);
    v.field({.key = "incident"}, e.incident);
    v.field({.key = "run"}, e.run);
    v.field({.key = "step"}, e.step);
    v.field({.key = "why"}, e.why);
    v.field({.key = "taken_back"}, e.taken_back);
}

void describe(Visitor& v, Stuck& e) {
    v.field({.key = "mitigation"}, e.mitigation);
    v.field({.key = "incident"}, e.incident);
    v.field({.key = "service"}, e.service);
    v.field({.key = "sentence"}, e.sentence);
    v.field({.key = "why"}, e.why);
    v.field({.key = "failures"}, e.failures);
}

void describe(Visitor& v, SwitchThrown& e) {
    v.field({.key = "to"}, e.to);
    v.field({.key = "reason"}, e.reason);
}

}  // namespace sg::mitigation
