// Signals, and the end: SIGTERM drains, SIGINT or a second SIGTERM stops at once, SIGHUP reloads.
#include <fmt/format.h>
#include <signal.h>
#include <spdlog/spdlog.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "gateway/gateway.h"

namespace sg::gateway {

runtime::Detached Gateway::watch_signals(runtime::Gate&) {
    sigset_t handled;
    sigemptyset(&handled);
    for (const int s : {SIGTERM, SIGINT, SIGHUP, SIGUSR1}) sigaddset(&handled, s);
    const int fd = ::signalfd(-1, &handled, SFD_NONBLOCK | SFD_CLOEXEC);
    CHECK(fd >= 0);
    if (!signals_.open(loop_, fd)) co_return;
    for (;;) {
        signalfd_siginfo info{};
        if (::read(signals_.fd(), &info, sizeof info) != sizeof info) {
            signals_.read_was_short();
            co_await signals_.readable(Tick::never());
            continue;
        }
        switch (info.ssi_signo) {
            case SIGHUP: {
                log_->reopen();
                const auto done = co_await reload();
                static_cast<void>(done);  // Logged there.
                break;
            }
            case SIGUSR1: log_->reopen(); break;
            case SIGTERM:
                if (draining_) leave(0);
                begin_drain();
                break;
            default: leave(0);
        }
    }
}

void Gateway::begin_drain() {
    if (draining_) return;
    draining_ = true;
    notify("STOPPING=1\nSTATUS=draining\n");
    spdlog::info("draining: {} connections are open", totals_.connections.load());
    post_to_workers([](Worker& w) { w.drain(); });
    bound_.clear();  // The sockets live on with whoever else holds them.
    tell_handover();
    drain(gate_);
}

runtime::Detached Gateway::drain(runtime::Gate&) {
    const Tick deadline = loop_.after(config_->drain_timeout);
    while (totals_.connections.load() > 0 && loop_.now() < deadline)
        co_await loop_.sleep_until(loop_.after(50ms));
    if (totals_.connections.load() > 0) {
        spdlog::warn("drained for {}: {} connections are cut", to_text(config_->drain_timeout),
                     totals_.connections.load());
        post_to_workers([](Worker& w) { w.interrupt_all(); });
        co_await loop_.sleep_until(loop_.after(1s));
    }
    leave(0);
}

// The process ends here and takes memory and sockets with it; only what others would miss is put in
// order.
void Gateway::leave(int code) {
    if (log_) log_->flush();
    for (const char* const kind : {"sock", "fds"}) {
        const std::string own = fmt::format("gateway-{}.{}", ::getpid(), kind);
        const std::string link = fmt::format("{}/run/gateway.{}", state_, kind);
        char target[64] = {};
        if (::readlink(link.c_str(), target, sizeof target - 1) > 0 && own == target)
            ::unlink(link.c_str());
        ::unlink(fmt::format("{}/run/{}", state_, own).c_str());
    }
    spdlog::shutdown();
    ::_exit(code);
}

}  // namespace sg::gateway
