// How the demonstration's threads learn that they should end, and how they wait meanwhile.
#pragma once

#include <condition_variable>
#include <mutex>

#include "base/time.h"

namespace sg::demo {

class Stop {
  public:
    void request() {
        const std::lock_guard lock(mutex_);
        requested_ = true;
        changed_.notify_all();
    }
    bool requested() const {
        const std::lock_guard lock(mutex_);
        return requested_;
    }
    // True as soon as a stop is requested; false after the time.
    bool wait_for(Duration time) {
        std::unique_lock lock(mutex_);
        return changed_.wait_for(lock, time, [this] { return requested_; });
    }

  private:
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    bool requested_ = false;
};

// Keeps SIGINT and SIGTERM away from the threads to come. Requires: called before the first of
// them.
void hold_signals();
// Returns when one of them arrives.
void await_signal();

}  // namespace sg::demo
