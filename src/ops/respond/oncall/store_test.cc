// The commands on real tables: pages, overrides that are added twice at the same time, rotations
// that follow the configuration, feeds. Afterwards the rows equal the fold of the ledger.
#include "ops/respond/oncall/store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ops/respond/oncall/ask.h"
#include "ops/respond/oncall/commands.h"
#include "store/database_for_tests.h"
#include "store/ledger.h"
#include "store/queue.h"

namespace sg::oncall {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::string_view tables[] = {"oncall_eras",     "oncall_changes", "oncall_claims",
                                       "oncall_standing", "oncall_notes",   "oncall_feeds",
                                       "oncall_pages",    "oncall_sent"};

class OncallStore : public testing::TestWithParam<store::Engine> {
  protected:
    store::DatabaseForTests db{GetParam()};
    config::Config config;
    Instant now = *parse_rfc3339("2026-01-06T00:00:00Z");
    const ops::Actor ana{"ana", "cli"};

    OncallStore() {
        auto& operations = config.operations;
        for (const auto* id : {"ana", "bo", "cy", "di", "eve"})
            operations.people[id] = {.id = id, .name = std::string("The ") + id};
        auto& team = operations.teams["checkout"];
        team.id = "checkout";
        team.oncall.levels = {{{"ana", "bo", "cy"}, {"bo", "cy", "ana"}, {"di"}}};
        team.fallback = {"eve"};
    }

    template <class Do>
    void turn(Do&& action) {
        auto tx = db.begin();
        const ops::Turn turn{tx, now, config, folds(), std::nullopt};
        action(turn);
        ASSERT_TRUE(tx.commit());
    }
    template <class T>
    static void good(const Result<T>& result) {
        ASSERT_TRUE(result) << result.error().message();
    }
    // The clocks that are due, as the engine rings them.
    void ring() {
        for (int i = 0; i < 100; ++i) {
            const auto due = store::due_wakeups(db.session(), now, 1).value();
            if (due.empty()) return;
            turn([&](const ops::Turn& t) {
                good(store::stop_wakeup(t.tx, due[0].name, due[0].subject));
                if (due[0].name == clock_step) good(next_step(t, due[0].subject));
                else if (due[0].name == clock_reopen) good(oncall::reopen(t, due[0].subject));
                else good(hand_over(t, due[0].subject));
            });
        }
        FAIL() << "a clock sets itself without end";
    }
    std::vector<std::string> people() {
        std::vector<std::string> list;
        const auto all = paged_since(db.session(), {}).value();
        for (const auto& paged : all) list.push_back(paged.person);
        return list;
    }

    std::string all_rows() {
        std::string text;
        for (const auto table : tables) {
            const auto rows =
                db->rows_text("SELECT * FROM " + std::string(table) + " ORDER BY 1, 2, 3");
            EXPECT_TRUE(rows);
            for (const auto& row : *rows) {
                text += std::string(table) + ":";
                for (std::size_t i = 0; i < row.size(); ++i) text += " " + row.text(i);
                text += '\n';
            }
        }
        return text;
    }

    void TearDown() override {
        const auto rows = all_rows();
        EXPECT_FALSE(rows.empty());
        auto tx = db.begin();
        for (const auto table : tables) db.run("DELETE FROM " + std::string(table));
        const auto entries = store::entries(db.session(), {.after = 0, .limit = 10'000}).value();
        for (const auto& entry : entries) {
            const auto kind = ops::kind_of(entry.kind).value();
            for (const auto& fold : folds())
                if (fold.kind == kind)
                    good(fold.fold(tx, {.seq = entry.seq,
                                        .at = entry.recorded_at,
                                        .kind = kind,
                                        .subjects = entry.subjects,
                                        .payload = entry.payload}));
        }
        ASSERT_TRUE(tx.commit());
        EXPECT_EQ(all_rows(), rows) << "the rows are not the fold of the ledger";
    }
};

TEST_P(OncallStore, APageWalksUntilSomebodyAcknowledges) {
    turn([&](const ops::Turn& t) {
        good(page(t, {.incident = 204, .title = "errors", .severity = 2, .team = "checkout"}));
        good(page(t, {.incident = 204, .title = "errors", .severity = 2, .team = "checkout"}));
    });
    EXPECT_THAT(people(), ElementsAre("ana"));
    now = now + 5min;
    ring();
    EXPECT_THAT(people(), ElementsAre("ana", "bo"));
    now = now + 1min;
    turn([&](const ops::Turn& t) {
        good(acknowledge(t, {"bo", "link"}, {.page = 1, .how = "link"}));
    });
    now = now + 20min;
    ring();
    EXPECT_EQ(people().size(), 2u);
    const auto found = find_page(db.session(), 1).value().value();
    EXPECT_EQ(found.acknowledged_by, "bo");
    EXPECT_EQ(found.team, "checkout");
    turn([&](const ops::Turn& t) {
        good(escalate(t, ana, {.incident = 204}, "a database person"));
    });
    EXPECT_THAT(people(), ElementsAre("ana", "bo", "di"));
    turn([&](const ops::Turn& t) { good(stop(t, 204, "mitigated")); });
    now = now + 24h;
    ring();
    EXPECT_EQ(people().size(), 3u);
    turn([&](const ops::Turn& t) {
        EXPECT_EQ(acknowledge(t, ana, {.page = 1}).error().code, Errc::conflict);
        EXPECT_EQ(acknowledge(t, ana, {.page = 9}).error().code, Errc::not_found);
        good(acknowledge(t, ana, {.incident = 204}));
        good(page(t, {.incident = 204, .severity = 1}));  // It relapsed: another page.
    });
    EXPECT_EQ(pages_of(db.session(), 204)->size(), 2u);
    const auto first = list_pages(db.session(), {.limit = 1}).value();
    ASSERT_EQ(first.size(), 1u);
    const auto rest = list_pages(db.session(), {.before = first[0].id}).value();
    ASSERT_EQ(rest.size(), 1u);
    EXPECT_LT(rest[0].id, first[0].id) << "newest first";
    EXPECT_EQ(list_pages(db.session(), {.incident = 204})->size(), 2u);
    EXPECT_EQ(list_pages(db.session(), {.incident = 205})->size(), 0u);
}

TEST_P(OncallStore, NobodyAnswersAndTheFallbackIsPaged) {
    turn([&](const ops::Turn& t) { good(page(t, {.incident = 1, .severity = 1})); });
    for (int i = 0; i < 200; ++i, now = now + 30s) ring();
    EXPECT_EQ(people().back(), "eve");
    EXPECT_EQ(find_page(db.session(), 1)->value().state, PageState::unanswered);
    EXPECT_TRUE(store::wakeups_of(db.session(), "page:1")->empty());
}

TEST_P(OncallStore, ATicketPagesNobodyUntilItIsWorse) {
    turn([&](const ops::Turn& t) { good(page(t, {.incident = 1, .severity = 4})); });
    EXPECT_TRUE(people().empty());
    turn([&](const ops::Turn& t) { good(escalate(t, ana, {.incident = 1, .severity = 4}, "")); });
    EXPECT_THAT(people(), ElementsAre("ana"));
    turn([&](const ops::Turn& t) { good(page(t, {.incident = 1, .severity = 1})); });
    EXPECT_THAT(people(), ElementsAre("ana", "bo"));
}

TEST_P(OncallStore, APageOfABrokenRotationGoesToEveryone) {
    config.operations.teams["checkout"].oncall.zone = "Mars/Olympus";
    turn([&](const ops::Turn& t) { good(page(t, {.incident = 1, .severity = 2})); });
    EXPECT_THAT(people(), ElementsAre("ana", "bo", "cy", "di", "eve"));
}

TEST_P(OncallStore, OfTwoOverridesAtTheSameTimeOneFails) {
    const Override wanted{
        .team = "checkout", .takes = "eve", .leaves = "ana", .from = now, .to = now + 24h};
    auto stale = schedule_of(db.session(), config, "checkout", now).value();
    const Book before{stale, {}, {"ana", "eve"}};
    turn([&](const ops::Turn& t) { good(add_override(t, ana, wanted)); });
    EXPECT_THAT(who_is_on_call(db.session(), config, "checkout", now).value()[0],
                ElementsAre("eve"));
    {
        // Somebody decided on what they had read before the other one committed.
        Override same = wanted;
        same.id = 77;
        const auto decision = add_override(before, same, now).value();
        auto tx = db.begin();
        const ops::Turn late{tx, now, config, folds(), std::nullopt};
        const auto recorded = ops::record(late, ana, decision);
        ASSERT_FALSE(recorded);
        EXPECT_EQ(recorded.error().code, Errc::conflict);
    }
    auto tx = db.begin();
    const ops::Turn after{tx, now, config, folds(), std::nullopt};
    EXPECT_EQ(add_override(after, ana, wanted).error().code, Errc::conflict);
}

TEST_P(OncallStore, AnOverrideIsAddedAndTakenBack) {
    std::int64_t id = 0;
    turn([&](const ops::Turn& t) {
        id = add_override(t, ana,
                          {.team = "checkout",
                           .takes = "eve",
                           .leaves = "ana",
                           .from = now + 1h,
                           .to = now + 24h})
                 .value_or(0);
    });
    EXPECT_EQ(overrides_of(db.session(), "checkout", now)->size(), 1u);
    now = now + 2h;
    EXPECT_THAT(who_is_on_call(db.session(), config, "checkout", now).value()[0],
                ElementsAre("eve"));
    turn([&](const ops::Turn& t) { good(remove_override(t, ana, id)); });
    EXPECT_THAT(who_is_on_call(db.session(), config, "checkout", now).value()[0],
                ElementsAre("ana"));
    EXPECT_THAT(who_is_on_call(db.session(), config, "checkout", now - 1min).value()[0],
                ElementsAre("eve"));
    EXPECT_TRUE(overrides_of(db.session(), "checkout", now)->empty());
    turn([&](const ops::Turn& t) {
        EXPECT_EQ(remove_override(t, ana, id).error().code, Errc::not_found);
        EXPECT_EQ(remove_override(t, ana, 99).error().code, Errc::not_found);
        EXPECT_EQ(add_override(t, ana, {.team = "nobody"}).error().code, Errc::not_found);
    });
}

TEST_P(OncallStore, RotationsFollowTheConfigurationAndShiftsAreHandedOver) {
    turn([&](const ops::Turn& t) { good(follow_configuration(t)); });
    ring();  // Everybody is told where they stand.
    EXPECT_THAT(load_standing(db.session(), "checkout")->people[0], ElementsAre("ana"));
    now = *parse_rfc3339("2026-01-14T00:00:00Z");
    ring();
    config.operations.teams["checkout"].oncall.levels[0] = {"eve", "ana", "bo", "cy"};
    turn([&](const ops::Turn& t) {
        good(follow_configuration(t));
        good(follow_configuration(t));
        good(note_handover(t, ana, {.team = "checkout", .text = "v2 is slow"}));
    });
    ring();
    EXPECT_THAT(who_is_on_call(db.session(), config, "checkout", now).value()[0],
                ElementsAre("bo"));
    EXPECT_EQ(open_notes(db.session(), "checkout")->size(), 1u);
    now = *parse_rfc3339("2026-01-19T09:00:00Z");
    ring();
    EXPECT_TRUE(open_notes(db.session(), "checkout")->empty());
    const auto events = store::entries(db.session(), {.kind = "shift.changed"}).value();
    ASSERT_FALSE(events.empty());
    bool told = false;
    for (const auto& entry : events)
        told = told || entry.payload.find("ana: v2 is slow") != std::string::npos;
    EXPECT_TRUE(told);
    EXPECT_EQ(store::wakeups_of(db.session(), "team:checkout")->at(0).due,
              *parse_rfc3339("2026-01-26T09:00:00Z"));
}

TEST_P(OncallStore, SwapsTemporariesAndImportsAreTold) {
    turn([&](const ops::Turn& t) {
        good(swap(t, ana, "checkout",
                  {.one = *parse_rfc3339("2026-01-13T00:00:00Z"),
                   .other = *parse_rfc3339("2026-01-20T00:00:00Z")}));
        const auto id = add_temporary(t, ana,
                                      {.team = "checkout",
                                       .from = now + 1h,
                                       .to = now + 2h,
                                       .shifts = {{Level::primary, "eve", now + 1h, now + 2h}}});
        good(id);
        good(remove_temporary(t, ana, *id));
        EXPECT_EQ(remove_temporary(t, ana, *id).error().code, Errc::not_found);
        EXPECT_EQ(add_temporary(t, ana, {.team = "checkout", .from = now + 1h, .to = now + 2h})
                      .value_or(0),
                  2);
        const auto count = import_overrides(
            t, ana,
            {.like = {.team = "checkout", .level = Level::backup, .takes = "eve", .leaves = "di"},
             .calendar = "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\nSUMMARY:away\n"
                         "DTSTART:20260110T090000Z\nDURATION:P1D\nRRULE:FREQ=WEEKLY;COUNT=3\n"
                         "END:VEVENT\nEND:VCALENDAR\n"});
        good(count);
        EXPECT_EQ(count.value_or(0), 3);
    });
    const auto weeks =
        shifts(db.session(), config, "checkout",
               {*parse_rfc3339("2026-01-12T09:00:00Z"), *parse_rfc3339("2026-01-26T09:00:00Z")})
            .value();
    EXPECT_EQ(weeks.at(0).person + weeks.at(1).person, "cybo");
    EXPECT_THAT(
        who_is_on_call(db.session(), config, "checkout", *parse_rfc3339("2026-01-17T12:00:00Z"))
            .value()[2],
        ElementsAre("eve"));
    EXPECT_EQ(temporaries_of(db.session(), "checkout", now)->size(), 1u);
    EXPECT_EQ(quality_of(db.session(), config, "checkout", now)->loads.size(), 5u);
}

TEST_P(OncallStore, AFeedIsReadByItsTokenUntilItIsRevoked) {
    std::string token;
    turn([&](const ops::Turn& t) {
        EXPECT_FALSE(open_feed(t, ana, {.person = "ana", .random = "short"}));
        EXPECT_FALSE(open_feed(t, ana, {.person = "zoe", .random = "0123456789abcdef"}));
        EXPECT_FALSE(open_feed(t, ana, {.random = "0123456789abcdef"}));
        token = open_feed(t, ana, {.person = "ana", .random = "0123456789abcdef"}).value_or("");
        good(open_feed(t, ana, {.team = "checkout", .random = "0123456789abcdeF"}));
    });
    ASSERT_FALSE(token.empty());
    const auto open = feeds(db.session()).value();
    for (const auto& feed : open) EXPECT_EQ(feed.digest.size(), 64u);
    EXPECT_EQ(all_rows().find(token), std::string::npos) << "a token is nowhere";
    const auto text = calendar_of(db.session(), config, token, now).value();
    ASSERT_TRUE(text);
    EXPECT_THAT(*text, HasSubstr("SUMMARY:On call: primary for checkout\r\n"));
    EXPECT_FALSE(calendar_of(db.session(), config, "guess", now).value());
    turn([&](const ops::Turn& t) {
        good(revoke_feed(t, ana, 1));
        good(revoke_feed(t, ana, 1));
        EXPECT_EQ(revoke_feed(t, ana, 9).error().code, Errc::not_found);
    });
    EXPECT_FALSE(calendar_of(db.session(), config, token, now).value());
}

INSTANTIATE_TEST_SUITE_P(Engines, OncallStore, testing::ValuesIn(store::engines_for_tests()),
                         [](const auto& info) { return store::name_of(info.param); });

}  // namespace
}  // namespace sg::oncall
