// The life of a mitigation. Pure: no clock, no database, no platform.
//
// Everything here serves two invariants: what is to be put back is recorded before anything is
// done; and what is in force without having helped is on its way back.
#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "ops/decision/decision.h"
#include "ops/respond/mitigation/ask.h"
#include "ops/respond/mitigation/measure.h"
#include "ops/respond/mitigation/model.h"
#include "ops/respond/mitigation/safeguards.h"

namespace sg::mitigation {

ops::Subject subject_of(std::int64_t mitigation);  // `mitigation:17`
std::optional<std::int64_t> mitigation_of(const ops::Subject& subject);

// The body of an action; `kind` is the action's own.
struct Errand {
    std::int64_t mitigation = 0;
    std::string kind;  // `prepare`, `carry_out`, `take_back`
    ports::Act act;
    ports::Act undo_act;  // Instead of putting back what was before.
    std::string reason;
    std::string before;
    std::int64_t round = 0;     // Of taking back.
    std::int64_t failures = 0;  // In it, so far.
    Instant expires_at;
    Instant not_after;  // Later it is not begun: things may have changed. Instant{}: at any time.
};
void describe(Visitor& v, Errand& e);

// What came of it.
struct Answer {
    enum class How : std::uint8_t { done, failed };
    How how = How::done;
    std::string text;  // Of prepare: what is to be put back. Else what was done, or why not.
};

inline constexpr Duration patience = 30s;         // Of an errand: later it is not begun.
inline constexpr std::int64_t failures_told = 3;  // Of taking back: then somebody is paged.

// Requires: `draft` has its number, what is wanted, target, spot, service and who proposed it.
ops::Decision propose(const Mitigation& draft, const Situation& around, Instant now);

// By a person. Error `conflict`: not in this state; `permission_denied`: a safeguard refuses.
Result<ops::Decision> approve(const Mitigation& m, const ops::Actor& actor, const Situation& around,
                              Instant now);
Result<ops::Decision> refuse(const Mitigation& m, const ops::Actor& actor,
                             const std::string& reason);
Result<ops::Decision> take_back(const Mitigation& m, const ops::Actor& actor,
                                const std::string& reason, Instant now);

// Results of actions. One that comes late, twice, or after it was given up changes nothing, but
// that what was done all the same is taken back.
ops::Decision on_prepared(const Mitigation& m, const Answer& answer, Instant now);
// What is to be put back is in the ledger: the safeguards are asked once more, and it is done.
ops::Decision on_go(const Mitigation& m, const Situation& around, Instant now);
ops::Decision on_carried_out(const Mitigation& m, const Answer& answer, Instant now);
ops::Decision on_taken_back(const Mitigation& m, const Errand& errand, const Answer& answer,
                            Instant now);

// Clocks.
ops::Decision on_approve_by(const Mitigation& m, Instant now);
ops::Decision on_check(const Mitigation& m, const Sight& sight, Instant now);
ops::Decision on_expiry(const Mitigation& m, Instant now);

// The switch; what has not been done yet is not done any more.
Result<ops::Decision> throw_switch(const Switch& now_is, const Switch& wanted);
ops::Decision halt(const Mitigation& m, const std::string& why, Instant now);
// Nobody needs it any more: what has not begun does not begin, what is in force is taken back.
ops::Decision withdraw(const Mitigation& m, const std::string& why, Instant now);

Mitigation apply(Mitigation m, const ops::Recorded& event);
Switch apply(Switch s, const ops::Recorded& event);

}  // namespace sg::mitigation
