#include "runtime/loop.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "base/check.h"
#include "base/units.h"

namespace sg::runtime {

namespace {
thread_local Loop* current_loop = nullptr;
constexpr int batch_most = 512;
}  // namespace

Waiter::Waiter() : Timer(&Loop::on_timeout) {}

Result<> Watcher::open(Loop& loop, int fd, Sharing sharing) {
    CHECK(fd_ < 0);
    epoll_event event{};
    event.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
    event.data.ptr = this;
    if (epoll_ctl(loop.epoll_, EPOLL_CTL_ADD, fd, &event) != 0) return fail_system("epoll_ctl");
    loop_ = &loop;
    fd_ = fd;
    sharing_ = sharing;
    readable_ = writable_ = true;  // Unknown: trying costs less than waiting for the first edge.
    hangup_ = broken_ = false;
    return {};
}

void Watcher::close() {
    if (fd_ < 0) return;
    CHECK(!someone_waits());
    loop_->forget(*this);
    // Closing takes the descriptor out of the epoll set, unless the socket lives on under another
    // one.
    if (sharing_ == Sharing::duplicates) ::epoll_ctl(loop_->epoll_, EPOLL_CTL_DEL, fd_, nullptr);
    ::close(fd_);
    fd_ = -1;
    on_hangup_ = nullptr;
    read_.disarm();
    write_.disarm();
}

void Watcher::Awaiter::await_suspend(std::coroutine_handle<> handle) const {
    CHECK(!waiter.waiting());
    waiter.handle_ = handle;
    watcher.loop_->arm(waiter, deadline);
}

Wake Watcher::Awaiter::await_resume() const noexcept {
    waiter.disarm();
    return std::exchange(waiter.wake_, Wake::ready);
}

void Watcher::cancel_read() {
    if (!read_.waiting()) return;
    read_.wake_ = Wake::cancelled;
    loop_->resume_soon(std::exchange(read_.handle_, {}));
}

void Watcher::cancel() {
    cancel_read();
    cancel_write();
}

void Watcher::cancel_write() {
    if (!write_.waiting()) return;
    write_.wake_ = Wake::cancelled;
    loop_->resume_soon(std::exchange(write_.handle_, {}));
}

void Watcher::note(std::uint32_t events) {
    if ((events & (EPOLLERR | EPOLLHUP)) != 0) broken_ = hangup_ = readable_ = writable_ = true;
    if ((events & EPOLLRDHUP) != 0) hangup_ = readable_ = true;
    if ((events & EPOLLIN) != 0) readable_ = true;
    if ((events & EPOLLOUT) != 0) writable_ = true;
}

void Watcher::wake() {
    Loop& loop = *loop_;
    loop.dispatching_ = this;
    const auto alive = [&] { return loop.dispatching_ == this; };
    if (readable_ && read_.waiting()) std::exchange(read_.handle_, {}).resume();
    if (alive() && writable_ && write_.waiting()) std::exchange(write_.handle_, {}).resume();
    if (alive() && hangup_ && on_hangup_ != nullptr) std::exchange(on_hangup_, nullptr)(context_);
    loop.dispatching_ = nullptr;
}

Loop::Loop() : now_(steady_now()), wheel_(now_) {
    epoll_ = epoll_create1(EPOLL_CLOEXEC);
    wake_fd_ = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    CHECK(epoll_ >= 0 && wake_fd_ >= 0);
    epoll_event event{};
    event.events = EPOLLIN | EPOLLET;
    event.data.ptr = nullptr;  // The eventfd: somebody posted.
    CHECK(epoll_ctl(epoll_, EPOLL_CTL_ADD, wake_fd_, &event) == 0);
}

Loop::~Loop() {
    ::close(wake_fd_);
    ::close(epoll_);
}

Loop& Loop::current() {
    CHECK(current_loop != nullptr);
    return *current_loop;
}

Tick Loop::after(Duration d) const {
    if (d == no_timeout || d.count() > INT64_MAX - now_.ns) return Tick::never();
    return now_ + d;
}

void Loop::on_timeout(Timer& timer) {
    auto& waiter = static_cast<Waiter&>(timer);
    if (!waiter.waiting()) return;
    waiter.wake_ = Wake::timeout;
    std::exchange(waiter.handle_, {}).resume();
}

void Loop::forget(Watcher& watcher) {
    if (dispatching_ == &watcher) dispatching_ = nullptr;
    for (int i = batch_next_; i < batch_size_; ++i)
        if (batch_[i].data.ptr == &watcher) batch_[i].events = 0;
}

void Loop::post(std::move_only_function<void()> work) {
    {
        const std::lock_guard lock(mutex_);
        posted_.push_back(std::move(work));
    }
    hops_.fetch_add(1, std::memory_order_relaxed);
    if (!wake_pending_.exchange(true, std::memory_order_acq_rel)) {
        const std::uint64_t one = 1;
        static_cast<void>(::write(wake_fd_, &one, sizeof one) == 0);
    }
}

void Loop::stop() {
    stopping_.store(true, std::memory_order_release);
    post([] {});
}

void Loop::take_posted() {
    std::uint64_t count = 0;
    static_cast<void>(::read(wake_fd_, &count, sizeof count) == 0);
    wake_pending_.store(false, std::memory_order_release);
    {
        const std::lock_guard lock(mutex_);
        taken_.swap(posted_);
    }
    for (auto& work : taken_) work();
    taken_.clear();
}

int Loop::wait_for_events(epoll_event* events, int capacity) {
    int timeout = 0;
    if (ready_.empty()) {
        const Duration sleep = wheel_.sleep(now_);
        timeout = static_cast<int>((sleep.count() + 999'999) / 1'000'000);
    }
    turn_began_.store(0, std::memory_order_relaxed);
    const int n = epoll_wait(epoll_, events, capacity, timeout);
    CHECK(n >= 0 || errno == EINTR);
    now_ = steady_now();
    turn_began_.store(now_.ns, std::memory_order_relaxed);
    turns_.store(turns_.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
    return std::max(n, 0);
}

void Loop::run() {
    CHECK(current_loop == nullptr);
    current_loop = this;
    std::vector<epoll_event> events(batch_most);
    while (!stopping_.load(std::memory_order_acquire)) {
        batch_ = events.data();
        batch_size_ = wait_for_events(batch_, batch_most);
        // All is noted before anybody runs: a pooled connection that is readable while idle is
        // known to be no good before the request that would have used it is looked at.
        for (int i = 0; i < batch_size_; ++i)
            if (batch_[i].data.ptr != nullptr)
                static_cast<Watcher*>(batch_[i].data.ptr)->note(batch_[i].events);
        for (batch_next_ = 0; batch_next_ < batch_size_;) {
            const epoll_event event = batch_[batch_next_++];
            if (event.data.ptr == nullptr) take_posted();
            else if (event.events != 0) static_cast<Watcher*>(event.data.ptr)->wake();
        }
        wheel_.advance(now_);
        running_.swap(ready_);
        for (const auto handle : running_) handle.resume();
        running_.clear();
    }
    current_loop = nullptr;
}

}  // namespace sg::runtime
