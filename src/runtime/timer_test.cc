// The wheel against a plain list: every timer fires once, not early, at most one slot late.
#include "runtime/timer.h"

#include <gtest/gtest.h>

#include <memory>
#include <random>
#include <vector>

namespace sg::runtime {
namespace {

constexpr Duration slot{1 << 20};

struct Probe : Timer {
    static inline Tick now;
    std::vector<Tick> fired;
    Probe() : Timer([](Timer& t) { static_cast<Probe&>(t).fired.push_back(now); }) {}
};

void advance(Wheel& wheel, Tick to) {
    Probe::now = to;
    wheel.advance(to);
}

TEST(Wheel, FiresOnceAndNotEarly) {
    std::mt19937_64 random(7);
    const Tick start{1'000'000'000};
    Wheel wheel(start);
    std::vector<std::unique_ptr<Probe>> probes;
    std::vector<Tick> deadlines;
    for (int i = 0; i < 2000; ++i) {
        const Duration d{static_cast<std::int64_t>(random() % 100'000'000'000ULL)};
        probes.push_back(std::make_unique<Probe>());
        deadlines.push_back(start + d);
        wheel.arm(*probes.back(), deadlines.back());
    }
    Tick now = start;
    while (now < start + 102s) {
        now = now + Duration{static_cast<std::int64_t>(random() % 5'000'000)};
        advance(wheel, now);
    }
    for (std::size_t i = 0; i < probes.size(); ++i) {
        ASSERT_EQ(probes[i]->fired.size(), 1U) << i;
        EXPECT_GE(probes[i]->fired[0], deadlines[i]);
        EXPECT_LE(probes[i]->fired[0] - deadlines[i], 5ms + 2 * slot);
    }
}

TEST(Wheel, PushedOnDeadlinesFireAtTheLast) {
    Wheel wheel(Tick{0});
    Probe probe;
    for (int i = 1; i <= 1000; ++i) {
        const Tick now{i * 10'000'000LL};
        wheel.arm(probe, now + 50ms);
        advance(wheel, now);
    }
    EXPECT_TRUE(probe.fired.empty());
    advance(wheel, Tick{10'000'000'000} + 52ms);
    EXPECT_EQ(probe.fired.size(), 1U);
}

TEST(Wheel, BroughtForwardDisarmedAndDestroyed) {
    Wheel wheel(Tick{0});
    Probe forward;
    Probe disarmed;
    auto gone = std::make_unique<Probe>();
    wheel.arm(forward, Tick{0} + 10min);
    wheel.arm(forward, Tick{0} + 10ms);
    wheel.arm(disarmed, Tick{0} + 10ms);
    disarmed.disarm();
    wheel.arm(*gone, Tick{0} + 10ms);
    gone.reset();
    advance(wheel, Tick{0} + 13ms);
    EXPECT_EQ(forward.fired.size(), 1U);
    EXPECT_TRUE(disarmed.fired.empty());
}

TEST(Wheel, SleepNeverMissesASlot) {
    std::mt19937_64 random(11);
    for (int round = 0; round < 200; ++round) {
        Tick now{static_cast<std::int64_t>(random() % 1'000'000'000'000ULL)};
        Wheel wheel(now);
        Probe probe;
        const Tick deadline =
            now + Duration{static_cast<std::int64_t>(random() % 1'000'000'000ULL)};
        wheel.arm(probe, deadline);
        for (int turns = 0; probe.fired.empty(); ++turns) {
            ASSERT_LT(turns, 20);
            now = now + wheel.sleep(now);
            advance(wheel, now);
        }
        EXPECT_LE(probe.fired[0] - deadline, 2 * slot);
    }
}

}  // namespace
}  // namespace sg::runtime
