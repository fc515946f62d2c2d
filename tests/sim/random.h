// Chance that can be repeated: the same seed gives the same numbers everywhere (SplitMix64).
#pragma once

#include <cmath>
#include <cstdint>

namespace sg::sim {

class Random {
  public:
    explicit Random(std::uint64_t seed) : state_(seed) {}

    double uniform() {  // [0, 1)
        state_ += 0x9e3779b97f4a7c15;
        std::uint64_t z = state_;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
        z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
        return static_cast<double>((z ^ (z >> 31)) >> 11) * 0x1p-53;
    }
    double between(double low, double high) { return low + (high - low) * uniform(); }
    std::int64_t below(std::int64_t bound) {
        return static_cast<std::int64_t>(uniform() * static_cast<double>(bound));
    }
    bool happens(double chance) { return uniform() < chance; }
    double waiting(double mean) { return -mean * std::log(1 - uniform()); }

    // Of rare things exactly; of many by their sum's normal form.
    std::int64_t poisson(double mean) {
        if (mean > 50) {
            double sum = -6;
            for (int i = 0; i < 12; ++i) sum += uniform();
            return std::max<std::int64_t>(0, std::llround(mean + sum * std::sqrt(mean)));
        }
        std::int64_t count = 0;
        for (double left = std::exp(-mean), p = uniform(); p > left; p *= uniform()) ++count;
        return count;
    }

  private:
    std::uint64_t state_;
};

}  // namespace sg::sim
