#include "gateway/control/watchdog.h"

#include <pthread.h>
#include <spdlog/spdlog.h>

#include <ctime>

namespace sg::gateway {

Watchdog::Watchdog(std::vector<Worker*> workers) : workers_(std::move(workers)) {
    thread_ = std::thread([this] { watch(); });
}

Watchdog::~Watchdog() {
    stopping_ = true;
    thread_.join();
}

void Watchdog::watch() {
    pthread_setname_np(pthread_self(), "watchdog");
    std::vector<std::uint64_t> reported(workers_.size());
    while (!stopping_.load(std::memory_order_relaxed)) {
        const timespec pause{.tv_sec = 0, .tv_nsec = turn_most.count() / 2};
        ::nanosleep(&pause, nullptr);
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
