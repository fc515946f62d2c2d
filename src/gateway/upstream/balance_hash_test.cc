// SipHash against its reference vectors; the ring's evenness and how little moves.
#include "gateway/upstream/balance_hash.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>

namespace sg::gateway::upstream {
namespace {

constexpr HashKey key{0x0706050403020100ull, 0x0F0E0D0C0B0A0908ull};

// Source: vectors_sip64 of the reference implementation; the input of length n is 00 01 … n-1.
TEST(SipHash, ReferenceVectors) {
    struct Case {
        std::size_t length;
        std::uint64_t want;
    };
    const Case cases[] = {{0, 0x726FDB47DD0E0E31ull},
                          {1, 0x74F839C593DC67FDull},
                          {8, 0x93F5F5799A932462ull},
                          {15, 0xA129CA6149BE45E5ull}};
    std::string text;
    for (int i = 0; i < 16; ++i) text += static_cast<char>(i);
    for (const Case& c : cases)
        EXPECT_EQ(siphash(key, text.substr(0, c.length)), c.want) << c.length;
}

std::vector<std::uint64_t> members(int count) {
    std::vector<std::uint64_t> hashes;
    for (int i = 0; i < count; ++i) hashes.push_back(siphash(key, "10.0.0." + std::to_string(i)));
    return hashes;
}

constexpr auto anybody = [](int) { return true; };

TEST(HashRing, IsFairlyEven) {
    for (const int n : {2, 4, 16, 64}) {
        HashRing ring;
        ring.build(members(n));
        std::map<int, int> keys;
        for (int k = 0; k < 100'000; ++k)
            ++keys[ring.find(siphash(key, std::to_string(k)), anybody)];
        for (int i = 0; i < n; ++i)
            EXPECT_NEAR(keys[i] * n / 100'000.0, 1, 0.35) << i << " of " << n;
    }
}

TEST(HashRing, OneThatLeavesMovesItsKeysOnly) {
    for (const int n : {2, 4, 16, 64}) {
        const auto all = members(n);
        auto fewer = all;
        fewer.erase(fewer.begin() + n / 2);
        HashRing before, after;
        before.build(all);
        after.build(fewer);
        int moved = 0, its_own = 0;
        constexpr int keys = 50'000;
        for (int k = 0; k < keys; ++k) {
            const std::uint64_t hash = siphash(key, std::to_string(k));
            const int was = before.find(hash, anybody);
            const int is = after.find(hash, anybody);
            if (was == n / 2) ++its_own;
            if (all[static_cast<std::size_t>(was)] != fewer[static_cast<std::size_t>(is)]) ++moved;
        }
        EXPECT_EQ(moved, its_own) << n;
        EXPECT_LE(moved, 1.35 * keys / n) << n;
    }
}

TEST(HashRing, DoesNotDependOnTheOrderOfMembers) {
    const auto all = members(8);
    auto reversed = all;
    std::ranges::reverse(reversed);
    HashRing one, other;
    one.build(all);
    other.build(reversed);
    for (int k = 0; k < 10'000; ++k) {
        const std::uint64_t hash = siphash(key, std::to_string(k));
        EXPECT_EQ(one.find(hash, anybody), 7 - other.find(hash, anybody));
    }
}

TEST(HashRing, OffersEveryMemberAndGivesUp) {
    HashRing ring;
    EXPECT_EQ(ring.find(1, anybody), -1);
    ring.build(members(16));
    for (const std::uint64_t hash : {0ull, ~0ull, 0x8000000000000000ull}) {
        unsigned offered = 0;
        EXPECT_EQ(ring.find(hash, [&](int m) { return offered |= 1u << m, false; }), -1);
        EXPECT_EQ(offered, 0xFFFFu);
    }
}

}  // namespace
}  // namespace sg::gateway::upstream
