// Keyed hashing for sticky cookies and consistent hashing, and the ring of the latter.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace sg::gateway::upstream {

// Known to the gateways of one installation only: clients can neither aim requests at an endpoint
// nor read one out of a cookie.
struct HashKey {
    std::uint64_t a = 0;
    std::uint64_t b = 0;
};

// SipHash-2-4 (Aumasson and Bernstein, 2012).
std::uint64_t siphash(const HashKey& key, std::string_view text);

// A ring with `points_each` points for each member. Taking a member away moves its keys and no
// others. Built when the list of endpoints changes; looked up without search (the top bits say
// where to begin).
class HashRing {
  public:
    static constexpr std::uint32_t points_each = 128;

    // Member i is found by its hash; the order of members does not matter.
    void build(std::span<const std::uint64_t> member_hashes);

    // The members in the order in which they own `hash`, beginning with its owner, until
    // `accept(member)` is true; a member may be offered more than once. -1: none was accepted.
    // Bound: points of the ring.
    template <class Accept>
    int find(std::uint64_t hash, Accept&& accept) const {
        if (member_.empty()) return -1;
        const auto at = static_cast<std::uint32_t>(hash >> 32);
        std::size_t i = start_[at >> shift_];
        while (i < point_.size() && point_[i] < at) ++i;
        int last = -1;
        for (std::size_t n = 0; n < member_.size(); ++n, ++i) {
            if (i >= member_.size()) i -= member_.size();
            if (member_[i] == last) continue;
            last = member_[i];
            if (accept(last)) return last;
        }
        return -1;
    }

  private:
    std::vector<std::uint32_t> point_;   // Ascending.
    std::vector<std::uint16_t> member_;  // Of the point at the same index.
    std::vector<std::uint32_t> start_;   // First point of each slice of the ring.
    int shift_ = 31;
};

}  // namespace sg::gateway::upstream
