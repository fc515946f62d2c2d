// SipHash-2-4, and how the ring is laid out.
#include "gateway/upstream/balance_hash.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

namespace sg::gateway::upstream {
namespace {

struct SipState {
    std::uint64_t v0, v1, v2, v3;

    void round() {
        v0 += v1, v1 = std::rotl(v1, 13), v1 ^= v0, v0 = std::rotl(v0, 32);
        v2 += v3, v3 = std::rotl(v3, 16), v3 ^= v2;
        v0 += v3, v3 = std::rotl(v3, 21), v3 ^= v0;
        v2 += v1, v1 = std::rotl(v1, 17), v1 ^= v2, v2 = std::rotl(v2, 32);
    }
    void take(std::uint64_t word) {
        v3 ^= word;
        round(), round();
        v0 ^= word;
    }
};

// The finaliser of SplitMix64: spreads the points of a member, whose hash is keyed already.
std::uint64_t mix(std::uint64_t x) {
    x += 0x9E3779B97F4A7C15ull;
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9ull;
    x = (x ^ (x >> 27)) * 0x94D049BB133111EBull;
    return x ^ (x >> 31);
}

}  // namespace

std::uint64_t siphash(const HashKey& key, std::string_view text) {
    SipState s{key.a ^ 0x736F6D6570736575ull, key.b ^ 0x646F72616E646F6Dull,
               key.a ^ 0x6C7967656E657261ull, key.b ^ 0x7465646279746573ull};
    const std::size_t whole = text.size() / 8 * 8;
    for (std::size_t i = 0; i < whole; i += 8) {
        std::uint64_t word = 0;  // Little-endian, as are the machines we run on.
        std::memcpy(&word, text.data() + i, 8);
        s.take(word);
    }
    std::uint64_t last = static_cast<std::uint64_t>(text.size()) << 56;
    if (text.size() > whole) std::memcpy(&last, text.data() + whole, text.size() - whole);
    s.take(last);
    s.v2 ^= 0xFF;
    s.round(), s.round(), s.round(), s.round();
    return s.v0 ^ s.v1 ^ s.v2 ^ s.v3;
}

void HashRing::build(std::span<const std::uint64_t> member_hashes) {
    std::vector<std::pair<std::uint32_t, std::uint16_t>> points;
    points.reserve(member_hashes.size() * points_each);
    for (std::size_t m = 0; m < member_hashes.size(); ++m) {
        std::uint64_t h = member_hashes[m];
        for (std::uint32_t i = 0; i < points_each; ++i) {
            h = mix(h);
            points.emplace_back(static_cast<std::uint32_t>(h >> 32), static_cast<std::uint16_t>(m));
        }
    }
    // Points that coincide go by the member's hash, so that the order of the list does not matter.
    std::ranges::sort(points, [&](const auto& x, const auto& y) {
        if (x.first != y.first) return x.first < y.first;
        return member_hashes[x.second] < member_hashes[y.second];
    });
    point_.clear();
    member_.clear();
    for (const auto& [point, member] : points) {
        point_.push_back(point);
        member_.push_back(member);
    }
    const std::size_t slices = std::bit_ceil(std::max<std::size_t>(points.size(), 2));
    shift_ = 32 - std::countr_zero(slices);
    start_.assign(slices, 0);
    std::size_t i = 0;
    for (std::size_t slice = 0; slice < slices; ++slice) {
        while (i < point_.size() && (point_[i] >> shift_) < slice) ++i;
        start_[slice] = static_cast<std::uint32_t>(i);
    }
}

}  // namespace sg::gateway::upstream
