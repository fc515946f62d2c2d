// Watchdog: notices a worker whose loop does not come back. Runs on a thread of its own and shares
// nothing with those it watches but the time at which their turn began.
#pragma once

#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

#include "gateway/worker.h"

namespace sg::gateway {

class Watchdog {
  public:
    // A turn longer than this is reported: 20 ms is more than any request may hold up the others.
    static constexpr Duration turn_most = 20ms;

    explicit Watchdog(std::vector<Worker*> workers);
    ~Watchdog();

  private:
    void watch();
    std::vector<Worker*> workers_;
    std::mutex mutex_;
    std::condition_variable stop_;
    bool stopping_ = false;
    std::thread thread_;
};

}  // namespace sg::gateway
