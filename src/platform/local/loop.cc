#include "platform/local/loop.h"

#include <sys/epoll.h>

#include <algorithm>
#include <array>
#include <vector>

namespace sg::platform::local {

Result<std::unique_ptr<Loop>> Loop::make() {
    Fd epoll(epoll_create1(EPOLL_CLOEXEC));
    if (!epoll) return fail_system("create an event loop");
    return std::unique_ptr<Loop>(new Loop(std::move(epoll)));
}

Loop::Id Loop::watch(int fd, std::uint32_t events, OnReady callback) {
    const Id id = next_++;
    epoll_event event{};
    event.events = events;
    event.data.u64 = id;
    if (epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) != 0) return 0;
    watches_[id] = {fd, std::make_shared<OnReady>(std::move(callback))};
    return id;
}

void Loop::change(Id id, std::uint32_t events) {
    const auto at = watches_.find(id);
    if (at == watches_.end()) return;
    epoll_event event{};
    event.events = events;
    event.data.u64 = id;
    epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, at->second.fd, &event);
}

void Loop::unwatch(Id id) {
    const auto at = watches_.find(id);
    if (at == watches_.end()) return;
    epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, at->second.fd, nullptr);
    watches_.erase(at);
}

Loop::Id Loop::at(Tick when, OnTime callback) {
    const Id id = next_++;
    timers_[id] = {when, std::move(callback)};
    return id;
}

void Loop::cancel(Id id) { timers_.erase(id); }

void Loop::run_timers() {
    const Tick now = steady_now();
    std::vector<Id> due;
    for (const auto& [id, timer] : timers_)
        if (timer.when <= now) due.push_back(id);
    for (const Id id : due) {
        const auto at = timers_.find(id);
        if (at == timers_.end()) continue;  // A callback before this one cancelled it.
        const auto callback = std::move(at->second.callback);
        timers_.erase(at);
        callback();
    }
}

void Loop::turn(Tick latest) {
    for (const auto& [id, timer] : timers_) latest = std::min(latest, timer.when);
    int wait_ms = -1;
    if (latest != Tick::never()) {
        const auto left = std::max<std::int64_t>(0, (latest - steady_now()).count());
        wait_ms = static_cast<int>(std::min<std::int64_t>((left + 999'999) / 1'000'000, 60'000));
    }
    std::array<epoll_event, 64> events;
    const int count = epoll_wait(epoll_.get(), events.data(), events.size(), wait_ms);
    for (int i = 0; i < count; ++i) {
        const auto& event = events[static_cast<std::size_t>(i)];
        const auto at = watches_.find(event.data.u64);
        if (at == watches_.end()) continue;  // Removed by a callback before this one.
        const auto callback = at->second.callback;
        (*callback)(event.events);
    }
    run_timers();
}

}  // namespace sg::platform::local
