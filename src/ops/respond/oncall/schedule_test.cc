// Who is on call: rotations, then what changes them for a while; what people may change; how good
// the schedule is.
#include "ops/respond/oncall/schedule.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ops/respond/oncall/quality.h"
#include "ops/respond/oncall/rearrange.h"

namespace sg::oncall {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Instant at(std::string_view text) {
    const auto parsed = parse_rfc3339(std::string(text) + ":00Z");
    EXPECT_TRUE(parsed) << text;
    return parsed.value_or(Instant{});
}

Era era(Level level, std::vector<std::string> members) {
    return {.team = "checkout",
            .level = level,
            .members = std::move(members),
            .handover = "Mon 09:00",
            .shift = 168h,
            .zone = "UTC",
            .since = "2026-01-05"};
}

Roster roster() {
    return {.team = "checkout",
            .eras = {era(Level::primary, {"ana", "bo", "cy"}),
                     era(Level::secondary, {"bo", "cy", "ana"}), era(Level::backup, {"di"})}};
}

Schedule schedule(Roster of = roster()) {
    auto made = Schedule::of(std::move(of));
    EXPECT_TRUE(made) << made.error().message();
    return std::move(*made);
}

std::string primary(const Schedule& s, std::string_view t) {
    std::string out;
    const OnCall people = s.at(at(t));
    for (const auto& person : people[0]) out += (out.empty() ? "" : " ") + person;
    return out;
}

std::vector<std::string> tell(const std::vector<Shift>& shifts, Level level) {
    std::vector<std::string> out;
    for (const Shift& shift : shifts)
        if (shift.level == level)
            out.push_back(shift.person + " " + to_rfc3339(shift.from).substr(5, 11) + " " +
                          to_rfc3339(shift.to).substr(5, 11));
    return out;
}

TEST(Schedule, FollowsTheRotations) {
    const auto s = schedule();
    EXPECT_EQ(primary(s, "2026-01-05T09:00"), "ana");
    EXPECT_EQ(primary(s, "2026-01-12T08:59"), "ana");
    EXPECT_EQ(primary(s, "2026-01-12T09:00"), "bo");
    EXPECT_EQ(primary(s, "2026-01-04T00:00"), "cy");  // Before the start.
    EXPECT_EQ(s.at(at("2026-01-12T09:00")), (OnCall{{{"bo"}, {"cy"}, {"di"}}}));
}

TEST(Schedule, ReplacesAddsAndRemoves) {
    Roster r = roster();
    r.overrides = {
        {.id = 1,
         .takes = "eve",
         .leaves = "ana",
         .from = at("2026-01-06T00:00"),
         .to = at("2026-01-07T00:00")},
        {.id = 2,
         .level = Level::primary,
         .takes = "fay",
         .from = at("2026-01-06T12:00"),
         .to = at("2026-01-08T00:00")},
        {.id = 3, .leaves = "bo", .from = at("2026-01-11T00:00"), .to = at("2026-01-13T00:00")},
    };
    const auto s = schedule(r);
    EXPECT_EQ(primary(s, "2026-01-05T23:59"), "ana");
    EXPECT_EQ(primary(s, "2026-01-06T00:00"), "eve");
    EXPECT_EQ(primary(s, "2026-01-06T12:00"), "eve fay");
    EXPECT_EQ(primary(s, "2026-01-07T00:00"), "ana fay");
    EXPECT_EQ(primary(s, "2026-01-08T00:00"), "ana");
    EXPECT_EQ(primary(s, "2026-01-12T09:00"), "");
    EXPECT_TRUE(s.at(at("2026-01-11T00:00"))[1].empty());  // Wherever bo stands.
    EXPECT_THAT(tell(s.shifts({at("2026-01-05T00:00"), at("2026-01-14T00:00")}), Level::primary),
                ElementsAre("cy 01-05T00:00 01-05T09:00", "ana 01-05T09:00 01-06T00:00",
                            "eve 01-06T00:00 01-07T00:00", "fay 01-06T12:00 01-08T00:00",
                            "ana 01-07T00:00 01-12T09:00", "bo 01-13T00:00 01-14T00:00"));
}

TEST(Schedule, AnOverrideOfALevelLeavesTheOthersAlone) {
    Roster r = roster();
    r.overrides = {{.id = 1,
                    .level = Level::secondary,
                    .takes = "eve",
                    .leaves = "bo",
                    .from = at("2026-01-05T09:00"),
                    .to = at("2026-01-19T09:00")}};
    const auto s = schedule(r);
    EXPECT_EQ(s.at(at("2026-01-06T00:00")), (OnCall{{{"ana"}, {"eve"}, {"di"}}}));
    EXPECT_EQ(s.at(at("2026-01-13T00:00")), (OnCall{{{"bo"}, {"cy"}, {"di"}}}));
}

TEST(Schedule, ATemporaryOneStandsInPlaceOfTheRotations) {
    Roster r = roster();
    r.temporaries = {
        {.id = 4,
         .from = at("2026-01-06T00:00"),
         .to = at("2026-01-08T00:00"),
         .shifts = {{Level::primary, "eve", at("2026-01-06T00:00"), at("2026-01-07T00:00")}}}};
    r.overrides = {{.id = 1,
                    .takes = "fay",
                    .leaves = "eve",
                    .from = at("2026-01-06T12:00"),
                    .to = at("2026-01-09T00:00")}};
    const auto s = schedule(r);
    EXPECT_EQ(s.at(at("2026-01-06T00:00")), (OnCall{{{"eve"}, {}, {}}}));
    EXPECT_EQ(s.at(at("2026-01-06T12:00")), (OnCall{{{"fay"}, {}, {}}}));
    EXPECT_EQ(s.at(at("2026-01-07T00:00")), (OnCall{}));
    EXPECT_EQ(primary(s, "2026-01-08T00:00"), "ana");
}

TEST(Schedule, WhatWasTakenBackHeldUntilThen) {
    Roster r = roster();
    r.overrides = {{.id = 1,
                    .takes = "eve",
                    .leaves = "ana",
                    .from = at("2026-01-06T00:00"),
                    .to = at("2026-01-09T00:00"),
                    .removed_at = at("2026-01-07T00:00")},
                   {.id = 2,
                    .takes = "fay",
                    .leaves = "ana",
                    .from = at("2026-01-10T00:00"),
                    .to = at("2026-01-11T00:00"),
                    .removed_at = at("2026-01-07T00:00")}};
    const auto s = schedule(r);
    EXPECT_EQ(primary(s, "2026-01-06T12:00"), "eve");
    EXPECT_EQ(primary(s, "2026-01-07T00:00"), "ana");
    EXPECT_EQ(primary(s, "2026-01-10T12:00"), "ana");
}

// The shifts between two instants are what at() says at each of them.
TEST(Schedule, ShiftsAndInstantsAgree) {
    Roster r = roster();
    r.eras[0].zone = "America/Chicago";
    r.eras[0].shift = 12h;
    r.eras[0].handover = "02:30";
    Era second = era(Level::primary, {"ana", "eve"});
    second.from = at("2026-03-09T12:00");
    r.eras.push_back(second);
    r.overrides = {{.id = 1,
                    .takes = "fay",
                    .leaves = "bo",
                    .from = at("2026-03-07T00:00"),
                    .to = at("2026-03-08T15:00")}};
    const auto s = schedule(r);
    const Span span{at("2026-03-06T00:00"), at("2026-03-12T00:00")};
    const auto shifts = s.shifts(span);
    for (Instant t = span.from; t < span.to; t = t + 7min) {
        OnCall by_shifts;
        for (const Shift& shift : shifts)
            if (shift.from <= t && t < shift.to)
                by_shifts[static_cast<std::size_t>(shift.level)].push_back(shift.person);
        ASSERT_EQ(by_shifts, s.at(t)) << to_rfc3339(t);
    }
    for (Instant t = span.from; t < span.to;) {
        const Instant next = s.next_change(t, span.to);
        ASSERT_GT(next, t);
        ASSERT_EQ(s.at(t), s.at(next - 1ns));
        if (next < span.to) ASSERT_NE(s.at(next), s.at(t));
        t = next;
    }
}

TEST(Schedule, MergedShiftsForgetTheSlots) {
    const auto s = schedule({.team = "a", .eras = {era(Level::primary, {"ana"})}});
    const Span span{at("2026-01-05T09:00"), at("2026-02-02T09:00")};
    EXPECT_EQ(s.shifts(span).size(), 4u);
    EXPECT_THAT(tell(merged(s.shifts(span)), Level::primary),
                ElementsAre("ana 01-05T09:00 02-02T09:00"));
}

// --- changes ------------------------------------------------------------------------------------

const Instant now = at("2026-01-06T00:00");

Book book(Roster of = roster()) {
    return {schedule(std::move(of)), {{"ana", 4}}, {"ana", "bo", "cy", "di", "eve"}};
}

Override wanted(std::string takes, std::string leaves, std::string_view from, std::string_view to) {
    return {.id = 9,
            .takes = std::move(takes),
            .leaves = std::move(leaves),
            .from = at(from),
            .to = at(to)};
}

TEST(AnOverride, ClaimsTheNextTurnOfBothPeople) {
    const auto decision =
        add_override(book(), wanted("eve", "ana", "2026-01-01T00:00", "2026-01-08T00:00"), now);
    ASSERT_TRUE(decision) << decision.error().message();
    ASSERT_EQ(decision->events.size(), 1u);
    const auto event = from_json<OverrideAdded>(decision->events[0].payload).value();
    EXPECT_EQ(event.from, now);  // The past stays as it was.
    EXPECT_EQ(event.team, "checkout");
    ASSERT_EQ(event.claims.size(), 2u);
    EXPECT_EQ(event.claims[0].person + std::to_string(event.claims[0].turn), "ana5");
    EXPECT_EQ(event.claims[1].person + std::to_string(event.claims[1].turn), "eve1");
    EXPECT_THAT(decision->events[0].subjects, ElementsAre("team:checkout", "user:eve", "user:ana"));
    ASSERT_EQ(decision->clocks.size(), 1u);
    EXPECT_EQ(decision->clocks[0].due, now);
}

TEST(AnOverride, ConflictsWithAnotherOfTheSamePeople) {
    Roster r = roster();
    r.overrides = {{.id = 3,
                    .takes = "eve",
                    .leaves = "ana",
                    .from = at("2026-01-07T00:00"),
                    .to = at("2026-01-08T00:00")}};
    const auto refused = [&](std::string takes, std::string leaves, std::string_view from,
                             std::string_view to) {
        const auto d =
            add_override(book(r), wanted(std::move(takes), std::move(leaves), from, to), now);
        return !d && d.error().code == Errc::conflict;
    };
    EXPECT_TRUE(refused("bo", "ana", "2026-01-06T12:00", "2026-01-07T00:01"));
    EXPECT_TRUE(refused("ana", "", "2026-01-07T23:59", "2026-01-09T00:00"));
    EXPECT_TRUE(refused("bo", "eve", "2026-01-01T00:00", "2026-01-20T00:00"));
    EXPECT_FALSE(refused("bo", "ana", "2026-01-06T12:00", "2026-01-07T00:00"));
    EXPECT_FALSE(refused("bo", "ana", "2026-01-08T00:00", "2026-01-09T00:00"));
    EXPECT_FALSE(refused("di", "bo", "2026-01-07T00:00", "2026-01-08T00:00"));
    r.overrides[0].removed_at = now;
    EXPECT_FALSE(refused("bo", "ana", "2026-01-07T00:00", "2026-01-08T00:00"));
}

TEST(AnOverride, MustMakeSense) {
    for (const auto& bad : {wanted("", "", "2026-01-07T00:00", "2026-01-08T00:00"),
                            wanted("ana", "ana", "2026-01-07T00:00", "2026-01-08T00:00"),
                            wanted("zoe", "ana", "2026-01-07T00:00", "2026-01-08T00:00"),
                            wanted("eve", "ana", "2026-01-08T00:00", "2026-01-07T00:00"),
                            wanted("eve", "ana", "2026-01-01T00:00", "2026-01-05T00:00"),
                            wanted("eve", "ana", "2026-01-07T00:00", "2028-01-08T00:00")}) {
        const auto d = add_override(book(), bad, now);
        ASSERT_FALSE(d);
        EXPECT_EQ(d.error().code, Errc::invalid_argument);
    }
}

TEST(ASwap, IsTwoOverrides) {
    const Swap swapped{.one = at("2026-01-13T00:00"),
                       .other = at("2026-01-20T00:00"),
                       .first_id = 1,
                       .second_id = 2};
    const auto decision = swap(book(), swapped, now);
    ASSERT_TRUE(decision) << decision.error().message();
    ASSERT_EQ(decision->events.size(), 2u);
    Roster r = roster();
    for (const auto& event : decision->events) {
        const auto payload = from_json<OverrideAdded>(event.payload).value();
        r.overrides.push_back(payload);
        EXPECT_EQ(payload.claims[0].turn, static_cast<std::int64_t>(r.overrides.size()));
    }
    const auto s = schedule(r);
    EXPECT_EQ(primary(s, "2026-01-12T09:00"), "cy");
    EXPECT_EQ(primary(s, "2026-01-19T09:00"), "bo");
    EXPECT_EQ(primary(s, "2026-01-26T09:00"), "ana");
    EXPECT_EQ(s.at(at("2026-01-12T09:00"))[1], std::vector<std::string>{"cy"});  // As before.
    EXPECT_FALSE(
        swap(book(), {.one = at("2026-01-13T00:00"), .other = at("2026-01-14T00:00")}, now));
}

TEST(ATemporarySchedule, IsTheOnlyOneAtATime) {
    Temporary t{
        .id = 5,
        .from = at("2026-01-07T00:00"),
        .to = at("2026-01-09T00:00"),
        .shifts = {{Level::primary, "eve", at("2026-01-07T00:00"), at("2026-01-08T00:00")}}};
    const auto decision = add_temporary(book(), t, now);
    ASSERT_TRUE(decision) << decision.error().message();
    const auto event = from_json<TemporaryAdded>(decision->events[0].payload).value();
    ASSERT_EQ(event.shifts.size(), 1u);
    Roster r = roster();
    r.temporaries.push_back(event);
    EXPECT_EQ(add_temporary(book(r), t, now).error().code, Errc::conflict);
    EXPECT_TRUE(remove_temporary(book(r), 5, now));
    EXPECT_EQ(remove_temporary(book(r), 6, now).error().code, Errc::not_found);
    t.shifts[0].to = at("2026-01-10T00:00");
    EXPECT_EQ(add_temporary(book(), t, now).error().code, Errc::invalid_argument);
}

config::Oncall oncall_of(std::vector<std::string> primaries) {
    config::Oncall oncall;
    oncall.levels = {{std::move(primaries), {"bo", "cy", "ana"}, {"di"}}};
    return oncall;
}

// The rotations after a change of the configuration at `when`.
Roster after(Roster r, const config::Oncall& oncall, Instant when) {
    const auto decision = follow(schedule(r), &oncall, when);
    EXPECT_TRUE(decision);
    for (const auto& event : decision->events)
        r.eras.push_back(from_json<RotationChanged>(event.payload).value());
    return r;
}

TEST(ARotation, FollowsTheConfigurationWithoutMovingAnybodyNow) {
    Roster r = after({.team = "checkout"}, oncall_of({"ana", "bo", "cy"}), now);
    EXPECT_EQ(r.eras.size(), 3u);
    EXPECT_TRUE(follow(schedule(r),
                       std::make_unique<config::Oncall>(oncall_of({"ana", "bo", "cy"})).get(), now)
                    ->empty());
    const Instant later = at("2026-01-14T00:00");  // bo's week.
    r = after(r, oncall_of({"eve", "ana", "bo", "cy"}), later);
    EXPECT_EQ(r.eras.size(), 4u);
    const auto s = schedule(r);
    EXPECT_EQ(primary(s, "2026-01-06T00:00"), "ana");  // As it was.
    EXPECT_EQ(primary(s, "2026-01-14T00:00"), "bo");
    EXPECT_EQ(primary(s, "2026-01-19T09:00"), "cy");
    EXPECT_EQ(primary(s, "2026-01-26T09:00"), "eve");

    r = after(r, oncall_of({"ana", "cy", "eve"}), at("2026-01-27T00:00"));  // eve's; bo leaves.
    const auto next = schedule(r);
    EXPECT_EQ(primary(next, "2026-01-27T00:00"), "eve");
    EXPECT_EQ(primary(next, "2026-02-02T09:00"), "ana");
    EXPECT_EQ(primary(next, "2026-01-14T00:00"), "bo");
}

TEST(ARotation, WithANewTimingNumbersItsSlotsAnew) {
    Roster r = after({.team = "checkout"}, oncall_of({"ana", "bo", "cy"}), now);
    auto oncall = oncall_of({"ana", "bo", "cy"});
    oncall.handover = "Wed 12:00";
    r = after(r, oncall, at("2026-01-13T00:00"));
    const auto s = schedule(r);
    EXPECT_EQ(r.eras.back().plan, 2);
    EXPECT_EQ(primary(s, "2026-01-13T00:00"), "bo");
    EXPECT_EQ(primary(s, "2026-01-14T11:59"), "bo");
    EXPECT_EQ(primary(s, "2026-01-14T12:00"), "cy");
}

TEST(ARotation, OfATeamThatIsGoneIsEmpty) {
    Roster r = after({.team = "checkout"}, oncall_of({"ana"}), now);
    const auto decision = follow(schedule(r), nullptr, now);
    ASSERT_TRUE(decision);
    EXPECT_EQ(decision->events.size(), 3u);
    for (const auto& event : decision->events)
        r.eras.push_back(from_json<RotationChanged>(event.payload).value());
    EXPECT_EQ(schedule(r).at(now + 1s), OnCall{});
    EXPECT_TRUE(follow(schedule(r), nullptr, now + 1s)->empty());
}

TEST(AHandOver, IsToldOnceWithItsNotes) {
    const auto s = schedule();
    Standing before{.people = s.at(now), .notes = {}};
    before.notes[0] = {"the cache is cold"};
    const auto quiet = hand_over(s, before, now);
    EXPECT_TRUE(quiet.events.empty());
    ASSERT_EQ(quiet.clocks.size(), 1u);
    EXPECT_EQ(quiet.clocks[0].due, at("2026-01-12T09:00"));

    const auto changed = hand_over(s, before, at("2026-01-12T09:00"));
    ASSERT_EQ(changed.events.size(), 2u);  // The backup stays.
    const auto event = from_json<ShiftChanged>(changed.events[0].payload).value();
    EXPECT_THAT(event.out, ElementsAre("ana"));
    EXPECT_THAT(event.in, ElementsAre("bo"));
    EXPECT_THAT(event.notes, ElementsAre("the cache is cold"));
    EXPECT_EQ(changed.clocks[0].due, at("2026-01-19T09:00"));
}

TEST(AHandOver, HasANoteForWhoComesNext) {
    const auto d = note_handover(schedule(), {.id = 1, .text = "look at v2", .by = "ana"}, now);
    ASSERT_TRUE(d);
    EXPECT_EQ(from_json<HandoverNoted>(d->events[0].payload)->due, at("2026-01-12T09:00"));
    EXPECT_FALSE(note_handover(schedule(), {.by = "ana"}, now));
}

TEST(AnImport, IsAllOrNothingAndOneEvent) {
    std::vector<Override> many = {
        wanted("eve", "ana", "2026-01-07T00:00", "2026-01-08T00:00"),
        wanted("eve", "ana", "2026-01-09T00:00", "2026-01-10T00:00"),
        wanted("eve", "ana", "2026-01-01T00:00", "2026-01-02T00:00"),  // Over.
    };
    const auto d = import_overrides(book(), many, "digest", now);
    ASSERT_TRUE(d) << d.error().message();
    ASSERT_EQ(d->events.size(), 1u);
    const auto event = from_json<OverridesImported>(d->events[0].payload).value();
    EXPECT_EQ(event.count, 2);
    EXPECT_EQ(event.overrides.size(), 2u);
    EXPECT_EQ(event.claims.size(), 2u);
    many[1].from = at("2026-01-07T12:00");
    EXPECT_EQ(import_overrides(book(), many, "digest", now).error().code, Errc::conflict);
}

// --- quality ------------------------------------------------------------------------------------

TEST(Quality, OfAFullSchedule) {
    Roster r = roster();
    r.eras = {era(Level::primary, {"ana", "bo", "cy", "di"}),
              era(Level::secondary, {"bo", "cy", "di", "ana"}),
              era(Level::backup, {"cy", "di", "ana", "bo"})};
    const auto q = quality(schedule(r), at("2026-01-05T09:00"), {});
    EXPECT_DOUBLE_EQ(q.coverage, 1);
    EXPECT_DOUBLE_EQ(q.balance, 1);
    EXPECT_DOUBLE_EQ(q.score, 1);
    EXPECT_EQ(q.gap_longest, Duration{});
    EXPECT_TRUE(q.warnings.empty()) << q.warnings.front();
    ASSERT_EQ(q.loads.size(), 4u);
    EXPECT_DOUBLE_EQ(q.loads[0].primary_share, 0.25);
    EXPECT_EQ(q.loads[0].back_to_back, 0);
}

TEST(Quality, CountsGapsAndLoads) {
    Roster r{.team = "a",
             .eras = {era(Level::primary, {"ana"}), era(Level::secondary, {"ana", "bo"})}};
    const Instant from = at("2026-01-05T09:00");
    r.overrides = {{.id = 1, .leaves = "ana", .from = from + 168h, .to = from + 2 * 168h},
                   {.id = 2, .leaves = "bo", .from = from + 168h, .to = from + 168h + 24h}};
    const auto q = quality(schedule(r), from,
                           {{"ana", 1, from - 13h},
                            {"ana", 1, from - 12h},
                            {"ana", 2, from - 5h},
                            {"ana", 3, from - 4h},
                            {"bo", 4, from - 4h}});
    EXPECT_EQ(q.gap_longest, 24h);
    EXPECT_EQ(q.gap_from, from + 168h);
    EXPECT_NEAR(q.coverage, 1 - 1.0 / 364, 1e-12);
    EXPECT_NEAR(q.covered[0], 51.0 / 52, 1e-12);
    ASSERT_EQ(q.loads.size(), 2u);
    EXPECT_EQ(q.loads[0].back_to_back, 49);  // Weeks 0; 2 to 51.
    EXPECT_EQ(q.loads[0].incidents_12h, 3);
    EXPECT_NEAR(q.balance, (26.0 * 7 - 1) / ((51 + 26) * 7.0), 1e-12);
    EXPECT_THAT(
        q.warnings,
        ElementsAre(HasSubstr("2 people for three levels"), HasSubstr("nobody is ever backup"),
                    HasSubstr("nobody at all is on call for 1d from 2026-01-12T09:00"),
                    HasSubstr("ana holds two levels at once"),
                    HasSubstr("ana is primary 98 % of the time"),
                    HasSubstr("ana was paged for 3 incidents within 12 hours")));
}

}  // namespace
}  // namespace sg::oncall
