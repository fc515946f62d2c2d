// What is harm and what was meant: a limit refuses by intention, and may still take everybody out.
#include "ops/respond/mitigation/measure.h"

#include <gtest/gtest.h>

namespace sg::mitigation {
namespace {

constexpr Instant t0{1'800'000'000'000'000'000};

Mitigation limit() {
    Mitigation m{.state = State::applied};
    m.wanted.act = {"limit", {{"service", "shop"}, {"requests", "20"}}};
    m.wanted.verify = {.within = 60s, .holds = 15s};
    m.applied_at = t0;
    return m;
}

Verdict judged(const Mitigation& m, Span before, Span after) {
    const Sight sight{.has_signals = true,
                      .usual = {.requests = 4000},
                      .before = before,
                      .after = after,
                      .refused = meant_to_refuse(m.wanted.act)};
    return judge(m, sight, t0 + 5s).verdict;
}

TEST(Measure, WhatALimitRefusesIsMeant) {
    EXPECT_EQ(judged(limit(), {1200, 0}, {400, 150}), Verdict::wait);
}

TEST(Measure, ALimitThatTakesEverybodyOutIsHarmful) {
    EXPECT_EQ(judged(limit(), {1200, 0}, {400, 400}), Verdict::harmful);
}

TEST(Measure, WhatIsShedIsMeantAndNoMore) {
    auto m = limit();
    m.wanted.act = {"shed", {{"service", "shop"}, {"share", "20%"}}};
    EXPECT_EQ(judged(m, {1200, 0}, {400, 80}), Verdict::wait);
    EXPECT_EQ(judged(m, {1200, 0}, {400, 200}), Verdict::harmful);
}

TEST(Measure, WhateverElseRefusesIsHarm) {
    auto m = limit();
    m.wanted.act = {"roll_back", {{"service", "shop"}, {"version", "v2"}}};
    EXPECT_EQ(judged(m, {1200, 0}, {400, 80}), Verdict::harmful);
}

}  // namespace
}  // namespace sg::mitigation
