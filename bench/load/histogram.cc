#include "bench/load/histogram.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace sg::load {

// Values below `steps` have a cell each; above, the cell is the exponent and the next `step_bits`
// bits.
void Histogram::add(std::int64_t ns) {
    const auto value = static_cast<std::uint64_t>(std::max<std::int64_t>(ns, 0));
    const auto shift =
        value < steps ? 0U : static_cast<unsigned>(std::bit_width(value)) - step_bits;
    // With shift > 0 the top bit is set, so only the upper half of the steps of a power is used.
    const std::size_t cell = shift * steps + static_cast<std::size_t>(value >> shift);
    ++cell_[std::min(cell, cell_.size() - 1)];
    ++count_;
    sum_ += static_cast<double>(value);
    max_ = std::max(max_, static_cast<std::int64_t>(value));
}

double Histogram::mean_ns() const { return count_ == 0 ? 0 : sum_ / static_cast<double>(count_); }

std::int64_t Histogram::quantile_ns(double share) const {
    const auto wanted = static_cast<std::uint64_t>(std::ceil(share * static_cast<double>(count_)));
    std::uint64_t seen = 0;
    for (std::size_t cell = 0; cell < cell_.size() && count_ > 0; ++cell) {
        seen += cell_[cell];
        if (seen < wanted || seen == 0) continue;
        const std::uint64_t upper = ((cell % steps + 1) << (cell / steps)) - 1;
        return std::min(static_cast<std::int64_t>(upper), max_);
    }
    return max_;
}

}  // namespace sg::load
