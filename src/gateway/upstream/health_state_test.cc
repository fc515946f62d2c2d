// Active checks: how many results it takes, and how soon the next check comes.
#include "gateway/upstream/health_state.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace sg::gateway::upstream {
namespace {

using enum HealthState::Result;
constexpr Tick start{77'000'000'000};

TEST(HealthState, FollowsResults) {
    struct Case {
        std::string_view results;  // p: passed, f: failed. unhealthy_after 3, healthy_after 2.
        Health want;
    };
    const Case cases[] = {
        {"", Health::unknown},        {"p", Health::healthy},      {"f", Health::unhealthy},
        {"pff", Health::healthy},     {"pfff", Health::unhealthy}, {"pffpff", Health::healthy},
        {"fp", Health::unhealthy},    {"fpp", Health::healthy},    {"fpfp", Health::unhealthy},
        {"pfffp", Health::unhealthy}, {"pfffpp", Health::healthy},
    };
    for (const Case& c : cases) {
        SCOPED_TRACE(std::string(c.results));
        HealthState state({}, 1, start);
        Health before = state.health();
        for (const char r : c.results) {
            state.began(start);
            const auto change = state.ended(r == 'p' ? passed : failed, start + 1ms);
            const bool changed = state.health() != before;
            EXPECT_EQ(change != HealthState::Change::none, changed);
            before = state.health();
        }
        EXPECT_EQ(state.health(), c.want);
    }
}

// After a check at `start` that took `took`.
Duration wait_after(HealthState& state, HealthState::Result result, Duration took = 5ms) {
    state.began(start);
    EXPECT_EQ(state.next_check(), Tick::never());
    state.ended(result, start + took);
    return state.next_check() - start;
}

TEST(HealthState, LooksCloselyWhileThereIsReason) {
    for (std::uint64_t seed = 0; seed < 50; ++seed) {
        HealthState state({}, seed * 0x9E3779B97F4A7C15ull, start);
        EXPECT_LE(state.next_check(), start + 500ms);
        const Duration calm = wait_after(state, passed);
        EXPECT_GE(calm, 1800ms);
        EXPECT_LE(calm, 2s);
        EXPECT_LE(wait_after(state, failed), 500ms);  // One failure is reason enough.
        EXPECT_GE(wait_after(state, passed), 1800ms);
        state.suspect(start + 1s);
        EXPECT_EQ(state.next_check(), start + 1s);    // At once,
        EXPECT_LE(wait_after(state, passed), 500ms);  // and again soon,
        state.suspect(start + 6ms);
        EXPECT_GE(state.next_check(), start + 400ms);  // but not without pause.
        state.trust();
        EXPECT_GE(wait_after(state, passed), 1800ms);
    }
}

TEST(HealthState, ASlowCheckIsFollowedAtOnce) {
    HealthState state({}, 1, start);
    EXPECT_EQ(wait_after(state, failed, 1s), 1s);
}

TEST(HealthState, ChecksAreSpreadOut) {
    std::vector<Duration> waits;
    for (std::uint64_t seed = 0; seed < 64; ++seed) {
        HealthState state({}, seed * 0x9E3779B97F4A7C15ull, start);
        waits.push_back(wait_after(state, passed));
    }
    std::ranges::sort(waits);
    EXPECT_LT(waits.front(), 1850ms);
    EXPECT_GT(waits.back(), 1950ms);
}

}  // namespace
}  // namespace sg::gateway::upstream
