// A histogram of nanoseconds: 64 linear steps per power of two, so a quantile is off by at most 1.6
// %.
#pragma once

#include <array>
#include <cstdint>

namespace sg::load {

class Histogram {
  public:
    void add(std::int64_t ns);
    std::uint64_t count() const { return count_; }
    std::int64_t max_ns() const { return max_; }
    double mean_ns() const;
    // Upper edge of the step that holds this share of the values; 0 when empty. Requires: 0 < share
    // <= 1.
    std::int64_t quantile_ns(double share) const;

  private:
    static constexpr unsigned step_bits = 7;
    static constexpr std::size_t steps = std::size_t{1} << step_bits;
    static constexpr std::size_t powers = 40;  // Up to 2^46 ns, which is 19 hours.

    std::array<std::uint64_t, steps * powers> cell_{};
    std::uint64_t count_ = 0;
    std::int64_t max_ = 0;
    double sum_ = 0;
};

}  // namespace sg::load
