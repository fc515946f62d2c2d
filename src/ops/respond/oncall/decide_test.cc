// The page: who is paged when, what stops it, what starts it again. Each decision is applied from
// its own JSON, as the ledger does it.
#include "ops/respond/oncall/decide.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ops/respond/oncall/page_for_tests.h"

namespace sg::oncall {
namespace {

using testing::ElementsAre;

const config::Team team{.id = "checkout"};

Crew crew() {
    return {.on_call = {{{"ana"}, {"bo"}, {"cy"}}},
            .everyone = {"ana", "bo", "cy", "di"},
            .known = {"ana", "bo", "cy", "di", "eve"}};
}

// A page and what became of it, told as `5m page.sent bo`.
class Told {
  public:
    explicit Told(Trouble trouble = {.incident = 204, .title = "errors", .severity = 2},
                  const config::Team* of = &team)
        : trouble_(std::move(trouble)) {
        page_.id = 17;
        page_.incident = trouble_.incident;
        page_.severity = trouble_.severity;
        page_.policy = policy_of(of, trouble_, crew_);
    }

    Crew& who() { return crew_; }
    Page& page() { return page_; }
    std::optional<Instant> clock(std::string_view name) { return clocks_[std::string(name)]; }

    void begin() { take(oncall::begin(page_, crew_, now())); }
    void at(Duration since) { elapsed_ = since; }
    void take(const ops::Decision& decision) {
        for (const auto& event : decision.events) {
            if (event.kind != ops::Kind::page_escalated) continue;
            const auto escalated = from_json<PageEscalated>(event.payload);
            whys.push_back(sg::to_text(elapsed_) + " " + escalated->to + ": " + escalated->why);
        }
        for (const auto& event : apply_all(page_, decision, now()))
            told.push_back(sg::to_text(elapsed_) + " " + event);
        for (const auto& clock : decision.clocks) clocks_[clock.name] = clock.due;
    }
    void take(const Result<ops::Decision>& decision) {
        ASSERT_TRUE(decision) << decision.error().message();
        take(*decision);
    }
    // Fires the clocks until then, each when it is due.
    void until(Duration end) {
        for (int i = 0; i < 100; ++i) {
            auto step = clocks_[std::string(clock_step)];
            auto again = clocks_[std::string(clock_reopen)];
            if (again && (!step || *again < *step)) std::swap(step, again);
            if (!step || *step > start + end) break;
            const bool is_step = step == clocks_[std::string(clock_step)];
            clocks_[std::string(is_step ? clock_step : clock_reopen)] = {};
            elapsed_ = std::max(elapsed_, *step - start);
            take(is_step ? advance(page_, crew_, now()) : reopen(page_, crew_, now()));
        }
        elapsed_ = end;
    }
    Instant now() const { return start + elapsed_; }

    std::vector<std::string> told;
    std::vector<std::string> whys;  // Of each escalation.

  private:
    static constexpr Instant start{1'795'414'951'000'000'000};
    Trouble trouble_;
    Crew crew_ = crew();
    Page page_;
    Duration elapsed_{};
    std::map<std::string, std::optional<Instant>> clocks_;
};

TEST(Page, WalksThroughThePolicyAndEndsInTheFallback) {
    Told t;
    t.begin();
    t.until(24h);
    EXPECT_THAT(
        t.told,
        ElementsAre("0s page.begun", "0s page.sent ana", "5m page.escalated secondary",
                    "5m page.sent bo", "15m page.escalated backup", "15m page.sent cy",
                    "30m page.escalated everyone", "30m page.sent ana", "30m page.sent bo",
                    "30m page.sent cy", "30m page.sent di", "35m page.repeated",
                    "35m page.sent ana", "40m page.escalated secondary", "40m page.sent bo",
                    "50m page.escalated backup", "50m page.sent cy", "65m page.escalated everyone",
                    "65m page.sent ana", "65m page.sent bo", "65m page.sent cy", "65m page.sent di",
                    "70m page.unanswered", "70m page.sent ana by every channel",
                    "70m page.sent bo by every channel", "70m page.sent cy by every channel",
                    "70m page.sent di by every channel"));
    EXPECT_EQ(t.page().state, PageState::unanswered);
    EXPECT_FALSE(t.clock(clock_step));
}

TEST(Page, OfSev1GoesToPrimaryAndSecondaryAtOnce) {
    Told t({.incident = 1, .severity = 1});
    t.begin();
    t.until(15min);
    EXPECT_THAT(t.told,
                ElementsAre("0s page.begun", "0s page.sent ana", "0s page.escalated secondary",
                            "0s page.sent bo", "15m page.escalated backup", "15m page.sent cy"));
    EXPECT_THAT(t.whys,
                ElementsAre("0s secondary: paged at once", "15m backup: no answer within 15m"));
}

TEST(Page, OfSev1GoesToTheSecondaryAlsoWhereThePolicyNamesNone) {
    config::Team own{.id = "own"};
    own.escalate = {{.to = config::EscalationStep::To::person, .person = "eve", .after = 0s}};
    Told t({.incident = 1, .severity = 1}, &own);
    t.begin();
    EXPECT_THAT(t.told, ElementsAre("0s page.begun", "0s page.sent eve",
                                    "0s page.escalated secondary", "0s page.sent bo"));
}

TEST(Page, IsStoppedByAnAcknowledgement) {
    Told t;
    t.begin();
    t.until(7min);
    t.take(acknowledge(t.page(), "bo", "link", t.now()));
    EXPECT_FALSE(t.clock(clock_step));
    t.until(36min);
    EXPECT_THAT(t.told,
                ElementsAre("0s page.begun", "0s page.sent ana", "5m page.escalated secondary",
                            "5m page.sent bo", "7m page.acknowledged bo"));
    EXPECT_EQ(t.page().acknowledged_by, "bo");
    EXPECT_EQ(t.page().how, "link");
}

TEST(Page, BeginsAgainWhenTheAcknowledgementRunsOut) {
    Told t;
    t.begin();
    t.at(1min);
    t.take(acknowledge(t.page(), "ana", "cli", t.now()));
    t.until(36min);
    EXPECT_THAT(t.told, ElementsAre("0s page.begun", "0s page.sent ana", "1m page.acknowledged ana",
                                    "31m page.reopened ana", "31m page.sent ana",
                                    "36m page.escalated secondary", "36m page.sent bo"));
}

TEST(Page, IsHeldByASecondAcknowledgementOfTheSamePerson) {
    Told t;
    t.begin();
    t.at(1min);
    t.take(acknowledge(t.page(), "ana", "cli", t.now()));
    t.until(20min);
    t.take(acknowledge(t.page(), "ana", "cli", t.now()));
    EXPECT_EQ(t.clock(clock_reopen), t.now() + 30min);
    t.take(acknowledge(t.page(), "bo", "cli", t.now()));
    EXPECT_EQ(t.told.back(), "20m page.acknowledged bo");
    EXPECT_EQ(t.told.size(), 4u);
}

TEST(Page, EscalatedByAPersonGoesOnAndIsUnacknowledged) {
    Told t;
    t.begin();
    t.at(1min);
    t.take(acknowledge(t.page(), "ana", "cli", t.now()));
    t.at(4min);
    t.take(escalate(t.page(), t.who(), {"ana", "needs a database person"}, t.now()));
    EXPECT_EQ(t.page().state, PageState::walking);
    EXPECT_FALSE(t.clock(clock_reopen));
    t.until(14min);
    EXPECT_THAT(t.told, ElementsAre("0s page.begun", "0s page.sent ana", "1m page.acknowledged ana",
                                    "4m page.escalated secondary", "4m page.sent bo",
                                    "14m page.escalated backup", "14m page.sent cy"));
}

TEST(Page, EscalatedAfterTheFallbackBeginsAgain) {
    Told t;
    t.begin();
    t.until(80min);
    t.told.clear();
    t.take(escalate(t.page(), t.who(), {"dora", ""}, t.now()));
    EXPECT_THAT(t.told, ElementsAre("80m page.escalated primary", "80m page.sent ana"));
    EXPECT_EQ(t.clock(clock_step), t.now() + 5min);
    t.told.clear();
    t.until(24h);
    EXPECT_EQ(t.told.back(), "115m page.sent di by every channel");
}

TEST(Page, AnEmptyStepCostsNoTime) {
    Told t;
    t.who().on_call[0].clear();
    t.who().on_call[2].clear();
    t.begin();
    t.until(26min);
    EXPECT_THAT(t.told, ElementsAre("0s page.begun", "0s page.step_empty primary",
                                    "0s page.escalated secondary", "0s page.sent bo",
                                    "10m page.step_empty backup", "10m page.escalated everyone",
                                    "10m page.sent ana", "10m page.sent bo", "10m page.sent cy",
                                    "10m page.sent di", "15m page.repeated",
                                    "15m page.step_empty primary", "15m page.escalated secondary",
                                    "15m page.sent bo", "25m page.step_empty backup",
                                    "25m page.escalated everyone", "25m page.sent ana",
                                    "25m page.sent bo", "25m page.sent cy", "25m page.sent di"));
    EXPECT_THAT(t.whys, ElementsAre("0s secondary: nobody stands at primary",
                                    "10m everyone: no answer within 10m; nobody stands at backup",
                                    "15m secondary: nobody stands at primary",
                                    "25m everyone: no answer within 10m; nobody stands at backup"));
}

TEST(Page, OfATeamWithNobodyGoesToTheFallbackAtOnce) {
    config::Team empty{.id = "empty", .fallback = {"eve", "gone"}};
    Told t({.incident = 1}, &empty);
    t.who().on_call = {};
    t.who().everyone.clear();
    t.begin();
    EXPECT_EQ(t.told.back(), "0s page.sent eve by every channel");
    EXPECT_EQ(t.page().state, PageState::unanswered);
}

TEST(Page, OfNoTeamGoesToEverybodyThereIs) {
    Crew nobody;
    nobody.known = {"ana", "eve"};
    EXPECT_THAT(policy_of(nullptr, {}, nobody).fallback, ElementsAre("ana", "eve"));
    Told t({.incident = 1}, nullptr);
    t.begin();
    EXPECT_THAT(
        t.told,
        ElementsAre("0s page.begun", "0s page.unanswered", "0s page.sent ana by every channel",
                    "0s page.sent bo by every channel", "0s page.sent cy by every channel",
                    "0s page.sent di by every channel"));
}

TEST(Page, IsNotSentTwiceInOneMomentToWhoHoldsTwoLevels) {
    Told t({.incident = 1, .severity = 1});
    t.who().on_call[1] = {"ana"};
    t.begin();
    EXPECT_THAT(t.told,
                ElementsAre("0s page.begun", "0s page.sent ana", "0s page.escalated secondary"));
}

TEST(Page, ThatIsHoursLateTakesAllOverdueStepsOnce) {
    Told t;
    t.begin();
    t.told.clear();
    t.at(3h);
    t.take(advance(t.page(), t.who(), t.now()));
    EXPECT_THAT(t.told,
                ElementsAre("3h page.escalated secondary", "3h page.sent bo",
                            "3h page.escalated backup", "3h page.sent cy",
                            "3h page.escalated everyone", "3h page.sent ana", "3h page.sent di"));
    EXPECT_EQ(t.clock(clock_step), t.now() + 5min);
}

TEST(Page, StopsWithItsIncident) {
    Told t;
    t.begin();
    t.at(2min);
    t.take(stop(t.page(), "mitigated"));
    EXPECT_EQ(t.page().state, PageState::stopped);
    EXPECT_FALSE(t.clock(clock_step));
    EXPECT_TRUE(stop(t.page(), "resolved").empty());
    EXPECT_EQ(acknowledge(t.page(), "ana", "link", t.now()).error().code, Errc::conflict);
    EXPECT_EQ(escalate(t.page(), t.who(), {"ana", ""}, t.now()).error().code, Errc::conflict);
    EXPECT_TRUE(advance(t.page(), t.who(), t.now()).empty());
}

TEST(Page, RaisedToSev1GoesToTheSecondaryToo) {
    Told t;
    t.begin();
    t.at(1min);
    t.take(acknowledge(t.page(), "ana", "cli", t.now()));
    t.at(2min);
    t.take(raise(t.page(), 1, t.who(), t.now()));
    EXPECT_EQ(t.told.back(), "2m page.sent bo");
    EXPECT_EQ(t.page().state, PageState::acknowledged);
    t.take(raise(t.page(), 1, t.who(), t.now()));
    EXPECT_EQ(t.told.back(), "2m page.sent bo");
    EXPECT_EQ(t.told.size(), 5u);
}

TEST(Page, ThePolicyIsInOrderOfTime) {
    config::Team mixed{.id = "mixed"};
    using To = config::EscalationStep::To;
    mixed.escalate = {{.to = To::everyone, .after = 30min},
                      {.to = To::level, .level = config::Level::backup, .after = 0s},
                      {.to = To::person, .person = "eve", .after = 0s}};
    const auto policy = policy_of(&mixed, {.severity = 3}, crew());
    ASSERT_EQ(policy.steps.size(), 3u);
    EXPECT_EQ(policy.steps[0].to, Step::To::backup);
    EXPECT_EQ(policy.steps[1].person, "eve");
    EXPECT_EQ(policy.steps[2].to, Step::To::everyone);
    EXPECT_EQ(policy.fallback, crew().everyone);
}

}  // namespace
}  // namespace sg::oncall
