// Lists of affected clients, added up: what is said of each holds of what really happened.
#include "telemetry/affected.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace sg::telemetry {
namespace {

AffectedClient client(std::string name, std::int64_t failed) {
    return {.name = std::move(name), .failed = failed, .first_ms = 10, .last_ms = 20};
}

TEST(AffectedSum, AddsUpByClient) {
    AffectedSum sum;
    sum.add({.failed = 5, .clients = {client("a", 3), client("b", 2)}});
    sum.add({.failed = 4, .clients = {{.name = "b", .failed = 4, .first_ms = 5, .last_ms = 30}}});
    const auto list = sum.take(10);
    EXPECT_TRUE(list.is_complete());
    EXPECT_EQ(list.failed, 9);
    EXPECT_EQ(list.unlisted_max, 0);
    ASSERT_EQ(list.clients.size(), 2U);
    EXPECT_EQ(list.clients[0],
              (AffectedClient{.name = "b", .failed = 6, .first_ms = 5, .last_ms = 30}));
    EXPECT_EQ(list.clients[1], client("a", 3));
}

TEST(AffectedSum, AKeyIsNotAnAddressOfTheSameName) {
    AffectedSum sum;
    sum.add({.failed = 2,
             .clients = {{.kind = ClientKind::key, .name = "a", .failed = 1}, client("a", 1)}});
    EXPECT_EQ(sum.take(10).clients.size(), 2U);
}

TEST(AffectedSum, WhoIsNotInAFullListMayHaveHadItsLeast) {
    AffectedSum sum;
    sum.add({.failed = 9, .unlisted_max = 2, .clients = {client("a", 3), client("b", 2)}});
    sum.add({.failed = 5, .unlisted_max = 1, .clients = {client("c", 3)}});
    const auto list = sum.take(10);
    EXPECT_FALSE(list.is_complete());
    EXPECT_EQ(list.unlisted_max, 3);
    EXPECT_EQ(list.clients[0].unsure, 1);  // a: in the second list it may have had 1.
    EXPECT_EQ(list.clients[1].unsure, 2);  // c: in the first.
}

TEST(AffectedSum, WhatIsCutIsSaid) {
    AffectedSum sum;
    sum.add({.failed = 12, .clients = {client("a", 6), client("b", 4), client("c", 2)}});
    const auto list = sum.take(2);
    EXPECT_EQ(list.clients.size(), 2U);
    EXPECT_EQ(list.failed, 12);
    EXPECT_EQ(list.listed_failed(), 10);
    EXPECT_EQ(list.unlisted_max, 2);
}

// A minute of random failures, seen by a list with room for few: as a gateway would tell it.
AffectedList truth_to_list(const std::map<std::string, std::int64_t>& truth, std::size_t most) {
    AffectedSum sum;
    AffectedList all;
    for (const auto& [name, failed] : truth) {
        all.clients.push_back(client(name, failed));
        all.failed += failed;
    }
    sum.add(all);
    return sum.take(most);
}

TEST(AffectedSum, BoundsHoldWhateverIsForgotten) {
    std::mt19937 random(7);
    for (int round = 0; round < 50; ++round) {
        std::map<std::string, std::int64_t> truth;
        AffectedSum sum;
        for (int minute = 0; minute < 20; ++minute) {
            std::map<std::string, std::int64_t> now;
            for (int i = 0; i < 60; ++i)
                now["client-" + std::to_string(random() % 40)] += 1 + random() % 3;
            for (const auto& [name, failed] : now) truth[name] += failed;
            sum.add(truth_to_list(now, 1 + random() % 40));
            sum.shrink(15);
        }
        const auto list = sum.take(10);
        std::int64_t all = 0;
        for (const auto& [name, failed] : truth) {
            all += failed;
            const auto at = std::ranges::find(list.clients, name, &AffectedClient::name);
            if (at == list.clients.end()) {
                EXPECT_LE(failed, list.unlisted_max) << name;
                continue;
            }
            EXPECT_LE(at->failed, failed) << name;
            EXPECT_GE(at->failed + at->unsure, failed) << name;
        }
        EXPECT_EQ(list.failed, all);
        EXPECT_LE(list.listed_failed(), all);
        EXPECT_TRUE(std::ranges::is_sorted(list.clients, comes_before));
    }
}

}  // namespace
}  // namespace sg::telemetry
