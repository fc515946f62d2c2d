#include "ops/respond/oncall/zone.h"

#include <date/tz.h>
#include <fmt/format.h>

namespace sg::oncall {

namespace {

std::chrono::seconds whole_seconds(Instant at) {
    return std::chrono::floor<std::chrono::seconds>(Duration{at.ns});
}

Instant instant_of(std::chrono::seconds since_epoch) {
    return Instant{Duration{since_epoch}.count()};
}

}  // namespace

Result<Zone> Zone::find(std::string_view name) {
    Zone found;
    if (name == "UTC") return found;
    try {
        found.zone_ = date::locate_zone(std::string(name));
    } catch (const std::exception&) {
        return fail(Errc::invalid_argument, fmt::format("there is no time zone `{}`", name),
                    "an IANA name such as Europe/Berlin; the package tzdata holds them");
    }
    found.name_ = name;
    return found;
}

std::chrono::seconds Zone::offset(Instant at) const {
    if (zone_ == nullptr) return std::chrono::seconds{0};
    return zone_->get_info(date::sys_seconds{whole_seconds(at)}).offset;
}

ClockTime Zone::clock(Instant at) const { return ClockTime{whole_seconds(at) + offset(at)}; }

Instant Zone::instant(ClockTime clock) const {
    const auto shown = clock.time_since_epoch();
    if (zone_ == nullptr) return instant_of(shown);
    const auto found = zone_->get_info(date::local_seconds{shown});
    if (found.result == date::local_info::nonexistent)
        return instant_of(found.first.end.time_since_epoch());
    return instant_of(shown - found.first.offset);  // The first of two, where there are two.
}

std::string to_text(Instant at, const Zone& zone) {
    const auto clock = zone.clock(at);
    const auto day = std::chrono::floor<std::chrono::days>(clock);
    const std::chrono::year_month_day date{day};
    const std::chrono::hh_mm_ss time{clock - day};
    const auto offset = zone.offset(at);
    const auto minutes = std::chrono::abs(std::chrono::duration_cast<std::chrono::minutes>(offset));
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}{}{:02}:{:02}", int{date.year()},
                       unsigned{date.month()}, unsigned{date.day()}, time.hours().count(),
                       time.minutes().count(), time.seconds().count(),
                       offset < std::chrono::seconds{0} ? '-' : '+', minutes.count() / 60,
                       minutes.count() % 60);
}

}  // namespace sg::oncall
