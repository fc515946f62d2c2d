// The nouns of a mitigation, and the payloads of its events.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/describe.h"
#include "base/time.h"
#include "ops/decision/kinds.h"
#include "ports/verbs.h"

namespace sg::mitigation {

// Nothing outside has changed before `prepared`. `applied` to `unhelpful` and `stuck`: it is in
// force. `verified`: it helped, and is in force until it expires or a person takes it back.
enum class State : std::uint8_t {
    proposed,
    approved,   // What is to be put back is being looked for.
    prepared,   // It is being carried out.
    applied,    // Whether it helps is being looked at.
    verified,   //
    unhelpful,  // It is being taken back, where that is possible.
    stuck,      // It cannot be taken back; that is tried again.
    undone,     //
    refused,    // By a safeguard or a person, before anything was done.
    expired,    // Nobody approved it in time.
    failed      // It could not be carried out.
};
std::string_view word(State state);

enum class Undo : std::uint8_t {
    restore,  // What was before is put back.
    act,      // By another act.
    none
};

// How it is seen whether it helped. Without `inspect`: by the signals that fired.
struct Verification {
    std::string inspect;
    std::string target;
    std::string when;  // A condition on what is found.
    Duration within{};
    Duration holds{};
    bool compare = true;  // With traffic that was not touched.
    bool operator==(const Verification&) const = default;
};

// What somebody wants done. Of a runbook, or of a person.
struct Proposal {
    std::int64_t incident = 0;  // 0: none.
    std::int64_t run = 0;       // 0: a person's own idea.
    std::string runbook;
    std::string step;
    std::string service;
    ports::Act act;
    std::string reason;
    Verification verify;
    Undo undo = Undo::restore;
    ports::Act undo_act;
    std::string why_no_undo;
    Duration expires{};        // 0: it lasts.
    bool break_glass = false;  // A person passes by the safeguards that let people pass.
    bool operator==(const Proposal&) const = default;
};

struct Mitigation {
    std::int64_t id = 0;
    Proposal wanted;
    std::string sentence;  // `give catalog v2 0% of the traffic`
    std::string target;    // `service:catalog`: one at a time.
    std::string spot;      // `shift service=catalog version=v2`: what a cooldown is of.
    std::string service;   // Whose users it is about; empty: of no single one.
    State state = State::proposed;
    bool automatic = false;    // Nobody was asked.
    bool taking_back = false;  // Ordered, and not done yet.
    std::string proposed_by;
    std::string approved_by;
    std::string likely;     // Why, in one line.
    std::string safeguard;  // That refused it.
    std::string why;        // Of the last thing that happened to it.
    std::string before;     // What is put back; for the platform.
    std::string done;       // For people.
    bool harmful = false;
    std::int64_t undo_round = 0;     // How often taking back was ordered.
    std::int64_t undo_failures = 0;  // In a row.

    Instant proposed_at;
    Instant approve_by;  // Instant{}: nobody is waited for.
    Instant approved_at;
    Instant prepared_at;
    Instant applied_at;
    Instant verified_at;
    Instant undone_at;
    Instant expires_at;  // In force until then; Instant{}: it lasts.
    Instant changed_at;
    bool operator==(const Mitigation&) const = default;
};

// The one switch for all of them.
struct Switch {
    bool off = false;
    std::string by;
    std::string reason;
    Instant at;
    bool operator==(const Switch&) const = default;
};

// --- events --------------------------------------------------------------------------------------

struct Proposed {
    static constexpr ops::Kind kind = ops::Kind::mitigation_proposed;
    std::int64_t mitigation = 0;
    Proposal wanted;
    std::string sentence;
    std::string target;
    std::string spot;
    std::string service;
    std::string mode;  // How it is decided: `auto`, `propose`, `observe`, `by hand`
    Instant approve_by;
};
struct Approved {
    static constexpr ops::Kind kind = ops::Kind::mitigation_approved;
    std::int64_t mitigation = 0;
    std::string by;
    std::string why;  // `auto, safeguard: 1 of 3 this hour`
    bool automatic = false;
};
struct Refused {
    static constexpr ops::Kind kind = ops::Kind::mitigation_refused;
    std::int64_t mitigation = 0;
    std::int64_t incident = 0;
    std::int64_t run = 0;
    std::string step;
    std::string safeguard;  // `person`: one said no.
    std::string why;
};
struct Prepared {  // Recorded before anything is done.
    static constexpr ops::Kind kind = ops::Kind::mitigation_prepared;
    std::int64_t mitigation = 0;
    std::string before;
};
struct Applied {
    static constexpr ops::Kind kind = ops::Kind::mitigation_applied;
    std::int64_t mitigation = 0;
    std::string done;
    Instant expires_at;
};
struct Verified {
    static constexpr ops::Kind kind = ops::Kind::mitigation_verified;
    std::int64_t mitigation = 0;
    std::int64_t incident = 0;
    std::int64_t run = 0;
    std::string step;
    std::string why;
};
struct Unhelpful {
    static constexpr ops::Kind kind = ops::Kind::mitigation_unhelpful;
    std::int64_t mitigation = 0;
    std::int64_t incident = 0;
    std::int64_t run = 0;
    std::string step;
    std::string why;
    bool harmful = false;
    bool taken_back = false;  // It will be; false: there is nothing to put back.
};
struct Undone {
    static constexpr ops::Kind kind = ops::Kind::mitigation_undone;
    std::int64_t mitigation = 0;
    std::int64_t incident = 0;
    std::int64_t run = 0;
    std::string step;
    std::string done;
};
struct Expired {
    static constexpr ops::Kind kind = ops::Kind::mitigation_expired;
    std::int64_t mitigation = 0;
    std::int64_t incident = 0;
    std::int64_t run = 0;
    std::string step;
    std::string why;
    bool taken_back = false;  // It was in force, and is taken back now.
};
struct Failed {
    static constexpr ops::Kind kind = ops::Kind::mitigation_failed;
    std::int64_t mitigation = 0;
    std::int64_t incident = 0;
    std::int64_t run = 0;
    std::string step;
    std::string why;
    bool taken_back = false;  // Nobody knows how far it came.
};
struct Stuck {
    static constexpr ops::Kind kind = ops::Kind::mitigation_stuck;
    std::int64_t mitigation = 0;
    std::int64_t incident = 0;
    std::string service;
    std::string sentence;
    std::string why;
    std::int64_t failures = 0;
};
struct SwitchThrown {
    static constexpr ops::Kind kind = ops::Kind::mitigation_switch_thrown;
    std::string to;  // `off`, `on`
    std::string reason;
};

void describe(Visitor& v, Verification& f);
void describe(Visitor& v, Proposal& p);
void describe(Visitor& v, Mitigation& m);
void describe(Visitor& v, Switch& s);
void describe(Visitor& v, Proposed& e);
void describe(Visitor& v, Approved& e);
void describe(Visitor& v, Refused& e);
void describe(Visitor& v, Prepared& e);
void describe(Visitor& v, Applied& e);
void describe(Visitor& v, Verified& e);
void describe(Visitor& v, Unhelpful& e);
void describe(Visitor& v, Undone& e);
void describe(Visitor& v, Expired& e);
void describe(Visitor& v, Failed& e);
void describe(Visitor& v, Stuck& e);
void describe(Visitor& v, SwitchThrown& e);

}  // namespace sg::mitigation

namespace sg {

template <>
struct WordsOf<mitigation::State> {
    static constexpr std::string_view name = "a state of a mitigation";
    static constexpr std::string_view words[] = {"proposed", "approved",  "prepared", "applied",
                                                 "verified", "unhelpful", "stuck",    "undone",
                                                 "refused",  "expired",   "failed"};
};
template <>
struct WordsOf<mitigation::Undo> {
    static constexpr std::string_view name = "a way to take back";
    static constexpr std::string_view words[] = {"restore", "act", "none"};
};

}  // namespace sg
