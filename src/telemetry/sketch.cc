#include "telemetry/sketch.h"

#include <sys/random.h>

#include <algorithm>
#include <cmath>

#include "base/check.h"

namespace sg::telemetry {

SketchKey SketchKey::random() {
    SketchKey key;
    CHECK(getrandom(&key, sizeof key, 0) == static_cast<ssize_t>(sizeof key));
    return key;
}

std::uint64_t SketchKey::fingerprint() const { return keyed_hash(*this, 0x6b65792070726e74, 0); }

std::uint64_t keyed_hash(const SketchKey& key, std::uint64_t first, std::uint64_t second) {
    std::uint64_t v0 = key.a ^ 0x736f6d6570736575;
    std::uint64_t v1 = key.b ^ 0x646f72616e646f6d;
    std::uint64_t v2 = key.a ^ 0x6c7967656e657261;
    std::uint64_t v3 = key.b ^ 0x7465646279746573;
    const auto round = [&] {
        v0 += v1, v1 = std::rotl(v1, 13), v1 ^= v0, v0 = std::rotl(v0, 32);
        v2 += v3, v3 = std::rotl(v3, 16), v3 ^= v2;
        v0 += v3, v3 = std::rotl(v3, 21), v3 ^= v0;
        v2 += v1, v1 = std::rotl(v1, 17), v1 ^= v2, v2 = std::rotl(v2, 32);
    };
    for (const std::uint64_t word : {first, second, std::uint64_t{16} << 56}) {
        v3 ^= word;
        round();
        v0 ^= word;
    }
    v2 ^= 0xff;
    round(), round(), round();
    return v0 ^ v1 ^ v2 ^ v3;
}

void Sketch::add(std::uint64_t hash) {
    auto& cell = rank[register_of(hash)];
    cell = std::max(cell, rank_of(hash));
}

void Sketch::merge(const Sketch& other) {
    for (std::size_t i = 0; i < registers; ++i) rank[i] = std::max(rank[i], other.rank[i]);
}

namespace {

// Ertl 2017, algorithm 6: both converge in a few dozen steps at double precision.
double sigma(double x) {
    if (x == 1) return INFINITY;
    double y = 1;
    double z = x;
    for (double before = -1; z != before;) {
        x *= x;
        before = z;
        z += x * y;
        y += y;
    }
    return z;
}

double tau(double x) {
    if (x == 0 || x == 1) return 0;
    double y = 1;
    double z = 1 - x;
    for (double before = -1; z != before;) {
        x = std::sqrt(x);
        before = z;
        y /= 2;
        z -= (1 - x) * (1 - x) * y;
    }
    return z / 3;
}

}  // namespace

double Sketch::estimate() const {
    constexpr double m = registers;
    constexpr int q = 64 - index_bits;
    std::array<int, q + 2> of_rank{};
    for (const auto r : rank) ++of_rank[std::min<std::size_t>(r, q + 1)];
    if (of_rank[0] == static_cast<int>(registers)) return 0;

    double z = m * tau(1 - of_rank[q + 1] / m);
    for (int k = q; k >= 1; --k) z = (z + of_rank[static_cast<std::size_t>(k)]) / 2;
    z += m * sigma(of_rank[0] / m);
    return m * m / (2 * std::log(2.0) * z);
}

}  // namespace sg::telemetry
