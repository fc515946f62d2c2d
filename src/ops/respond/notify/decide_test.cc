#include "ops/respond/notify/decide.h"

#include <gmock/gmock.h>

#include "ops/respond/notify/page_for_tests.h"
#include "ops/respond/notify/people.h"

namespace sg::notify {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using Outcome = ports::Delivery::Outcome;

const Receipt took{Outcome::delivered, "250 ok"};
const Receipt busy{Outcome::retry, "451 later"};
const Receipt never{Outcome::permanent, "550 no such user"};

TEST(Notify, ChannelsInOrderOfTheFileAndOnlyThoseThatReach) {
    const auto operations = team();
    EXPECT_THAT(channels_of("ana", operations, {}), ElementsAre("mail", "slack", "text"));
    EXPECT_THAT(channels_of("bo", operations, {}), ElementsAre("mail", "slack"));
    EXPECT_THAT(channels_of("bo", operations, {"mail"}), ElementsAre("slack", "mail"));
    EXPECT_THAT(channels_of("dee", operations, {}), IsEmpty());
    EXPECT_THAT(channels_of("nobody", operations, {}), IsEmpty());
}

TEST(Notify, APageGoesOutAtOnceByThePreferredChannel) {
    World w;
    EXPECT_THAT(w.page("ana", letter(204)), ElementsAre("notification.sent mail"));
    ASSERT_EQ(w.actions.size(), 1U);
    EXPECT_EQ(w.actions[0].kind, "notify.send");
    EXPECT_EQ(w.actions[0].key, "204.1/ana/mail#1");
    EXPECT_EQ(w.actions[0].urgency, 0);
    EXPECT_EQ(w.actions[0].not_before, noon);
}

TEST(Notify, WhoCannotBeReachedIsReportedAtOnce) {
    World w;
    EXPECT_THAT(w.page("dee", letter(204)), ElementsAre("notification.failed"));
}

TEST(Notify, TheFallbackIsPagedByEveryChannel) {
    World w;
    EXPECT_THAT(
        w.page("ana", letter(204), oncall::Reach::every),
        ElementsAre("notification.sent mail", "notification.sent slack", "notification.sent text"));
    // One of several that fails is no reason to say that nobody was reached...
    EXPECT_THAT(w.receipt("204.1/ana/mail", never),
                ElementsAre("notification.refused mail", "channel.broken mail"));
    EXPECT_THAT(w.receipt("204.1/ana/slack", never),
                ElementsAre("notification.refused slack", "channel.broken slack"));
    // ...but the last of them is.
    EXPECT_THAT(
        w.receipt("204.1/ana/text", never),
        ElementsAre("notification.refused text", "channel.broken text", "notification.failed"));
}

TEST(Notify, APermanentFailureSwitchesTheChannelAtOnce) {
    World w;
    w.page("ana", letter(204));
    EXPECT_THAT(
        w.receipt("204.1/ana/mail", never),
        ElementsAre("notification.refused mail", "channel.broken mail", "notification.sent slack"));
    EXPECT_EQ(w.actions.back().key, "204.1/ana/slack#1");
    EXPECT_EQ(w.actions.back().not_before, noon);
    // The next page does not begin with what is broken.
    w.now = noon + 2min;
    EXPECT_THAT(w.page("ana", letter(205, "live")), ElementsAre("notification.sent slack"));
}

TEST(Notify, ABrokenChannelIsReportedOnceAndMendedByTheFirstThatIsTaken) {
    World w;
    w.broken = {"mail"};
    EXPECT_THAT(w.happens(test("mail", "ana", 1, w.context())),
                ElementsAre("notification.sent mail"));
    EXPECT_THAT(w.receipt("test.1/ana/mail", never), ElementsAre("notification.refused mail"));
    w.happens(test("mail", "ana", 2, w.context()));
    EXPECT_THAT(w.receipt("test.2/ana/mail", took),
                ElementsAre("notification.delivered mail", "channel.mended mail"));
    EXPECT_THAT(w.receipt("test.2/ana/mail", took), IsEmpty());  // A duplicate says nothing new.
}

TEST(Notify, RetriesBackOffAndThenTheNextChannelHasItToo) {
    World w;
    w.page("ana", letter(204));
    const std::string id = "204.1/ana/mail";
    std::vector<std::vector<std::string>> steps;
    for (int i = 0; i < 3; ++i) {
        steps.push_back(w.receipt(id, busy));
        w.now = w.notifications.at(id).due;
    }
    EXPECT_THAT(steps[0], ElementsAre("notification.delayed mail"));
    EXPECT_THAT(steps[1], ElementsAre("notification.delayed mail"));
    EXPECT_THAT(steps[2], ElementsAre("notification.delayed mail", "notification.sent slack"));
    EXPECT_LT(w.now - noon, 9s);  // 1 + 2 + 4, and a fifth of it.
    EXPECT_EQ(w.notifications.at(id).attempt, 4);
    // Slack took it: mail is still tried, and its end is not a failure.
    w.receipt("204.1/ana/slack", took);
    while (w.notifications.at(id).state == State::sending) {
        for (const auto& what : w.receipt(id, busy)) EXPECT_NE(what, "notification.failed");
        w.now = std::max(w.now + 1s, w.notifications.at(id).due);
    }
    EXPECT_GE(w.now - noon, give_up_after);
    EXPECT_TRUE(w.broken.contains("mail"));
}

TEST(Notify, NobodyFurtherToTryIsSaidAfterAMinuteAndOnce) {
    World w;
    w.operations.people["ana"].reach = {"mail"};
    w.page("ana", letter(204));
    const std::string id = "204.1/ana/mail";
    std::vector<Duration> failed;
    while (w.notifications.at(id).state == State::sending) {
        for (const auto& what : w.receipt(id, busy))
            if (what == "notification.failed") failed.push_back(w.now - noon);
        w.now = std::max(w.now + 1s, w.notifications.at(id).due);
    }
    ASSERT_EQ(failed.size(), 1U);
    EXPECT_GT(failed[0], 10s);
    EXPECT_LT(failed[0], 90s);
}

TEST(Notify, WhenTheLastOfTwoLosesHopeItIsSaidOnceInWhateverOrder) {
    for (const bool slack_first : {true, false}) {
        World w;
        w.operations.people["ana"].reach = {"mail", "slack"};
        w.page("ana", letter(204));
        int failed = 0;
        const auto again = [&](const std::string& id, const Receipt& what) {
            for (const auto& said : w.receipt(id, what)) failed += said == "notification.failed";
        };
        for (int i = 0; i < 3; ++i) again("204.1/ana/mail", busy);
        if (slack_first) again("204.1/ana/slack", never);
        EXPECT_EQ(failed, 0);
        for (int i = 0; i < 4; ++i) again("204.1/ana/mail", busy);
        EXPECT_EQ(failed, slack_first ? 1 : 0);
        if (!slack_first) again("204.1/ana/slack", never);
        EXPECT_EQ(failed, 1);
        w.now = noon + 16min;
        again("204.1/ana/mail", busy);
        EXPECT_EQ(failed, 1);
    }
}

TEST(Notify, RetryAfterIsObeyed) {
    World w;
    w.page("ana", letter(204));
    w.receipt("204.1/ana/mail", {Outcome::retry, "429", 40s});
    EXPECT_EQ(w.notifications.at("204.1/ana/mail").due, noon + 40s);
    EXPECT_EQ(w.actions.back().not_before, noon + 40s);
}

TEST(Notify, BackOffDoublesToAMinuteWithJitterThatTheKeyDecides) {
    const Duration base[] = {1s, 2s, 4s, 8s, 16s, 32s, 60s, 60s, 60s};
    std::set<Duration> firsts;
    for (int i = 0; i < 50; ++i) {
        const auto key = "page/" + std::to_string(i);
        for (int n = 1; n <= 9; ++n) {
            const auto wait = back_off(n, key);
            EXPECT_GE(wait, base[n - 1] * 8 / 10);
            EXPECT_LE(wait, std::min<Duration>(base[n - 1] * 12 / 10, 60s));
            EXPECT_EQ(wait, back_off(n, key));
        }
        firsts.insert(back_off(1, key));
    }
    EXPECT_GT(firsts.size(), 30U);
}

TEST(Notify, TheFirstOfAServiceGoesFirstAndTheRestIsBundled) {
    World w;
    w.operations.people["ana"].reach = {"mail"};
    EXPECT_THAT(w.page("ana", letter(1)), ElementsAre("notification.sent mail"));
    w.now = noon + 5s;
    EXPECT_THAT(w.page("ana", letter(2)), ElementsAre("notification.held mail"));
    EXPECT_THAT(w.page("ana", letter(3)), ElementsAre("notification.held mail"));
    w.now = noon + 6s;
    // Another service is not hidden by the storm, nor is something graver.
    EXPECT_THAT(w.page("ana", letter(4, "live")), ElementsAre("notification.sent mail"));
    EXPECT_THAT(w.page("ana", letter(5, "catalog", 1)), ElementsAre("notification.sent mail"));
    const auto held = w.notifications.at("2.1/ana/mail");
    EXPECT_EQ(held.due, noon + 1min);
    ASSERT_EQ(held.letters.size(), 2U);
    EXPECT_EQ(held.told, "SEV-2 catalog: 62 % of requests fail (incident 2) and 1 more");
    w.now = held.due;
    EXPECT_THAT(w.happens(release(held, w.context())), ElementsAre("notification.sent mail"));
    EXPECT_EQ(w.actions.back().key, "2.1/ana/mail#1");
    EXPECT_THAT(w.happens(release(w.notifications.at("2.1/ana/mail"), w.context())), IsEmpty());
}

TEST(Notify, WhoWouldWaitLongIsReachedAnotherWay) {
    World w;
    w.operations.people["ana"].reach = {"text", "mail"};
    for (int i = 1; i <= 5; ++i) {
        EXPECT_THAT(w.page("ana", letter(i)), ElementsAre("notification.sent text"));
        w.now = w.now + 61s;
    }
    // The sixth text within 15 minutes would wait for ten.
    EXPECT_THAT(w.page("ana", letter(6)), ElementsAre("notification.sent mail"));
}

TEST(Notify, OneChannelTakesFiveInFiveSecondsUnlessItIsNews) {
    World w;
    w.operations.notify["hook"] = {.kind = config::Channel::Kind::webhook, .place = {9, 1}};
    for (auto& [id, person] : w.operations.people) person.reach = {"hook"};
    w.page("ana", letter(1));
    for (int i = 2; i <= 5; ++i)
        EXPECT_THAT(w.page("ana", letter(i)), ElementsAre("notification.sent hook"));
    EXPECT_THAT(w.page("ana", letter(6)), ElementsAre("notification.held hook"));
    EXPECT_EQ(w.notifications.at("6.1/ana/hook").due, noon + 5s);
    EXPECT_THAT(w.page("ana", letter(7, "live")), ElementsAre("notification.sent hook"));
}

TEST(Notify, ABundleIsBounded) {
    World w;
    w.operations.people["ana"].reach = {"mail"};
    w.page("ana", letter(1));
    for (int i = 0; i < 70; ++i) w.page("ana", letter(100 + i));
    const auto& held = w.notifications.at("100.1/ana/mail");
    EXPECT_EQ(held.letters.size(), letters_max);
    EXPECT_EQ(held.more, 20);
}

TEST(Notify, WhatIsOverBeforeItWasSentIsNotSent) {
    World w;
    w.operations.people["ana"].reach = {"mail"};
    w.page("ana", letter(1));
    w.page("ana", letter(2));
    w.page("ana", letter(3));
    const std::string id = "2.1/ana/mail";
    EXPECT_THAT(w.happens(drop(w.notifications.at(id), 2, "resolved")),
                ElementsAre("notification.held mail"));
    ASSERT_EQ(w.notifications.at(id).letters.size(), 1U);
    EXPECT_EQ(w.notifications.at(id).letters[0].incident, 3);
    EXPECT_THAT(w.happens(drop(w.notifications.at(id), 2, "resolved")), IsEmpty());
    EXPECT_THAT(w.happens(drop(w.notifications.at(id), 3, "resolved")),
                ElementsAre("notification.withdrawn mail"));
    EXPECT_EQ(w.notifications.at(id).state, State::withdrawn);
    // What comes back from an attempt that was under way changes nothing but the truth.
    EXPECT_THAT(w.receipt(id, busy), IsEmpty());
    EXPECT_THAT(w.receipt(id, took), ElementsAre("notification.delivered mail"));
}

TEST(Notify, UpdatesHaveLimitsOfTheirOwn) {
    World w;
    w.page("ana", letter(1));
    const auto before = w.notifications.at("1.1/ana/mail");
    w.now = noon + 10s;
    EXPECT_THAT(
        w.happens(update(w.situation("ana"), before, letter(1), Purpose::mitigated, w.context())),
        ElementsAre("notification.sent mail"));
    EXPECT_THAT(
        w.happens(update(w.situation("ana"), before, letter(1), Purpose::resolved, w.context())),
        ElementsAre("notification.held mail"));
    EXPECT_EQ(w.notifications.at("1.1.resolved/ana/mail").due, noon + 10s + 3min);
    // An update that does not arrive pages nobody.
    EXPECT_THAT(w.receipt("1.1.mitigated/ana/mail", never),
                ElementsAre("notification.refused mail", "channel.broken mail"));
}

TEST(Notify, TheActionAndTheEventsNameNoAddressAndNoSecret) {
    World w;
    w.operations.notify["mail"].password = "hunter2";
    const auto decision = summon({}, {"ana", oncall::Reach::preferred, letter(1)}, w.context());
    for (const auto& text : {decision.actions[0].body, decision.events[0].payload}) {
        EXPECT_EQ(text.find("ana@example.com"), std::string::npos);
        EXPECT_EQ(text.find("hunter2"), std::string::npos);
    }
}

TEST(Notify, TestsGoToOneAfterTheOtherAtTheirTimeOfDay) {
    auto operations = team();
    operations.notify["mail"].test_at = "10:00";
    auto next = next_test("mail", operations, noon);
    std::vector<std::string> who;
    for (int i = 0; i < 4; ++i) {
        ASSERT_TRUE(next);
        who.push_back(next->person + ' ' + to_rfc3339(next->at).substr(11, 5));
        next = next_test("mail", operations, next->at);
    }
    EXPECT_THAT(who, ElementsAre("bo 02:00", "ana 09:00", "bo 02:00", "ana 09:00"));
    operations.notify["mail"].test_at = "";
    EXPECT_FALSE(next_test("mail", operations, noon));
    EXPECT_FALSE(next_test("none", operations, noon));
}

}  // namespace
}  // namespace sg::notify
