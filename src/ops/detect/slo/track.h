// Counts in buckets of one resolution, and their exact sums over several windows that end now.
//
// A window of length w covers the bucket in progress and the w / resolution - 1 before it.
// Invariant: a sum equals that of the buckets in its window, to the last event; nothing is ever
// estimated.
#pragma once

#include <algorithm>
#include <optional>
#include <vector>

#include "ops/detect/slo/model.h"

namespace sg::slo {

// Buckets, half as large as Counts while they fit: five thousand of them for each objective, and
// hundreds of objectives, are most of what operations keep in memory.
class Ring {
  public:
    explicit Ring(std::size_t size) : small_(size) {}

    std::size_t size() const { return std::max(small_.size(), wide_.size()); }
    Counts at(std::size_t place) const {
        if (!wide_.empty()) return wide_[place];
        return {small_[place].bad, small_[place].total};
    }
    void set(std::size_t place, Counts counts);
    void clear();

  private:
    struct Small {
        std::uint32_t bad = 0;
        std::uint32_t total = 0;
    };
    std::vector<Small> small_;
    std::vector<Counts> wide_;  // Instead, from the first count on that needs it.
};

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
    std::size_t place_of(std::int64_t index) const;

    Duration resolution_;
    std::vector<Window> windows_;
    Ring ring_;                 // Bound: the longest window.
    std::int64_t newest_ = -1;  // Index of the bucket in progress since the epoch; -1: none yet.
};

}  // namespace sg::slo
