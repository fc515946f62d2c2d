// The state machine of an alert, second by second; silences; heartbeats.
#include "ops/detect/alerts/decide.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ops/detect/alerts/heartbeats.h"
#include "ops/detect/alerts/suppression.h"

namespace sg::alerts {
namespace {

using ops::Kind;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using Kinds = std::vector<Kind>;

constexpr Instant begin{1'795'392'000'000'000'000};

Condition condition(std::string name, Duration pending = 0s, Duration keep = 0s) {
    Condition condition;
    condition.labels = {{"alertname", name}, {"service", "catalog"}};
    condition.severity = config::Severity::sev3;
    condition.page = true;
    condition.title = name;
    condition.source = "rule";
    condition.pending = pending;
    condition.keep_firing = keep;
    condition.started_at = begin;
    return condition;
}

// The rows and the watch, and what each second did to them.
struct Play {
    config::Operations operations;
    Standing standing;
    std::map<std::string, Instant> absent_since;
    Instant now = begin;
    std::vector<ops::Event> events;

    Kinds second(std::vector<Condition> seen) {
        now = now + 1s;
        note_absence(absent_since, standing, seen, now);
        return take(judge(standing, seen, absent_since, operations, now));
    }

    Kinds take(const ops::Decision& decision) {
        Kinds kinds;
        for (const auto& event : decision.events) {
            if (event.kind == Kind::alert_group_told) continue;  // A story of its own.
            kinds.push_back(event.kind);
            events.push_back(event);
            fold(event);
        }
        return kinds;
    }

    void fold(const ops::Event& event) {
        ops::Recorded recorded;
        recorded.at = now;
        recorded.kind = event.kind;
        recorded.payload = event.payload;
        ASSERT_FALSE(event.subjects.empty());
        const auto subject = event.subjects.front();
        if (subject.starts_with("silence:")) {
            std::erase_if(standing.silences, [&](const Silence& silence) {
                return "silence:" + std::to_string(silence.number) == subject;
            });
            return;
        }
        const auto fingerprint = subject.substr(6);
        auto after = apply(standing.open[fingerprint], recorded);
        ASSERT_TRUE(after) << after.error().message();
        if (after->state == State::resolved) standing.open.erase(fingerprint);
        else standing.open[fingerprint] = *after;
    }

    Alert only() const { return standing.open.empty() ? Alert{} : standing.open.begin()->second; }
};

TEST(Decide, WithoutForItFiresAtFirstSight) {
    Play play;
    EXPECT_THAT(play.second({condition("a")}), ElementsAre(Kind::alert_raised));
    EXPECT_EQ(play.only().state, State::firing);
    EXPECT_EQ(play.only().started_at, begin);
    EXPECT_THAT(play.second({condition("a")}), IsEmpty());
    EXPECT_THAT(play.second({}), ElementsAre(Kind::alert_cleared));
    EXPECT_THAT(play.second({condition("a")}), ElementsAre(Kind::alert_raised));  // A new one.
}

TEST(Decide, ForIsCountedFromTheFirstSight) {
    Play play;
    const auto seen = condition("a", 3s);
    EXPECT_THAT(play.second({seen}), ElementsAre(Kind::alert_pending));
    EXPECT_THAT(play.second({seen}), IsEmpty());
    EXPECT_THAT(play.second({seen}), IsEmpty());
    EXPECT_THAT(play.second({seen}), ElementsAre(Kind::alert_raised));
    EXPECT_EQ(play.only().active_at, begin + 1s);
    EXPECT_EQ(play.only().fired_at, begin + 4s);
}

TEST(Decide, ForShorterThanASecondFiresAtTheNextOne) {
    Play play;
    EXPECT_THAT(play.second({condition("a", 10ms)}), ElementsAre(Kind::alert_pending));
    EXPECT_THAT(play.second({condition("a", 10ms)}), ElementsAre(Kind::alert_raised));
}

TEST(Decide, APauseBeginsForAnew) {
    Play play;
    const auto seen = condition("a", 2s);
    EXPECT_THAT(play.second({seen}), ElementsAre(Kind::alert_pending));
    EXPECT_THAT(play.second({}), ElementsAre(Kind::alert_lapsed));
    EXPECT_THAT(play.second({seen}), ElementsAre(Kind::alert_pending));
    EXPECT_THAT(play.second({seen}), IsEmpty());
    EXPECT_THAT(play.second({seen}), ElementsAre(Kind::alert_raised));
}

TEST(Decide, ARestartKeepsTheProgressOfFor) {
    Play play;
    const auto seen = condition("a", 3s);
    play.second({seen});
    play.second({seen});
    Play restarted;  // The rows are all that is left.
    restarted.standing = play.standing;
    restarted.now = play.now;
    EXPECT_THAT(restarted.second({seen}), IsEmpty());
    EXPECT_THAT(restarted.second({seen}), ElementsAre(Kind::alert_raised));
}

TEST(Decide, KeepFiringHoldsIt) {
    Play play;
    const auto seen = condition("a", 0s, 3s);
    play.second({seen});
    EXPECT_THAT(play.second({}), IsEmpty());
    EXPECT_THAT(play.second({}), IsEmpty());
    EXPECT_THAT(play.second({seen}), IsEmpty());  // Back in time.
    EXPECT_THAT(play.second({}), IsEmpty());
    EXPECT_THAT(play.second({}), IsEmpty());
    EXPECT_THAT(play.second({}), IsEmpty());
    EXPECT_THAT(play.second({}), ElementsAre(Kind::alert_cleared));
    // A restart in between only makes it last longer.
    play.second({seen});
    play.second({});
    play.second({});
    play.absent_since.clear();
    EXPECT_THAT(play.second({}), IsEmpty());
    EXPECT_THAT(play.second({}), IsEmpty());
}

TEST(Decide, BecomesWorseButNotBetter) {
    Play play;
    auto seen = condition("a");
    play.second({seen});
    seen.severity = config::Severity::sev1;
    seen.title = "worse";
    EXPECT_THAT(play.second({seen}), ElementsAre(Kind::alert_worsened));
    EXPECT_EQ(play.only().severity, "sev1");
    EXPECT_EQ(play.only().title, "worse");
    seen.severity = config::Severity::sev4;
    EXPECT_THAT(play.second({seen}), IsEmpty());
    EXPECT_EQ(play.only().severity, "sev1");
}

TEST(Decide, OfTwoWithTheSameLabelsTheWorseCounts) {
    Play play;
    auto worse = condition("a");
    worse.severity = config::Severity::sev2;
    EXPECT_THAT(play.second({condition("a"), worse, condition("a")}),
                ElementsAre(Kind::alert_raised));
    EXPECT_EQ(play.only().severity, "sev2");
}

Silence silence(std::string matcher, Instant from, Instant to) {
    Silence silence;
    silence.number = 12;
    silence.matchers = {std::move(matcher)};
    silence.starts_at = from;
    silence.ends_at = to;
    return silence;
}

TEST(Silences, AnAlertUnderOneSurfacesWhenItEnds) {
    Play play;
    play.standing.silences = {silence("service=catalog", begin, begin + 5s)};
    EXPECT_THAT(play.second({condition("a")}), ElementsAre(Kind::alert_raised));
    EXPECT_EQ(play.only().suppressed_by, "silence 12");
    EXPECT_THAT(play.events.back().payload, HasSubstr(R"("suppressed_by":"silence 12")"));
    auto worse = condition("a");
    worse.severity = config::Severity::sev1;
    for (int i = 2; i < 5; ++i) EXPECT_THAT(play.second({worse}), IsEmpty());
    EXPECT_THAT(play.second({worse}), ElementsAre(Kind::alert_surfaced, Kind::silence_expired));
    EXPECT_EQ(play.only().suppressed_by, "");
    EXPECT_THAT(play.second({worse}), ElementsAre(Kind::alert_worsened));
    EXPECT_THAT(play.second({worse}), IsEmpty());
    // One that is already told of stays told: nobody can be untold.
    play.standing.silences = {silence("service=catalog", begin, begin + 1h)};
    EXPECT_THAT(play.second({condition("a")}), IsEmpty());
    EXPECT_EQ(play.only().suppressed_by, "");
}

TEST(Silences, StatesAndMeaning) {
    const auto one = silence("severity=~\"sev1|sev2\"", begin + 10s, begin + 20s);
    EXPECT_EQ(state_of(one, begin), SilenceState::pending);
    EXPECT_EQ(state_of(one, begin + 10s), SilenceState::active);
    EXPECT_EQ(state_of(one, begin + 20s), SilenceState::expired);
    Alert alert;
    alert.severity = "sev2";
    EXPECT_TRUE(Suppression::is_meant(one, alert));
    alert.severity = "sev3";
    EXPECT_FALSE(Suppression::is_meant(one, alert));
}

TEST(Silences, ComeAgainByInterval) {
    Play play;
    play.operations.intervals["nights"].times = {"00:00-06:00"};
    auto one = silence("service=catalog", begin, Instant{});
    one.interval = "nights";
    Alert alert;
    alert.service = "catalog";
    const auto by = [&](Instant at) {
        return Suppression(play.operations, std::vector{one}, at).by(alert, {});
    };
    EXPECT_EQ(by(begin + 1h), "silence 12");
    EXPECT_EQ(by(begin + 7h), "");
    EXPECT_EQ(by(begin + 25h), "silence 12");
    one.interval = "no such";
    EXPECT_EQ(by(begin + 1h), "");
}

TEST(Silences, UntilClear) {
    Play play;
    play.second({condition("a")});
    auto one = silence("service=catalog", begin, Instant{});
    one.until_clear = true;
    play.standing.silences = {one};
    EXPECT_THAT(play.second({condition("a"), condition("b")}), ElementsAre(Kind::alert_raised));
    EXPECT_THAT(play.events.back().payload, HasSubstr(R"("suppressed_by":"silence 12")"));
    EXPECT_THAT(play.second({condition("b")}), ElementsAre(Kind::alert_cleared));
    EXPECT_THAT(play.second({}), ElementsAre(Kind::alert_cleared));
    EXPECT_THAT(play.second({}), ElementsAre(Kind::silence_expired));
}

TEST(Silences, WhatCannotBeOne) {
    config::Operations operations;
    Standing standing;
    const auto refused = [&](Silence one) { return !check(one, standing, operations, begin); };
    EXPECT_FALSE(refused(silence("a=b", begin, begin + 1h)));
    Silence none;
    none.ends_at = begin + 1h;
    EXPECT_TRUE(refused(none));
    EXPECT_TRUE(refused(silence("a=~.*", begin, begin + 1h)));  // Everything.
    EXPECT_TRUE(refused(silence("a!=b", begin, begin + 1h)));   // The same.
    EXPECT_TRUE(refused(silence("a=~(", begin, begin + 1h)));
    EXPECT_TRUE(refused(silence("a=b", begin + 2h, begin + 1h)));
    EXPECT_TRUE(refused(silence("a=b", begin - 2h, begin - 1h)));
    EXPECT_TRUE(refused(silence("a=b", begin, Instant{})));  // Never ends.
    auto endless = silence("a=b", begin, Instant{});
    endless.until_clear = true;
    EXPECT_TRUE(refused(endless));  // Nothing is there that could become clear.
    standing.open["f"].labels["a"] = "b";
    EXPECT_FALSE(refused(endless));
    endless.interval = "nights";
    EXPECT_TRUE(refused(endless));
}

TEST(Inhibition, ByASourceWithTheSameLabels) {
    config::Operations operations;
    config::Inhibition rule;
    rule.source = {"severity=~\"sev1|sev2\""};
    rule.target = {"severity=~\"sev2|sev3\""};
    rule.equal = {"service", "zone"};
    operations.inhibit = {rule};
    const auto alert = [](std::string name, std::string severity, std::string service) {
        Alert alert;
        alert.name = name;
        alert.fingerprint = name;
        alert.severity = severity;
        alert.service = service;
        alert.state = State::firing;
        return alert;
    };
    const auto by = [&](const Alert& target, std::vector<Alert> others) {
        std::map<std::string, Alert> open;
        for (auto& other : others) open[other.fingerprint] = other;
        open[target.fingerprint] = target;
        return Suppression(operations, {}, begin).by(target, open);
    };
    const auto target = alert("t", "sev3", "catalog");
    EXPECT_EQ(by(target, {alert("s", "sev1", "catalog")}), "inhibited by s");
    EXPECT_EQ(by(target, {alert("s", "sev1", "live")}), "");
    EXPECT_EQ(by(target, {alert("s", "sev4", "catalog")}), "");
    EXPECT_EQ(by(target, {}), "");
    auto pending = alert("s", "sev1", "catalog");
    pending.state = State::pending;
    EXPECT_EQ(by(target, {pending}), "");
    auto elsewhere = alert("s", "sev1", "catalog");
    elsewhere.labels["zone"] = "eu";  // Missing is empty, and empty is not eu.
    EXPECT_EQ(by(target, {elsewhere}), "");
    // Both match both sides: neither may mute the other, nor itself.
    const auto both = alert("b", "sev2", "catalog");
    EXPECT_EQ(by(both, {}), "");
    EXPECT_EQ(by(both, {alert("c", "sev2", "catalog")}), "");
    EXPECT_EQ(by(both, {alert("s", "sev1", "catalog")}), "inhibited by s");
}

TEST(Heartbeats, AbsenceIsAnAlert) {
    Play play;
    config::Heartbeat backup;
    backup.name = "backup";
    backup.every = 5min;
    backup.grace = 1min;
    play.operations.heartbeats["backup"] = backup;
    const auto armed = expect(play.operations, {}, play.standing, begin);
    ASSERT_EQ(armed.events.size(), 1U);
    EXPECT_EQ(armed.events[0].kind, Kind::heartbeat_expected);
    ASSERT_EQ(armed.clocks.size(), 1U);
    EXPECT_EQ(armed.clocks[0].name, "heartbeat_missed");
    EXPECT_EQ(armed.clocks[0].due, begin + 6min);
    const std::vector<ExpectedHeartbeat> expected{{"backup", 5min, 1min}};
    EXPECT_TRUE(expect(play.operations, expected, play.standing, begin).empty());

    EXPECT_THAT(play.take(miss(play.standing, play.operations, backup, begin + 6min)),
                ElementsAre(Kind::alert_raised));
    EXPECT_EQ(play.only().title, "no heartbeat of backup for 6m");
    EXPECT_TRUE(miss(play.standing, play.operations, backup, begin + 7min).empty());
    EXPECT_THAT(play.second({}), IsEmpty());  // Not seen each second, and fires all the same.
    const auto heard = beat(backup, play.only(), begin + 8min);
    EXPECT_EQ(heard.clocks.at(0).due, begin + 14min);
    EXPECT_THAT(play.take(heard), ElementsAre(Kind::alert_cleared));

    play.take(miss(play.standing, play.operations, backup, begin + 20min));
    play.operations.heartbeats.clear();
    const auto gone = expect(play.operations, expected, play.standing, begin);
    EXPECT_EQ(gone.events.size(), 2U);
    EXPECT_EQ(gone.clocks.at(0).due, std::nullopt);
}

TEST(Heartbeats, OursAreSentOnceAPeriod) {
    config::Operations operations;
    operations.heartbeats_out = {{"https://example.net/beat", 1min, {}}};
    std::map<std::string, Instant> beat_at;
    int sent = 0;
    std::string key;
    for (int i = 0; i < 300; ++i) {
        const auto decision = send_heartbeats(operations, beat_at, begin + std::chrono::seconds(i));
        for (const auto& action : decision.actions) {
            EXPECT_NE(action.key, key);
            key = action.key;
            EXPECT_EQ(action.deadline, Duration{1min});
            ++sent;
        }
    }
    EXPECT_EQ(sent, 5);
    beat_at.clear();  // A restart: the same period has the same key, which is enqueued once.
    EXPECT_EQ(send_heartbeats(operations, beat_at, begin + 299s).actions.at(0).key, key);
}

}  // namespace
}  // namespace sg::alerts
