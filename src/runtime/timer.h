// Timers: a hierarchical wheel with slots of about a millisecond. Arming is a store, not a list
// operation.
//
// A timer that is moved later, or disarmed, stays linked where it was; when its slot comes up it is
// looked at again. Deadlines that are pushed on with every request therefore cost nothing in the
// wheel.
#pragma once

#include <array>
#include <cstdint>

#include "base/time.h"

namespace sg::runtime {

class Timer {
  public:
    using Fire = void (*)(Timer&);

    explicit Timer(Fire fire) : fire_(fire) {}
    Timer(const Timer&) = delete;
    Timer& operator=(const Timer&) = delete;
    ~Timer() { unlink(); }

    bool armed() const { return deadline_ != Tick::never(); }
    Tick deadline() const { return deadline_; }
    void disarm() { deadline_ = Tick::never(); }

  private:
    friend class Wheel;

    bool linked() const { return next_ != nullptr; }
    void unlink() {
        if (next_ == nullptr) return;
        prev_->next_ = next_;
        next_->prev_ = prev_;
        next_ = prev_ = nullptr;
    }

    Timer* next_ = nullptr;
    Timer* prev_ = nullptr;
    std::int64_t slot_ = 0;  // The wheel's tick at which it is looked at.
    Tick deadline_ = Tick::never();
    Fire fire_;
};

// Requires: used by one thread.
class Wheel {
  public:
    explicit Wheel(Tick now);
    ~Wheel();

    // Fires at the first advance() at or after the deadline, at most one slot late.
    void arm(Timer& timer, Tick deadline);

    // Fires what is due. Timers may be armed, disarmed and destroyed meanwhile.
    void advance(Tick now);

    // How long the loop may sleep without missing a slot in use; never more than a quarter of a
    // second when there are timers at all.
    Duration sleep(Tick now) const;

  private:
    static constexpr int levels = 4;
    static constexpr int slots = 256;
    static constexpr int slot_shift = 20;  // 2^20 ns

    static std::int64_t tick_of(Tick t) { return t.ns >> slot_shift; }
    void link(Timer& timer, std::int64_t tick);
    void take_slot(int level, int index, Timer& into);
    void cascade();

    std::array<std::array<Timer, slots>*, levels> heads_;
    std::int64_t current_;
    std::array<std::uint64_t, slots / 64>
        used_{};  // Of level 0: a hint, cleared when the slot is visited.
};

}  // namespace sg::runtime
