// Calendars: what a feed says and how it is written; what is understood of one from outside.
#include "ops/respond/oncall/calendar.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "base/text.h"

namespace sg::oncall {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

Instant at(std::string_view text) { return *parse_rfc3339(std::string(text) + ":00Z"); }

Roster roster(std::vector<std::string> members = {"ana", "bo", "cy"}) {
    return {.team = "checkout",
            .eras = {{.team = "checkout",
                      .members = std::move(members),
                      .handover = "Mon 09:00",
                      .shift = 168h,
                      .zone = "Europe/Berlin",
                      .since = "2026-01-05"}},
            .revision = 3,
            .changed_at = at("2026-02-01T00:00")};
}

Schedule schedule(Roster of) { return *Schedule::of(std::move(of)); }

std::map<std::string, CalendarEvent> by_uid(const std::vector<CalendarEvent>& events) {
    std::map<std::string, CalendarEvent> map;
    for (const auto& event : events) {
        EXPECT_FALSE(map.contains(event.uid)) << event.uid;
        map[event.uid] = event;
    }
    return map;
}

const Instant now = at("2026-03-11T12:00");

TEST(Feed, HasAnEventForEverySlot) {
    const auto all =
        feed_events(schedule(roster()), {.person = {}, .names = {{"ana", "Ana María"}}}, now);
    const auto events = by_uid(all);
    ASSERT_TRUE(events.contains("checkout.primary.1.9@streamgate"));
    const auto& event = events.at("checkout.primary.1.9@streamgate");
    EXPECT_EQ(event.summary, "Ana María: primary for checkout");
    EXPECT_EQ(event.from, at("2026-03-09T08:00"));
    EXPECT_EQ(event.to, at("2026-03-16T08:00"));
    EXPECT_EQ(events.at("checkout.primary.1.12@streamgate").to, at("2026-04-06T07:00"));  // Summer.
    EXPECT_EQ(event.sequence, 3);
    const auto own = feed_events(schedule(roster()), {.person = "ana", .names = {}}, now);
    EXPECT_EQ(own.size(), 10u);
    EXPECT_EQ(own.front().summary, "On call: primary for checkout");
}

TEST(Feed, IsTheSameAtEveryLookOfADay) {
    const auto s = schedule(roster());
    EXPECT_EQ(write_calendar({"a", feed_events(s, {}, now)}),
              write_calendar({"a", feed_events(s, {}, now + 11h)}));
}

TEST(Feed, CancelsWhatAnOverrideTook) {
    Roster r = roster();
    r.overrides = {{.id = 1,
                    .takes = "bo",
                    .leaves = "ana",
                    .from = at("2026-03-10T00:00"),
                    .to = at("2026-03-12T00:00")},
                   {.id = 2,
                    .takes = "cy",
                    .leaves = "ana",
                    .from = at("2026-03-30T07:00"),
                    .to = at("2026-04-06T07:00")}};
    const auto ana = by_uid(feed_events(schedule(r), {.person = "ana", .names = {}}, now));
    EXPECT_EQ(ana.at("checkout.primary.1.9@streamgate").to, at("2026-03-10T00:00"));
    EXPECT_EQ(ana.at("checkout.primary.1.9.2@streamgate").from, at("2026-03-12T00:00"));
    EXPECT_FALSE(ana.at("checkout.primary.1.9@streamgate").cancelled);
    EXPECT_TRUE(ana.at("checkout.primary.1.12@streamgate").cancelled);
    const auto bo = by_uid(feed_events(schedule(r), {.person = "bo", .names = {}}, now));
    EXPECT_EQ(bo.at("checkout.primary.1.9.bo@streamgate").from, at("2026-03-10T00:00"));

    r.overrides[0].removed_at = now;  // It goes, but not without a word.
    r.overrides[1].removed_at = now;
    const auto after = by_uid(feed_events(schedule(r), {.person = "cy", .names = {}}, now));
    EXPECT_TRUE(after.at("checkout.primary.1.12.cy@streamgate").cancelled);
    EXPECT_FALSE(by_uid(feed_events(schedule(r), {.person = "ana", .names = {}}, now))
                     .at("checkout.primary.1.12@streamgate")
                     .cancelled);
    const auto later =
        by_uid(feed_events(schedule(r), {.person = "cy", .names = {}}, now + 31 * 24h));
    EXPECT_FALSE(later.contains("checkout.primary.1.12.cy@streamgate"));
}

TEST(Feed, CancelsWhatANewMemberTook) {
    Roster r = roster();
    Era next = r.eras[0];
    next.from = at("2026-03-10T00:00");
    next.members = {"ana", "di", "bo", "cy"};
    next.slot = 9;
    next.index = 0;
    r.eras.push_back(next);
    const auto bo = by_uid(feed_events(schedule(r), {.person = "bo", .names = {}}, now));
    EXPECT_TRUE(bo.at("checkout.primary.1.10@streamgate").cancelled);
    EXPECT_FALSE(bo.at("checkout.primary.1.11@streamgate").cancelled);
    const auto all = by_uid(feed_events(schedule(r), {}, now));
    EXPECT_EQ(all.at("checkout.primary.1.10@streamgate").summary, "di: primary for checkout");
}

// Without line breaks of folds.
std::string unfolded(std::string text) {
    for (auto i = text.find("\r\n "); i != std::string::npos; i = text.find("\r\n ", i))
        text.erase(i, 3);
    return text;
}

TEST(Written, IsAsTheStandardWantsIt) {
    const auto text = write_calendar({"On call",
                                      {{.uid = "a",
                                        .from = at("2026-03-09T08:00"),
                                        .to = at("2026-03-16T08:00"),
                                        .summary = "ana, bo; cy\\di\nnext",
                                        .sequence = 2,
                                        .modified = now,
                                        .cancelled = true}}});
    EXPECT_EQ(text,
              "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//StreamGate//on call//EN\r\n"
              "CALSCALE:GREGORIAN\r\nMETHOD:PUBLISH\r\nNAME:On call\r\nX-WR-CALNAME:On call\r\n"
              "REFRESH-INTERVAL;VALUE=DURATION:PT15M\r\nX-PUBLISHED-TTL:PT15M\r\n"
              "BEGIN:VEVENT\r\nUID:a\r\nDTSTAMP:20260311T120000Z\r\n"
              "LAST-MODIFIED:20260311T120000Z\r\nSEQUENCE:2\r\nDTSTART:20260309T080000Z\r\n"
              "DTEND:20260316T080000Z\r\nSUMMARY:ana\\, bo\\; cy\\\\di\\nnext\r\n"
              "STATUS:CANCELLED\r\nTRANSP:TRANSPARENT\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n");
}

TEST(Written, IsFoldedBetweenCharactersOnly) {
    for (std::size_t lead = 0; lead < 8; ++lead) {
        std::string name(lead, 'x');
        for (int i = 0; i < 60; ++i) name += "ä€😀";
        const auto text = write_calendar({name, {}});
        for (const auto line : split(text, '\n')) {
            if (line.empty()) continue;
            ASSERT_TRUE(line.ends_with('\r'));
            EXPECT_LE(line.size() - 1, line_octets_max);
            auto rest = line.substr(0, line.size() - 1);
            while (!rest.empty()) {
                ASSERT_GT(utf8_length(rest), 0u) << line;
                rest.remove_prefix(utf8_length(rest));
            }
        }
        EXPECT_THAT(unfolded(text), HasSubstr("\r\nNAME:" + name + "\r\n"));
    }
}

// --- reading ------------------------------------------------------------------------------------

const Span year{at("2026-01-01T00:00"), at("2027-01-01T00:00")};

Result<std::vector<Occurrence>> read(std::string_view event) {
    return read_calendar("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:u\r\n" +
                             std::string(event) + "\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
                         year, Zone::find("America/Chicago").value());
}

std::vector<std::string> spans(std::string_view event) {
    const auto read_ = read(event);
    if (!read_) return {read_.error().message()};
    std::vector<std::string> out;
    for (const auto& o : *read_)
        out.push_back(to_rfc3339(o.from).substr(5, 11) + " " + to_rfc3339(o.to).substr(5, 11));
    return out;
}

TEST(Read, TimesInEveryForm) {
    EXPECT_THAT(spans("DTSTART:20260701T090000Z\r\nDTEND:20260701T170000Z"),
                ElementsAre("07-01T09:00 07-01T17:00"));
    EXPECT_THAT(spans("DTSTART;TZID=Europe/Berlin:20260701T090000\r\n"
                      "DTEND;TZID=\"Europe/Berlin\":20260701T170000"),
                ElementsAre("07-01T07:00 07-01T15:00"));
    EXPECT_THAT(spans("DTSTART:20260701T090000\r\nDURATION:PT8H"),  // Floating.
                ElementsAre("07-01T14:00 07-01T22:00"));
    EXPECT_THAT(spans("DTSTART;VALUE=DATE:20260701\r\nDTEND;VALUE=DATE:20260703"),
                ElementsAre("07-01T05:00 07-03T05:00"));
    EXPECT_THAT(spans("DTSTART;VALUE=DATE:20260701"), ElementsAre("07-01T05:00 07-02T05:00"));
    EXPECT_THAT(spans("DTSTART:20260701T090000Z\r\nDURATION:P1DT2H30M"),
                ElementsAre("07-01T09:00 07-02T11:30"));
}

TEST(Read, Rules) {
    EXPECT_THAT(spans("DTSTART:20260701T090000Z\r\nDURATION:PT1H\r\nRRULE:FREQ=DAILY;COUNT=3"),
                ElementsAre("07-01T09:00 07-01T10:00", "07-02T09:00 07-02T10:00",
                            "07-03T09:00 07-03T10:00"));
    // By the clock of its zone, through the change; UNTIL in UTC.
    EXPECT_THAT(spans("DTSTART;TZID=America/Chicago:20260306T090000\r\nDURATION:PT1H\r\n"
                      "RRULE:FREQ=DAILY;INTERVAL=2;UNTIL=20260310T140000Z"),
                ElementsAre("03-06T15:00 03-06T16:00", "03-08T14:00 03-08T15:00",
                            "03-10T14:00 03-10T15:00"));
    EXPECT_THAT(spans("DTSTART:20260701T090000Z\r\nDURATION:PT1H\r\n"  // A Wednesday.
                      "RRULE:FREQ=WEEKLY;BYDAY=MO,WE;COUNT=3\r\nEXDATE:20260706T090000Z"),
                ElementsAre("07-01T09:00 07-01T10:00", "07-08T09:00 07-08T10:00"));
    EXPECT_THAT(spans("DTSTART:20260131T090000Z\r\nDURATION:PT1H\r\nRRULE:FREQ=MONTHLY;COUNT=3"),
                ElementsAre("01-31T09:00 01-31T10:00", "03-31T09:00 03-31T10:00",
                            "05-31T09:00 05-31T10:00"));
    EXPECT_THAT(spans("DTSTART:20200701T090000Z\r\nDURATION:PT1H\r\nRRULE:FREQ=YEARLY"),
                ElementsAre("07-01T09:00 07-01T10:00"));
}

TEST(Read, RulesThatBeganLongAgo) {
    EXPECT_THAT(spans("DTSTART:20200101T233000Z\r\nDURATION:PT1H\r\n"
                      "RRULE:FREQ=DAILY;UNTIL=20260103T000000Z"),
                ElementsAre("12-31T23:30 01-01T00:30", "01-01T23:30 01-02T00:30",
                            "01-02T23:30 01-03T00:30"));
    EXPECT_THAT(spans("DTSTART:20191230T000000Z\r\nDURATION:P7D\r\n"
                      "RRULE:FREQ=WEEKLY;INTERVAL=2;UNTIL=20260125T000000Z"),
                ElementsAre("01-05T00:00 01-12T00:00", "01-19T00:00 01-26T00:00"));
    std::string many =
        "DTSTART:19700101T000000Z\r\nDURATION:PT1H\r\n"
        "RRULE:FREQ=DAILY;COUNT=900000000\r\nEND:VEVENT";
    for (int i = 0; i < 30; ++i)
        many +=
            "\r\nBEGIN:VEVENT\r\nDTSTART:19700101T000000Z\r\nDURATION:PT1H\r\n"
            "RRULE:FREQ=DAILY;COUNT=900000000\r\nEND:VEVENT";
    EXPECT_EQ(read(many + "\r\nBEGIN:VEVENT\r\nDTSTART:20260101\r\n").error().code,
              Errc::too_large);
}

TEST(Read, OnlyWhatIsInTheSpanAndHolds) {
    EXPECT_TRUE(spans("DTSTART:20250701T090000Z\r\nDURATION:PT1H").empty());
    EXPECT_TRUE(spans("DTSTART:20260701T090000Z\r\nDURATION:PT1H\r\nSTATUS:CANCELLED").empty());
    EXPECT_THAT(spans("DTSTART:20251231T230000Z\r\nDURATION:PT2H"),
                ElementsAre("12-31T23:00 01-01T01:00"));
    EXPECT_THAT(spans("DTSTART:20260701T090000Z\r\nDURATION:PT1H\r\nBEGIN:VALARM\r\n"
                      "DTSTART:20260901T090000Z\r\nEND:VALARM"),
                ElementsAre("07-01T09:00 07-01T10:00"));
}

TEST(Read, FoldedAndEscapedText) {
    const auto events =
        read("SUMMARY:on\r\n call\\, twi\r\n\tce\\n!\r\nDTSTART:20260701T090000Z\r\nDURATION:PT1H");
    ASSERT_TRUE(events);
    ASSERT_EQ(events->size(), 1u);
    EXPECT_EQ(events->front().summary, "oncall, twice\n!");
}

TEST(Read, RefusesWhatItDoesNotUnderstand) {
    for (const auto* event :
         {"DTSTART:20260701T090000Z", "DTSTART:20260230T090000Z\r\nDURATION:PT1H",
          "DTSTART;TZID=Eastern Standard Time:20260701T090000\r\nDURATION:PT1H",
          "DTSTART:20260701T090000Z\r\nDTEND:20260701T080000Z",
          "DTSTART:20260701T090000Z\r\nDURATION:PT1H\r\nRRULE:FREQ=HOURLY",
          "DTSTART:20260701T090000Z\r\nDURATION:PT1H\r\nRRULE:FREQ=MONTHLY;BYDAY=1MO",
          "DTSTART:20260701T090000Z\r\nDURATION:PT1H\r\nRRULE:FREQ=DAILY;BYHOUR=3",
          "DTSTART:20260701T090000Z\r\nDURATION:PT1H\r\nRECURRENCE-ID:20260701T090000Z",
          "DTSTART:20260701T090000Z\r\nDURATION:P", "DTSTART:20260701T090000Z\r\nDURATION:PT1",
          "DURATION:PT1H", "no colon"})
        EXPECT_FALSE(read(event)) << event;
    EXPECT_FALSE(read_calendar("", year, {}));
    EXPECT_FALSE(read_calendar("<html>", year, {}));
    EXPECT_FALSE(read_calendar("BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nEND:VCALENDAR\r\n", year, {}));
    EXPECT_FALSE(read_calendar("BEGIN:VCALENDAR\r\n", year, {}));
}

TEST(Read, TakesBackWhatIsWritten) {
    const auto events = feed_events(schedule(roster()), {}, now);
    const auto back = read_calendar(write_calendar({"a", events}),
                                    {at("2025-01-01T00:00"), at("2028-01-01T00:00")}, {});
    ASSERT_TRUE(back) << back.error().message();
    ASSERT_EQ(back->size(), events.size());
    for (std::size_t i = 0; i < events.size(); ++i) {
        EXPECT_EQ((*back)[i].uid, events[i].uid);
        EXPECT_EQ((*back)[i].from, events[i].from);
        EXPECT_EQ((*back)[i].to, events[i].to);
        EXPECT_EQ((*back)[i].summary, events[i].summary);
    }
}

}  // namespace
}  // namespace sg::oncall
