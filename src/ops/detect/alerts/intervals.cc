#include "ops/detect/alerts/intervals.h"

#include <date/tz.h>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <optional>

#include "base/text.h"

namespace sg::alerts {

namespace {

constexpr std::string_view weekday_names[] = {"sun", "mon", "tue", "wed", "thu", "fri", "sat"};
constexpr std::string_view month_names[] = {"jan", "feb", "mar", "apr", "may", "jun",
                                            "jul", "aug", "sep", "oct", "nov", "dec"};

struct Range {
    int from = 0;
    int to = 0;  // Inclusive.
};

std::unexpected<Error> wrong(std::string_view text, std::string_view what) {
    return fail(Errc::invalid_argument, fmt::format("`{}` is not {}", text, what));
}

std::optional<int> number(std::string_view text) {
    int value = 0;
    const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || stop != text.data() + text.size()) return std::nullopt;
    return value;
}

// `a-b`; a leading minus belongs to the number: `-3--1`.
std::pair<std::string_view, std::string_view> ends(std::string_view text) {
    const auto dash = text.find('-', 1);
    if (text.empty() || dash == std::string_view::npos) return {text, text};
    return {text.substr(0, dash), text.substr(dash + 1)};
}

Result<Range> numbers(std::string_view text, std::string_view what) {
    const auto [from, to] = ends(text);
    const auto a = number(from);
    const auto b = number(to);
    if (!a || !b) return wrong(text, what);
    return Range{*a, *b};
}

// By name, first letter lower case, or by number from 1.
Result<Range> named(std::string_view text, std::span<const std::string_view> names,
                    std::string_view what) {
    const auto find = [&](std::string_view word) -> std::optional<int> {
        const auto found = std::ranges::find(names, to_lower(word.substr(0, 3)));
        if (found != names.end()) return static_cast<int>(found - names.begin());
        return std::nullopt;
    };
    const auto [from, to] = ends(text);
    const auto a = find(from);
    const auto b = find(to);
    if (!a || !b) return wrong(text, what);
    return Range{*a, *b};
}

// Minutes of the day; the end is not in it.
Result<Range> times(std::string_view text) {
    const auto clock = [](std::string_view part) -> std::optional<int> {
        if (part.size() != 5 || part[2] != ':') return std::nullopt;
        const auto hours = number(part.substr(0, 2));
        const auto minutes = number(part.substr(3));
        if (!hours || !minutes || *hours < 0 || *minutes < 0 || *minutes > 59) return std::nullopt;
        if (*hours > 24 || (*hours == 24 && *minutes > 0)) return std::nullopt;
        return *hours * 60 + *minutes;
    };
    const auto [from, to] = ends(text);
    const auto a = clock(from);
    const auto b = clock(to);
    if (!a || !b || *a >= *b) return wrong(text, "a range of times such as 22:00-24:00");
    return Range{*a, *b - 1};
}

bool is_in(const Range& range, int value) { return range.from <= value && value <= range.to; }

bool is_in_week(const Range& range, int day) {
    if (range.from <= range.to) return is_in(range, day);
    return day >= range.from || day <= range.to;  // `fri-mon`, and `mon-sun` as Sunday is 0.
}

bool is_in_month(Range range, int day, int last) {
    if (range.from > last) return false;
    if (range.from < 0) range.from = std::max(1, last + range.from + 1);
    if (range.to < 0) range.to = last + range.to + 1;
    return is_in({range.from, std::min(range.to, last)}, day);
}

struct ClockTime {
    int minute = 0;  // Of the day.
    int weekday = 0;
    int day = 0;
    int last_day = 0;
    int month = 0;
    int year = 0;
};

Result<ClockTime> clock_in(const std::string& zone, Instant at) {
    using namespace std::chrono;
    const auto seconds = floor<std::chrono::seconds>(
        system_clock::time_point(duration_cast<system_clock::duration>(nanoseconds(at.ns))));
    std::chrono::seconds offset{0};
    if (zone != "UTC" && !zone.empty()) {
        try {
            offset = date::locate_zone(zone)->get_info(seconds).offset;
        } catch (const std::exception&) {
            return fail(Errc::invalid_argument, fmt::format("`{}` is not a time zone", zone),
                        "write UTC or a name such as Europe/Madrid");
        }
    }
    const auto local = seconds + offset;
    const auto days = floor<std::chrono::days>(local);
    const year_month_day date{days};
    ClockTime clock;
    clock.minute = static_cast<int>(floor<minutes>(local - days).count());
    clock.weekday = static_cast<int>(weekday{days}.c_encoding());
    clock.day = static_cast<int>(unsigned{date.day()});
    clock.last_day =
        static_cast<int>(unsigned{year_month_day_last{date.year() / date.month() / last}.day()});
    clock.month = static_cast<int>(unsigned{date.month()}) - 1;
    clock.year = int{date.year()};
    return clock;
}

template <class Read, class Holds>
Result<bool> any_of(const std::vector<std::string>& texts, Read read, Holds holds) {
    if (texts.empty()) return true;
    bool found = false;
    for (const auto& text : texts) {  // All are read, so that a mistake never hides.
        TRY(const Range range, read(text));
        found = found || holds(range);
    }
    return found;
}

Result<Range> months(std::string_view text) {
    if (auto range = numbers(text, "a month")) {
        if (range->from < 1 || range->to > 12) return wrong(text, "a month");
        return Range{range->from - 1, range->to - 1};
    }
    return named(text, month_names, "a month such as 12 or jun-aug");
}

Result<Range> days(std::string_view text) {
    TRY(const Range range, numbers(text, "a day of the month such as 1, -1 or 1-7"));
    const auto is_day = [](int day) { return day != 0 && day >= -31 && day <= 31; };
    if (!is_day(range.from) || !is_day(range.to)) return wrong(text, "a day of the month");
    return range;
}

}  // namespace

Result<bool> is_within(const config::TimeInterval& interval, Instant at) {
    TRY(const ClockTime now, clock_in(interval.zone, at));
    TRY(const bool time,
        any_of(interval.times, times, [&](Range range) { return is_in(range, now.minute); }));
    TRY(const bool weekday, any_of(
                                interval.weekdays,
                                [](std::string_view text) {
                                    return named(text, weekday_names,
                                                 "a weekday such as mon or mon-fri");
                                },
                                [&](Range range) { return is_in_week(range, now.weekday); }));
    TRY(const bool day, any_of(interval.days, days, [&](Range range) {
            return is_in_month(range, now.day, now.last_day);
        }));
    TRY(const bool month,
        any_of(interval.months, months, [&](Range range) { return is_in(range, now.month); }));
    TRY(const bool year,
        any_of(
            interval.years, [](std::string_view text) { return numbers(text, "a year"); },
            [&](Range range) { return is_in(range, now.year); }));
    return time && weekday && day && month && year;
}

}  // namespace sg::alerts
