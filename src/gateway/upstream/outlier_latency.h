// How long this service's endpoints take to the first byte: the yardstick for "too long" (per
// worker).
//
// A histogram with two buckets per octave, halved every 10 s or so, so that it forgets. It adapts
// upward within a hundred answers; it says nothing before it has seen a few.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "base/time.h"

namespace sg::gateway::upstream {

class FirstByteTimes {
  public:
    void add(Duration took, Tick now);

    // Upper bounds of the buckets in which these quantiles lie (at most 1.5 times too long).
    // Empty before eight answers.
    std::optional<Duration> p95() const { return p95_; }
    std::optional<Duration> p999() const { return p999_; }

  private:
    static constexpr int bucket_count = 44;  // From 62.5 µs to 131 s.
    static constexpr std::uint32_t answers_least = 8;
    static constexpr Duration halve_every = 10s;

    static int bucket_of(Duration took);
    static Duration upper_of(int bucket);
    void forget(Tick now);
    void measure();
    Duration quantile(double q) const;

    std::array<std::uint32_t, bucket_count> count_{};
    std::uint32_t total_ = 0;
    std::uint32_t unmeasured_ = 0;
    Tick halve_at;
    std::optional<Duration> p95_;
    std::optional<Duration> p999_;
};

}  // namespace sg::gateway::upstream
