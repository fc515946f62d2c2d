// Changes to who is on call: overrides, swaps, temporary schedules, new rotations, hand-overs.
// Pure.
//
// Invariants: what was is never changed, only what is to come; nobody has two overrides at once,
// also when two people add them at the same time (Claim).
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "config/operations.h"
#include "ops/decision/decision.h"
#include "ops/respond/oncall/schedule.h"

namespace sg::oncall {

inline constexpr std::string_view clock_handover = "handover_due";
inline constexpr std::size_t import_max = 400;        // Bound: of one calendar.
inline constexpr Duration override_most = 366 * 24h;  // Bound: of one override.
inline constexpr Duration handover_look_most = 336h;  // How far ahead the clock is set.

ops::Subject team_subject(const std::string& team);    // `team:checkout`
ops::Subject user_subject(const std::string& person);  // `user:ana`

// All that a change is checked against.
struct Book {
    Schedule schedule;
    std::map<std::string, std::int64_t> turns;  // The last claimed, by person.
    std::vector<std::string> known;             // People in the configuration.
};

// What is asked for has no id and no times of its own yet. `from` in the past means now. Errors:
// `invalid_argument`; `conflict` when one of the two has another override in that time.
Result<ops::Decision> add_override(const Book& book, const Override& wanted, Instant now);
Result<ops::Decision> remove_override(const Book& book, std::int64_t id, Instant now);

// All or none of them, as one event. `digest`: of the calendar.
Result<ops::Decision> import_overrides(const Book& book, const std::vector<Override>& wanted,
                                       const std::string& digest, Instant now);

// The shift at `one` for the shift at `other`: each takes the other's place. Two overrides.
struct Swap {
    Level level = Level::primary;
    Instant one;
    Instant other;
    std::string why;
    std::int64_t first_id = 0;
    std::int64_t second_id = 0;
};
Result<ops::Decision> swap(const Book& book, const Swap& wanted, Instant now);

// A team has one temporary schedule at a time.
Result<ops::Decision> add_temporary(const Book& book, const Temporary& wanted, Instant now);
Result<ops::Decision> remove_temporary(const Book& book, std::int64_t id, Instant now);

// The rotations follow the configuration; whoever stands there now stays. Null: the team is gone.
Result<ops::Decision> follow(const Schedule& schedule, const config::Oncall* wanted, Instant now);

// The clock handover_due: who stands at a level now and did not before; sets the clock for the
// next. `notes`: by level, for the incoming.
struct Standing {
    OnCall people;
    std::array<std::vector<std::string>, levels.size()> notes;
};
ops::Decision hand_over(const Schedule& schedule, const Standing& before, Instant now);

// A note for whoever comes next at its level.
Result<ops::Decision> note_handover(const Schedule& schedule, const Note& wanted, Instant now);

}  // namespace sg::oncall
