#include "ops/respond/oncall/ask.h"

#include <fmt/format.h>

#include <algorithm>

#include "ops/catalog/ask.h"
#include "ops/respond/oncall/calendar.h"
#include "ops/respond/oncall/rearrange.h"
#include "ops/respond/oncall/store.h"
#include "store/digest.h"

namespace sg::oncall {

namespace {

constexpr Duration load_looked_at = 28 * 24h;

const config::Team* find_team(const config::Config& config, const std::string& id) {
    const auto found = config.operations.teams.find(id);
    return found == config.operations.teams.end() ? nullptr : &found->second;
}

// As the configuration has it, before its rotations were first recorded.
Result<void> add_configured(Roster& roster, const config::Team& team) {
    TRY(const auto empty, Schedule::of(roster));
    TRY(const auto decision, follow(empty, &team.oncall, Instant{}));
    for (const auto& event : decision.events) {
        TRY(auto era, from_json<Era>(event.payload));
        roster.eras.push_back(std::move(era));
    }
    return {};
}

template <class T>
std::vector<T> still_open(std::vector<T> list, Instant now) {
    std::erase_if(list, [&](const T& it) { return it.removed_at != Instant{} || it.to <= now; });
    return list;
}

std::vector<std::string> known_people(const config::Config& config) {
    std::vector<std::string> people;
    for (const auto& [id, person] : config.operations.people) people.push_back(id);
    return people;
}

void keep_known(std::vector<std::string>& people, const std::vector<std::string>& known) {
    std::erase_if(people, [&](const std::string& person) {
        return std::ranges::find(known, person) == known.end();
    });
}

void add_once(std::vector<std::string>& people, const std::vector<std::string>& more) {
    for (const auto& person : more)
        if (std::ranges::find(people, person) == people.end()) people.push_back(person);
}

// Of the team itself, or of all the teams that the person may stand in.
std::vector<std::string> teams_of_feed(const config::Config& config, const Feed& feed) {
    if (!feed.team.empty()) return {feed.team};
    std::vector<std::string> teams;  // An override may put anybody into any team.
    for (const auto& [id, team] : config.operations.teams) teams.push_back(id);
    return teams;
}

}  // namespace

Result<Schedule> schedule_of(store::Session& session, const config::Config& config,
                             const std::string& team, Instant since) {
    TRY(auto roster, load_roster(session, team, since));
    if (roster.eras.empty()) {
        const auto* configured = find_team(config, team);
        if (configured == nullptr)
            return fail(Errc::not_found, fmt::format("there is no team `{}`", team));
        TRY_VOID(add_configured(roster, *configured));
    }
    return Schedule::of(std::move(roster));
}

Result<OnCall> who_is_on_call(store::Session& session, const config::Config& config,
                              const std::string& team, Instant at) {
    TRY(const auto schedule, schedule_of(session, config, team, at));
    return schedule.at(at);
}

Result<std::vector<Shift>> shifts(store::Session& session, const config::Config& config,
                                  const std::string& team, Span span) {
    TRY(const auto schedule, schedule_of(session, config, team, span.from));
    return merged(schedule.shifts(span));
}

Result<Quality> quality_of(store::Session& session, const config::Config& config,
                           const std::string& team, Instant now) {
    TRY(const auto schedule, schedule_of(session, config, team, now));
    TRY(const auto past, paged_since(session, now - load_looked_at));
    return quality(schedule, now, past);
}

Result<std::vector<Override>> overrides_of(store::Session& session, const std::string& team,
                                           Instant now) {
    TRY(auto roster, load_roster(session, team, now));
    return still_open(std::move(roster.overrides), now);
}

Result<std::vector<Temporary>> temporaries_of(store::Session& session, const std::string& team,
                                              Instant now) {
    TRY(auto roster, load_roster(session, team, now));
    return still_open(std::move(roster.temporaries), now);
}

Result<Crew> crew_of(store::Session& session, const config::Config& config, const std::string& team,
                     Instant at) {
    Crew crew{.known = known_people(config)};
    const auto schedule = schedule_of(session, config, team, at);
    if (schedule) {
        crew.on_call = schedule->at(at);
        crew.everyone = everyone(*schedule, at);
    } else if (schedule.error().code != Errc::not_found &&
               schedule.error().code != Errc::invalid_argument) {
        return std::unexpected(schedule.error());
    }
    if (const auto* configured = find_team(config, team))
        add_once(crew.everyone, catalog::people_of(*configured));
    for (auto& level : crew.on_call) keep_known(level, crew.known);
    keep_known(crew.everyone, crew.known);
    return crew;
}

Result<std::optional<std::string>> calendar_of(store::Session& session,
                                               const config::Config& config, std::string_view token,
                                               Instant now) {
    TRY(const auto feed, find_feed(session, store::sha256_hex(token)));
    if (!feed || feed->revoked_at != Instant{}) return std::nullopt;
    FeedOf of{.person = feed->person, .names = {}};
    for (const auto& [id, person] : config.operations.people) of.names[id] = person.name;
    Calendar calendar{.name = fmt::format("On call: {}", feed->team + feed->person), .events = {}};
    for (const auto& team : teams_of_feed(config, *feed)) {
        const auto schedule =
            schedule_of(session, config, team, now - feed_behind - cancelled_kept);
        // One team whose rotations make no sense must not hide the others.
        if (!schedule && schedule.error().code != Errc::invalid_argument &&
            schedule.error().code != Errc::not_found)
            return std::unexpected(schedule.error());
        if (!schedule) continue;
        auto events = feed_events(*schedule, of, now);
        std::ranges::move(events, std::back_inserter(calendar.events));
    }
    return write_calendar(calendar);
}

}  // namespace sg::oncall
