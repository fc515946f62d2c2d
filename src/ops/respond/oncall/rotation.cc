#include "ops/respond/oncall/rotation.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include "base/check.h"
#include "base/text.h"

namespace sg::oncall {

namespace {

using std::chrono::days;
using std::chrono::local_days;
using std::chrono::minutes;
using std::chrono::year_month_day;

std::int64_t floor_div(std::int64_t a, std::int64_t b) {
    return a / b - (a % b != 0 && (a < 0) != (b < 0) ? 1 : 0);
}

ClockTime months_later(ClockTime start, std::int64_t months) {
    const auto day = std::chrono::floor<days>(start);
    const year_month_day date{day};
    const auto month = std::chrono::year_month{date.year(), date.month()} +
                       std::chrono::months{static_cast<int>(months)};
    const auto last = (month / std::chrono::last).day();
    return local_days{month / std::min(date.day(), last)} + (start - day);
}

std::int64_t slot_by_clock(const Rotation& rotation, ClockTime clock) {
    if (rotation.months == 0)
        return floor_div((clock - rotation.start).count(),
                         std::chrono::seconds{rotation.shift}.count());
    const year_month_day a{std::chrono::floor<days>(rotation.start)};
    const year_month_day b{std::chrono::floor<days>(clock)};
    const auto between = (b.year() / b.month()) - (a.year() / a.month());
    return floor_div(between.count(), rotation.months);
}

constexpr std::array<std::string_view, 7> weekdays = {"sunday",   "monday", "tuesday", "wednesday",
                                                      "thursday", "friday", "saturday"};

std::optional<std::chrono::weekday> weekday_of(std::string_view text) {
    const auto name = to_lower(text);
    if (name.size() < 3) return {};
    for (unsigned i = 0; i < weekdays.size(); ++i)
        if (weekdays[i].starts_with(name)) return std::chrono::weekday{i};
    return {};
}

// Two digits, or -1.
int two_digits(std::string_view text) {
    const auto digit = [](char c) { return c >= '0' && c <= '9'; };
    if (text.size() != 2 || !digit(text[0]) || !digit(text[1])) return -1;
    return (text[0] - '0') * 10 + (text[1] - '0');
}

std::optional<minutes> time_of_day(std::string_view text) {
    if (text.size() != 5 || text[2] != ':') return {};
    const int hour = two_digits(text.substr(0, 2));
    const int minute = two_digits(text.substr(3));
    if (hour < 0 || hour > 23 || minute < 0 || minute > 59) return {};
    return minutes{hour * 60 + minute};
}

}  // namespace

Instant handover(const Rotation& rotation, std::int64_t slot) {
    const ClockTime clock = rotation.months > 0
                                ? months_later(rotation.start, slot * rotation.months)
                                : rotation.start + slot * rotation.shift;
    return rotation.zone.instant(clock);
}

std::int64_t slot_at(const Rotation& rotation, Instant at) {
    std::int64_t slot = slot_by_clock(rotation, rotation.zone.clock(at));
    // Bound: the clock is off by no more than one change of it, a day at the most.
    while (handover(rotation, slot) > at) --slot;
    while (handover(rotation, slot + 1) <= at) ++slot;
    return slot;
}

Instant next_handover(const Rotation& rotation, Instant at) {
    return handover(rotation, slot_at(rotation, at) + 1);
}

Result<Rotation> rotation_of(const Timing& timing) {
    Rotation rotation;
    TRY(rotation.zone, Zone::find(timing.zone));

    const auto handover = trim(timing.handover);
    const auto space = handover.find(' ');
    const auto time =
        time_of_day(space == std::string_view::npos ? handover : trim(handover.substr(space)));
    const auto weekday = space == std::string_view::npos ? std::optional<std::chrono::weekday>{}
                                                         : weekday_of(handover.substr(0, space));
    if (!time || (space != std::string_view::npos && !weekday))
        return fail(Errc::invalid_argument, fmt::format("`{}` is no hand-over", timing.handover),
                    "a weekday and a time, `Mon 09:00`, or only a time for every day");

    const auto since = parse_rfc3339(timing.since + "T00:00:00Z");
    if (!since)
        return fail(Errc::invalid_argument, fmt::format("`{}` is no date", timing.since),
                    "year, month and day: 2026-01-05");
    auto day = std::chrono::floor<days>(ClockTime{std::chrono::seconds{since->ns / 1'000'000'000}});
    if (weekday) day += *weekday - std::chrono::weekday{day};
    rotation.start = day + *time;

    constexpr Duration week = 168h;
    const Duration shift = !weekday && timing.shift == week ? Duration{24h} : timing.shift;
    rotation.shift = std::chrono::floor<minutes>(shift);
    if (rotation.shift != shift || rotation.shift < shift_least || shift > 53 * week)
        return fail(Errc::invalid_argument, "a shift lasts whole minutes, an hour to a year");
    return rotation;
}

const std::string& member_at(const Anchor& anchor, const std::vector<std::string>& members,
                             std::int64_t slot) {
    CHECK(!members.empty());
    const auto count = static_cast<std::int64_t>(members.size());
    const auto index = ((anchor.index + slot - anchor.slot) % count + count) % count;
    return members[static_cast<std::size_t>(index)];
}

Anchor anchor_after(const Anchor& anchor, const Change& change) {
    for (std::size_t i = 0; i < change.old_members.size(); ++i) {
        const auto& person =
            member_at(anchor, change.old_members, change.old_slot + static_cast<std::int64_t>(i));
        const auto found = std::ranges::find(change.new_members, person);
        if (found != change.new_members.end())
            return {change.new_slot, found - change.new_members.begin()};
    }
    return {change.new_slot, 0};
}

}  // namespace sg::oncall
