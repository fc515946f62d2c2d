// Whose turn it is: a list of people that hand over to each other by the clock on the wall. Pure.
//
// Hand-over n is the clock time of the start plus n shifts in clock hours: a weekly hand-over at
// 09:00 is at 09:00 in summer and in winter. Shifts of hours or months; slots count from the start,
// negative ones lie before it. Slots never overlap and leave no gap; one that falls into a gap of
// the clock is empty and skipped.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "ops/respond/oncall/zone.h"

namespace sg::oncall {

struct Rotation {
    Zone zone;
    ClockTime start;                       // Hand-over 0.
    std::chrono::minutes shift{7 * 1440};  // In clock hours.
    int months = 0;  // Instead of `shift`: a calendar month or more; at most its last day.
};

// Bound: the shortest shift; a year then has at most 8,784 of them.
inline constexpr std::chrono::minutes shift_least{60};

Instant handover(const Rotation& rotation, std::int64_t slot);  // When the slot begins.
std::int64_t slot_at(const Rotation& rotation, Instant at);
Instant next_handover(const Rotation& rotation, Instant at);  // Always later than `at`.

// As people write it: `Mon 09:00` or `09:00`; the first hand-over is the first such clock time from
// the day `since` (2026-01-05) on. Without a weekday a shift of a week means a day.
struct Timing {
    std::string handover;
    Duration shift{};
    std::string zone;
    std::string since;
    bool operator==(const Timing&) const = default;
};
Result<Rotation> rotation_of(const Timing& timing);

// Who stands at a known slot, by place in the list: everybody else's turn follows from it.
struct Anchor {
    std::int64_t slot = 0;
    std::int64_t index = 0;
    bool operator==(const Anchor&) const = default;
};

// Requires: members is not empty.
const std::string& member_at(const Anchor& anchor, const std::vector<std::string>& members,
                             std::int64_t slot);

// The anchor after the list has changed: the person of slot `old_slot` stands at `new_slot` of the
// new list. If that person was removed, the next one in the old order who is still there does.
struct Change {
    const std::vector<std::string>& old_members;
    const std::vector<std::string>& new_members;
    std::int64_t old_slot;
    std::int64_t new_slot;
};
Anchor anchor_after(const Anchor& anchor, const Change& change);

}  // namespace sg::oncall
