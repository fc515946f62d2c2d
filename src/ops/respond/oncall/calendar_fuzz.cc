// A calendar from anybody: reading never crashes and never runs long; what was read is within the
// span, in order, and comes back the same when it is written as a calendar of ours.
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "ops/respond/oncall/calendar.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace sg::oncall;
    constexpr sg::Instant now{1'795'414'951'000'000'000};
    const Span year{now, now + 366 * 24 * std::chrono::hours{1}};
    static const Zone zone = Zone::find("America/Chicago").value_or(Zone{});
    const std::string_view text{reinterpret_cast<const char*>(data), size};
    const auto events = read_calendar(text, year, zone);
    if (!events) return 0;
    Calendar calendar{"fuzz", {}};
    for (const auto& event : *events) {
        CHECK(event.from < event.to);
        CHECK(event.from < year.to && event.to > year.from);
        CHECK(calendar.events.empty() || calendar.events.back().from <= event.from);
        calendar.events.push_back({.uid = std::to_string(calendar.events.size() + 10'000),
                                   .from = event.from,
                                   .to = event.to,
                                   .summary = "on call"});
    }
    const auto again = read_calendar(write_calendar(calendar), year, zone);
    CHECK(again.has_value() && again->size() == events->size());
    for (std::size_t i = 0; i < again->size(); ++i)
        CHECK((*again)[i].from == (*events)[i].from && (*again)[i].to == (*events)[i].to);
    return 0;
}
