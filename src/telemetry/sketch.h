// How many different clients? A HyperLogLog of 512 registers: 512 bytes, standard error 4.6 %,
// mergeable by maximum. The hash is keyed, so that nobody outside can choose addresses that spoil
// it; sketches merge only under one key. Source: Flajolet et al. 2007; estimator: Ertl, "New
// cardinality estimation algorithms", 2017, §3.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <span>

namespace sg::telemetry {

struct SketchKey {
    std::uint64_t a = 0;
    std::uint64_t b = 0;

    static SketchKey random();
    std::uint64_t fingerprint() const;  // Tells keys apart without giving them away.
};

// SipHash-1-3 of two words.
std::uint64_t keyed_hash(const SketchKey& key, std::uint64_t first, std::uint64_t second);

struct Sketch {
    static constexpr int index_bits = 9;
    static constexpr std::size_t registers = 1U << index_bits;
    static constexpr std::uint8_t rank_max = 64 - index_bits + 1;

    static std::size_t register_of(std::uint64_t hash) { return hash >> (64 - index_bits); }
    static std::uint8_t rank_of(std::uint64_t hash) {
        const std::uint64_t rest = (hash << index_bits) | (1ULL << (index_bits - 1));
        return static_cast<std::uint8_t>(std::countl_zero(rest) + 1);
    }

    std::array<std::uint8_t, registers> rank{};

    bool operator==(const Sketch&) const = default;
    bool empty() const { return *this == Sketch{}; }
    void add(std::uint64_t hash);
    void merge(const Sketch& other);
    double estimate() const;
};

}  // namespace sg::telemetry
