// Who is on call at an instant: a temporary schedule if there is one, else the rotations; then
// overrides: remove, replace, add. Pure; a past instant is answered by what held then.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "ops/respond/oncall/model.h"
#include "ops/respond/oncall/rotation.h"

namespace sg::oncall {

// All that decides who is on call for one team.
struct Roster {
    std::string team;
    std::vector<Era> eras;  // Of each level in order of `from`.
    std::vector<Override> overrides;
    std::vector<Temporary> temporaries;
    std::int64_t revision = 0;  // Counts the changes to all this, ever.
    Instant changed_at;         // The last one.
};

using OnCall = std::array<std::vector<std::string>, levels.size()>;  // People by level.

// Somebody on call without a break, within one slot.
struct Shift {
    Level level = Level::primary;
    std::string person;
    Instant from;
    Instant to;
    std::string key;  // Of the slot within its level; with the team and level a stable name of it.
    bool own = true;  // It is the person's own slot; not by replacing somebody.
    bool operator==(const Shift&) const = default;
};

struct Span {
    Instant from;
    Instant to;
};

// A roster whose rotations are worked out.
class Schedule {
  public:
    // Error: an era's timing makes no sense.
    static Result<Schedule> of(Roster roster);

    const Roster& roster() const { return roster_; }
    OnCall at(Instant at) const;

    // By level, then by time; a shift that began earlier or ends later is cut. A slot's end is a
    // shift's end: see merged().
    std::vector<Shift> shifts(Span span) const;

    // The first instant after `at`, up to `until`, at which at() is another; `until`: there is
    // none.
    Instant next_change(Instant at, Instant until) const;

    // The rotation of a level at an instant; null: nobody was ever in it.
    const Rotation* rotation(Level level, Instant at) const;

  private:
    struct Holder {
        std::string person;
        std::string key;
        bool own = true;
        bool operator==(const Holder&) const = default;
    };
    struct Part {  // An era with its rotation.
        Era era;
        Rotation rotation;
        Instant to;
    };

    std::vector<Holder> holders(Level level, Instant at) const;
    std::vector<Holder> by_plan(Level level, Instant at) const;
    const Part* part_at(Level level, Instant at) const;
    std::vector<Instant> cuts(Level level, Span span) const;

    Roster roster_;
    std::array<std::vector<Part>, levels.size()> parts_;
};

// Until when it holds: an override that was taken back ended then.
Instant end_of(const Override& it);
Instant end_of(const Temporary& it);

// Adjacent shifts of one person at one level as one, slots forgotten. Ordered by level, then time.
std::vector<Shift> merged(std::vector<Shift> shifts);

// Everyone who stands in a rotation of the team at the instant, or is on call by an override.
std::vector<std::string> everyone(const Schedule& schedule, Instant at);

}  // namespace sg::oncall
