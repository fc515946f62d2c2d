// The rules of a drill. Pure: no clock, no database, no log.
//
// Two invariants: what takes a fault back is recorded before the fault is injected, and from then
// on everything leads to its being lifted.
#pragma once

#include <string>
#include <vector>

#include "ops/decision/decision.h"
#include "ops/learn/drills/model.h"

namespace sg::drills {

inline constexpr std::string_view due_clock = "drill_due";
inline constexpr Duration tick = 500ms;   // How often a running drill looks.
inline constexpr Duration settle = 3min;  // What it set off must have ended this long after.
inline constexpr Duration unhurt = 15s;   // Nothing was declared so long after it: nobody felt it.
inline constexpr Duration spare = 30s;    // Of the expiry of a fault, beyond the drill's own end.
inline constexpr Duration begin_within = 30s;  // Prepared and injected, or it is called off.

ops::Subject subject_of(std::int64_t drill);  // `drill:7`
std::int64_t number_of(const ops::Subject& subject);

// What is known when a drill is to begin.
struct Surroundings {
    bool permitted = false;
    bool is_time = true;
    std::int64_t running = 0;           // Another drill; 0: none.
    std::vector<std::string> troubles;  // Real incidents that are open, for people.
    double rate = 0;                    // Of the service that it is aimed at: requests a second,
    double errors = 0;                  // and which share of them fails.
};
// Error `conflict`: not now, and why.
Result<void> may_begin(const Plan& plan, const Steady& steady, const Surroundings& around);

ops::Decision begin(std::int64_t id, const Plan& plan, Instant now);
ops::Decision prepared(const Drill& drill, const std::vector<std::string>& undo, Instant now);
ops::Decision injected(const Drill& drill, const std::string& what, Instant now);
// Neither prepared nor injected, or only in part: whatever was, is lifted.
ops::Decision failed(const Drill& drill, const std::string& why, Instant now);
ops::Decision lifted(const Drill& drill, Instant now);
ops::Decision not_lifted(const Drill& drill, std::int64_t attempt, const std::string& error,
                         Instant now);

Result<ops::Decision> abort(const Drill& drill, const std::string& why, Instant now);
// What a person says: of an expectation at a table, or a remark. `end`: nothing more is to be said.
struct Answer {
    std::string expectation;
    std::string text;
};
Result<ops::Decision> answer(const Drill& drill, const Answer& said, Instant now);
Result<ops::Decision> finish(const Drill& drill, Instant now);  // Of one at a table.

// A record of the ledger, as far as drills look at it.
struct Seen {
    Instant at;
    std::string kind;
    std::string sentence;
    std::string text;  // All of its payload.
    std::string service;
    std::int64_t incident = 0;
    std::int64_t severity = 0;
    std::int64_t drill = 0;  // incident.declared: of which drill; drill.*: which.
};
struct Sight {
    std::vector<Seen> seen;             // Since it was begun, in order.
    std::vector<std::string> troubles;  // Real incidents, objectives of others that burn.
    bool hurts = false;                 // An incident of the drill is not mitigated yet.
    bool open = false;                  // Or not resolved.
};
ops::Decision look(const Drill& drill, const Sight& sight, Instant now);

bool is_active(const Drill& drill);    // Not ended.
bool is_in_force(const Drill& drill);  // A fault may be there, or what it set off.

// Whether a signal is the drill's own doing.
struct Signal {
    std::string key;
    std::string service;
    std::string need;
    Instant since;
};
bool explains(const Drill& drill, const Signal& signal);

// state := apply(state, event). The first event of a drill is applied to Drill{}.
Result<Drill> apply(Drill drill, const ops::Recorded& event);

}  // namespace sg::drills
