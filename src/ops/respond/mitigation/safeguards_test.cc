// For each row of the table a situation in which only that one refuses: without its row, the
// mitigation would be carried out.
#include "ops/respond/mitigation/safeguards.h"

#include <gtest/gtest.h>

#include "ops/respond/mitigation/decide.h"

namespace sg::mitigation {
namespace {

constexpr Instant now{1'800'000'000'000'000'000};

struct Scene {
    Mitigation m;
    Situation around;
};

// A runbook's light act, approved by ana, that nothing speaks against.
Scene harmless() {
    Scene scene;
    scene.m = {
        .id = 17,
        .wanted = {.incident = 204,
                   .run = 3,
                   .runbook = "bad-release",
                   .step = "roll-back",
                   .service = "catalog",
                   .act = {"shift", {{"service", "catalog"}, {"version", "v2"}, {"share", "0%"}}},
                   .verify = {.within = 60s, .holds = 15s}},
        .target = "service:catalog",
        .spot = "shift service=catalog version=v2",
        .service = "catalog",
        .state = State::prepared,
        .proposed_by = "runbook bad-release",
        .approved_by = "ana"};
    scene.around.has_incident = true;
    scene.around.incident_state = "declared";
    scene.around.severity = 2;
    scene.around.capacity = {.touched = true,
                             .endpoints = 4,
                             .healthy = 4,
                             .left = 3,
                             .taken = 1,
                             .rate = 100,
                             .each_after = 34,
                             .each_at_most = 25};
    return scene;
}

struct Row {
    std::string_view safeguard;
    void (*change)(Scene&);
};
constexpr Row rows[] = {
    {"switch", [](Scene& s) { s.around.kill = {.off = true, .by = "bo", .reason = "we look"}; }},
    {"verb", [](Scene& s) { s.m.wanted.act.with["share"] = "most of it"; }},
    {"incident", [](Scene& s) { s.around.incident_over = true; }},
    {"mode", [](Scene& s) { s.around.policy.mode = config::MitigationMode::observe; }},
    {"undo", [](Scene& s) { s.m.wanted.undo = Undo::none; }},
    {"verify", [](Scene& s) { s.m.wanted.verify.within = 0s; }},
    {"expiry", [](Scene& s) { s.m.wanted.expires = 48h; }},
    {"runbook", [](Scene& s) { s.around.unverified = 3; }},
    {"maintenance", [](Scene& s) { s.around.maintenance = "new disks"; }},
    {"budget",
     [](Scene& s) {
         s.m.wanted.act = {"shed", {{"service", "catalog"}, {"share", "10%"}}};
         s.m.wanted.expires = 1h;
         s.around.severity = 3;
     }},
    {"hourly", [](Scene& s) { s.around.of_verb = 3; }},
    {"service", [](Scene& s) { s.around.of_service = 6; }},
    {"cooldown", [](Scene& s) { s.around.same_before = now - 299s; }},
    {"one at a time", [](Scene& s) { s.around.under_way = 16; }},
    {"last healthy", [](Scene& s) { s.around.capacity.left = 0; }},
    {"share", [](Scene& s) { s.around.capacity.taken = 3; }},
    {"capacity", [](Scene& s) { s.around.capacity.each_after = 38; }},
    {"approval", [](Scene& s) { s.m.approved_by.clear(); }},
};

std::vector<std::string_view> refusing(const Scene& scene) {
    std::vector<std::string_view> names;
    for (const auto& one : safeguards())
        if (!one.refuses({scene.m, scene.around, When::execution}, now).empty())
            names.push_back(one.name);
    return names;
}

TEST(Safeguards, NothingSpeaksAgainstWhatIsHarmless) {
    const auto scene = harmless();
    EXPECT_TRUE(refusing(scene).empty());
    EXPECT_EQ(on_go(scene.m, scene.around, now).actions.size(), 1);
}

TEST(Safeguards, EachOneStandsAloneBetweenThisAndDoingIt) {
    for (const auto& row : rows) {
        auto scene = harmless();
        row.change(scene);
        EXPECT_EQ(refusing(scene), std::vector{row.safeguard});
        const auto decision = on_go(scene.m, scene.around, now);
        EXPECT_TRUE(decision.actions.empty()) << row.safeguard;
        ASSERT_EQ(decision.events.size(), 1) << row.safeguard;
        EXPECT_EQ(decision.events.front().kind, ops::Kind::mitigation_refused) << row.safeguard;
    }
}

TEST(Safeguards, EachHasASituationHereInTheOrderOfTheTable) {
    std::vector<std::string_view> table, here;
    for (const auto& one : safeguards()) table.push_back(one.name);
    for (const auto& row : rows) here.push_back(row.safeguard);
    EXPECT_EQ(table, here);
}

TEST(Safeguards, ABrokenGlassPassesOnlyThoseThatLetPeoplePass) {
    for (const auto& row : rows) {
        auto scene = harmless();
        row.change(scene);
        scene.m.wanted.break_glass = true;
        const auto against = refusal({scene.m, scene.around, When::execution}, now);
        bool passes = false;
        for (const auto& one : safeguards())
            if (one.name == row.safeguard) passes = one.passable == Passable::break_glass;
        EXPECT_EQ(!against.has_value(), passes) << row.safeguard;
    }
}

TEST(Safeguards, AtTheirEdges) {
    auto scene = harmless();
    scene.around.same_before = now - 300s;
    scene.around.of_verb = 2;
    scene.around.of_service = 5;
    scene.around.unverified = 2;
    scene.around.capacity.taken = 2;
    scene.around.capacity.each_after = 37.5;
    scene.m.wanted.expires = 24h;
    EXPECT_TRUE(refusing(scene).empty());
    scene.around.capacity.healthy = 0;
    scene.around.capacity.left = 0;
    scene.m.wanted.act = {"restart", {{"service", "catalog"}, {"version", "v2"}}};
    scene.m.wanted.undo = Undo::none;
    scene.m.wanted.why_no_undo = "it starts afresh";
    EXPECT_TRUE(refusing(scene).empty()) << "what answers nobody can only get better by a restart";
}

Scene destructive() {
    auto scene = harmless();
    scene.m.wanted.run = 0;
    scene.m.wanted.act = {"clear_cache", {{"need", "sessions"}}};
    scene.m.wanted.undo = Undo::none;
    scene.m.wanted.why_no_undo = "there is nothing to put back";
    scene.m.proposed_by = "bo";
    scene.m.state = State::proposed;
    scene.m.approved_by.clear();
    scene.around.capacity = {};
    return scene;
}

TEST(Safeguards, WhatDestroysIsApprovedByAnotherPerson) {
    const auto scene = destructive();
    const auto own = approve(scene.m, {"bo", "api"}, scene.around, now);
    ASSERT_FALSE(own);
    EXPECT_EQ(own.error().code, Errc::permission_denied);
    EXPECT_EQ(safeguard_in(own.error().what), "approval");
    EXPECT_TRUE(approve(scene.m, {"ana", "api"}, scene.around, now));
    const auto twice = approve(harmless().m, {"ana", "api"}, scene.around, now);
    ASSERT_FALSE(twice);
    EXPECT_EQ(safeguard_in(twice.error().what), "") << "a conflict is no safeguard's doing";
}

TEST(Safeguards, ATrialAsksAllOfThemAndTellsThemApart) {
    auto scene = destructive();
    scene.around.of_verb = 9;
    const auto says = [&](std::string_view name) {
        for (const auto& one : opinions(scene.m, scene.around, now))
            if (one.safeguard == name) return one.says;
        return Says::passes;
    };
    EXPECT_EQ(opinions(scene.m, scene.around, now).size(), safeguards().size());
    EXPECT_EQ(says("switch"), Says::passes);
    EXPECT_EQ(says("hourly"), Says::refuses);
    EXPECT_EQ(says("approval"), Says::waits);
    scene.m.wanted.break_glass = true;
    EXPECT_EQ(says("hourly"), Says::passed_by);
    EXPECT_EQ(says("approval"), Says::passed_by);
    scene.around.kill.off = true;
    EXPECT_EQ(says("switch"), Says::refuses);
}

}  // namespace
}  // namespace sg::mitigation
