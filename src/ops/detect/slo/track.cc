#include "ops/detect/slo/track.h"

#include <algorithm>

#include "base/check.h"

namespace sg::slo {

Track::Track(Duration resolution, std::vector<Duration> windows) : resolution_(resolution) {
    std::int64_t most = 1;
    for (const Duration length : windows) {
        CHECK(length >= resolution);
        windows_.push_back({length, length / resolution, {}});
        most = std::max(most, windows_.back().buckets);
    }
    ring_.resize(static_cast<std::size_t>(most));
}

Duration Track::longest() const { return resolution_ * static_cast<std::int64_t>(ring_.size()); }

Counts& Track::bucket(std::int64_t index) {
    return ring_[static_cast<std::size_t>(index) % ring_.size()];
}

void Track::clear() {
    std::ranges::fill(ring_, Counts{});
    for (Window& window : windows_) window.sum = {};
    newest_ = -1;
}

void Track::advance(Instant now) {
    // A span that ends on a boundary belongs to the bucket before it.
    const std::int64_t index = (now.ns - 1) / resolution_.count();
    if (newest_ < 0 || index - newest_ >= static_cast<std::int64_t>(ring_.size())) {
        if (newest_ >= 0) clear();
        newest_ = index;
        return;
    }
    while (newest_ < index) {
        ++newest_;
        for (Window& window : windows_)
            if (newest_ >= window.buckets) window.sum -= bucket(newest_ - window.buckets);
        bucket(newest_) = {};
    }
}

void Track::add(Instant at, Counts counts) {
    advance(at);
    bucket(newest_) += counts;
    for (Window& window : windows_) window.sum += counts;
}

const Track::Window& Track::window_of(Duration length) const {
    const auto found = std::ranges::find(windows_, length, &Window::length);
    CHECK(found != windows_.end());
    return *found;
}

Counts Track::sum(Duration window) const { return window_of(window).sum; }

std::optional<Instant> Track::first_bad(Duration window) const {
    const auto count = window_of(window).buckets;
    for (auto index = std::max<std::int64_t>(0, newest_ - count + 1); index <= newest_; ++index)
        if (ring_[static_cast<std::size_t>(index) % ring_.size()].bad > 0)
            return Instant{index * resolution_.count()};
    return std::nullopt;
}

}  // namespace sg::slo
