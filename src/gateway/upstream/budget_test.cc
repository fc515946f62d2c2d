// The retry budget: never more than its share, whatever the pattern; a floor for quiet services.
#include "gateway/upstream/budget.h"

#include <gtest/gtest.h>

#include <random>

namespace sg::gateway::upstream {
namespace {

constexpr Tick start{123'456'789};  // The machine has just been started.

TEST(RetryBudget, IsAShareOfRequests) {
    struct Case {
        double share;
        double floor;
        int requests_per_s;
        double want;  // Retries per request over 20 s of failing all the time.
    };
    const Case cases[] = {
        {0.2, 3, 400, 0.2}, {0.2, 0, 10, 0.2}, {0.1, 3, 1000, 0.1}, {0, 3, 400, 3.0 / 400},
        {0, 0, 400, 0},     {1, 3, 100, 1},    {0.2, 3, 5, 0.6},  // The floor is more than the
                                                                  // share here.
    };
    for (const Case& c : cases) {
        SCOPED_TRACE(std::to_string(c.share) + " of " + std::to_string(c.requests_per_s));
        RetryBudget budget;
        budget.configure({c.share}, {c.floor});
        int retries = 0;
        const int requests = c.requests_per_s * 20;
        for (int i = 0; i < requests; ++i) {
            const Tick now = start + 1s * i / c.requests_per_s;
            budget.count_request(now);
            while (budget.try_spend(now)) ++retries;  // As if attempts had no limit.
        }
        EXPECT_NEAR(retries, c.want * requests, 1 + 0.005 * requests);
        EXPECT_LE(retries, c.want * requests + 1);
    }
}

// Whenever one is granted, those of the last ten seconds are within the share of the last ten
// seconds' requests.
TEST(RetryBudget, HoldsInEveryWindow) {
    RetryBudget budget;
    budget.configure({0.2}, {0});
    std::mt19937_64 random(3);
    Tick now = start;
    for (int i = 0; i < 100'000; ++i) {
        now = now + Duration{static_cast<std::int64_t>(random() % 20'000'000)};
        if (random() % 1000 == 0) now = now + 1s * static_cast<int>(random() % 15);
        budget.count_request(now);
        for (auto n = random() % 4; n > 0; --n) {
            if (!budget.try_spend(now)) continue;
            ASSERT_LE(static_cast<double>(budget.retries()),
                      0.2 * static_cast<double>(budget.requests()));
        }
        ASSERT_LE(budget.requests(), 100'000u);
    }
}

TEST(RetryBudget, ForgetsAfterTheWindow) {
    RetryBudget budget;
    budget.configure({0.2}, {0});
    for (int i = 0; i < 1000; ++i) budget.count_request(start);
    EXPECT_TRUE(budget.try_spend(start + 8s));
    EXPECT_FALSE(budget.try_spend(start + 11s));
    EXPECT_EQ(budget.requests(), 0u);
    EXPECT_EQ(budget.retries(), 1u);
    EXPECT_FALSE(budget.try_spend(start + 1h));
    EXPECT_EQ(budget.retries(), 0u);
}

}  // namespace
}  // namespace sg::gateway::upstream
