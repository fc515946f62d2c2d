#include "ops/respond/notify/people.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <iterator>

#include "ops/respond/notify/ask.h"
#include "ops/respond/oncall/zone.h"

namespace sg::notify {

namespace {

using config::Channel;
using config::Operations;
using config::Person;

const Channel* channel_named(const std::string& name, const Operations& operations) {
    const auto found = operations.notify.find(name);
    return found == operations.notify.end() ? nullptr : &found->second;
}

const Person* person_named(const std::string& id, const Operations& operations) {
    const auto found = operations.people.find(id);
    return found == operations.people.end() ? nullptr : &found->second;
}

// Without a body of its own an HTTP channel sends ours, which says to whom.
bool addresses_people(const Channel& channel) {
    if (channel.kind == Channel::Kind::mail) return true;
    if (channel.kind != Channel::Kind::http) return false;
    return channel.body.empty() || channel.body.find("${to}") != std::string::npos ||
           channel.url.find("${to}") != std::string::npos;
}

bool reaches(const Channel& channel, const Person& person) {
    if (!addresses_people(channel)) return true;
    return channel.kind == Channel::Kind::mail ? !person.mail.empty() : !person.phone.empty();
}

std::optional<std::chrono::minutes> time_of_day(std::string_view text) {  // `10:00`
    if (text.size() != 5 || text[2] != ':') return std::nullopt;
    int hours = 0;
    int minutes = 0;
    const auto whole = [](std::string_view digits, int& value) {
        const auto [stop, error] =
            std::from_chars(digits.data(), digits.data() + digits.size(), value);
        return error == std::errc{} && stop == digits.data() + digits.size();
    };
    if (!whole(text.substr(0, 2), hours) || !whole(text.substr(3), minutes)) return std::nullopt;
    if (hours > 23 || minutes > 59) return std::nullopt;
    return std::chrono::hours(hours) + std::chrono::minutes(minutes);
}

}  // namespace

std::vector<std::string> channels_of(const std::string& person, const Operations& operations,
                                     const std::set<std::string>& broken) {
    const Person* const who = person_named(person, operations);
    if (who == nullptr) return {};
    auto names = who->reach.empty() ? channels_in_order(operations) : who->reach;
    std::erase_if(names, [&](const std::string& name) {
        const Channel* const channel = channel_named(name, operations);
        return channel == nullptr || !reaches(*channel, *who);
    });
    std::vector<std::string> ordered;
    for (const bool of_broken : {false, true})
        std::ranges::copy_if(names, std::back_inserter(ordered),
                             [&](const auto& name) { return broken.contains(name) == of_broken; });
    return ordered;
}

std::vector<std::string> channels_in_order(const Operations& operations) {
    std::vector<std::string> names;
    for (const auto& [name, channel] : operations.notify) names.push_back(name);
    std::ranges::sort(names, {}, [&](const std::string& name) {
        return std::pair(operations.notify.at(name).place, name);
    });
    return names;
}

std::vector<std::string> people_of(const std::string& channel, const Operations& operations) {
    std::vector<std::string> people;
    for (const auto& [id, person] : operations.people) {
        const auto names = channels_of(id, operations, {});
        if (std::ranges::find(names, channel) != names.end()) people.push_back(id);
    }
    return people;
}

std::string address_of(const std::string& person, const std::string& channel,
                       const Operations& operations) {
    const Person* const who = person_named(person, operations);
    const Channel* const how = channel_named(channel, operations);
    if (who == nullptr || how == nullptr) return {};
    switch (how->kind) {
        case Channel::Kind::mail: return who->mail;
        case Channel::Kind::http: return who->phone;
        case Channel::Kind::slack: return who->slack;
        default: return {};
    }
}

std::string zone_of(const std::string& person, const Operations& operations) {
    const Person* const who = person_named(person, operations);
    return who == nullptr ? "UTC" : who->zone;
}

std::string reached_as(const std::string& person, const std::string& channel,
                       const Operations& operations) {
    const Channel* const how = channel_named(channel, operations);
    return how != nullptr && addresses_people(*how) ? person : std::string();
}

Disturbance disturbance_of(const std::string& channel, Purpose purpose,
                           const Operations& operations) {
    const Channel* const how = channel_named(channel, operations);
    if (how == nullptr || purpose == Purpose::test) return Disturbance::free;
    switch (how->kind) {
        case Channel::Kind::mail:
            return purpose == Purpose::page ? Disturbance::mail : Disturbance::status_mail;
        case Channel::Kind::http: return how->calls ? Disturbance::call : Disturbance::text_message;
        case Channel::Kind::slack: return Disturbance::chat;
        default: return Disturbance::free;
    }
}

std::optional<NextTest> next_test(const std::string& channel, const Operations& operations,
                                  Instant after) {
    const Channel* const how = channel_named(channel, operations);
    if (how == nullptr || how->kind == Channel::Kind::terminal) return std::nullopt;
    const auto time = time_of_day(how->test_at);
    const auto people = people_of(channel, operations);
    if (!time || people.empty()) return std::nullopt;

    using Days = std::chrono::duration<std::int64_t, std::ratio<86400>>;
    const auto today = std::chrono::floor<Days>(std::chrono::nanoseconds{after.ns});
    std::optional<NextTest> next;
    // Zones reach from UTC-12 to UTC+14: the next one is on one of these dates.
    for (auto day = today - Days{1}; day <= today + Days{2}; day += Days{1}) {
        const auto& person = people[static_cast<std::size_t>(day.count()) % people.size()];
        const auto zone = oncall::Zone::find(zone_of(person, operations)).value_or(oncall::Zone{});
        const Instant at = zone.instant(oncall::ClockTime{day} + *time);
        if (at > after && (!next || at < next->at)) next = NextTest{person, at};
    }
    return next;
}

std::string contact_of(const std::string& person, std::string_view level,
                       const config::Operations& operations) {
    std::string text = person;
    std::string how(level);
    const auto found = operations.people.find(person);
    if (found != operations.people.end()) {
        const auto& known = found->second;
        if (known.name != person && !known.name.empty()) text = known.name;
        for (const auto& address : {known.phone, known.mail, known.slack})
            if (!address.empty()) how += (how.empty() ? "" : ", ") + address;
    }
    return how.empty() ? text : fmt::format("{} ({})", text, how);
}

}  // namespace sg::notify
