// How a mitigation follows from its events.
#include "ops/respond/mitigation/decide.h"

namespace sg::mitigation {

namespace {

template <class Payload>
Payload payload_of(const ops::Recorded& event) {
    return from_json<Payload>(event.payload).value_or(Payload{});
}

void begin_taking_back(Mitigation& m) {
    m.taking_back = true;
    ++m.undo_round;
}

void on(Mitigation& m, const Proposed& e, const ops::Recorded& event) {
    m.id = e.mitigation;
    m.wanted = e.wanted;
    m.sentence = e.sentence;
    m.target = e.target;
    m.spot = e.spot;
    m.service = e.service;
    m.proposed_by = event.actor.who;
    m.approve_by = e.approve_by;
    m.proposed_at = event.at;
    m.why = e.wanted.reason;
    m.state = State::proposed;
}

void on(Mitigation& m, const Failed& e) {
    m.state = State::failed;
    m.why = e.why;
    if (e.taken_back) begin_taking_back(m);
}

void on(Mitigation& m, const Expired& e) {
    m.why = e.why;
    if (e.taken_back) begin_taking_back(m);
    else m.state = State::expired;
}

void on(Mitigation& m, const Unhelpful& e) {
    m.state = State::unhelpful;
    m.why = e.why;
    m.harmful = e.harmful;
    if (e.taken_back) begin_taking_back(m);
}

void on(Mitigation& m, const Undone& e, Instant at) {
    m.taking_back = false;
    m.undone_at = at;
    m.done = e.done;
    // That it could not be carried out stays what came of it.
    if (m.state != State::failed) m.state = State::undone;
}

}  // namespace

Mitigation apply(Mitigation m, const ops::Recorded& event) {
    using ops::Kind;
    m.changed_at = event.at;
    switch (event.kind) {
        case Kind::mitigation_proposed: on(m, payload_of<Proposed>(event), event); break;
        case Kind::mitigation_approved: {
            const auto e = payload_of<Approved>(event);
            m.state = State::approved;
            m.automatic = e.automatic;
            m.approved_by = e.by;
            m.approved_at = event.at;
            m.why = e.why;
            break;
        }
        case Kind::mitigation_refused: {
            const auto e = payload_of<Refused>(event);
            m.state = State::refused;
            m.safeguard = e.safeguard;
            m.why = e.why;
            break;
        }
        case Kind::mitigation_prepared:
            m.state = State::prepared;
            m.before = payload_of<Prepared>(event).before;
            m.prepared_at = event.at;
            break;
        case Kind::mitigation_applied: {
            const auto e = payload_of<Applied>(event);
            m.state = State::applied;
            m.done = e.done;
            m.expires_at = e.expires_at;
            m.applied_at = event.at;
            break;
        }
        case Kind::mitigation_verified:
            m.state = State::verified;
            m.why = payload_of<Verified>(event).why;
            m.verified_at = event.at;
            break;
        case Kind::mitigation_unhelpful: on(m, payload_of<Unhelpful>(event)); break;
        case Kind::mitigation_undone: on(m, payload_of<Undone>(event), event.at); break;
        case Kind::mitigation_expired: on(m, payload_of<Expired>(event)); break;
        case Kind::mitigation_failed: on(m, payload_of<Failed>(event)); break;
        case Kind::mitigation_stuck:
            if (m.state != State::failed) m.state = State::stuck;
            m.why = payload_of<Stuck>(event).why;
            m.undo_failures = payload_of<Stuck>(event).failures;
            break;
        default: break;
    }
    return m;
}

Switch apply(Switch s, const ops::Recorded& event) {
    if (event.kind != ops::Kind::mitigation_switch_thrown) return s;
    const auto e = payload_of<SwitchThrown>(event);
    return {.off = e.to == "off", .by = event.actor.who, .reason = e.reason, .at = event.at};
}

}  // namespace sg::mitigation
