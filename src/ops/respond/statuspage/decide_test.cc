#include "ops/respond/statuspage/decide.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sg::statuspage {
namespace {

using config::Publish;
using incidents::Incident;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr Instant noon{1'795'435'200'000'000'000};  // 2026-11-23T12:00:00Z

template <class Payload>
std::vector<Payload> all_of(const ops::Decision& decision) {
    std::vector<Payload> all;
    for (const auto& event : decision.events)
        if (event.kind == Payload::kind) all.push_back(*from_json<Payload>(event.payload));
    return all;
}

std::optional<Instant> clock_of(const ops::Decision& decision, std::string_view name) {
    for (const auto& clock : decision.clocks)
        if (clock.name == name) return clock.due;
    return std::nullopt;
}

Incident incident(std::int64_t severity, const std::string& service = "catalog") {
    Incident it;
    it.id = 204;
    it.severity = severity;
    it.service = service;
    it.title = "catalog: <upstream db-7 refused>";
    it.policy.communicate = 15min;
    it.declared_at = it.started_at = noon;
    return it;
}

Notice folded(const ops::Decision& decision, Notice notice = {}, Instant at = noon) {
    for (const auto& event : decision.events)
        notice = apply(std::move(notice), {.at = at,
                                           .kind = event.kind,
                                           .actor = {"ana", "api"},
                                           .subjects = event.subjects,
                                           .payload = event.payload});
    return notice;
}

Notice published(std::int64_t severity = 1) {
    const auto it = incident(severity);
    return folded(open({17, it, {"Playback"}}, config::StatusPage{}, noon));
}

// --- components ----------------------------------------------------------------------------------

TEST(Components, AreAsBadAsTheirWorstService) {
    const Sight well;
    const Sight burning{.burning = true};
    const Sight bad{.bad_minutes = 3};
    const Sight nearly{.bad_minutes = 2, .half_failed = true};
    const Sight lost{.bad_minutes = 3, .half_failed = true};
    const auto of = [](const std::vector<Sight>& services) { return judge(services).condition; };
    EXPECT_EQ(of({}), Condition::operational);
    EXPECT_EQ(of({well}), Condition::operational);
    EXPECT_EQ(of({burning}), Condition::degraded_performance);
    EXPECT_EQ(of({nearly}), Condition::operational);
    EXPECT_EQ(of({bad}), Condition::partial_outage);
    EXPECT_EQ(of({lost}), Condition::major_outage);
    EXPECT_EQ(of({lost, well}), Condition::partial_outage);
    EXPECT_EQ(of({lost, lost}), Condition::major_outage);
    EXPECT_EQ(of({{.severity = 1}, well}), Condition::major_outage);
    EXPECT_EQ(of({{.severity = 2}}), Condition::degraded_performance);
    EXPECT_EQ(of({{.severity = 3}}), Condition::degraded_performance);
    EXPECT_EQ(of({{.severity = 4}}), Condition::operational);
}

TEST(Components, ChangeOnceAndNotAgainAndMaintenanceOutdoesAll) {
    const Component before{.name = "Playback"};
    EXPECT_TRUE(judge({before, {}, false}, noon).empty());
    const Judged bad{Condition::partial_outage, "bad"};
    const auto changed = all_of<ComponentChanged>(judge({before, bad, false}, noon));
    ASSERT_EQ(changed.size(), 1U);
    EXPECT_EQ(changed[0].condition, Condition::partial_outage);
    const auto work = all_of<ComponentChanged>(judge({before, bad, true}, noon));
    ASSERT_EQ(work.size(), 1U);
    EXPECT_EQ(work[0].condition, Condition::under_maintenance);
}

TEST(Components, WhatAPersonSaysHoldsForAsLongAsTheySaid) {
    const Component fixed{.name = "Playback",
                          .condition = Condition::major_outage,
                          .fixed = true,
                          .until = noon + 1h};
    EXPECT_TRUE(judge({fixed, {}, false}, noon + 59min).empty());
    const auto after = all_of<ComponentChanged>(judge({fixed, {}, false}, noon + 1h));
    ASSERT_EQ(after.size(), 1U);
    EXPECT_EQ(after[0].condition, Condition::operational);
    EXPECT_FALSE(after[0].fixed);
}

// --- notices -------------------------------------------------------------------------------------

TEST(Notices, TheFirstWordFollowsThePolicyOfTheSeverity) {
    struct Row {
        std::int64_t severity;
        std::size_t published;
        std::size_t drafted;
    };
    for (const auto& [severity, out, drafted] :
         {Row{1, 1, 0}, Row{2, 1, 0}, Row{3, 0, 1}, Row{4, 0, 0}}) {
        const auto it = incident(severity);
        const auto decision = open({17, it, {"Playback"}}, config::StatusPage{}, noon);
        EXPECT_EQ(all_of<UpdatePublished>(decision).size(), out) << severity;
        EXPECT_EQ(all_of<UpdateDrafted>(decision).size(), drafted) << severity;
    }
}

TEST(Notices, NothingThatCameOutOfAnAlertIsPublished) {
    const auto notice = published();
    ASSERT_EQ(notice.updates.size(), 1U);
    EXPECT_EQ(notice.title, "Playback: outage");
    EXPECT_EQ(notice.updates[0].body,
              "We are investigating an outage of Playback. It may not work. The next update "
              "follows within 15 minutes.");
}

TEST(Notices, TroubleOfOurOwnIsNeverPublic) {
    for (const char* key : {"ourselves:3", "channel:mail/ana", "statuspage:here"}) {
        auto it = incident(1, "");
        it.alerts = {key};
        EXPECT_TRUE(open({17, it, {}}, config::StatusPage{}, noon).empty()) << key;
    }
}

TEST(Notices, WhatConcernsNoComponentIsLookedAtFirstButNotForLong) {
    const auto it = incident(1, "");
    const auto decision = open({17, it, {}}, config::StatusPage{}, noon);
    EXPECT_THAT(all_of<UpdatePublished>(decision), IsEmpty());
    EXPECT_EQ(clock_of(decision, "draft_due"), noon + 10min);
    auto by_person = it;
    by_person.by_person = true;
    EXPECT_EQ(all_of<UpdatePublished>(open({17, by_person, {}}, config::StatusPage{}, noon)).size(),
              1U);
}

TEST(Notices, ADraftGoesOutWhenItsTimeIsOverAndNotBefore) {
    const auto it = incident(1);
    const auto drafted =
        follow(published(), it, Occasion::mitigated, config::StatusPage{}, noon + 20min);
    const Notice notice = folded(drafted, published(), noon + 20min);
    ASSERT_TRUE(notice.draft);
    EXPECT_EQ(notice.draft->stage, Stage::monitoring);
    EXPECT_EQ(clock_of(drafted, "draft_due"), noon + 30min);
    EXPECT_TRUE(ring(notice, noon + 30min - 1s).empty());
    const Notice after = folded(ring(notice, noon + 30min), notice, noon + 30min);
    EXPECT_EQ(after.stage, Stage::monitoring);
    EXPECT_FALSE(after.draft);
    EXPECT_EQ(after.updates.size(), 2U);
    EXPECT_EQ(after.monitoring_at, noon + 30min);
}

TEST(Notices, ADraftThatWaitsForAPersonDoesNotGoOutByItself) {
    const auto it = incident(3);
    const Notice notice = folded(open({17, it, {"Playback"}}, config::StatusPage{}, noon));
    ASSERT_TRUE(notice.draft);
    EXPECT_TRUE(ring(notice, noon + 24h).empty());
}

TEST(Notices, GraverThanItWasItGoesOutAtOnce) {
    const Notice asked = folded(open({17, incident(3), {"Playback"}}, config::StatusPage{}, noon));
    const auto decision =
        follow(asked, incident(1), Occasion::graver, config::StatusPage{}, noon + 5min);
    const auto out = all_of<UpdatePublished>(decision);
    ASSERT_EQ(out.size(), 1U);
    EXPECT_THAT(out[0].body, HasSubstr("outage of Playback"));
    EXPECT_EQ(folded(decision, asked).impact, Impact::critical);
}

TEST(Notices, EachOccasionDraftsWhatThePublicShouldHear) {
    struct Row {
        Occasion occasion;
        Stage stage;
        const char* says;
    };
    for (const auto& [occasion, stage, says] :
         {Row{Occasion::mitigated, Stage::monitoring, "watching"},
          Row{Occasion::resolved, Stage::resolved, "is resolved"},
          Row{Occasion::cancelled, Stage::resolved, "turned out not to concern"},
          Row{Occasion::merged, Stage::resolved, "part of another incident"},
          Row{Occasion::unheard, Stage::investigating, "still working"}}) {
        const auto drafted = all_of<UpdateDrafted>(
            follow(published(), incident(1), occasion, config::StatusPage{}, noon + 20min));
        ASSERT_EQ(drafted.size(), 1U) << says;
        EXPECT_EQ(drafted[0].stage, stage);
        EXPECT_THAT(drafted[0].body, HasSubstr(says));
    }
    const auto again = all_of<UpdatePublished>(
        follow(published(), incident(1), Occasion::relapsed, config::StatusPage{}, noon + 20min));
    ASSERT_EQ(again.size(), 1U);
    EXPECT_THAT(again[0].body, HasSubstr("has come back"));
}

TEST(Notices, WhatWasNotPublicNeedsNoEnd) {
    const Notice asked = folded(open({17, incident(3), {"Playback"}}, config::StatusPage{}, noon));
    const auto decision =
        follow(asked, incident(3), Occasion::resolved, config::StatusPage{}, noon + 5min);
    EXPECT_EQ(all_of<DraftDiscarded>(decision).size(), 1U);
    EXPECT_THAT(all_of<UpdateDrafted>(decision), IsEmpty());
}

TEST(Notices, APersonsWordsTakeThePlaceOfTheDraft) {
    const Notice drafted = folded(
        follow(published(), incident(1), Occasion::mitigated, config::StatusPage{}, noon + 20min),
        published());
    const auto decision = publish(drafted, {Stage::identified, "A disk was full.", "", {"API"}});
    ASSERT_TRUE(decision);
    const Notice after = folded(*decision, drafted);
    EXPECT_FALSE(after.draft);
    EXPECT_EQ(after.updates.back().body, "A disk was full.");
    EXPECT_THAT(after.components, ElementsAre("API"));
    EXPECT_EQ(clock_of(*decision, "draft_due"), std::nullopt);  // Stopped.
    EXPECT_FALSE(publish(drafted, {Stage::identified, ""}));
    EXPECT_FALSE(discard(published(), "x"));
}

// --- maintenance ---------------------------------------------------------------------------------

TEST(Maintenances, BeginAndEndByTheirClock) {
    const MaintenanceScheduled wanted{.maintenance = 3,
                                      .title = "New database",
                                      .body = "Reads go on.",
                                      .components = {"API"},
                                      .from = noon + 1h,
                                      .until = noon + 2h};
    const auto scheduled = schedule(wanted, noon);
    ASSERT_TRUE(scheduled);
    EXPECT_EQ(clock_of(*scheduled, "maintenance_due"), noon + 1h);
    const auto fold = [](const ops::Decision& decision, Maintenance m, Instant at) {
        for (const auto& event : decision.events)
            m = apply(std::move(m), {.at = at, .kind = event.kind, .payload = event.payload});
        return m;
    };
    auto it = fold(*scheduled, {}, noon);
    EXPECT_TRUE(ring(it, noon + 59min).empty());
    const auto begun = ring(it, noon + 1h);
    EXPECT_EQ(clock_of(begun, "maintenance_due"), noon + 2h);
    it = fold(begun, it, noon + 1h);
    EXPECT_EQ(it.phase, Phase::in_progress);
    const auto checks = move(it, Phase::verifying, "");
    ASSERT_TRUE(checks);
    it = fold(*checks, it, noon + 90min);
    it = fold(ring(it, noon + 2h), it, noon + 2h);
    EXPECT_EQ(it.phase, Phase::completed);
    EXPECT_EQ(it.updates.size(), 4U);
    EXPECT_TRUE(ring(it, noon + 3h).empty());
    EXPECT_FALSE(move(it, Phase::in_progress, "again"));
}

TEST(Maintenances, WhatMakesNoSenseIsRefused) {
    EXPECT_FALSE(schedule({.title = "", .from = noon, .until = noon + 1h}, noon));
    EXPECT_FALSE(schedule({.title = "x", .from = noon + 1h, .until = noon + 1h}, noon));
    EXPECT_FALSE(schedule({.title = "x", .from = noon - 2h, .until = noon - 1h}, noon));
}

// --- where it is written -------------------------------------------------------------------------

TEST(Delivery, IsTriedThreeTimesAndThenItIsTrouble) {
    Target target{.name = "here"};
    ops::Decision decision = on_result({"here", 1}, "disk full", target, noon);
    ASSERT_EQ(decision.actions.size(), 1U);
    EXPECT_EQ(decision.actions[0].not_before, noon + 10s);
    EXPECT_THAT(decision.events, IsEmpty());
    decision = on_result({"here", 3}, "disk full", target, noon);
    EXPECT_THAT(decision.actions, IsEmpty());
    ASSERT_EQ(all_of<TargetBroken>(decision).size(), 1U);
    target.broken = true;
    EXPECT_TRUE(on_result({"here", 1}, "disk full", target, noon).empty());
    EXPECT_EQ(all_of<TargetMended>(on_result({"here", 1}, "", target, noon)).size(), 1U);
}

// --- what is doubtful ----------------------------------------------------------------------------

TEST(Doubts, AreSaidInPlainWords) {
    Shown shown;
    shown.components = {{.name = "API", .condition = Condition::partial_outage}};
    EXPECT_THAT(doubts(shown, noon),
                ElementsAre("API is shown with a partial outage, and no incident is published"));
    Notice notice = published();
    notice.components = {"API"};
    shown.notices = {notice};
    EXPECT_THAT(doubts(shown, noon + 15min), IsEmpty());
    EXPECT_THAT(doubts(shown, noon + 16min),
                ElementsAre("notice 17 has had no update for 16 minutes: 15 minutes was promised"));
    shown.components[0].condition = Condition::operational;
    EXPECT_THAT(doubts(shown, noon),
                ElementsAre("notice 17 is open, and every component is shown as operational"));
    shown.notices.clear();
    shown.maintenances = {{.id = 3, .phase = Phase::in_progress, .began_at = noon}};
    EXPECT_THAT(doubts(shown, noon + 24h), IsEmpty());
    EXPECT_THAT(doubts(shown, noon + 25h),
                ElementsAre("maintenance 3 has been under way for 25 hours"));
}

}  // namespace
}  // namespace sg::statuspage
