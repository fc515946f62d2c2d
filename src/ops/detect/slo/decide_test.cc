// The rules of an objective, as tables of what was measured and what follows.
#include "ops/detect/slo/decide.h"

#include <gtest/gtest.h>

#include "config/shipped.h"
#include "ops/detect/slo/burn.h"

namespace sg::slo {
namespace {

using ops::Kind;

struct Judged {
    Slo slo;
    std::vector<Tier> tiers;
    Standing standing;
    Instant now{1'795'392'000'000'000'000};

    explicit Judged(config::Objective::Kind kind) {
        slo.id = "catalog/errors";
        slo.service = "catalog";
        slo.objective = config::shipped_objective(kind);
        tiers = tiers_of(config::Operations{}.burn, slo);
    }

    // `ratios`: of both windows of each tier; returns the kinds of events, and applies them.
    std::vector<Kind> with(std::vector<double> ratios, double period = 0,
                           std::int64_t requests = 100'000) {
        Measured measured;
        for (const double ratio : ratios) {
            const Counts counts{static_cast<std::int64_t>(ratio * static_cast<double>(requests)),
                                requests};
            measured.tiers.push_back({counts, counts, counts});
        }
        measured.period = {static_cast<std::int64_t>(period * 1e6), 1'000'000};
        measured.bad_since = now - 42s;
        return take(judge(slo, tiers, standing, measured));
    }

    std::vector<Kind> take(const ops::Decision& decision) {
        std::vector<Kind> kinds;
        now = now + 1s;
        for (const auto& event : decision.events) {
            kinds.push_back(event.kind);
            payload = event.payload;
            EXPECT_LE(event.subjects.size(), ops::subjects_max);
            ops::Recorded recorded;
            recorded.at = now;
            recorded.kind = event.kind;
            recorded.payload = event.payload;
            auto after = apply(standing, recorded);
            EXPECT_TRUE(after) << after.error().message();
            if (after) standing = *after;
        }
        return kinds;
    }

    std::string payload;  // Of the last event.
};

using Kinds = std::vector<Kind>;

TEST(Decide, OnlyTheFastestTierSpeaks) {
    Judged it(config::Objective::Kind::errors);
    EXPECT_EQ(it.with({0, 0, 0, 0}), Kinds{});
    EXPECT_EQ(it.with({0, 0, 0, 0.002}), Kinds{Kind::objective_breached});
    EXPECT_EQ(it.standing.level, Level::ticket);
    EXPECT_EQ(it.standing.severity, "sev4");
    EXPECT_EQ(it.standing.tier, "ticket slow");
    EXPECT_EQ(it.with({0, 0, 0.01, 0.002}), Kinds{});  // Still a ticket.
    EXPECT_EQ(it.with({0.02, 0.01, 0.01, 0.002}), Kinds{Kind::objective_breached});
    EXPECT_EQ(it.standing.level, Level::page);
    EXPECT_EQ(it.standing.severity, "sev2");
    EXPECT_EQ(it.standing.tier, "page quick");
    EXPECT_EQ(it.standing.burn, 20);
    EXPECT_EQ(it.standing.started_at, it.now - 43s);
    EXPECT_EQ(it.with({0.001, 0.01, 0.01, 0.002}), Kinds{});  // page slow: still a page.
    EXPECT_EQ(it.with({0.001, 0.001, 0.01, 0.002}), Kinds{Kind::objective_eased});
    EXPECT_EQ(it.standing.level, Level::ticket);
    EXPECT_EQ(it.with({0, 0, 0, 0}), Kinds{Kind::objective_recovered});
    EXPECT_TRUE(it.standing.is_plain());
    EXPECT_EQ(it.with({0, 0, 0, 0}), Kinds{});
}

TEST(Decide, SeverityIsThatOfTheObjective) {
    const struct {
        config::Objective::Kind kind;
        double ratio;
        std::string_view severity;
    } rows[] = {
        {config::Objective::Kind::availability, 0.02, "sev1"},
        {config::Objective::Kind::latency, 0.73, "sev2"},  // 14.4 times 5 % is 72 %.
        {config::Objective::Kind::errors, 0.02, "sev2"},
        {config::Objective::Kind::throughput, 0.02, "sev3"},
    };
    for (const auto& row : rows) {
        Judged it(row.kind);
        EXPECT_EQ(it.with({row.ratio, 0, 0, 0}), Kinds{Kind::objective_breached});
        EXPECT_EQ(it.standing.severity, row.severity);
    }
    Judged latency(config::Objective::Kind::latency);
    EXPECT_EQ(latency.with({0.71, 0.29, 0.14, 0.04}), Kinds{});
}

TEST(Decide, ATierThatFiresLetsGoALittleLower) {
    Judged it(config::Objective::Kind::errors);
    EXPECT_EQ(it.with({0.02, 0, 0, 0}), Kinds{Kind::objective_breached});
    Measured measured;
    measured.tiers.resize(4);
    measured.period = {0, 1000};
    measured.tiers[0] = {{200, 10'000}, {135, 10'000}, {135, 10'000}};  // 13.5 times, over 12.96.
    EXPECT_EQ(it.take(judge(it.slo, it.tiers, it.standing, measured)), Kinds{});
    measured.tiers[0].in_short.bad = 129;
    EXPECT_EQ(it.take(judge(it.slo, it.tiers, it.standing, measured)),
              Kinds{Kind::objective_recovered});
    measured.tiers[0].in_short.bad = 135;  // And it does not take hold there.
    EXPECT_EQ(it.take(judge(it.slo, it.tiers, it.standing, measured)), Kinds{});
}

TEST(Decide, LittleTrafficDoesNotPage) {
    Judged it(config::Objective::Kind::errors);
    EXPECT_EQ(it.with({0.04, 0.04, 0.04, 0.04}, 0, 100), Kinds{});  // 4 of 100.
    EXPECT_EQ(it.with({0.05, 0.05, 0.05, 0.05}, 0, 100), Kinds{Kind::objective_breached});
}

TEST(Decide, BudgetsMayGoNegativeAndComeBack) {
    Judged it(config::Objective::Kind::errors);
    EXPECT_EQ(it.with({0, 0, 0, 0}, 0.001), Kinds{});  // All spent, nothing owed.
    EXPECT_EQ(it.with({0, 0, 0, 0}, 0.00112), Kinds{Kind::objective_budget_spent});
    EXPECT_NE(it.payload.find("\"budget_left\":-0.12"), std::string::npos) << it.payload;
    EXPECT_TRUE(it.standing.spent);
    EXPECT_EQ(it.with({0, 0, 0, 0}, 0.000995), Kinds{});  // Not by a hair.
    EXPECT_EQ(it.with({0, 0, 0, 0}, 0.00098), Kinds{Kind::objective_budget_restored});
    EXPECT_TRUE(it.standing.is_plain());
}

TEST(Decide, UnseenUntilSeen) {
    Judged it(config::Objective::Kind::errors);
    Measured measured;
    measured.tiers.resize(4);
    measured.unseen_since = it.now - 2min;
    EXPECT_EQ(it.take(judge(it.slo, it.tiers, it.standing, measured)),
              Kinds{Kind::objective_unseen});
    EXPECT_EQ(it.take(judge(it.slo, it.tiers, it.standing, measured)), Kinds{});
    EXPECT_TRUE(it.standing.unseen);
    measured.unseen_since = std::nullopt;
    EXPECT_EQ(it.take(judge(it.slo, it.tiers, it.standing, measured)), Kinds{Kind::objective_seen});
    EXPECT_TRUE(it.standing.is_plain());
}

TEST(Decide, AnObjectiveThatIsGoneIsNotBroken) {
    Judged it(config::Objective::Kind::errors);
    it.with({0.02, 0, 0, 0}, 0.1);
    EXPECT_EQ(it.take(dismiss(it.standing)),
              (Kinds{Kind::objective_recovered, Kind::objective_budget_restored}));
    EXPECT_TRUE(it.standing.is_plain());
}

TEST(Decide, ObjectivesOfAService) {
    config::Operations operations;
    const std::map<std::string, Duration> services{{"catalog", 300ms}, {"live", 200ms}};
    auto slos = objectives_of(operations, services);
    ASSERT_EQ(slos.size(), 8U);
    EXPECT_EQ(slos[1].id, "catalog/latency");
    EXPECT_EQ(slos[1].objective.within, Duration{300ms});
    config::Objective objective;
    objective.kind = config::Objective::Kind::latency;
    operations.objectives["all"] = {objective};
    operations.objectives["live"] = {};
    slos = objectives_of(operations, services);
    ASSERT_EQ(slos.size(), 1U);
    EXPECT_EQ(slos[0].objective.within, Duration{200ms});
}

}  // namespace
}  // namespace sg::slo
