// A drill from its beginning to its end, whatever comes between.
#include "ops/learn/drills/decide.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "ops/learn/drills/scenario.h"

namespace sg::drills {
namespace {

using ops::Kind;
using testing::HasSubstr;

constexpr Instant start{1'800'000'000'000'000'000};

// A drill, its clock and what is to be done outside, as they would be recorded.
struct World {
    Drill drill;
    std::vector<Kind> kinds;
    std::vector<ops::Action> actions;
    std::optional<Instant> due;
    std::int64_t seq = 0;

    void take(const ops::Decision& decision, Instant now) {
        for (const auto& event : decision.events) {
            auto next = apply(drill, {.seq = ++seq,
                                      .at = now,
                                      .kind = event.kind,
                                      .actor = {"ana", "cli"},
                                      .subjects = event.subjects,
                                      .payload = event.payload});
            ASSERT_TRUE(next) << next.error().message();
            drill = *next;
            kinds.push_back(event.kind);
        }
        for (const auto& action : decision.actions) {
            const auto same = [&](const ops::Action& one) { return one.key == action.key; };
            if (std::ranges::none_of(actions, same)) actions.push_back(action);
        }
        for (const auto& clock : decision.clocks) due = clock.due;
    }
    std::int64_t count(Kind kind) const { return std::ranges::count(kinds, kind); }
    std::int64_t asked(std::string_view action) const {
        return std::ranges::count(actions, action, &ops::Action::kind);
    }
    void begin(Plan plan) { take(drills::begin(7, plan, start), start); }
    void inject() {
        take(prepared(drill, {"lift directive drill-7.1"}, start), start);
        take(injected(drill, "all of it", start), start);
    }
    void look(const Sight& sight, Instant now) { take(drills::look(drill, sight, now), now); }
};

Plan plan() {
    return {.name = "outage",
            .title = "catalog is gone",
            .target = {.service = "catalog"},
            .services = {"catalog"},
            .faults = {{"nothing", {}}},
            .lasts = 60s,
            .expect = {{.what = "declared", .within = 10s, .severity = 2},
                       {.what = "paged", .within = 20s},
                       {.what = "told", .within = 1min}}};
}

Seen declared(Duration after, std::int64_t severity = 1) {
    return {.at = start + after,
            .kind = "incident.declared",
            .service = "catalog",
            .incident = 204,
            .severity = severity,
            .drill = 7};
}
Seen paged(Duration after) {
    return {.at = start + after, .kind = "page.sent", .sentence = "ana", .incident = 204};
}

TEST(Drills, TheUndoIsRecordedBeforeAnythingIsInjected) {
    World world;
    world.begin(plan());
    EXPECT_EQ(world.asked("drill.prepare"), 1);
    EXPECT_EQ(world.asked("drill.inject"), 0);
    world.take(prepared(world.drill, {"lift directive drill-7.1"}, start), start);
    EXPECT_EQ(world.drill.undo, std::vector<std::string>{"lift directive drill-7.1"});
    ASSERT_EQ(world.asked("drill.inject"), 1);
    const auto work = from_json<Work>(world.actions.back().body);
    ASSERT_TRUE(work);
    EXPECT_EQ(work->undo, world.drill.undo);
    EXPECT_GT(work->expires_at, start + plan().lasts);
}

TEST(Drills, WhatWasSeenInTimeIsMetAndTheFaultIsLiftedAtOnce) {
    World world;
    world.begin(plan());
    world.inject();
    Sight sight{.seen = {declared(3s), paged(4s)}, .hurts = true, .open = true};
    world.look(sight, start + 4s);
    EXPECT_EQ(world.count(Kind::drill_met), 2);
    EXPECT_EQ(world.drill.incidents, std::vector<std::int64_t>{204});
    world.look(sight, start + 5s);
    EXPECT_EQ(world.asked("drill.lift"), 1);
    world.take(lifted(world.drill, start + 5s), start + 5s);
    world.look(sight, start + 6s);
    EXPECT_EQ(world.drill.state, State::settling);
    sight.hurts = sight.open = false;
    world.look(sight, start + 20s);
    EXPECT_EQ(world.drill.state, State::ended);
    EXPECT_EQ(world.drill.verdict, Verdict::passed);
    EXPECT_EQ(world.due, std::nullopt);
}

TEST(Drills, WhatIsLateOrTooMildIsMissed) {
    World world;
    world.begin(plan());
    world.inject();
    world.look({.seen = {declared(3s, 3), paged(25s)}, .hurts = true, .open = true}, start + 26s);
    EXPECT_EQ(world.count(Kind::drill_missed), 2);
    EXPECT_EQ(world.drill.expect[0].outcome, Outcome::missed);
    EXPECT_THAT(world.drill.expect[1].said, HasSubstr("only after 25.0 s"));
}

TEST(Drills, WhatEndsWithTheFaultWasNobodysMitigation) {
    auto wanted = plan();
    wanted.expect = {{.what = "mitigated", .within = 5min}, {.what = "recovered", .within = 1min}};
    World world;
    world.begin(wanted);
    world.inject();
    world.look({.seen = {declared(3s)}, .hurts = true, .open = true}, start + 60s);
    world.take(lifted(world.drill, start + 60s), start + 60s);
    Seen mitigated{.at = start + 75s, .kind = "incident.mitigated", .incident = 204};
    world.look({.seen = {declared(3s), mitigated}}, start + 60s + settle);
    EXPECT_EQ(world.drill.expect[0].outcome, Outcome::missed);
    EXPECT_EQ(world.drill.expect[1].outcome, Outcome::met);
    EXPECT_EQ(world.drill.verdict, Verdict::failed);
}

TEST(Drills, WhatNobodyFeltLastsAndIsRecoveredFrom) {
    auto wanted = plan();
    wanted.expect = {{.what = "recovered", .within = 2min}, {.what = "told", .within = 5min}};
    World world;
    world.begin(wanted);
    world.inject();
    world.look({}, start + 30s);
    EXPECT_EQ(world.asked("drill.lift"), 0);
    world.look({}, start + 60s);
    EXPECT_EQ(world.asked("drill.lift"), 1);
    world.take(lifted(world.drill, start + 60s), start + 60s);
    world.look({}, start + 60s + unhurt - 1s);
    EXPECT_EQ(world.drill.expect[0].outcome, Outcome::open);
    world.look({}, start + 60s + unhurt);
    EXPECT_EQ(world.drill.expect[0].outcome, Outcome::met);
    EXPECT_EQ(world.drill.verdict, Verdict::passed);
}

TEST(Drills, SomethingRealEndsIt) {
    World world;
    world.begin(plan());
    world.inject();
    world.look({.troubles = {"INC-205 SEV-2 live"}}, start + 2s);
    EXPECT_EQ(world.drill.state, State::lifting);
    EXPECT_EQ(world.asked("drill.lift"), 1);
    world.take(lifted(world.drill, start + 3s), start + 3s);
    world.look({}, start + 4s);
    EXPECT_EQ(world.drill.verdict, Verdict::aborted);
}

TEST(Drills, WhatIsInjectedAfterItWasCalledOffIsLiftedAgain) {
    World world;
    world.begin(plan());
    world.take(prepared(world.drill, {"undo"}, start), start);
    const auto aborted = abort(world.drill, "ana said so", start);
    ASSERT_TRUE(aborted);
    world.take(*aborted, start);
    EXPECT_EQ(world.asked("drill.lift"), 1);
    world.take(injected(world.drill, "late", start + 1s), start + 1s);
    EXPECT_EQ(world.asked("drill.lift"), 2);
    EXPECT_EQ(world.count(Kind::drill_injected), 0);
}

TEST(Drills, AFaultThatCannotBeLiftedIsTriedAgainAndSaid) {
    World world;
    world.begin(plan());
    world.inject();
    for (std::int64_t attempt = 1; attempt <= 5; ++attempt)
        world.take(not_lifted(world.drill, attempt, "no gateway", start), start);
    EXPECT_EQ(world.asked("drill.lift"), 5);
    EXPECT_EQ(world.count(Kind::drill_stuck), 1);
}

TEST(Drills, OnlyItsOwnDoingIsExplained) {
    World world;
    world.begin(plan());
    const auto explained = [&](const Signal& signal) { return explains(world.drill, signal); };
    EXPECT_FALSE(explained({.service = "catalog", .since = start}));  // Nothing is injected yet.
    world.inject();
    EXPECT_TRUE(explained({.service = "catalog", .since = start + 2s}));
    EXPECT_FALSE(explained({.service = "live", .since = start + 2s}));
    EXPECT_FALSE(explained({.key = "channel:mail/ana", .since = start + 2s}));
    world.take(lifted(world.drill, start + 10s), start + 10s);
    EXPECT_TRUE(explained({.service = "catalog", .since = start + 9s}));
    EXPECT_FALSE(explained({.service = "catalog", .since = start + 11s}));
}

TEST(Drills, AreRefusedWhereTheyDoNotBelong) {
    struct Row {
        Surroundings around;
        const char* why;
    };
    const Surroundings well{.permitted = true, .rate = 40};
    auto forbidden = well, late = well, second = well, trouble = well, quiet = well, ill = well;
    forbidden.permitted = false;
    late.is_time = false;
    second.running = 6;
    trouble.troubles = {"INC-1 SEV-2 x"};
    quiet.rate = 0.1;
    ill.errors = 0.1;
    const Row rows[] = {{well, ""},
                        {forbidden, "not permitted"},
                        {late, "not a time"},
                        {second, "drill 6 is running"},
                        {trouble, "real incident"},
                        {quiet, "requests a second"},
                        {ill, "not steady"}};
    for (const auto& row : rows) {
        const auto may = may_begin(plan(), {.rate_least = {1}}, row.around);
        EXPECT_EQ(may ? "" : may.error().what, may ? std::string(row.why) : may.error().what);
        if (!may) EXPECT_THAT(may.error().what, HasSubstr(row.why));
    }
    auto at_a_table = plan();
    at_a_table.mode = Mode::table_top;
    EXPECT_TRUE(may_begin(at_a_table, {}, forbidden));
}

TEST(Drills, AtATableNothingIsInjected) {
    auto wanted = plan();
    wanted.mode = Mode::table_top;
    World world;
    world.begin(wanted);
    EXPECT_TRUE(world.actions.empty());
    const auto said = answer(world.drill, {"paged", "ana, by mail"}, start);
    ASSERT_TRUE(said);
    world.take(*said, start);
    EXPECT_EQ(world.drill.expect[1].said, "ana, by mail");
    EXPECT_FALSE(answer(world.drill, {"sung", "x"}, start));
    const auto ended = finish(world.drill, start);
    ASSERT_TRUE(ended);
    world.take(*ended, start);
    EXPECT_EQ(world.drill.state, State::ended);
}

// --- scenarios -----------------------------------------------------------------------------------

TEST(Scenarios, ThatAreShippedHaveNoMistakes) {
    const auto library = read_library("");
    EXPECT_GE(library.scenarios.size(), 16U);
    for (const auto& read : library.scenarios)
        for (const auto& problem : read.problems)
            ADD_FAILURE() << read.scenario.name << ":" << problem.place.line << ": "
                          << problem.what;
}

TEST(Scenarios, SayWhereAMistakeIs) {
    struct Row {
        const char* text;
        std::uint32_t line;
        const char* what;
    };
    const Row rows[] = {
        {"title: x\nfaults:\n  - { kind: gatway.answer }\nexpect: []\n", 3, "gatway.answer"},
        {"title: x\nfaults: [{ kind: nothing }]\nexpect:\n  - { what: payged, within: 1s }\n", 4,
         "payged"},
        {"title: x\nfaults: [{ kind: nothing }]\nexpect:\n  - { what: paged }\n", 4,
         "without a time limit"},
        {"title: x\nfaults: [{ kind: nothing }]\nexpect: []\nstedy: {}\n", 4, "stedy"},
    };
    for (const auto& row : rows) {
        const auto read = read_scenario(row.text, "one");
        ASSERT_FALSE(read.problems.empty()) << row.text;
        EXPECT_EQ(read.problems.front().place.line, row.line) << row.text;
        EXPECT_THAT(read.problems.front().what, HasSubstr(row.what));
    }
}

config::Config shop() {
    config::Config config;
    config.services["catalog"].name = "catalog";
    config.services["catalog"].versions["v1"].weight = 90;
    config.services["catalog"].versions["v2"].weight = 10;
    config.services["live"].versions["default"].weight = 100;
    for (const char* const name : {"catalog", "live"}) {
        config::Route route;
        route.service = name;
        config.routes.push_back(route);
    }
    return config;
}

TEST(Scenarios, AreAimedAtTheFirstThatFitsOrAtWhatIsNamed) {
    const auto library = read_library("");
    const auto* const release = library.find("bad-release");
    ASSERT_NE(release, nullptr);
    const auto aimed = aim(release->scenario, shop(), {});
    ASSERT_TRUE(aimed) << aimed.error().message();
    EXPECT_EQ(aimed->target, (Target{.service = "catalog", .version = "v2"}));
    EXPECT_EQ(aimed->faults.back().with.at("version"), "v2");
    const auto named = aim(release->scenario, shop(), {.on = "catalog/v1"});
    ASSERT_TRUE(named);
    EXPECT_EQ(named->target.version, "v1");
    EXPECT_FALSE(aim(release->scenario, shop(), {.on = "live"}));
    EXPECT_FALSE(aim(library.find("database-locked")->scenario, shop(), {}));
}

TEST(Scenarios, ThatAreMadeAreTheSameForASeedAndAllFit) {
    const auto made = generate(shop(), 7, 50);
    EXPECT_GE(made.size(), 40U);
    const auto again = generate(shop(), 7, 50);
    ASSERT_EQ(made.size(), again.size());
    for (std::size_t i = 0; i < made.size(); ++i) {
        EXPECT_EQ(made[i].name, again[i].name);
        EXPECT_TRUE(aim(made[i], shop(), {})) << made[i].name;
    }
}

}  // namespace
}  // namespace sg::drills
