#include "ops/respond/runbooks/lint.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "config/problem.h"
#include "ops/respond/runbooks/library.h"

namespace sg::runbooks {
namespace {

constexpr Instant now{1'795'000'000'000'000'000};  // In November 2026.

// With all that the template asks for, and these steps.
std::string with(std::string_view steps) {
    return fmt::format(
        "---\ntitle: A\nowner: b\nreviewed: 2026-11-01\ntriggers: [{{ alert: errors }}]\n---\n"
        "## Symptoms\n- Users\n- Metrics\n- Logs\n## Causes\n## Steps\n{}\n## Verification\n"
        "```verify well\n```\n## Prevention\n## Escalation\n",
        steps);
}

std::vector<std::string> mistakes(const std::string& text, const Surroundings& around) {
    const auto read = read_runbook(text, "a");
    EXPECT_TRUE(read.problems.empty()) << config::render(read.problems, text, "a.md");
    std::vector<std::string> found;
    for (const auto& problem : lint(read.runbook, around).mistakes) {
        EXPECT_FALSE(problem.hint.empty()) << problem.what;
        found.push_back(problem.what);
    }
    return found;
}

TEST(Lint, FindsWhatCannotRun) {
    const struct {
        std::string_view steps;
        std::string_view what;  // Empty: nothing.
    } cases[] = {
        {"", ""},
        {"```check a\ninspect: postgres.locks\n```", ""},
        {"```check a\ninspect: postgres.lokcs\n```", "`postgres.lokcs` is no inspection"},
        {"```check a\ninspect: postgres.locks\ntarget: ${servce}\n```", "`servce` is no check"},
        {"```check a\ninspect: postgres.locks\ntarget: ${service\n```",
         "`${service` is not closed"},
        {"```decide d\n- if: a is bad\n  cause: x\n```", "`a` is no check"},
        {"```decide d\n- if: a is bad\n  cause: x\n```\n```check a\ninspect: postgres.locks\n```",
         "`a` has not been checked yet"},
        {"```decide d\n- if: diagnosis.version_p < 0.01\n  cause: x\n```", ""},
        {"```decide d\n- if: diagnosis.mood > 1\n  cause: x\n```",
         "a diagnosis does not say `diagnosis.mood`"},
        {"```decide d\n- else: x\n- if: diagnosis.version_p < 0.01\n  cause: y\n```",
         "what stands after `else` is never reached"},
        {"```decide d\n- else: x\n  then: gone\n```", "there is no step `gone`"},
        {"```act r\nverb: restart\nwith: { service: \"${service}\", version: v1 }\nverify: well\n"
         "undo: none\nwhy_no_undo: x\n```",
         "nothing leads to `r`"},
        {"```decide d\n- else: x\n  then: r\n```\n```act r\nverb: restart\n"
         "with: { service: \"${service}\", version: v1 }\nverify: well\nundo: none\n```",
         "it says that it cannot be undone, and not why"},
        {"```decide d\n- else: x\n  then: r\n```\n```act r\nverb: restart\n"
         "with: { service: \"${service}\", version: v1 }\nverify: d\nundo: none\nwhy_no_undo: x\n"
         "```",
         "`d` is no verification"},
        {"```decide d\n- else: x\n  then: r\n```\n```act r\nverb: drain\n"
         "with: { service: \"${service}\", endpoint: \"${diagnosis.endpoint}\" }\nverify: well\n"
         "undo: none\nwhy_no_undo: x\n```",
         "drain can be taken back"},
        {"```decide d\n- else: x\n  then: r\n```\n```act r\nverb: drain\n"
         "with: { service: \"${service}\" }\nverify: well\nundo: restore\n```",
         "drain needs `endpoint`"},
        {"```decide d\n- else: x\n  then: r\n```\n```act r\nverb: drain\n"
         "with: { service: \"${service}\", endpoint: \"${diagnosis.endpoint}\" }\nverify: well\n"
         "undo: back\n```",
         "`back` is no undo"},
        {"```ask q\nquestion: Well?\nanswers: [yes]\n```", "a question has at least two answers"},
        {"```verify v\ninspect: postgres.locks\n```",
         "it inspects, and does not say what must hold"},
        {"```verify v\nif: v is fine\n```", "it has a condition, and no inspection to find it by"},
        {"```verify v\ninspect: postgres.locks\nif: w is fine\n```", "`w` is not of this step"},
    };
    const Surroundings around{.inspections = {"postgres.locks", "service.logs"}, .now = now};
    for (const auto& [steps, what] : cases) {
        const auto found = mistakes(with(steps), around);
        if (what.empty()) EXPECT_TRUE(found.empty()) << steps << ": " << found.at(0);
        else EXPECT_EQ(found, std::vector<std::string>{std::string(what)}) << steps;
    }
}

TEST(Lint, AsksForTheTemplate) {
    const auto found = mistakes(
        "---\ntitle: A\nowner: b\nreviewed: 2026-11-01\n---\n## Symptoms\n- Users\n", {.now = now});
    EXPECT_EQ(found.size(), 7U);  // Five sections; metrics and logs.
}

TEST(Lint, DoubtsWhatNobodyReadOrRan) {
    const auto runbook = read_runbook(with(""), "a").runbook;
    EXPECT_TRUE(lint(runbook, {.now = now}).doubts.empty());
    const auto late = review_due(runbook) + 1s;
    ASSERT_EQ(lint(runbook, {.now = late}).doubts.size(), 1U);
    EXPECT_EQ(lint(runbook, {.now = late}).doubts[0].what,
              "nobody has reviewed it since 2026-11-01");
    const auto never = lint(runbook, {.now = now, .knows_runs = true}).doubts;
    ASSERT_EQ(never.size(), 1U);
    EXPECT_EQ(never[0].what, "it has never been run");
    EXPECT_TRUE(lint(runbook, {.now = now, .last_run = now, .knows_runs = true}).doubts.empty());
}

TEST(Library, ShippedRunbooksAreFreeOfMistakes) {
    const auto library = read_library("");
    EXPECT_GE(library.runbooks.size(), 8U);
    for (const auto& [runbook, problems, file] : library.runbooks) {
        EXPECT_TRUE(problems.empty()) << config::render(problems, runbook.text, runbook.name);
        const auto linted =
            lint(runbook, {.inspections = known_inspections(), .now = review_due(runbook) - 1s})
                .mistakes;
        EXPECT_TRUE(linted.empty()) << config::render(linted, runbook.text, runbook.name);
    }
}

TEST(Library, FindsTheRunbookForAnIncident) {
    const auto library = read_library("");
    const struct {
        Occasion occasion;
        std::string_view name;  // Empty: none.
    } cases[] = {
        {{.alert = "errors"}, "high-error-rate"},
        {{.alert = "hard_fault"}, "high-error-rate"},
        {{.objective = "latency"}, "high-latency"},
        {{.objective = "availability"}, "service-down"},
        {{.need = "postgres"}, "database-pool-exhausted"},
        {{.need = "redis"}, "cache-stampede"},
        {{.runbook = "bad-release", .alert = "errors"}, "bad-release"},
        {{.runbook = "https://wiki/x", .alert = "errors"}, "high-error-rate"},
        {{.alert = "cpu"}, ""},
        {{}, ""},
    };
    for (const auto& [occasion, name] : cases) {
        const auto* runbook = runbook_for(library, occasion);
        EXPECT_EQ(runbook == nullptr ? "" : runbook->name, name) << occasion.alert;
    }
}

}  // namespace
}  // namespace sg::runbooks
