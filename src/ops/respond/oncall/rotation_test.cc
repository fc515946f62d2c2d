// Every vector of hand-overs through changes of the clock, and whose turn it is when the list
// changes.
#include "ops/respond/oncall/rotation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sg::oncall {
namespace {

using testing::ElementsAreArray;

Zone zone(std::string_view name) {
    auto found = Zone::find(name);
    EXPECT_TRUE(found) << name;
    return found.value_or(Zone{});
}

Instant at(std::string_view text) {
    const auto parsed = parse_rfc3339(text);
    EXPECT_TRUE(parsed) << text;
    return parsed.value_or(Instant{});
}

ClockTime clock_at(std::string_view text) { return Zone{}.clock(at(std::string(text) + ":00Z")); }

TEST(Zone, AClockTimeThatDoesNotExistIsTheEndOfTheGap) {
    const auto chicago = zone("America/Chicago");
    EXPECT_EQ(to_text(chicago.instant(clock_at("2020-03-08T02:30")), chicago),
              "2020-03-08T03:00:00-05:00");
}

TEST(Zone, AClockTimeThatOccursTwiceIsTheFirst) {
    const auto chicago = zone("America/Chicago");
    EXPECT_EQ(to_text(chicago.instant(clock_at("2020-11-01T01:30")), chicago),
              "2020-11-01T01:30:00-05:00");
}

TEST(Zone, ADayThatNeverWasIsAGapToo) {  // Samoa left out 2011-12-30.
    const auto apia = zone("Pacific/Apia");
    EXPECT_EQ(to_text(apia.instant(clock_at("2011-12-30T12:00")), apia),
              "2011-12-31T00:00:00+14:00");
}

TEST(Zone, KnowsTheYearsToCome) {
    const auto berlin = zone("Europe/Berlin");
    EXPECT_EQ(to_text(at("2036-07-01T00:00:00Z"), berlin), "2036-07-01T02:00:00+02:00");
    EXPECT_EQ(to_text(at("2036-12-01T00:00:00Z"), berlin), "2036-12-01T01:00:00+01:00");
}

TEST(Zone, AnUnknownNameIsRefused) {
    for (const auto* name : {"Europe/Atlantis", "", "../../etc/passwd", "/etc/localtime"})
        EXPECT_FALSE(Zone::find(name)) << name;
}

// Hand-overs of a rotation in a zone: those from `from` on are `expected`, in order, no others.
struct Vector {
    const char* zone;
    const char* start;  // Clock time.
    std::chrono::minutes shift;
    int months;
    std::vector<std::string> expected;
};

void PrintTo(const Vector& vector, std::ostream* out) {
    *out << vector.zone << " from " << vector.start;
}

class HandOver : public testing::TestWithParam<Vector> {};

using std::chrono::minutes;
constexpr minutes hourly{60};
constexpr minutes daily{1440};
constexpr minutes weekly{7 * 1440};

TEST_P(HandOver, IsByTheClockOnTheWall) {
    const auto& v = GetParam();
    const Rotation rotation{zone(v.zone), clock_at(v.start), v.shift, v.months};
    std::vector<std::string> actual;
    Instant t = at(v.expected.front());
    EXPECT_EQ(handover(rotation, slot_at(rotation, t)), t);
    for (std::size_t i = 0; i < v.expected.size(); ++i) {
        actual.push_back(to_text(t, rotation.zone));
        const Instant next = next_handover(rotation, t);
        ASSERT_GT(next, t);
        EXPECT_EQ(slot_at(rotation, Instant{next.ns - 1}), slot_at(rotation, t));
        t = next;
    }
    EXPECT_THAT(actual, ElementsAreArray(v.expected));
}

const Vector vectors[] = {
    {"America/Chicago",
     "2020-10-30T01:30",
     daily,
     0,
     {"2020-10-30T01:30:00-05:00", "2020-10-31T01:30:00-05:00", "2020-11-01T01:30:00-05:00",
      "2020-11-02T01:30:00-06:00"}},
    {"America/Chicago",
     "2020-03-06T02:30",
     daily,
     0,
     {"2020-03-06T02:30:00-06:00", "2020-03-07T02:30:00-06:00", "2020-03-08T03:00:00-05:00",
      "2020-03-09T02:30:00-05:00"}},
    {"America/Chicago",
     "2020-03-01T00:30",
     hourly,
     0,
     {"2020-03-08T01:30:00-06:00", "2020-03-08T03:00:00-05:00", "2020-03-08T03:30:00-05:00",
      "2020-03-08T04:30:00-05:00"}},
    {"America/Chicago",
     "2020-03-01T00:00",
     hourly,
     0,
     {"2020-03-08T01:00:00-06:00", "2020-03-08T03:00:00-05:00", "2020-03-08T04:00:00-05:00"}},
    {"America/Chicago",
     "2020-10-30T00:30",
     hourly,
     0,
     {"2020-11-01T00:30:00-05:00", "2020-11-01T01:30:00-05:00", "2020-11-01T02:30:00-06:00",
      "2020-11-01T03:30:00-06:00"}},
    {"America/Chicago",
     "2017-03-03T08:00",
     weekly,
     0,
     {"2017-03-10T08:00:00-06:00", "2017-03-17T08:00:00-05:00"}},
    {"America/Chicago",
     "2020-10-01T01:30",
     {},
     1,
     {"2020-10-01T01:30:00-05:00", "2020-11-01T01:30:00-05:00", "2020-12-01T01:30:00-06:00"}},
    {"Australia/Lord_Howe",
     "2021-04-01T00:30",
     hourly,
     0,
     {"2021-04-04T00:30:00+11:00", "2021-04-04T01:30:00+11:00", "2021-04-04T02:30:00+10:30",
      "2021-04-04T03:30:00+10:30"}},
    {"Australia/Lord_Howe",
     "2020-10-02T02:15",
     daily,
     0,
     {"2020-10-02T02:15:00+10:30", "2020-10-03T02:15:00+10:30", "2020-10-04T02:30:00+11:00",
      "2020-10-05T02:15:00+11:00"}},
    {"America/Chicago",
     "2020-01-31T09:00",
     {},
     1,
     {"2020-01-31T09:00:00-06:00", "2020-02-29T09:00:00-06:00", "2020-03-31T09:00:00-05:00"}},
};
INSTANTIATE_TEST_SUITE_P(Vectors, HandOver, testing::ValuesIn(vectors));

TEST(Rotation, AWeekIsAnHourShorterInSpringAndLongerInAutumn) {
    const Rotation r{zone("America/Chicago"), clock_at("2017-03-10T08:00"), weekly};
    EXPECT_EQ(handover(r, 1) - handover(r, 0), 167h);
    const Rotation autumn{zone("America/Chicago"), clock_at("2017-11-04T08:00"), weekly};
    EXPECT_EQ(handover(autumn, 1) - handover(autumn, 0), 169h);
}

TEST(Rotation, TheShiftOfAnInstant) {
    const Rotation r{zone("America/Chicago"), clock_at("2024-10-01T00:00"), weekly};
    const auto shift = [&](std::string_view t) {
        const auto slot = slot_at(r, at(t));
        return to_rfc3339(handover(r, slot)) + " " + to_rfc3339(handover(r, slot + 1));
    };
    EXPECT_EQ(shift("2024-11-04T12:00:00Z"), "2024-10-29T05:00:00.000Z 2024-11-05T06:00:00.000Z");
    EXPECT_EQ(shift("2025-03-10T12:00:00Z"), "2025-03-04T06:00:00.000Z 2025-03-11T05:00:00.000Z");
}

TEST(Rotation, TwentyFourHoursAreADay) {
    const Rotation by_hours{zone("America/Chicago"), clock_at("2020-03-06T02:30"), 24 * hourly};
    const Rotation by_day{zone("America/Chicago"), clock_at("2020-03-06T02:30"), daily};
    for (int n = -400; n < 400; ++n) EXPECT_EQ(handover(by_hours, n), handover(by_day, n));
}

// Of every zone and shift, around each change of a clock: slots in order, without a gap, also
// before the start.
TEST(Rotation, EveryInstantHasOneSlot) {
    constexpr std::string_view before[] = {"2011-12-28T00:00:00Z", "2012-03-10T00:00:00Z",
                                           "2012-03-31T00:00:00Z", "2012-10-05T00:00:00Z",
                                           "2012-11-03T00:00:00Z"};
    for (const auto* name : {"America/Chicago", "Australia/Lord_Howe", "Pacific/Apia", "UTC"})
        for (const auto shift : {minutes{60}, minutes{90}, minutes{12 * 60}, daily, weekly})
            for (const auto begin : before) {
                const Rotation r{zone(name), clock_at("2012-01-02T02:15"), shift};
                Instant t = at(begin);
                std::int64_t last = slot_at(r, t);
                for (int i = 0; i < 200; ++i, t = t + 17min) {
                    const auto slot = slot_at(r, t);
                    ASSERT_GE(slot, last);
                    ASSERT_LE(handover(r, slot), t) << name << ' ' << to_rfc3339(t);
                    ASSERT_GT(handover(r, slot + 1), t) << name << ' ' << to_rfc3339(t);
                    last = slot;
                }
            }
}

TEST(Rotation, MonthsBeforeTheStart) {
    const Rotation r{zone("UTC"), clock_at("2020-10-15T00:00"), minutes{0}, 1};
    EXPECT_EQ(slot_at(r, at("2020-10-14T23:59:59Z")), -1);
    EXPECT_EQ(slot_at(r, at("2019-10-15T00:00:00Z")), -12);
    EXPECT_EQ(slot_at(r, at("2020-12-14T00:00:00Z")), 1);
}

// --- what people write --------------------------------------------------------------------------

TEST(Timing, TheFirstHandOverIsTheFirstSuchDayFromSince) {
    const auto r = rotation_of({"Mon 09:00", 168h, "Europe/Berlin", "2026-01-06"});
    ASSERT_TRUE(r) << r.error().message();
    EXPECT_EQ(to_text(handover(*r, 0), r->zone), "2026-01-12T09:00:00+01:00");
    EXPECT_EQ(to_text(handover(*r, 26), r->zone), "2026-07-13T09:00:00+02:00");
}

TEST(Timing, OnlyATimeIsEveryDay) {
    const auto r = rotation_of({"09:00", 168h, "UTC", "2026-01-06"});
    ASSERT_TRUE(r);
    EXPECT_EQ(handover(*r, 1) - handover(*r, 0), 24h);
    const auto twelve = rotation_of({"09:00", 12h, "UTC", "2026-01-06"});
    ASSERT_TRUE(twelve);
    EXPECT_EQ(handover(*twelve, 1) - handover(*twelve, 0), 12h);
}

TEST(Timing, MistakesAreRefused) {
    for (const Timing& bad :
         {Timing{"Mon 9:00", 168h, "UTC", "2026-01-05"},
          Timing{"Mo 09:00", 168h, "UTC", "2026-01-05"},
          Timing{"Mon 24:00", 168h, "UTC", "2026-01-05"},
          Timing{"Mon 09:00", 59min, "UTC", "2026-01-05"},
          Timing{"Mon 09:00", 168h, "Mars/Olympus", "2026-01-05"},
          Timing{"Mon 09:00", 168h, "UTC", "2026-02-30"}, Timing{"", 168h, "UTC", "2026-01-05"}})
        EXPECT_FALSE(rotation_of(bad)) << bad.handover << ' ' << bad.zone << ' ' << bad.since;
}

// --- whose turn ---------------------------------------------------------------------------------

using People = std::vector<std::string>;

std::string turns(const Anchor& anchor, const People& people, std::int64_t from) {
    std::string out;
    for (std::int64_t slot = from; slot < from + 5; ++slot)
        out += member_at(anchor, people, slot) + ' ';
    return out;
}

TEST(Turns, GoRoundInBothDirections) {
    EXPECT_EQ(turns({}, {"ana", "bo", "cy"}, 0), "ana bo cy ana bo ");
    EXPECT_EQ(turns({}, {"ana", "bo", "cy"}, -2), "bo cy ana bo cy ");
}

TEST(Turns, ANewMemberMovesNobodyNow) {
    const People old = {"ana", "bo", "cy"};
    const People now = {"di", "ana", "bo", "cy"};
    const auto anchor = anchor_after({}, {old, now, 7, 7});  // bo's.
    EXPECT_EQ(turns(anchor, now, 7), "bo cy di ana bo ");
}

TEST(Turns, ARemovedMemberMovesNobodyNow) {
    const People old = {"ana", "bo", "cy", "di"};
    const People now = {"bo", "cy", "di"};
    const auto anchor = anchor_after({}, {old, now, 6, 6});  // cy's.
    EXPECT_EQ(turns(anchor, now, 6), "cy di bo cy di ");
}

TEST(Turns, WhoeverIsRemovedIsFollowedByTheNext) {
    const People old = {"ana", "bo", "cy", "di"};
    const People now = {"di", "ana"};
    EXPECT_EQ(turns(anchor_after({}, {old, now, 5, 5}), now, 5), "di ana di ana di ");
    const People others = {"eve"};
    EXPECT_EQ(turns(anchor_after({}, {old, others, 5, 5}), others, 5), "eve eve eve eve eve ");
}

}  // namespace
}  // namespace sg::oncall
