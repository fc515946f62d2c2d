// The commands on a real database: rows equal the fold of the events.
#include "ops/respond/notify/store.h"

#include <gmock/gmock.h>

#include "ops/respond/notify/ask.h"
#include "ops/respond/notify/commands.h"
#include "ops/respond/notify/page_for_tests.h"
#include "store/database_for_tests.h"
#include "store/ledger.h"
#include "store/queue.h"

namespace sg::notify {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;
using Outcome = ports::Delivery::Outcome;

class NotifyStore : public testing::TestWithParam<store::Engine> {
  protected:
    NotifyStore() { config.operations = team(); }

    // In a transaction of its own, as the spine does it.
    template <class Command>
    auto in_turn(Command command) {
        auto tx = db.begin();
        auto result = command(ops::Turn{tx, now, config, folds(), std::nullopt});
        EXPECT_TRUE(result) << result.error().message();
        EXPECT_TRUE(tx.commit());
        return result;
    }

    template <class Command>
    std::string in_turn_or_error(Command command) {
        const auto tx = db.begin();
        const auto id = command(ops::Turn{tx, now, config, folds(), std::nullopt});
        return id ? *id : id.error().what;
    }

    void page(std::int64_t incident, const std::string& person, std::int64_t number = 1) {
        oncall::PageSent sent;
        sent.page = incident;
        sent.incident = incident;
        sent.number = number;
        sent.person = person;
        const ops::Recorded record{.kind = ops::Kind::page_sent, .payload = to_json(sent)};
        Background background;
        background.page.id = incident;
        background.page.title = "62 % of requests fail";
        background.page.service = "catalog";
        background.page.people = {person};
        background.page.policy.steps = {{.to = oncall::Step::To::primary},
                                        {.to = oncall::Step::To::secondary, .after = 5min}};
        background.page.next_step = 1;
        background.page.since = now;
        in_turn([&](const ops::Turn& turn) { return deliver(turn, record, background); });
    }

    void result(const std::string& key, const Receipt& receipt) {
        in_turn([&](const ops::Turn& turn) { return on_result(turn, key, receipt); });
    }

    std::vector<std::string> jobs() {
        std::vector<std::string> keys;
        for (const auto& job : store::due_jobs(db.session(), now + 1h, 100).value())
            keys.push_back(job.key);
        return keys;
    }

    std::optional<Notification> row(const std::string& id) {
        const auto tx = db.begin();
        return find(tx, id).value();
    }

    store::DatabaseForTests db{GetParam()};
    config::Config config;
    Instant now = noon;
};
INSTANTIATE_TEST_SUITE_P(Engines, NotifyStore, testing::ValuesIn(store::engines_for_tests()),
                         [](const auto& one) { return store::name_of(one.param); });

TEST_P(NotifyStore, APageBecomesAJobAndItsResultARow) {
    page(204, "ana");
    EXPECT_THAT(jobs(), ElementsAre("204.1/ana/mail#1"));
    const auto sent = row("204.1/ana/mail");
    ASSERT_TRUE(sent);
    EXPECT_EQ(sent->state, State::sending);
    EXPECT_EQ(sent->letters[0].company.next, "secondary");
    EXPECT_EQ(sent->letters[0].company.next_at, noon + 5min);
    now = noon + 1s;
    result("204.1/ana/mail#1", {Outcome::delivered, "250 ok"});
    const auto done = row("204.1/ana/mail");
    EXPECT_EQ(done->state, State::delivered);
    EXPECT_EQ(done->ended_at, now);
    EXPECT_EQ(done->detail, "250 ok");
}

TEST_P(NotifyStore, WhatEndedLongAgoLeavesTheTables) {
    page(204, "ana");
    result("204.1/ana/mail#1", {Outcome::delivered, "250 ok"});
    now = noon + kept_for + 12h;  // Not yet: once a day is enough.
    page(205, "bo");
    result("205.1/bo/mail#1", {Outcome::delivered, "250 ok"});
    EXPECT_TRUE(row("204.1/ana/mail"));
    now = noon + kept_for + 25h;
    page(206, "ana");
    result("206.1/ana/mail#1", {Outcome::delivered, "250 ok"});
    EXPECT_FALSE(row("204.1/ana/mail"));
    EXPECT_TRUE(row("205.1/bo/mail"));
    EXPECT_TRUE(row("206.1/ana/mail"));
    const auto tx = db.begin();
    EXPECT_THAT(of_incident(tx, 204).value(), IsEmpty());
    const auto dropped = store::entries(db.session(), {.kind = "notifications.dropped"}).value();
    ASSERT_EQ(dropped.size(), 1U);
    EXPECT_EQ(from_json<NotificationsDropped>(dropped[0].payload)->count, 1);
}

TEST_P(NotifyStore, ARefusalIsPassedOnAndTheChannelIsBrokenForThatPerson) {
    page(204, "ana");
    result("204.1/ana/mail#1", {Outcome::permanent, "550 no such user"});
    EXPECT_EQ(row("204.1/ana/slack")->state, State::sending);
    const auto tx = db.begin();
    const auto broken = broken_channels(tx).value();
    ASSERT_EQ(broken.size(), 1U);
    EXPECT_EQ(broken[0].channel, "mail");
    EXPECT_EQ(broken[0].person, "ana");
    EXPECT_TRUE(situation_of(tx, "ana", "", now)->broken.contains("mail"));
    EXPECT_FALSE(situation_of(tx, "bo", "", now)->broken.contains("mail"));
}

TEST_P(NotifyStore, AnAnswerToAnEarlierAttemptChangesNothing) {
    page(204, "ana");
    result("204.1/ana/mail#1", {Outcome::retry, "451"});
    EXPECT_EQ(row("204.1/ana/mail")->attempt, 2);
    result("204.1/ana/mail#1", {Outcome::retry, "451"});
    EXPECT_EQ(row("204.1/ana/mail")->attempt, 2);
    result("204.1/ana/mail#1", {Outcome::delivered, "250"});  // But that it arrived is good news.
    EXPECT_EQ(row("204.1/ana/mail")->state, State::delivered);
    result("nobody#1", {Outcome::retry, "451"});
}

TEST_P(NotifyStore, WhatWaitsHasAClockAndGoesOutTogether) {
    config.operations.people["ana"].reach = {"mail"};
    page(1, "ana");
    now = noon + 1s;
    page(2, "ana");
    page(3, "ana");
    EXPECT_THAT(jobs(), ElementsAre("1.1/ana/mail#1"));
    const auto clocks = store::due_wakeups(db.session(), noon + 1min, 10).value();
    ASSERT_EQ(clocks.size(), 1U);
    EXPECT_EQ(clocks[0].name, due_clock);
    now = clocks[0].due;
    in_turn([&](const ops::Turn& turn) { return on_due(turn, clocks[0].subject); });
    EXPECT_THAT(jobs(), UnorderedElementsAre("1.1/ana/mail#1", "2.1/ana/mail#1"));
    EXPECT_EQ(row("2.1/ana/mail")->letters.size(), 2U);
    EXPECT_THAT(store::due_wakeups(db.session(), now + 1h, 10).value(), IsEmpty());
}

TEST_P(NotifyStore, OthersLearnWhoLooks) {
    page(204, "ana");
    page(204, "bo", 2);
    result("204.1/ana/mail#1", {Outcome::delivered, "250"});
    result("204.2/bo/mail#1", {Outcome::delivered, "250"});
    now = noon + 30s;
    oncall::PageAcknowledged event;
    event.incident = 204;
    event.person = "bo";
    const ops::Recorded record{.payload = to_json(event)};
    in_turn([&](const ops::Turn& turn) { return on_acknowledged(turn, record); });
    const auto told = row("204.1.acknowledged/ana/mail");
    ASSERT_TRUE(told);
    EXPECT_EQ(told->letters[0].by, "bo");
    EXPECT_FALSE(row("204.2.acknowledged/bo/mail"));
    now = noon + 5min;
    in_turn([&](const ops::Turn& turn) { return tell(turn, {204, Purpose::resolved, {}}); });
    EXPECT_EQ(row("204.1.resolved/ana/mail")->letters[0].ended, now);
    EXPECT_TRUE(row("204.2.resolved/bo/mail"));
}

TEST_P(NotifyStore, SharedChannelsAreToldOnce) {
    config.operations.people["ana"].reach = {"slack"};
    config.operations.people["bo"].reach = {"slack"};
    page(204, "ana");
    page(204, "bo", 2);
    in_turn([&](const ops::Turn& turn) { return tell(turn, {204, Purpose::resolved, "bo"}); });
    EXPECT_TRUE(row("204.1.resolved/ana/slack").has_value() !=
                row("204.2.resolved/bo/slack").has_value());
}

TEST_P(NotifyStore, ATestSaysWhyItWouldReachNobody) {
    const auto error = [&](const std::string& channel, const std::string& person) {
        return in_turn_or_error(
            [&](const ops::Turn& turn) { return test(turn, {"ana", "cli"}, channel, person); });
    };
    EXPECT_EQ(error("mail", "ana"), "test.1/ana/mail");
    EXPECT_EQ(error("mail", ""), "test.1/ana/mail");  // Whoever asks.
    EXPECT_EQ(error("none", "ana"), "there is no channel `none`");
    EXPECT_EQ(error("mail", "eve"), "there is nobody called `eve`");
    EXPECT_EQ(error("mail", "dee"), "`mail` does not reach dee");
}

TEST_P(NotifyStore, ATestOfASharedChannelNeedsNoName) {
    const auto by_token = [&](const std::string& channel) {
        return in_turn_or_error(
            [&](const ops::Turn& turn) { return test(turn, {"token:ci", "api"}, channel, ""); });
    };
    EXPECT_EQ(by_token("slack"), "test.1/ana/slack");
    EXPECT_EQ(by_token("mail"), "who shall `mail` reach?");
}

TEST_P(NotifyStore, TheLatestComeFirst) {
    page(1, "ana");
    now = noon + 61s;
    page(2, "bo");
    const auto tx = db.begin();
    const auto latest_two = told(tx, {.limit = 10})->notifications;
    ASSERT_EQ(latest_two.size(), 2U);
    EXPECT_EQ(latest_two[0].person, "bo");
    EXPECT_EQ(told(tx, {.limit = 1})->notifications.size(), 1U);
}

TEST_P(NotifyStore, TheDailyTestGoesOutAndSetsTheNext) {
    config.operations.notify["mail"].test_at = "10:00";
    in_turn([&](const ops::Turn& turn) { return schedule_tests(turn); });
    auto clocks = store::wakeups_of(db.session(), "channel:mail").value();
    ASSERT_EQ(clocks.size(), 1U);
    now = clocks[0].due + 3s;
    in_turn([&](const ops::Turn& turn) { return on_test_due(turn, "channel:mail"); });
    EXPECT_THAT(jobs(), ElementsAre("test.1/bo/mail#1"));
    clocks = store::wakeups_of(db.session(), "channel:mail").value();
    ASSERT_EQ(clocks.size(), 1U);
    EXPECT_GT(clocks[0].due, now);
    config.operations.notify["mail"].test_at = "";
    in_turn([&](const ops::Turn& turn) { return schedule_tests(turn); });
    EXPECT_THAT(store::wakeups_of(db.session(), "channel:mail").value(), IsEmpty());
}

TEST_P(NotifyStore, KnowsWhatWasLastTaken) {
    page(204, "ana");
    now = noon + 2s;
    result("204.1/ana/mail#1", {Outcome::delivered, "250"});
    const auto tx = db.begin();
    const auto last = last_taken(tx).value();
    ASSERT_EQ(last.size(), 1U);
    EXPECT_EQ(last[0].channel, "mail");
    EXPECT_EQ(last[0].at, now);
    EXPECT_THAT(under_way(tx).value(), IsEmpty());
    const auto reports = channel_reports(tx, config.operations, now).value();
    ASSERT_EQ(reports.size(), 3U);  // In the order of the file.
    EXPECT_EQ(reports[0].channel, "mail");
    EXPECT_EQ(reports[0].taken_at, now);
    EXPECT_EQ(reports[0].tested_at, Instant{});
    EXPECT_THAT(reports[0].people, ElementsAre("ana", "bo"));
    EXPECT_EQ(reports[1].taken_at, Instant{});
    EXPECT_EQ(told(tx, {.incident = 204})->notifications.size(), 1U);
}

TEST_P(NotifyStore, IsReadPageByPage) {
    page(204, "ana");
    page(205, "bo");  // At the same moment as the one before.
    now = noon + 1min;
    page(206, "ana");
    const auto tx = db.begin();
    const auto all = told(tx, {});
    ASSERT_EQ(all->notifications.size(), 3U);
    EXPECT_EQ(all->notifications[0].id, "206.1/ana/mail") << "the latest first";
    EXPECT_FALSE(all->next);
    std::vector<std::string> ids;
    Wish wish{.limit = 1};
    for (int page = 0; page < 4; ++page) {
        const auto one = told(tx, wish).value();
        for (const auto& n : one.notifications) ids.push_back(n.id);
        if (!one.next) break;
        wish.before = Place::parse(one.next->text()).value();
    }
    EXPECT_THAT(ids, ElementsAre("206.1/ana/mail", "204.1/ana/mail", "205.1/bo/mail"));
    const auto of_one = told(tx, {.incident = 205, .limit = 1}).value();
    ASSERT_EQ(of_one.notifications.size(), 1U);
    EXPECT_EQ(of_one.notifications[0].id, "205.1/bo/mail");
    EXPECT_THAT(told(tx, {.incident = 205, .before = of_one.next})->notifications, IsEmpty());
    for (const auto* wrong : {"", "x:1", "12", "12x:a"}) EXPECT_FALSE(Place::parse(wrong)) << wrong;
}

}  // namespace
}  // namespace sg::notify
