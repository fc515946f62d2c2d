// Versions, weights, sticky cookies, balancing, and what survives a change of configuration.
#include "gateway/upstream/policy.h"

#include <gtest/gtest.h>

#include <array>

#include "gateway/upstream/policy_test_support.h"

namespace sg::gateway::upstream {
namespace {

using namespace test;
using config::Balance;

config::Service versions(std::map<std::string, std::uint32_t> weights) {
    config::Service s = service();
    s.versions.clear();
    for (const auto& [name, weight] : weights) s.versions[name].weight = weight;
    return s;
}

std::map<std::string, double> shares(Bed& bed, int requests) {
    std::map<std::string, double> share;
    for (int i = 0; i < requests; ++i) {
        Choice c = bed.choose();
        if (!c) continue;
        share[std::string(bed.policy.version_name(c.endpoint->version))] += 1.0 / requests;
        bed.finish(c);
    }
    return share;
}

TEST(Weights, SplitIsExact) {
    const std::map<std::string, std::uint32_t> cases[] = {
        {{"v1", 90}, {"v2", 10}},       {{"v1", 999}, {"v2", 1}},
        {{"a", 1}, {"b", 1}, {"c", 1}}, {{"a", 50}, {"b", 30}, {"c", 20}, {"d", 0}},
        {{"v1", 100}, {"v2", 0}},       {{"v1", 1'000'000'000}, {"v2", 3'000'000'000}},
    };
    for (const auto& weights : cases) {
        Bed bed(versions(weights), 3);
        auto got = shares(bed, 10'000);
        double total = 0;
        for (const auto& [_, weight] : weights) total += weight;
        for (const auto& [name, weight] : weights)
            EXPECT_NEAR(got[name], weight / total, 0.0005) << name;
    }
}

TEST(Weights, DirectiveReplacesAndLifts) {
    Bed bed(versions({{"v1", 90}, {"v2", 10}}), 2);
    bed.policy.set_weights({{"v2", 30}});
    EXPECT_NEAR(shares(bed, 1200)["v2"], 0.25, 0.001);
    bed.policy.configure(bed.config);  // A reload does not lift it.
    EXPECT_NEAR(shares(bed, 1200)["v2"], 0.25, 0.001);
    bed.policy.set_weights({});
    EXPECT_NEAR(shares(bed, 1000)["v2"], 0.1, 0.001);
    bed.policy.set_weights({{"v1", 0}, {"v2", 0}});
    EXPECT_FALSE(bed.choose());
}

TEST(Weights, AreInUnitsOfTheirOwnWhateverWasBefore) {
    Bed bed(versions({{"v1", 500'000}, {"v2", 500'000}}), 1);
    bed.choose();  // One of them owes the other half a million.
    bed.policy.set_weights({{"v1", 1}, {"v2", 9}});
    EXPECT_NEAR(shares(bed, 100)["v1"], 0.1, 0.011);
    bed.policy.set_weights({{"v1", 9}, {"v2", 1}});
    EXPECT_NEAR(shares(bed, 100)["v2"], 0.1, 0.011);
}

TEST(Weights, AVersionThatIsGoneHandsItsShareOver) {
    Bed bed(versions({{"a", 50}, {"b", 30}, {"c", 20}}), 1);
    bed.policy.set_health(bed.at(1), Health::unhealthy, false, bed.now);
    auto got = shares(bed, 5000);
    EXPECT_EQ(got["a"], 0);
    EXPECT_NEAR(got["b"], 0.6, 0.001);
    EXPECT_NEAR(got["c"], 0.4, 0.001);
    bed.policy.set_health(bed.at(1), Health::healthy, true, bed.now);
    EXPECT_NEAR(shares(bed, 5000)["a"], 0.5, 0.001);
}

TEST(Weights, WithConsistentHashTheSplitIsByKey) {
    config::Service s = versions({{"v1", 75}, {"v2", 25}});
    s.balance = Balance::consistent_hash;
    Bed bed(s, 3);
    const auto version_of = [&](int key) {
        ChooseInput in = bed.input();
        in.hash = bed.policy.hash_of(std::to_string(key));
        Choice c = bed.policy.choose(in);
        const std::uint16_t version = c.endpoint->version;
        bed.finish(c);
        return version;
    };
    std::vector<std::uint16_t> before;
    int second = 0;
    for (int k = 0; k < 20'000; ++k) before.push_back(version_of(k)), second += before.back();
    EXPECT_NEAR(second / 20'000.0, 0.25, 0.01);
    bed.policy.set_weights({{"v2", 75}});
    for (int k = 0; k < 20'000; ++k)  // Only towards v2, never away from it.
        EXPECT_GE(version_of(k), before[static_cast<std::size_t>(k)]);
}

TEST(Balance, SpreadsEvenly) {
    for (const Balance balance : {Balance::least_requests, Balance::round_robin}) {
        for (const int n : {1, 2, 3, 4, 64}) {
            Bed bed(service(balance), n);
            for (const auto& [endpoint, got] : bed.spread(n * 2000))
                EXPECT_NEAR(got, 2000, 250) << endpoint;
        }
    }
}

TEST(Balance, OfTwoTheLessLoadedIsTaken) {
    Bed bed(service(), 2);
    std::vector<Choice> open;
    for (int i = 0; i < 100; ++i) open.push_back(bed.choose());
    EXPECT_EQ(bed.at(1).load, 50u);
    EXPECT_EQ(bed.at(2).load, 50u);
    for (Choice& c : open)
        if (c.endpoint->id.telemetry == 1) bed.finish(c);
    for (int i = 0; i < 50; ++i) EXPECT_EQ(bed.choose().endpoint->id.telemetry, 1);
}

TEST(Balance, HashKeepsKeysAndBoundsLoad) {
    Bed bed(service(Balance::consistent_hash), 8);
    const auto pick = [&](std::string_view key) {
        ChooseInput in = bed.input();
        in.hash = bed.policy.hash_of(key);
        return bed.policy.choose(in);
    };
    Choice first = pick("popular");
    EndpointState* owner = first.endpoint;
    for (int i = 0; i < 7; ++i) EXPECT_EQ(pick("popular").endpoint, owner);
    for (int i = 0; i < 1000; ++i) pick("popular");  // All in flight: others must help.
    for (const auto& e : bed.policy.endpoints())
        EXPECT_LE(e->load, 8 + 1.25 * 1009 / 8) << e->id.text;
}

TEST(Balance, HashMovesKeysOfTheMissingOnly) {
    Bed bed(service(Balance::consistent_hash), 8);
    const auto owners = [&] {
        std::vector<int> by_key;
        for (int k = 0; k < 8000; ++k) {
            ChooseInput in = bed.input();
            in.hash = bed.policy.hash_of(std::to_string(k));
            Choice c = bed.policy.choose(in);
            by_key.push_back(c.endpoint->id.telemetry);
            bed.finish(c);
        }
        return by_key;
    };
    const auto before = owners();
    bed.policy.set_health(bed.at(3), Health::unhealthy, false, bed.now);
    const auto without = owners();
    auto list = addresses(9);
    list.erase(list.begin() + 2);
    bed.policy.set_endpoints("default", list, bed.now);  // 3 leaves, 9 comes.
    const auto with_nine = owners();
    int to_nine = 0;
    for (std::size_t k = 0; k < before.size(); ++k) {
        if (before[k] != 3) EXPECT_EQ(without[k], before[k]);
        EXPECT_NE(without[k], 3);
        if (with_nine[k] == 9) ++to_nine;
        else EXPECT_EQ(with_nine[k], without[k]);
    }
    EXPECT_NEAR(to_nine, 1000, 300);
}

TEST(SlowStart, RampsUp) {
    for (const Balance balance :
         {Balance::least_requests, Balance::round_robin, Balance::consistent_hash}) {
        config::Service s = service(balance);
        s.slow_start = 10s;
        Bed bed(s, 3);
        bed.policy.set_endpoints("default", addresses(4), bed.now);
        const auto share_now = [&] {
            int its_own = 0;
            for (int i = 0; i < 8000; ++i) {
                ChooseInput in = bed.input();
                in.hash = bed.policy.hash_of(std::to_string(i));
                Choice c = bed.policy.choose(in);
                its_own += c.endpoint->id.telemetry == 4;
                bed.finish(c);
            }
            return its_own / 8000.0;
        };
        const double first = share_now();
        bed.now = bed.now + 5s;
        const double half = share_now();
        bed.now = bed.now + 5s;
        const double full = share_now();
        EXPECT_LE(first, 0.03);
        EXPECT_NEAR(half / full, 0.55, 0.12);
        EXPECT_NEAR(full, 0.25, balance == Balance::consistent_hash ? 0.08 : 0.02);
    }
}

TEST(Sticky, FollowsTheCookieWhileItCan) {
    config::Service s = service();
    s.sticky.name = "route";
    Bed bed(s);
    Choice first = bed.choose();
    EXPECT_TRUE(first.set_cookie);
    EndpointState& mine = *first.endpoint;
    std::array<char, ServicePolicy::cookie_size> cookie{};
    bed.policy.write_cookie(mine, cookie);
    bed.finish(first);
    const auto with = [&](std::string_view value) {
        ChooseInput in = bed.input();
        in.sticky = value;
        Choice c = bed.policy.choose(in);
        const Choice seen = c;
        bed.finish(c);
        return seen;
    };
    const std::string_view value(cookie.data(), cookie.size());
    for (int i = 0; i < 50; ++i) {
        EXPECT_EQ(with(value).endpoint, &mine);
        EXPECT_FALSE(with(value).set_cookie);
    }
    for (const char* bad : {"x", "0123456789abcdef", "0123456789ABCDEF", "0123456789abcdeg", ""}) {
        EXPECT_TRUE(with(bad).endpoint != nullptr);
        EXPECT_TRUE(with(bad).set_cookie) << bad;
    }
    const std::string drained[] = {mine.id.name};
    bed.policy.set_drained(drained);
    EXPECT_NE(with(value).endpoint, &mine);
    EXPECT_TRUE(with(value).set_cookie);
    bed.policy.set_drained({});
    EXPECT_EQ(with(value).endpoint, &mine);

    // Another installation's key makes other cookies of the same endpoints.
    ServicePolicy elsewhere(s, {{3, 4}, 1, 1});
    elsewhere.set_endpoints("default", addresses(4), start);
    std::array<char, ServicePolicy::cookie_size> other{};
    for (const auto& e : elsewhere.endpoints()) {
        elsewhere.write_cookie(*e, other);
        EXPECT_NE(other, cookie);
    }
}

TEST(Endpoints, ThoseThatStayKeepTheirState) {
    Bed bed;
    Choice open = bed.aim(2);
    bed.fail(3, 3);
    bed.policy.set_health(bed.at(4), Health::unhealthy, false, bed.now);
    auto list = addresses(5);
    list.erase(list.begin());  // 1 leaves, 5 comes.
    EndpointState* second = &bed.at(2);
    bed.policy.set_endpoints("default", list, bed.now);
    bed.policy.configure(bed.config);
    EXPECT_EQ(&bed.at(2), second);
    EXPECT_EQ(second->in_flight, 1u);
    EXPECT_TRUE(bed.at(3).ejection.active);
    EXPECT_EQ(bed.at(4).health, Health::unhealthy);
    const auto got = bed.spread(1000);
    EXPECT_FALSE(got.contains(1) || got.contains(3) || got.contains(4));
    bed.finish(open);
}

TEST(Endpoints, OneThatLeavesIsFreedWhenNothingNeedsIt) {
    Bed bed(service(), 2);
    Choice open = bed.aim(1);
    ++bed.at(1).pins;
    bed.policy.set_endpoints("default", addresses(1, 2), bed.now);
    for (int i = 0; i < 100; ++i) EXPECT_EQ(bed.spread(1).begin()->first, 2);
    bed.policy.tick(bed.now);
    EXPECT_EQ(bed.policy.endpoints().size(), 2u);
    bed.finish(open);
    bed.policy.tick(bed.now);
    EXPECT_EQ(bed.policy.endpoints().size(), 2u);
    --bed.at(1).pins;
    bed.policy.tick(bed.now);
    EXPECT_EQ(bed.policy.endpoints().size(), 1u);
}

TEST(Endpoints, AVersionThatLeavesTheConfiguration) {
    Bed bed(versions({{"v1", 50}, {"v2", 50}}), 2);
    Choice open = bed.aim(3);  // Of v2.
    bed.policy.configure(versions({{"v1", 50}}));
    for (const auto& [endpoint, _] : bed.spread(100)) EXPECT_LE(endpoint, 2);
    Choice elsewhere = bed.retry_after(open);
    EXPECT_LE(elsewhere.endpoint->id.telemetry, 2);
    bed.finish(elsewhere);
    bed.policy.end(open, Outcome::reset, bed.now);
    bed.policy.tick(bed.now);
    EXPECT_EQ(bed.policy.endpoints().size(), 2u);
}

TEST(Endpoints, NoneAtAll) {
    Bed bed(service(), 0);
    EXPECT_EQ(bed.choose().reason, Reason::none);
    bed.policy.set_endpoints("nobody", addresses(1), bed.now);
    EXPECT_FALSE(bed.choose());
}

TEST(Endpoints, DrainedOnesGetNothingEvenInPanic) {
    Bed bed(service(), 2);
    const std::string drained[] = {"10.0.0.1:80"};
    bed.policy.set_drained(drained);
    EXPECT_FALSE(bed.spread(100).contains(1));
    bed.policy.set_health(bed.at(2), Health::unhealthy, false, bed.now);
    EXPECT_TRUE(bed.policy.panic());
    EXPECT_FALSE(bed.spread(100).contains(1));
}

TEST(Endpoints, AnOpenBreakerTakesOneOutUnlessNoOtherIsLeft) {
    Bed bed(service(), 2);
    Choice waiting = bed.choose();
    const int there = waiting.endpoint->id.telemetry;
    const std::string one[] = {waiting.endpoint->id.name};
    bed.policy.set_breakers(one, bed.now + 1s);
    EXPECT_TRUE(waiting.abandoned());  // What waits there goes elsewhere.
    bed.finish(waiting);
    EXPECT_FALSE(bed.spread(100, 1s).contains(there));  // Nor is it tried, however long it lasts.

    bed.policy.set_health(bed.at(3 - there), Health::unhealthy, false, bed.now);
    EXPECT_TRUE(bed.policy.panic());
    EXPECT_TRUE(bed.spread(100).contains(there));
    bed.policy.set_health(bed.at(3 - there), Health::healthy, true, bed.now);
    EXPECT_FALSE(bed.spread(100).contains(there));

    const std::string both[] = {"10.0.0.1:80", "10.0.0.2:80"};
    bed.policy.set_breakers(both, bed.now);
    EXPECT_EQ(bed.spread(100).size(), 2U);
    bed.policy.set_breakers({}, bed.now);
    EXPECT_FALSE(bed.policy.panic());
    EXPECT_EQ(bed.spread(100, 100ms).size(), 2U);
}

}  // namespace
}  // namespace sg::gateway::upstream
