#include "api/presence.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

namespace sg::api {

void describe(Visitor& v, Present& present) {
    v.field({.key = "person"}, present.person);
    v.field({.key = "since"}, present.since);
    v.field({.key = "until"}, present.until);
}

Result<void> Presence::join(std::int64_t incident, const std::string& person, Duration lasts,
                            Instant now) {
    if (person.empty()) return fail(Errc::invalid_argument, "nobody is not present");
    if (lasts <= 0s || lasts > presence_most)
        return fail(Errc::invalid_argument,
                    fmt::format("somebody is present for at most {}", to_text(presence_most)));
    forget(now);
    if (!rooms_.contains(incident) && rooms_.size() >= rooms_most)
        return fail(Errc::exhausted, "somebody looks at too many incidents");
    Room& room = rooms_[incident];
    if (!room.contains(person) && room.size() >= present_most)
        return fail(Errc::exhausted, fmt::format("{} people are there already", present_most));
    Present& one = room.try_emplace(person, Present{person, now, now}).first->second;
    one.until = now + lasts;
    return {};
}

void Presence::leave(std::int64_t incident, const std::string& person) {
    const auto room = rooms_.find(incident);
    if (room == rooms_.end()) return;
    room->second.erase(person);
    if (room->second.empty()) rooms_.erase(room);
}

std::vector<Present> Presence::of(std::int64_t incident, Instant now) {
    forget(now);
    std::vector<Present> list;
    if (const auto room = rooms_.find(incident); room != rooms_.end())
        for (const auto& [person, one] : room->second) list.push_back(one);
    std::ranges::sort(list, {}, [](const Present& one) { return std::tie(one.since, one.person); });
    return list;
}

void Presence::forget(Instant now) {
    for (auto& [incident, room] : rooms_)
        std::erase_if(room, [&](const auto& one) { return one.second.until <= now; });
    std::erase_if(rooms_, [](const auto& room) { return room.second.empty(); });
}

}  // namespace sg::api
