#include "ops/respond/runbooks/read.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "config/problem.h"

namespace sg::runbooks {
namespace {

constexpr std::string_view whole = R"md(---
title: Slow queue
severity: sev3
owner: playback
reviewed: 2026-11-01
review_every: 90d
triggers:
  - alert: queue
---

# Slow queue

## Steps

### 1. Look

```check pool
inspect: postgres.connections
target: needs postgres
with: { rows: "5" }
```

```sh
# An example for people; no step.
psql -c 'select 1'
```

### 2. Decide

~~~~decide where
- if: pool is bad
  cause: no connections left
  then: fewer
- else: it is something else
~~~~

```act fewer
verb: limit
with: { service: "${service}", requests: "10" }
verify: well
undo: restore
expires: 10m
```

## Verification

```verify well
```
)md";

TEST(ReadRunbook, HasSectionsAndStepsInTheirOrder) {
    const auto [runbook, problems] = read_runbook(whole, "slow-queue");
    EXPECT_TRUE(problems.empty()) << config::render(problems, whole, "slow-queue.md");
    EXPECT_EQ(runbook.name, "slow-queue");
    EXPECT_EQ(runbook.title, "Slow queue");
    EXPECT_EQ(runbook.severity, config::Severity::sev3);
    EXPECT_EQ(runbook.review_every, 90 * 24h);
    ASSERT_EQ(runbook.triggers.size(), 1U);
    EXPECT_EQ(runbook.triggers[0].alert, "queue");
    ASSERT_EQ(runbook.sections.size(), 2U);
    EXPECT_EQ(runbook.sections[0].title, "Steps");
    EXPECT_NE(runbook.sections[0].text.find("psql"), std::string::npos);

    ASSERT_EQ(runbook.steps.size(), 4U);
    const auto& check = runbook.steps[0];
    EXPECT_EQ(check.kind, StepKind::check);
    EXPECT_EQ(check.name, "pool");
    EXPECT_EQ(check.title, "1. Look");
    EXPECT_EQ(check.place, (Place{17, 1}));
    EXPECT_EQ(check.check.inspect, "postgres.connections");
    EXPECT_EQ(check.check.with.at("rows"), "5");
    const auto& decide = runbook.steps[1].decide;
    ASSERT_EQ(decide.branches.size(), 2U);
    EXPECT_EQ(decide.branches[0].when.text(), "pool is bad");
    EXPECT_EQ(decide.branches[0].then, "fewer");
    EXPECT_EQ(decide.branches[1].when.text(), "");
    EXPECT_EQ(decide.branches[1].cause, "it is something else");
    const auto& act = runbook.steps[2].act;
    EXPECT_EQ(act.act.verb, "limit");
    EXPECT_EQ(act.expires, 10min);
    EXPECT_EQ(runbook.steps[3].verify.within, 60s);
}

struct Mistake {
    std::string_view text;
    Place place;
    std::string_view what;
};

TEST(ReadRunbook, SaysWhatIsWrongAndWhere) {
    const std::string head = "---\ntitle: A\nowner: b\nreviewed: 2026-11-01\n---\n";
    const Mistake cases[] = {
        {"", {1, 1}, "there is no head"},
        {"---\ntitle: A\n", {1, 1}, "the head does not end"},
        {"---\ntitle: A\nreviewed: 2026-11-01\n---\n",
         {2, 1},
         "the head of a runbook has no `owner`"},
        {"---\ntitle: A\nowner: b\nreviewed: soon\n---\n", {4, 11}, "`soon` is not a date"},
        {"```check\ninspect: a.b\n```\n", {6, 1}, "the step has no name"},
        {"```check A\ninspect: a.b\n```\n", {6, 1}, "`A` is no name of a step"},
        {"```check none\ninspect: a.b\n```\n", {6, 1}, "`none` is no name of a step"},
        {"```check a\ninspect: a.b\n```\n```check a\ninspect: a.b\n```\n",
         {9, 1},
         "`a` is the name of two steps"},
        {"```check a\n```\n", {6, 1}, "the block is empty"},
        {"```check a\ninspect: a.b\n", {6, 1}, "the block does not end"},
        {"```check a\ninspect: a.b\nturn: left\n```\n", {8, 1}, "a check has no setting `turn`"},
        {"```decide a\n- if: b is sad\n  cause: c\n```\n", {7, 7}, "`sad` is no standing"},
    };
    for (const auto& [text, place, what] : cases) {
        const auto file = text.starts_with("```") ? head + std::string(text) : std::string(text);
        const auto problems = read_runbook(file, "a").problems;
        ASSERT_FALSE(problems.empty()) << file;
        EXPECT_NE(problems[0].what.find(what), std::string::npos) << file << problems[0].what;
        EXPECT_EQ(problems[0].place, place) << file << problems[0].what;
        EXPECT_FALSE(problems[0].hint.empty()) << file << problems[0].what;
    }
}

TEST(ReadRunbook, IsBounded) {
    const std::string large(text_bytes_max + 1, 'x');
    EXPECT_EQ(read_runbook(large, "a").problems.size(), 1U);
    std::string many = "---\ntitle: A\nowner: b\nreviewed: 2026-11-01\n---\n";
    for (std::size_t i = 0; i <= steps_max; ++i) many += fmt::format("```verify v{}\n```\n", i);
    const auto read = read_runbook(many, "a");
    EXPECT_EQ(read.runbook.steps.size(), steps_max);
    ASSERT_EQ(read.problems.size(), 1U);
    EXPECT_EQ(read.problems[0].what, "there are more than 64 steps");
}

}  // namespace
}  // namespace sg::runbooks
