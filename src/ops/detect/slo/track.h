// Counts in buckets of one resolution, and their exact sums over several windows that end now.
//
// A window of length w covers the bucket in progress and the w / resolution - 1 before it.
// Invariant: a sum equals that of the buckets in its window, to the last event; nothing is ever
// estimated.
#pragma once

#include <optional>
#include <vector>

#include "ops/detect/slo/model.h"

namespace sg::slo {

class Track {
  public:
    // Requires: every window is a whole number of resolutions.
    Track(Duration resolution, std::vector<Duration> windows);

    Duration resolution() const { return resolution_; }
    Duration longest() const;

    // What ended in a span that itself ended at `at`. What comes late counts now: nothing is lost.
    void add(Instant at, Counts counts);
    void advance(Instant now);  // Lets the past leave.
    void clear();

    Counts sum(Duration window) const;  // Requires: one of the windows.
    std::optional<Instant> first_bad(Duration window) const;

  private:
    struct Window {
        Duration length{};
        std::int64_t buckets = 0;
        Counts sum;
    };

    const Window& window_of(Duration length) const;
    Counts& bucket(std::int64_t index);

    Duration resolution_;
    std::vector<Window> windows_;
    std::vector<Counts> ring_;  // Bound: the longest window.
    std::int64_t newest_ = -1;  // Index of the bucket in progress since the epoch; -1: none yet.
};

}  // namespace sg::slo
