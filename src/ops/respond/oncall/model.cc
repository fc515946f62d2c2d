#include "ops/respond/oncall/model.h"

namespace sg::oncall {

std::string_view word(Level level) {
    return WordsOf<Level>::words[static_cast<std::size_t>(level)];
}

void describe(Visitor& v, Era& era) {
    v.field({.key = "team"}, era.team);
    v.field({.key = "level"}, era.level);
    v.field({.key = "from"}, era.from);
    v.field({.key = "members"}, era.members);
    v.field({.key = "plan"}, era.plan);
    v.field({.key = "handover"}, era.handover);
    v.field({.key = "shift"}, era.shift);
    v.field({.key = "zone"}, era.zone);
    v.field({.key = "since"}, era.since);
    v.field({.key = "slot"}, era.slot);
    v.field({.key = "index"}, era.index);
}

void describe(Visitor& v, Override& it) {
    v.field({.key = "id"}, it.id);
    v.field({.key = "team"}, it.team);
    v.field({.key = "level"}, it.level);
    v.field({.key = "takes"}, it.takes);
    v.field({.key = "leaves"}, it.leaves);
    v.field({.key = "from"}, it.from);
    v.field({.key = "to"}, it.to);
    v.field({.key = "why"}, it.why);
    v.field({.key = "added_at"}, it.added_at);
    v.field({.key = "removed_at"}, it.removed_at);
}

void describe(Visitor& v, FixedShift& shift) {
    v.field({.key = "level"}, shift.level);
    v.field({.key = "person"}, shift.person);
    v.field({.key = "from"}, shift.from);
    v.field({.key = "to"}, shift.to);
}

void describe(Visitor& v, Temporary& it) {
    v.field({.key = "id"}, it.id);
    v.field({.key = "team"}, it.team);
    v.field({.key = "from"}, it.from);
    v.field({.key = "to"}, it.to);
    v.field({.key = "shifts"}, it.shifts);
    v.field({.key = "why"}, it.why);
    v.field({.key = "added_at"}, it.added_at);
    v.field({.key = "removed_at"}, it.removed_at);
}

void describe(Visitor& v, Claim& claim) {
    v.field({.key = "person"}, claim.person);
    v.field({.key = "turn"}, claim.turn);
}

void describe(Visitor& v, Note& note) {
    v.field({.key = "id"}, note.id);
    v.field({.key = "team"}, note.team);
    v.field({.key = "level"}, note.level);
    v.field({.key = "text"}, note.text);
    v.field({.key = "by"}, note.by);
    v.field({.key = "written_at"}, note.written_at);
    v.field({.key = "due"}, note.due);
}

void describe(Visitor& v, Feed& feed) {
    v.field({.key = "id"}, feed.id);
    v.field({.key = "person"}, feed.person);
    v.field({.key = "team"}, feed.team);
    v.field({.key = "digest"}, feed.digest);
    v.field({.key = "opened_at"}, feed.opened_at);
    v.field({.key = "revoked_at"}, feed.revoked_at);
}

void describe(Visitor& v, OverrideAdded& event) {
    describe(v, static_cast<Override&>(event));
    v.field({.key = "claims"}, event.claims);
}

void describe(Visitor& v, OverrideRemoved& event) {
    v.field({.key = "id"}, event.id);
    v.field({.key = "team"}, event.team);
    v.field({.key = "takes"}, event.takes);
    v.field({.key = "leaves"}, event.leaves);
}

void describe(Visitor& v, OverridesImported& event) {
    v.field({.key = "team"}, event.team);
    v.field({.key = "count"}, event.count);
    v.field({.key = "digest"}, event.digest);
    v.field({.key = "overrides"}, event.overrides);
    v.field({.key = "claims"}, event.claims);
}

void describe(Visitor& v, TemporaryAdded& event) {
    describe(v, static_cast<Temporary&>(event));
    v.field({.key = "claims"}, event.claims);
}

void describe(Visitor& v, TemporaryRemoved& event) {
    v.field({.key = "id"}, event.id);
    v.field({.key = "team"}, event.team);
}

void describe(Visitor& v, ShiftChanged& event) {
    v.field({.key = "team"}, event.team);
    v.field({.key = "level"}, event.level);
    v.field({.key = "out"}, event.out);
    v.field({.key = "in"}, event.in);
    v.field({.key = "notes"}, event.notes);
}

void describe(Visitor& v, FeedRevoked& event) { v.field({.key = "id"}, event.id); }

void describe(Visitor& v, Step& step) {
    v.field({.key = "to"}, step.to);
    v.field({.key = "person"}, step.person);
    v.field({.key = "after"}, step.after);
}

void describe(Visitor& v, Policy& policy) {
    v.field({.key = "steps"}, policy.steps);
    v.field({.key = "repeat"}, policy.repeat);
    v.field({.key = "fallback"}, policy.fallback);
    v.field({.key = "patience"}, policy.patience);
    v.field({.key = "acknowledged_for"}, policy.acknowledged_for);
}

void describe(Visitor& v, Page& page) {
    v.field({.key = "id"}, page.id);
    v.field({.key = "incident"}, page.incident);
    v.field({.key = "title"}, page.title);
    v.field({.key = "severity"}, page.severity);
    v.field({.key = "service"}, page.service);
    v.field({.key = "team"}, page.team);
    v.field({.key = "policy"}, page.policy);
    v.field({.key = "state"}, page.state);
    v.field({.key = "round"}, page.round);
    v.field({.key = "next_step"}, page.next_step);
    v.field({.key = "reached"}, page.reached);
    v.field({.key = "sent"}, page.sent);
    v.field({.key = "since"}, page.since);
    v.field({.key = "taken_at"}, page.taken_at);
    v.field({.key = "begun_at"}, page.begun_at);
    v.field({.key = "acknowledged_by"}, page.acknowledged_by);
    v.field({.key = "how"}, page.how);
    v.field({.key = "acknowledged_at"}, page.acknowledged_at);
    v.field({.key = "people"}, page.people);
}

void describe(Visitor& v, PageBegun& event) {
    v.field({.key = "page"}, event.page);
    v.field({.key = "incident"}, event.incident);
    v.field({.key = "title"}, event.title);
    v.field({.key = "severity"}, event.severity);
    v.field({.key = "service"}, event.service);
    v.field({.key = "team"}, event.team);
    v.field({.key = "policy"}, event.policy);
}

void describe(Visitor& v, PageSent& event) {
    v.field({.key = "page"}, event.page);
    v.field({.key = "incident"}, event.incident);
    v.field({.key = "number"}, event.number);
    v.field({.key = "person"}, event.person);
    v.field({.key = "step"}, event.step);
    v.field({.key = "round"}, event.round);
    v.field({.key = "why"}, event.why);
    v.field({.key = "reach"}, event.reach);
}

void describe(Visitor& v, PageEscalated& event) {
    v.field({.key = "page"}, event.page);
    v.field({.key = "incident"}, event.incident);
    v.field({.key = "step"}, event.step);
    v.field({.key = "round"}, event.round);
    v.field({.key = "to"}, event.to);
    v.field({.key = "why"}, event.why);
    v.field({.key = "since"}, event.since);
}

void describe(Visitor& v, PageStepEmpty& event) {
    v.field({.key = "page"}, event.page);
    v.field({.key = "incident"}, event.incident);
    v.field({.key = "step"}, event.step);
    v.field({.key = "round"}, event.round);
    v.field({.key = "to"}, event.to);
    v.field({.key = "since"}, event.since);
}

void describe(Visitor& v, PageRepeated& event) {
    v.field({.key = "page"}, event.page);
    v.field({.key = "incident"}, event.incident);
    v.field({.key = "round"}, event.round);
}

void describe(Visitor& v, PageRaised& event) {
    v.field({.key = "page"}, event.page);
    v.field({.key = "incident"}, event.incident);
    v.field({.key = "severity"}, event.severity);
}

void describe(Visitor& v, PageAcknowledged& event) {
    v.field({.key = "page"}, event.page);
    v.field({.key = "incident"}, event.incident);
    v.field({.key = "person"}, event.person);
    v.field({.key = "how"}, event.how);
    v.field({.key = "after"}, event.after);
}

void describe(Visitor& v, PageReopened& event) {
    v.field({.key = "page"}, event.page);
    v.field({.key = "incident"}, event.incident);
    v.field({.key = "person"}, event.person);
    v.field({.key = "after"}, event.after);
}

void describe(Visitor& v, PageUnanswered& event) {
    v.field({.key = "page"}, event.page);
    v.field({.key = "incident"}, event.incident);
    v.field({.key = "sent"}, event.sent);
    v.field({.key = "after"}, event.after);
    v.field({.key = "fallback"}, event.fallback);
}

void describe(Visitor& v, PageStopped& event) {
    v.field({.key = "page"}, event.page);
    v.field({.key = "incident"}, event.incident);
    v.field({.key = "why"}, event.why);
}

}  // namespace sg::oncall
