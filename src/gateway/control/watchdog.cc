#include "gateway/control/watchdog.h"

#include <pthread.h>
#include <spdlog/spdlog.h>

namespace sg::gateway {

Watchdog::Watchdog(std::vector<Worker*> workers) : workers_(std::move(workers)) {
    thread_ = std::thread([this] { watch(); });
}

Watchdog::~Watchdog() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    stop_.notify_all();
    thread_.join();
}

void Watchdog::watch() {
    pthread_setname_np(pthread_self(), "watchdog");
    std::vector<std::uint64_t> reported(workers_.size());
    std::unique_lock lock(mutex_);
    while (!stop_.wait_for(lock, turn_most / 2, [this] { return stopping_; })) {
        for (std::size_t i = 0; i < workers_.size(); ++i) {
            runtime::Loop& loop = workers_[i]->loop();
            const std::int64_t began = loop.turn_began_ns();
            const std::uint64_t turn = loop.turns();
            if (began == 0 || steady_now().ns - began < turn_most.count() || reported[i] == turn)
                continue;
            reported[i] = turn;
            // The worker counts it itself when it comes back: its counters have one writer.
            loop.post([worker = workers_[i]] { worker->count().loop_stalled(); });
            spdlog::warn("worker {} has not come back to its loop for more than {} ms", i,
                         turn_most.count() / 1'000'000);
        }
    }
}

}  // namespace sg::gateway
