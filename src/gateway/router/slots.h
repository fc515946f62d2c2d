// A keyed hash and an open-addressed index, for tables that are built once and then only asked.
//
// The key is drawn per table, so nobody outside can know which names share a slot.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

namespace sg::gateway::router {

// Folds `text` into `hash`. Source: the multiply-and-fold step of wyhash (public domain).
inline std::uint64_t fold(std::uint64_t a, std::uint64_t b) {
    __extension__ using Wide = unsigned __int128;
    const Wide product = static_cast<Wide>(a) * b;
    return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}
inline std::uint64_t hash_more(std::uint64_t hash, std::string_view text) {
    constexpr std::uint64_t odd = 0x9E3779B97F4A7C15;
    hash ^= text.size() * odd;
    std::uint64_t word = 0;
    for (; text.size() >= sizeof word; text.remove_prefix(sizeof word)) {
        std::memcpy(&word, text.data(), sizeof word);
        hash = fold(hash ^ word, odd);
    }
    word = 0;
    for (const char c : text) word = word << 8 | static_cast<std::uint8_t>(c);
    return fold(hash ^ word, 0xE7037ED1A0B428DB);
}

// Maps hashes to numbers; the caller compares the keys. At most half full.
class Slots {
  public:
    static constexpr std::uint32_t none = 0xFFFFFFFF;

    void reserve(std::size_t count) {
        slots_.assign(std::bit_ceil(count * 2 + 2), Slot{});
        mask_ = slots_.size() - 1;
    }
    // Requires: fewer insertions than reserved.
    void insert(std::uint64_t hash, std::uint32_t value) {
        std::size_t at = hash & mask_;
        while (slots_[at].value != none) at = (at + 1) & mask_;
        slots_[at] = {hash, value};
    }
    template <class Same>
    std::uint32_t find(std::uint64_t hash, Same same) const {
        for (std::size_t at = hash & mask_;; at = (at + 1) & mask_) {
            const Slot& slot = slots_[at];
            if (slot.value == none) return none;
            if (slot.hash == hash && same(slot.value)) return slot.value;
        }
    }

  private:
    struct Slot {
        std::uint64_t hash = 0;
        std::uint32_t value = none;
    };
    std::vector<Slot> slots_;
    std::size_t mask_ = 0;
};

}  // namespace sg::gateway::router
