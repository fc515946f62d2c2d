#include "ops/respond/runs/decide.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "ops/respond/runbooks/read.h"
#include "ops/respond/runs/resolve.h"

namespace sg::runs {
namespace {

constexpr Instant t0{1'800'000'000'000'000'000};

constexpr const char* text = R"(---
title: Shop is ill
severity: sev2
owner: shop
reviewed: 2026-11-01
---
# Shop is ill
## Steps
### Look
```check traffic
inspect: service.traffic
target: ${service}
```
```check locks
inspect: postgres.locks
target: needs postgres
```
```check cache
inspect: redis.server
target: needs redis
```
```decide where
- if: diagnosis.version_p < 0.001 and diagnosis.version_share > 80%
  cause: the failures are those of one version
  then: roll-back
- if: locks is bad
  cause: one session blocks the others
  then: cancel
- if: traffic is bad
  cause: too much of it
  then: which
- else: nothing stands out
```
```act roll-back
verb: roll_back
with: { service: "${service}", version: "${diagnosis.version}" }
verify: well
undo: restore
next: which
```
```act cancel
verb: cancel_query
with: { need: "${diagnosis.need}", query: "${locks.root_blocker}" }
verify: well
undo: none
why_no_undo: it can be sent again
```
```ask which
question: Is it load?
answers:
  - { name: load, then: limit }
  - look further
roles: [commander]
expires: 5m
```
```act limit
verb: limit
with: { service: "${service}", requests: "${diagnosis.requests_fit}" }
verify: well
undo: restore
expires: 30m
```
```verify well
within: 2m
```
)";

class Runs : public testing::Test {
  protected:
    Runs() {
        EXPECT_TRUE(read.problems.empty())
            << (read.problems.empty() ? "" : read.problems.front().what);
        config::Service shop;
        shop.name = "shop";
        shop.needs = {"shop-db"};
        shop.versions["v1"] = {};
        shop.versions["v2"] = {};
        config.services["shop"] = shop;
        config.operations.needs["shop-db"].kind = config::Need::Kind::postgres;
    }

    void note(const ops::Decision& decision) {
        last = decision;
        for (const auto& event : decision.events) {
            auto next = apply(
                run,
                {.at = now, .kind = event.kind, .actor = {"ana", "cli"}, .payload = event.payload});
            ASSERT_TRUE(next) << next.error().message();
            run = *next;
        }
    }
    void begin(Mode mode = Mode::act) {
        note(start({.run = 7, .incident = 204, .service = "shop", .by = "system", .mode = mode},
                   around(), now));
    }
    Around around() const { return {read.runbook, config, known}; }
    Look look(const std::string& step, const std::string& standing) {
        Look look{.step = step, .round = run.round, .standing = standing, .title = step + " so so"};
        look.seen = {{.target = step == "locks" ? "need:shop-db" : "service:shop",
                      .key = "root_blocker",
                      .standing = standing,
                      .title = look.title,
                      .value = 4711}};
        return look;
    }
    void found(const std::string& step, const std::string& standing) {
        note(take(run, around(), look(step, standing), now));
    }
    bool has(ops::Kind kind) const {
        return std::ranges::find(last.events, kind, &ops::Event::kind) != last.events.end();
    }
    template <class Payload>
    Payload payload() const {
        const auto at = std::ranges::find(last.events, Payload::kind, &ops::Event::kind);
        return at == last.events.end() ? Payload{} : *from_json<Payload>(at->payload);
    }
    void a_bad_version() {
        known.names["version"] = "v2";
        known.figures["version_p"] = {1e-12, runbooks::Measure::number};
        known.figures["version_share"] = {0.98, runbooks::Measure::share};
        known.causes = {
            {.kind = "version", .name = "shop/v2", .evidence = "62 % fail", .share = 0.98}};
    }

    runbooks::Read read = runbooks::read_runbook(text, "shop-is-ill");
    config::Config config;
    Known known;
    runs::Run run;
    ops::Decision last;
    Instant now = t0;
};

TEST_F(Runs, ItsLeadingChecksAreLookedAtAfterPagesAndByAClock) {
    begin();
    ASSERT_EQ(last.actions.size(), 2);  // The shop has no redis.
    for (const auto& action : last.actions) {
        EXPECT_EQ(action.kind, look_action);
        EXPECT_GT(action.urgency, 0);
    }
    ASSERT_EQ(last.clocks.size(), 1);
    EXPECT_EQ(last.clocks[0].name, checks_clock);
    EXPECT_EQ(last.clocks[0].due, t0 + 15s);
    EXPECT_EQ(run.state, State::looking);
}

TEST_F(Runs, WhatTelemetryShowsIsSaidAtOnce) {
    a_bad_version();
    begin();
    EXPECT_EQ(run.likely, "version shop/v2: 62 % fail");
    EXPECT_EQ(run.causes.size(), 1);
}

TEST_F(Runs, ItDecidesWhenAllChecksAreIn) {
    a_bad_version();
    begin();
    found("traffic", "bad");
    EXPECT_FALSE(has(ops::Kind::runbook_reached));
    EXPECT_TRUE(last.actions.empty());
    found("locks", "fine");
    const auto reached = payload<RunbookReached>();
    EXPECT_EQ(reached.what, "give shop v2 no more traffic");
    EXPECT_EQ(reached.act.with.at("version"), "v2");
    EXPECT_EQ(reached.verify.within, 2min);
    EXPECT_EQ(reached.undo, "restore");
    EXPECT_EQ(run.state, State::acting);
    EXPECT_EQ(run.likely, "the failures are those of one version: version shop/v2: 62 % fail");
}

TEST_F(Runs, ACheckThatHangsIsGivenUpAndUnknown) {
    begin();
    found("traffic", "bad");
    now = now + 15s;
    note(give_up(run, around(), now));
    const auto* locks = look_at(run, "locks");
    ASSERT_NE(locks, nullptr);
    EXPECT_EQ(locks->standing, "unknown");
    EXPECT_FALSE(locks->gave_up.empty());
    EXPECT_EQ(run.state, State::asking);  // Of what was found out it follows.
    EXPECT_TRUE(take(run, around(), look("locks", "bad"), now).empty());  // Too late.
}

TEST_F(Runs, AFigureOfACheckIsPutIntoAnActAndItsTextIsNot) {
    begin();
    found("traffic", "fine");
    found("locks", "bad");
    EXPECT_EQ(payload<RunbookReached>().act.with.at("need"), "shop-db");
    EXPECT_EQ(payload<RunbookReached>().act.with.at("query"), "4711");
    EXPECT_FALSE(resolve("${locks.title}", run, around()));
}

TEST_F(Runs, WhatTheConfigurationDoesNotHaveIsNotActedOn) {
    a_bad_version();
    known.names["version"] = "v9";
    begin();
    found("traffic", "fine");
    found("locks", "fine");
    EXPECT_EQ(payload<RunbookWentOn>().outcome, "impossible");
    EXPECT_EQ(run.state, State::asking);  // `next` of the act.
}

TEST_F(Runs, WhoAnswersMustHaveTheRole) {
    begin();
    found("traffic", "bad");
    found("locks", "fine");
    ASSERT_NE(open_question(run), nullptr);
    EXPECT_FALSE(answer(run, around(), {.answer = "load"}, now));
    EXPECT_FALSE(answer(run, around(), {.answer = "perhaps", .roles = {"commander"}}, now));
    known.figures["requests_fit"] = {40, runbooks::Measure::number};
    const auto answered = answer(run, around(), {.answer = "load", .roles = {"commander"}}, now);
    ASSERT_TRUE(answered) << answered.error().message();
    note(*answered);
    EXPECT_EQ(payload<RunbookReached>().act.with.at("requests"), "40");
    EXPECT_EQ(run.questions.back().answered_by, "ana");
    EXPECT_FALSE(answer(run, around(), {.answer = "load", .roles = {"commander"}}, now));
}

TEST_F(Runs, AnAnswerThatLeadsNowhereHandsOver) {
    begin();
    found("traffic", "bad");
    found("locks", "fine");
    note(*answer(run, around(), {.answer = "look further", .roles = {"commander"}}, now));
    EXPECT_EQ(run.outcome, Outcome::handed_over);
}

TEST_F(Runs, AQuestionExpires) {
    begin();
    found("traffic", "bad");
    found("locks", "fine");
    EXPECT_TRUE(unanswered(run, now).empty());
    now = now + 5min;
    note(unanswered(run, now));
    EXPECT_EQ(run.outcome, Outcome::unanswered);
}

TEST_F(Runs, ItFollowsWhatCameOfTheAct) {
    a_bad_version();
    begin();
    found("traffic", "fine");
    found("locks", "fine");
    const auto before = run;
    note(follow(run, around(), {"roll-back", "verified", ""}, now));
    EXPECT_EQ(run.outcome, Outcome::helped);
    run = before;
    note(follow(run, around(), {"roll-back", "undone", "it did not help"}, now));
    EXPECT_EQ(run.state, State::asking);
    EXPECT_EQ(run.reached.front().outcome, "undone");
}

TEST_F(Runs, WhoOnlyObservesComesToNoAct) {
    a_bad_version();
    begin(Mode::observe);
    found("traffic", "fine");
    found("locks", "fine");
    EXPECT_FALSE(has(ops::Kind::runbook_reached));
    EXPECT_EQ(run.outcome, Outcome::observed);
}

TEST_F(Runs, NothingIsWaitedForWhenTheIncidentIsOver) {
    begin();
    note(overtake(run, "incident 204 is resolved", now));
    EXPECT_EQ(run.outcome, Outcome::overtaken);
    for (const auto& clock : last.clocks) EXPECT_FALSE(clock.due.has_value());
    EXPECT_TRUE(overtake(run, "again", now).empty());
}

TEST_F(Runs, WhatIsSeenIsBounded) {
    std::vector<std::pair<std::string, ports::Finding>> found;
    for (int i = 0; i < 100; ++i) {
        ports::Finding finding{.key = "k" + std::to_string(i),
                               .standing = ports::Standing::fine,
                               .title = std::string(5000, 'x') + "\n"};
        finding.evidence.rows.assign(50, {std::string(1000, 'y'), "z"});
        found.emplace_back("service:shop", finding);
    }
    found.back().second.standing = ports::Standing::bad;
    const auto look = look_of({.run = 7, .step = "traffic"}, found, "");
    EXPECT_EQ(look.seen.size(), seen_max);
    EXPECT_EQ(look.seen.front().key, "k99");  // The worst is kept.
    EXPECT_EQ(look.standing, "bad");
    EXPECT_LT(to_json(look).size(), 64U << 10U);
}

}  // namespace
}  // namespace sg::runs
