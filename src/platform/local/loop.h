// The supervisor's event loop: one thread, level-triggered epoll, callbacks and timers. Nothing
// here is fast, everything is plain: a callback may add and remove what it likes, itself included.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>

#include "base/result.h"
#include "base/time.h"
#include "platform/local/fd.h"

namespace sg::platform::local {

class Loop {
  public:
    using Id = std::uint64_t;  // Of a watch or a timer; never used twice, 0 is none.
    using OnReady = std::function<void(std::uint32_t events)>;
    using OnTime = std::function<void()>;

    static Result<std::unique_ptr<Loop>> make();

    Id watch(int fd, std::uint32_t events, OnReady callback);
    void change(Id id, std::uint32_t events);
    void unwatch(Id id);  // Unknown ids are fine.

    Id at(Tick when, OnTime callback);
    void cancel(Id id);

    // Waits for something to happen, at most until `latest`, and runs its callbacks.
    void turn(Tick latest = Tick::never());

  private:
    explicit Loop(Fd epoll) : epoll_(std::move(epoll)) {}
    void run_timers();

    struct Watch {
        int fd;
        std::shared_ptr<OnReady> callback;
    };
    struct Timer {
        Tick when;
        OnTime callback;
    };

    Fd epoll_;
    Id next_ = 1;
    std::map<Id, Watch> watches_;
    std::map<Id, Timer> timers_;  // Few: found by walking.
};

}  // namespace sg::platform::local
