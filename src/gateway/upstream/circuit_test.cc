// Circuit counters: never more than the limit, whatever the number of workers.
#include "gateway/upstream/circuit.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace sg::gateway::upstream {
namespace {

TEST(Circuit, LetsInUpToTheLimit) {
    CircuitCounter counter;
    EXPECT_TRUE(counter.try_enter(2));
    EXPECT_TRUE(counter.try_enter(2));
    EXPECT_FALSE(counter.try_enter(2));
    EXPECT_EQ(counter.in(), 2u);
    counter.leave();
    EXPECT_TRUE(counter.try_enter(2));
    EXPECT_FALSE(CircuitCounter().try_enter(0));
}

TEST(Circuit, HoldsOverWorkers) {
    CircuitCounter counter;
    std::atomic<int> inside{0}, most{0}, entered{0};
    std::vector<std::thread> workers;
    for (int w = 0; w < 4; ++w)
        workers.emplace_back([&] {
            for (int i = 0; i < 20'000; ++i) {
                if (!counter.try_enter(3)) continue;
                const int now = ++inside;
                for (int seen = most; now > seen && !most.compare_exchange_weak(seen, now);) {
                }
                ++entered;
                --inside;
                counter.leave();
            }
        });
    for (std::thread& w : workers) w.join();
    EXPECT_LE(most, 3);
    EXPECT_GT(entered, 0);
    EXPECT_EQ(counter.in(), 0u);
}

TEST(Circuits, SameNameSameCounter) {
    Circuits circuits;
    const auto api = circuits.of_service("api");
    EXPECT_EQ(api, circuits.of_service("api"));
    EXPECT_NE(api, circuits.of_service("web"));
    EXPECT_NE(api, circuits.of_endpoint("api", "10.0.0.1:80"));
    EXPECT_EQ(circuits.of_endpoint("api", "10.0.0.1:80").use_count(), 1);
    auto endpoint = circuits.of_endpoint("api", "10.0.0.1:80");
    endpoint->try_enter(9);
    endpoint.reset();
    EXPECT_EQ(circuits.of_endpoint("api", "10.0.0.1:80")->in(), 0u);  // Nobody held it: forgotten.
}

}  // namespace
}  // namespace sg::gateway::upstream
