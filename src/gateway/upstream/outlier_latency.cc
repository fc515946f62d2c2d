// The histogram of times to the first byte.
#include "gateway/upstream/outlier_latency.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace sg::gateway::upstream {
namespace {
constexpr std::uint64_t unit_ns = 62'500;
}

// Bucket 2k is [2^k, 1.5·2^k) units, bucket 2k+1 is [1.5·2^k, 2^(k+1)).
int FirstByteTimes::bucket_of(Duration took) {
    const auto units =
        static_cast<std::uint64_t>(std::max<std::int64_t>(took.count(), 0)) * 2 / unit_ns;
    if (units < 2) return 0;
    const int octave =
        std::bit_width(units) - 1;  // Of doubled units, so that the half step is a bit.
    const int half = static_cast<int>((units >> (octave - 1)) & 1);
    return std::min((octave - 1) * 2 + half, bucket_count - 1);
}

Duration FirstByteTimes::upper_of(int bucket) {
    const std::uint64_t octave_ns = unit_ns << (bucket / 2);
    return Duration{static_cast<std::int64_t>(bucket % 2 == 0 ? octave_ns * 3 / 2 : octave_ns * 2)};
}

void FirstByteTimes::add(Duration took, Tick now) {
    if (now >= halve_at) [[unlikely]]
        forget(now);
    ++count_[static_cast<std::size_t>(bucket_of(took))];
    ++total_;
    // Measured often enough to follow a change within a few dozen answers, seldom enough to cost
    // nothing.
    if (++unmeasured_ >= 32 || (total_ < 64 && total_ >= answers_least)) measure();
}

void FirstByteTimes::forget(Tick now) {
    halve_at = now + halve_every;
    if (total_ < 128) return;  // A quiet service keeps what little it knows.
    total_ = 0;
    for (std::uint32_t& n : count_) total_ += n /= 2;
}

void FirstByteTimes::measure() {
    unmeasured_ = 0;
    p95_ = quantile(0.95);
    p999_ = quantile(0.999);
}

Duration FirstByteTimes::quantile(double q) const {
    const auto wanted = static_cast<std::uint32_t>(std::ceil(q * static_cast<double>(total_)));
    std::uint32_t seen = 0;
    for (int i = 0; i < bucket_count; ++i) {
        seen += count_[static_cast<std::size_t>(i)];
        if (seen >= wanted) return upper_of(i);
    }
    return upper_of(bucket_count - 1);
}

}  // namespace sg::gateway::upstream
