#include "ops/respond/oncall/rearrange.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace sg::oncall {

namespace {

bool overlap(Instant a_from, Instant a_to, Instant b_from, Instant b_to) {
    return a_from < b_to && b_from < a_to;
}

std::vector<std::string> people_of(const Override& it) {
    std::vector<std::string> people;
    for (const auto& person : {it.takes, it.leaves})
        if (!person.empty()) people.push_back(person);
    return people;
}

Result<void> check_known(const Book& book, const std::string& person) {
    if (std::ranges::find(book.known, person) != book.known.end()) return {};
    return fail(Errc::invalid_argument, fmt::format("there is no person `{}`", person),
                "people are named in the configuration, under `people`");
}

Result<void> check_conflicts(const std::vector<Override>& others, const Override& it) {
    const auto people = people_of(it);
    for (const Override& other : others) {
        if (!overlap(it.from, it.to, other.from, end_of(other))) continue;
        for (const auto& person : people_of(other))
            if (std::ranges::find(people, person) != people.end())
                return fail(Errc::conflict,
                            fmt::format("{} has override {} from {} to {}", person, other.id,
                                        to_rfc3339(other.from), to_rfc3339(end_of(other))),
                            "remove that one first, or choose another time");
    }
    return {};
}

// The override as it is recorded: checked, with its times.
Result<Override> checked(const Book& book, Override it, Instant now) {
    it.team = book.schedule.roster().team;
    it.from = std::max(it.from, now);
    it.added_at = now;
    it.removed_at = {};
    if (it.takes.empty() && it.leaves.empty())
        return fail(Errc::invalid_argument,
                    "an override needs who takes over, who leaves, or both");
    if (it.takes == it.leaves)
        return fail(Errc::invalid_argument, fmt::format("{} cannot replace themselves", it.takes));
    if (it.from >= it.to)
        return fail(Errc::invalid_argument, "an override ends after it begins, and after now");
    if (it.to - it.from > override_most)
        return fail(Errc::invalid_argument, "an override lasts a year at most",
                    "a change for good belongs into the rotation");
    for (const auto& person : people_of(it)) TRY_VOID(check_known(book, person));
    return it;
}

std::vector<Claim> claims_of(const Book& book, const std::set<std::string>& people) {
    std::vector<Claim> claims;
    for (const auto& person : people) {
        const auto last = book.turns.find(person);
        claims.push_back({person, last == book.turns.end() ? 1 : last->second + 1});
    }
    return claims;
}

std::vector<ops::Subject> subjects_of(const Override& it) {
    std::vector<ops::Subject> subjects = {team_subject(it.team)};
    for (const auto& person : people_of(it)) subjects.push_back(user_subject(person));
    return subjects;
}

void record_override(ops::Decision& decision, const Book& book, const Override& it) {
    const auto people = people_of(it);
    OverrideAdded event;
    static_cast<Override&>(event) = it;
    event.claims = claims_of(book, {people.begin(), people.end()});
    decision.event(event, subjects_of(it));
}

// Whoever comes or goes because of it is told by the clock.
ops::Decision& look_again(ops::Decision& decision, const std::string& team, Instant now) {
    return decision.set(std::string(clock_handover), team_subject(team), now);
}

template <class T>
const T* open_one(const std::vector<T>& list, std::int64_t id, Instant now) {
    for (const T& it : list)
        if (it.id == id && it.removed_at == Instant{} && it.to > now) return &it;
    return nullptr;
}

const Shift* shift_at(const std::vector<Shift>& shifts, Level level, Instant at) {
    for (const Shift& shift : shifts)
        if (shift.level == level && shift.from <= at && at < shift.to) return &shift;
    return nullptr;
}

}  // namespace

ops::Subject team_subject(const std::string& team) { return "team:" + team; }
ops::Subject user_subject(const std::string& person) { return "user:" + person; }

Result<ops::Decision> add_override(const Book& book, const Override& wanted, Instant now) {
    TRY(const Override it, checked(book, wanted, now));
    TRY_VOID(check_conflicts(book.schedule.roster().overrides, it));
    ops::Decision decision;
    record_override(decision, book, it);
    return look_again(decision, it.team, now);
}

Result<ops::Decision> remove_override(const Book& book, std::int64_t id, Instant now) {
    const auto& roster = book.schedule.roster();
    const Override* it = open_one(roster.overrides, id, now);
    if (it == nullptr)
        return fail(Errc::not_found, fmt::format("{} has no override {} to come", roster.team, id));
    ops::Decision decision;
    decision.event(OverrideRemoved{id, it->team, it->takes, it->leaves}, subjects_of(*it));
    return look_again(decision, it->team, now);
}

Result<ops::Decision> import_overrides(const Book& book, const std::vector<Override>& wanted,
                                       const std::string& digest, Instant now) {
    if (wanted.size() > import_max)
        return fail(Errc::too_large, fmt::format("{} overrides in one calendar", wanted.size()),
                    fmt::format("at most {}: choose a shorter time", import_max));
    OverridesImported event{.team = book.schedule.roster().team, .digest = digest};
    auto others = book.schedule.roster().overrides;
    std::set<std::string> people;
    for (const Override& one : wanted) {
        if (one.to <= now) continue;
        TRY(const Override it, checked(book, one, now));
        TRY_VOID(check_conflicts(others, it));
        others.push_back(it);
        event.overrides.push_back(it);
        for (const auto& person : people_of(it)) people.insert(person);
    }
    if (event.overrides.empty())
        return fail(Errc::invalid_argument, "the calendar holds nothing that is still to come");
    event.count = static_cast<std::int64_t>(event.overrides.size());
    event.claims = claims_of(book, people);
    ops::Decision decision;
    decision.event(event, {team_subject(event.team)});
    return look_again(decision, event.team, now);
}

Result<ops::Decision> swap(const Book& book, const Swap& wanted, Instant now) {
    const Instant from = std::min(wanted.one, wanted.other);
    const Instant to = std::max(wanted.one, wanted.other);
    if (from < now || to - from > override_most)
        return fail(Errc::invalid_argument, "only shifts of the coming year can be swapped");
    // A shift may have begun before and end after: look further than both.
    const auto shifts = book.schedule.shifts({now, to + override_most});
    const Shift* one = shift_at(shifts, wanted.level, wanted.one);
    const Shift* other = shift_at(shifts, wanted.level, wanted.other);
    if (one == nullptr || other == nullptr || one->person == other->person)
        return fail(Errc::invalid_argument,
                    fmt::format("these are not shifts of two people as {}", word(wanted.level)),
                    "name an instant within each of the two shifts");

    Override first{.id = wanted.first_id,
                   .level = wanted.level,
                   .takes = other->person,
                   .leaves = one->person,
                   .from = one->from,
                   .to = one->to,
                   .why = wanted.why};
    Override second{.id = wanted.second_id,
                    .level = wanted.level,
                    .takes = one->person,
                    .leaves = other->person,
                    .from = other->from,
                    .to = other->to,
                    .why = wanted.why};
    TRY(first, checked(book, first, now));
    TRY(second, checked(book, second, now));
    auto others = book.schedule.roster().overrides;
    TRY_VOID(check_conflicts(others, first));
    others.push_back(first);
    TRY_VOID(check_conflicts(others, second));

    ops::Decision decision;
    record_override(decision, book, first);
    Book after = book;
    for (const auto& person : people_of(first)) ++after.turns[person];
    record_override(decision, after, second);
    return look_again(decision, first.team, now);
}

Result<ops::Decision> add_temporary(const Book& book, const Temporary& wanted, Instant now) {
    TemporaryAdded event;
    static_cast<Temporary&>(event) = wanted;
    event.team = book.schedule.roster().team;
    event.from = std::max(event.from, now);
    event.added_at = now;
    event.removed_at = {};
    if (event.from >= event.to || event.to - event.from > override_most)
        return fail(Errc::invalid_argument,
                    "a temporary schedule ends after it begins, and after now, within a year");
    for (FixedShift& shift : event.shifts) {
        TRY_VOID(check_known(book, shift.person));
        shift.from = std::max(shift.from, event.from);
        if (shift.from >= shift.to || shift.to > event.to)
            return fail(Errc::invalid_argument,
                        fmt::format("a shift of {} is not within the schedule", shift.person));
    }
    for (const Temporary& other : book.schedule.roster().temporaries)
        if (overlap(event.from, event.to, other.from, end_of(other)))
            return fail(Errc::conflict,
                        fmt::format("temporary schedule {} holds from {} to {}", other.id,
                                    to_rfc3339(other.from), to_rfc3339(end_of(other))),
                        "remove that one first, or choose another time");
    event.claims = claims_of(book, {""});
    ops::Decision decision;
    decision.event(event, {team_subject(event.team)});
    return look_again(decision, event.team, now);
}

Result<ops::Decision> remove_temporary(const Book& book, std::int64_t id, Instant now) {
    const auto& roster = book.schedule.roster();
    const Temporary* it = open_one(roster.temporaries, id, now);
    if (it == nullptr)
        return fail(Errc::not_found,
                    fmt::format("{} has no temporary schedule {} to come", roster.team, id));
    ops::Decision decision;
    decision.event(TemporaryRemoved{id, it->team}, {team_subject(it->team)});
    return look_again(decision, it->team, now);
}

namespace {

const Era* last_era(const Roster& roster, Level level) {
    const Era* last = nullptr;
    for (const Era& era : roster.eras)
        if (era.level == level && (last == nullptr || last->from <= era.from)) last = &era;
    return last;
}

// The era that follows `last` (null: there is none yet), if it is another one.
Result<std::optional<Era>> next_era(const Schedule& schedule, const Era* last, Era wanted,
                                    Instant now) {
    const Timing timing{wanted.handover, wanted.shift, wanted.zone, wanted.since};
    TRY(const Rotation rotation, rotation_of(timing));
    if (last == nullptr) {
        if (wanted.members.empty()) return std::nullopt;
        return wanted;  // From the beginning of time: yesterday was as today.
    }
    const bool same_timing = timing == Timing{last->handover, last->shift, last->zone, last->since};
    if (wanted.members == last->members && (same_timing || wanted.members.empty()))
        return std::nullopt;
    wanted.from = std::max(now, last->from + 1ns);
    wanted.plan = same_timing ? last->plan : last->plan + 1;
    const Rotation* old = schedule.rotation(wanted.level, std::max(now, last->from));
    if (wanted.members.empty() || old == nullptr) return wanted;
    const auto anchor =
        anchor_after({last->slot, last->index},
                     {last->members, wanted.members, slot_at(*old, now), slot_at(rotation, now)});
    wanted.slot = anchor.slot;
    wanted.index = anchor.index;
    return wanted;
}

}  // namespace

Result<ops::Decision> follow(const Schedule& schedule, const config::Oncall* wanted, Instant now) {
    const config::Oncall none;
    const config::Oncall& oncall = wanted != nullptr ? *wanted : none;
    const auto& team = schedule.roster().team;
    ops::Decision decision;
    for (const Level level : levels) {
        const Era era{.team = team,
                      .level = level,
                      .members = oncall.levels[static_cast<std::size_t>(level)],
                      .handover = oncall.handover,
                      .shift = oncall.shift,
                      .zone = oncall.zone,
                      .since = oncall.since};
        const Era* last = last_era(schedule.roster(), level);
        TRY(const auto next, next_era(schedule, last, era, now));
        if (!next) continue;
        RotationChanged event;
        static_cast<Era&>(event) = *next;
        decision.event(event, {team_subject(team)});
    }
    if (!decision.empty()) look_again(decision, team, now);
    return decision;
}

ops::Decision hand_over(const Schedule& schedule, const Standing& before, Instant now) {
    const auto& team = schedule.roster().team;
    const OnCall people = schedule.at(now);
    ops::Decision decision;
    for (const Level level : levels) {
        const auto i = static_cast<std::size_t>(level);
        if (people[i] == before.people[i]) continue;
        std::vector<ops::Subject> subjects = {team_subject(team)};
        for (const auto* side : {&before.people[i], &people[i]})
            if (!side->empty() && subjects.back() != user_subject(side->front()))
                subjects.push_back(user_subject(side->front()));
        decision.event(ShiftChanged{team, level, before.people[i], people[i], before.notes[i]},
                       std::move(subjects));
    }
    const Instant next = schedule.next_change(now, now + handover_look_most);
    decision.set(std::string(clock_handover), team_subject(team), next);
    return decision;
}

namespace {

// When others stand at the level; a year from now if nobody ever comes.
Instant next_at(const Schedule& schedule, Level level, Instant now) {
    const auto i = static_cast<std::size_t>(level);
    const OnCall people = schedule.at(now);
    std::vector<Instant> ends;
    for (const Shift& shift : schedule.shifts({now, now + override_most})) {
        if (shift.level != level) continue;
        ends.push_back(shift.from);
        ends.push_back(shift.to);
    }
    std::ranges::sort(ends);
    for (const Instant end : ends)
        if (schedule.at(end)[i] != people[i]) return end;
    return now + override_most;
}

}  // namespace

Result<ops::Decision> note_handover(const Schedule& schedule, const Note& wanted, Instant now) {
    if (wanted.text.empty())
        return fail(Errc::invalid_argument, "an empty note tells nobody anything");
    HandoverNoted event;
    static_cast<Note&>(event) = wanted;
    event.team = schedule.roster().team;
    event.written_at = now;
    event.due = next_at(schedule, wanted.level, now);
    ops::Decision decision;
    decision.event(event, {team_subject(event.team), user_subject(event.by)});
    return decision;
}

}  // namespace sg::oncall
