#include "ops/detect/slo/track.h"

#include <algorithm>
#include <utility>

#include "base/check.h"

namespace sg::slo {

namespace {

std::size_t most_buckets(Duration resolution, const std::vector<Duration>& windows) {
    std::int64_t most = 1;
    for (const Duration length : windows) most = std::max<std::int64_t>(most, length / resolution);
    return static_cast<std::size_t>(most);
}

}  // namespace

void Ring::set(std::size_t place, Counts counts) {
    if (wide_.empty() && std::in_range<std::uint32_t>(counts.bad) &&
        std::in_range<std::uint32_t>(counts.total)) {
        small_[place] = {static_cast<std::uint32_t>(counts.bad),
                         static_cast<std::uint32_t>(counts.total)};
        return;
    }
    if (wide_.empty()) {
        std::vector<Counts> wide;
        wide.reserve(small_.size());
        for (const Small& small : small_) wide.push_back({small.bad, small.total});
        wide_ = std::move(wide);
        small_ = {};
    }
    wide_[place] = counts;
}

void Ring::clear() {
    std::ranges::fill(small_, Small{});
    std::ranges::fill(wide_, Counts{});
}

Track::Track(Duration resolution, std::vector<Duration> windows)
    : resolution_(resolution), ring_(most_buckets(resolution, windows)) {
    for (const Duration length : windows) {
        CHECK(length >= resolution);
        windows_.push_back({length, length / resolution, {}});
    }
}

Duration Track::longest() const { return resolution_ * static_cast<std::int64_t>(ring_.size()); }

std::size_t Track::place_of(std::int64_t index) const {
    return static_cast<std::size_t>(index) % ring_.size();
}

void Track::clear() {
    ring_.clear();
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
            if (newest_ >= window.buckets)
                window.sum -= ring_.at(place_of(newest_ - window.buckets));
        ring_.set(place_of(newest_), {});
    }
}

void Track::add(Instant at, Counts counts) {
    advance(at);
    Counts bucket = ring_.at(place_of(newest_));
    bucket += counts;
    ring_.set(place_of(newest_), bucket);
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
        if (ring_.at(place_of(index)).bad > 0) return Instant{index * resolution_.count()};
    return std::nullopt;
}

}  // namespace sg::slo
