// iCalendar (RFC 5545): feeds of shifts out, overrides in. Pure.
//
// Out: a shift keeps its UID for as long as its slot is that person's; what was in a feed and is no
// longer planned stays in it as cancelled for a month, so that no calendar keeps a shift that is
// gone.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "ops/respond/oncall/schedule.h"

namespace sg::oncall {

struct CalendarEvent {
    std::string uid;
    Instant from;
    Instant to;
    std::string summary;
    std::string description;
    std::int64_t sequence = 0;
    Instant modified;
    bool cancelled = false;
};

struct Calendar {
    std::string name;
    std::vector<CalendarEvent> events;
};

inline constexpr Duration cancelled_kept = 30 * 24h;
inline constexpr Duration feed_behind = 30 * 24h;     // How far a feed reaches into the past...
inline constexpr Duration feed_ahead = 26 * 7 * 24h;  // ...and into the future.
inline constexpr std::size_t line_octets_max = 75;    // RFC 5545 §3.1.

// The shifts of one team around now: everybody's, or one person's. `names`: of people, by id.
struct FeedOf {
    std::string person;  // Empty: everybody.
    std::map<std::string, std::string> names;
};
std::vector<CalendarEvent> feed_events(const Schedule& schedule, const FeedOf& of, Instant now);

std::string write_calendar(const Calendar& calendar);

// An event of a calendar from outside, each repetition by itself.
struct Occurrence {
    std::string uid;
    std::string summary;
    Instant from;
    Instant to;
    bool operator==(const Occurrence&) const = default;
};

inline constexpr std::size_t calendar_bytes_max = 4 << 20;  // Bounds: of what is read.
inline constexpr std::size_t occurrences_max = 5000;

// What happens within the span, in order of time. Understands TZID of IANA zones, UTC, whole days
// and floating times (in `floating`), DURATION, EXDATE, and RRULE with FREQ DAILY, WEEKLY, MONTHLY
// or YEARLY, INTERVAL, COUNT, UNTIL, and BYDAY of weekdays for WEEKLY; another rule is an error
// that says so, never a wrong date. Cancelled events are left out.
Result<std::vector<Occurrence>> read_calendar(std::string_view text, Span span,
                                              const Zone& floating);

}  // namespace sg::oncall
