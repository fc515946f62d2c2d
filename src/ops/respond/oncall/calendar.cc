#include "ops/respond/oncall/calendar.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/text.h"

namespace sg::oncall {

namespace {

constexpr std::string_view line_break = "\r\n";

// 20261123T062231Z
std::string utc(Instant at) {
    const auto text = to_rfc3339(at);
    return fmt::format("{}{}{}T{}{}{}Z", text.substr(0, 4), text.substr(5, 2), text.substr(8, 2),
                       text.substr(11, 2), text.substr(14, 2), text.substr(17, 2));
}

// TEXT of RFC 5545 §3.3.11. Control characters have no place in it.
std::string escaped(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == '\\' || c == ';' || c == ',') out += '\\';
        if (c == '\n') out += "\\n";
        else if (static_cast<unsigned char>(c) >= 0x20 && c != 0x7f) out += c;
    }
    return out;
}

// Appends a content line, folded; never inside of a character.
void append_line(std::string& out, std::string_view line) {
    std::size_t octets = 0;
    while (!line.empty()) {
        const auto length = std::max<std::size_t>(utf8_length(line), 1);
        if (octets + length > line_octets_max) {
            out += line_break;
            out += ' ';
            octets = 1;
        }
        out += line.substr(0, length);
        octets += length;
        line.remove_prefix(length);
    }
    out += line_break;
}

void append_event(std::string& out, const CalendarEvent& event) {
    append_line(out, "BEGIN:VEVENT");
    append_line(out, "UID:" + escaped(event.uid));
    append_line(out, "DTSTAMP:" + utc(event.modified));
    append_line(out, "LAST-MODIFIED:" + utc(event.modified));
    append_line(out, fmt::format("SEQUENCE:{}", event.sequence));
    append_line(out, "DTSTART:" + utc(event.from));
    append_line(out, "DTEND:" + utc(event.to));
    append_line(out, "SUMMARY:" + escaped(event.summary));
    if (!event.description.empty()) append_line(out, "DESCRIPTION:" + escaped(event.description));
    append_line(out, event.cancelled ? "STATUS:CANCELLED" : "STATUS:CONFIRMED");
    append_line(out, "TRANSP:TRANSPARENT");  // Who is on call can still be invited to a meeting.
    append_line(out, "END:VEVENT");
}

// --- feeds --------------------------------------------------------------------------------------

using Events = std::map<std::string, CalendarEvent>;  // By UID.

std::string name_of(const FeedOf& of, const std::string& person) {
    const auto found = of.names.find(person);
    return found == of.names.end() || found->second.empty() ? person : found->second;
}

Events events_of(const Schedule& schedule, const FeedOf& of, Span span) {
    const auto& roster = schedule.roster();
    Events events;
    for (const Shift& shift : schedule.shifts(span)) {
        if (!of.person.empty() && shift.person != of.person) continue;
        // A shift in somebody's place is another one than that person's own.
        const auto stem = fmt::format("{}.{}.{}{}", roster.team, word(shift.level), shift.key,
                                      shift.own ? "" : "." + shift.person);
        auto uid = stem + "@streamgate";
        for (int part = 2; events.contains(uid); ++part)  // Interrupted by an override.
            uid = fmt::format("{}.{}@streamgate", stem, part);
        const auto name = name_of(of, shift.person);
        const auto level = word(shift.level);
        events[uid] = {
            .uid = uid,
            .from = shift.from,
            .to = shift.to,
            .summary = of.person.empty() ? fmt::format("{}: {} for {}", name, level, roster.team)
                                         : fmt::format("On call: {} for {}", level, roster.team),
            .description = fmt::format("{} is {} on call for {}.", name, level, roster.team),
            .sequence = roster.revision,
            .modified = roster.changed_at};
    }
    return events;
}

// What people may have in their calendars: the roster as it was before each recent change, and as
// it would be without any override.
std::vector<Roster> former(const Roster& now, Instant since) {
    std::vector<Roster> rosters;
    Roster plain = now;
    plain.overrides.clear();
    plain.temporaries.clear();
    rosters.push_back(plain);
    Roster restored = now;
    bool any = false;
    const auto restore = [&](auto& list) {
        for (auto& it : list) {
            if (it.removed_at <= since) continue;
            it.removed_at = {};
            any = true;
        }
    };
    restore(restored.overrides);
    restore(restored.temporaries);
    if (any) rosters.push_back(std::move(restored));
    std::set<Instant> changes;
    for (const Era& era : now.eras)
        if (era.from > since) changes.insert(era.from);
    for (const Instant change : changes) {  // Bound: the changes of a month.
        Roster before = now;
        std::erase_if(before.eras, [&](const Era& era) { return era.from >= change; });
        rosters.push_back(std::move(before));
    }
    return rosters;
}

}  // namespace

std::vector<CalendarEvent> feed_events(const Schedule& schedule, const FeedOf& of, Instant now) {
    // Its ends move by whole days, so that the feed does not change with every look at it.
    constexpr Duration day = 24h;
    const Instant today{now.ns - now.ns % day.count()};
    const Span span{today - feed_behind, today + feed_ahead};
    Events events = events_of(schedule, of, span);
    for (Roster& roster : former(schedule.roster(), now - cancelled_kept)) {
        const auto before = Schedule::of(std::move(roster));
        if (!before) continue;  // Its rotations are among those that made sense above.
        for (auto& [uid, event] : events_of(*before, of, span)) {
            event.cancelled = true;
            if (event.to > now - cancelled_kept) events.try_emplace(uid, std::move(event));
        }
    }
    std::vector<CalendarEvent> sorted;
    for (auto& [uid, event] : events) sorted.push_back(std::move(event));
    std::ranges::sort(sorted, {}, [](const CalendarEvent& e) { return std::tie(e.from, e.uid); });
    return sorted;
}

std::string write_calendar(const Calendar& calendar) {
    std::string out;
    append_line(out, "BEGIN:VCALENDAR");
    append_line(out, "VERSION:2.0");
    append_line(out, "PRODID:-//StreamGate//on call//EN");
    append_line(out, "CALSCALE:GREGORIAN");
    append_line(out, "METHOD:PUBLISH");
    append_line(out, "NAME:" + escaped(calendar.name));          // RFC 7986 §5.1.
    append_line(out, "X-WR-CALNAME:" + escaped(calendar.name));  // What older readers know.
    append_line(out, "REFRESH-INTERVAL;VALUE=DURATION:PT15M");   // RFC 7986 §5.7.
    append_line(out, "X-PUBLISHED-TTL:PT15M");
    for (const auto& event : calendar.events) append_event(out, event);
    append_line(out, "END:VCALENDAR");
    return out;
}

}  // namespace sg::oncall
