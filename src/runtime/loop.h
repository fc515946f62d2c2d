// Loop: one per core. Waits for sockets (edge-triggered epoll), fires timers, runs what other cores
// post.
//
// Everything that belongs to a loop is touched by its thread only, except post() and the watchdog's
// clock.
#pragma once

#include <atomic>
#include <coroutine>
#include <functional>
#include <mutex>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "runtime/timer.h"

struct epoll_event;

namespace sg::runtime {

class Loop;

enum class Wake : std::uint8_t { ready, timeout, cancelled };

// Someone waiting for one direction of a file descriptor.
class Waiter : public Timer {
  public:
    Waiter();
    bool waiting() const { return handle_ != nullptr; }

  private:
    friend class Watcher;
    friend class Loop;
    std::coroutine_handle<> handle_;
    Wake wake_ = Wake::ready;
};

// A file descriptor that a loop watches, registered once for everything: no epoll_ctl in the steady
// state.
class Watcher {
  public:
    Watcher() = default;
    Watcher(const Watcher&) = delete;
    Watcher& operator=(const Watcher&) = delete;
    ~Watcher() { close(); }

    // Takes the descriptor. Requires: called on the loop's thread, nothing watched yet. A listening
    // socket that others hold too has duplicates: closing ours must not leave its events behind.
    enum class Sharing : std::uint8_t { none, duplicates };
    Result<> open(Loop& loop, int fd, Sharing sharing = Sharing::none);
    void close();
    int fd() const { return fd_; }
    bool is_open() const { return fd_ >= 0; }
    Loop& loop() const { return *loop_; }

    // What is known without asking the kernel. A short read or write clears the flag
    // (edge-triggered: the next arrival sets it again).
    bool may_read() const { return readable_; }
    bool may_write() const { return writable_; }
    void read_was_short() { readable_ = hangup_; }
    void write_was_short() { writable_ = false; }
    bool peer_closed() const { return hangup_; }  // It sent FIN, or worse.
    bool broken() const { return broken_; }       // Error or both directions gone.

    struct Awaiter {
        Watcher& watcher;
        Waiter& waiter;
        const bool& flag;
        Tick deadline;
        bool await_ready() const noexcept { return flag; }
        void await_suspend(std::coroutine_handle<> handle) const;
        Wake await_resume() const noexcept;
    };
    Awaiter readable(Tick deadline) { return {*this, read_, readable_, deadline}; }
    Awaiter writable(Tick deadline) { return {*this, write_, writable_, deadline}; }

    // Wakes whoever waits, with Wake::cancelled, on the loop's next turn.
    void cancel();
    void cancel_read();
    void cancel_write();
    bool someone_waits() const { return read_.waiting() || write_.waiting(); }

    // Called once when the peer closes or the connection breaks; nobody needs to wait for it.
    using OnHangup = void (*)(void* context);
    void on_hangup(OnHangup function, void* context) {
        on_hangup_ = function;
        context_ = context;
    }

  private:
    friend class Loop;
    void note(std::uint32_t events);  // What has happened;
    void wake();                      // and whoever waits for it.

    Loop* loop_ = nullptr;
    int fd_ = -1;
    bool readable_ = false;
    bool writable_ = false;
    bool hangup_ = false;
    bool broken_ = false;
    Sharing sharing_ = Sharing::none;
    OnHangup on_hangup_ = nullptr;
    void* context_ = nullptr;
    Waiter read_;
    Waiter write_;
};

class Loop {
  public:
    Loop();
    Loop(const Loop&) = delete;
    Loop& operator=(const Loop&) = delete;
    ~Loop();

    void run();   // Until stop(). On the thread that will own everything of this loop.
    void stop();  // From any thread.

    Tick now() const { return now_; }  // At the start of this turn.
    Tick after(Duration d) const;      // now() + d; no_timeout gives never.
    void arm(Timer& timer, Tick deadline) { wheel_.arm(timer, deadline); }

    // Runs `work` on this loop's thread, in order. From any thread; a hop, counted.
    void post(std::move_only_function<void()> work);
    std::uint64_t hops() const { return hops_.load(std::memory_order_relaxed); }

    // Resumes on the next turn; for those who must not be resumed from where they are woken.
    void resume_soon(std::coroutine_handle<> handle) { ready_.push_back(handle); }

    struct Sleep {
        Loop& loop;
        Tick deadline;
        struct Node : Timer {
            std::coroutine_handle<> handle;
            Node() : Timer(&Node::fire) {}
            static void fire(Timer& timer) { static_cast<Node&>(timer).handle.resume(); }
        } node;
        bool await_ready() const noexcept { return deadline <= loop.now(); }
        void await_suspend(std::coroutine_handle<> handle) {
            node.handle = handle;
            loop.arm(node, deadline);
        }
        void await_resume() const noexcept {}
    };
    Sleep sleep_until(Tick deadline) { return Sleep{*this, deadline, {}}; }

    // For the watchdog: when the present turn began; 0 while it waits for events. From any thread.
    std::int64_t turn_began_ns() const { return turn_began_.load(std::memory_order_relaxed); }
    std::uint64_t turns() const { return turns_.load(std::memory_order_relaxed); }

    static Loop& current();  // The one that runs on this thread.

  private:
    friend class Watcher;
    void forget(Watcher& watcher);
    void take_posted();
    int wait_for_events(epoll_event* events, int capacity);
    static void on_timeout(Timer& timer);

    int epoll_ = -1;
    int wake_fd_ = -1;
    Tick now_;
    Wheel wheel_;
    std::vector<std::coroutine_handle<>> ready_;
    std::vector<std::coroutine_handle<>> running_;

    // The batch being dispatched, so that a watcher that closes is not dispatched afterwards.
    epoll_event* batch_ = nullptr;
    int batch_next_ = 0;
    int batch_size_ = 0;
    Watcher* dispatching_ = nullptr;

    std::mutex mutex_;
    std::vector<std::move_only_function<void()>> posted_;
    std::vector<std::move_only_function<void()>> taken_;
    std::atomic<bool> wake_pending_{false};
    std::atomic<bool> stopping_{false};
    std::atomic<std::uint64_t> hops_{0};
    std::atomic<std::int64_t> turn_began_{0};
    std::atomic<std::uint64_t> turns_{0};

    friend class Waiter;
};

}  // namespace sg::runtime
