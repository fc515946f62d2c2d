// A wall clock that never runs backwards, because what happened is told in its order. When the
// system's clock is set back, time goes on at the pace of the steady clock until the other has
// caught up; set forward, it follows at once. Used from any thread.
#pragma once

#include <mutex>
#include <optional>

#include "base/time.h"

namespace sg {

class ForwardClock final : public Clock {
  public:
    explicit ForwardClock(const Clock& under = system_clock()) : under_(under) {}

    Instant wall() const override;
    Tick steady() const override { return under_.steady(); }

    // Something was recorded then: nothing comes before it.
    void not_before(Instant at);

    // How far the system's clock is behind; 0: it is not.
    Duration behind() const;

    // How far the system's clock was set since this was last asked: forward, or back if negative.
    // A machine that slept is one whose clock was set forward. Less than step_least is none.
    std::optional<Duration> take_step();

    static constexpr Duration step_least = 1s;

  private:
    Instant read() const;  // With the lock held.

    const Clock& under_;
    mutable std::mutex mutex_;
    mutable std::optional<Instant> last_;
    mutable Tick last_tick_;
    mutable Duration behind_{};
    mutable std::optional<Duration> offset_;  // Of the two clocks below.
    mutable Duration step_{};
};

}  // namespace sg
