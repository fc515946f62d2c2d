#include "base/forward_clock.h"

#include <algorithm>
#include <utility>

namespace sg {

Instant ForwardClock::read() const {
    const Instant wall = under_.wall();
    const Tick tick = under_.steady();
    // The two clocks drift apart slowly while the system's is being adjusted: no step.
    const Duration offset{wall.ns - tick.ns};
    if (offset_) {
        const Duration moved = offset - *offset_;
        if (moved >= step_least || moved <= -step_least) step_ += moved;
    }
    offset_ = offset;

    const Instant least = last_ ? *last_ + (tick - last_tick_) : wall;
    last_ = std::max(least, wall);
    last_tick_ = tick;
    behind_ = *last_ - wall;
    return *last_;
}

Instant ForwardClock::wall() const {
    const std::lock_guard lock(mutex_);
    return read();
}

void ForwardClock::not_before(Instant at) {
    const std::lock_guard lock(mutex_);
    last_ = std::max(read(), at);
}

Duration ForwardClock::behind() const {
    const std::lock_guard lock(mutex_);
    [[maybe_unused]] const Instant now = read();
    return behind_;
}

std::optional<Duration> ForwardClock::take_step() {
    const std::lock_guard lock(mutex_);
    [[maybe_unused]] const Instant now = read();
    const Duration step = std::exchange(step_, Duration(0));
    if (step == Duration(0)) return std::nullopt;
    return step;
}

}  // namespace sg
