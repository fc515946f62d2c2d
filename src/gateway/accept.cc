// Accepting: each worker from listening sockets of its own.
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

#include "gateway/connection.h"
#include "gateway/worker.h"

namespace sg::gateway {

namespace {

// Bound: connections accepted in one go, before those that are already open get their turn.
constexpr int accept_most = 64;

// Out of descriptors or memory: accepting again at once would only spin. What waits in the backlog
// stays there.
constexpr Duration exhausted_pause = 50ms;

// Lets the loop turn once.
struct Yield {
    runtime::Loop& loop;
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> handle) const { loop.resume_soon(handle); }
    void await_resume() const noexcept {}
};

bool is_transient(int error) {
    return error == ECONNABORTED || error == EINTR || error == EPROTO || error == EPERM;
}

}  // namespace

runtime::Detached Worker::accept_loop(runtime::Gate&, Listener& listener) {
    int in_a_row = 0;
    while (!listener.closing) {
        if (!listener.watcher.may_read()) {
            co_await listener.watcher.readable(Tick::never());
            in_a_row = 0;
            continue;
        }
        if (++in_a_row > accept_most) {
            in_a_row = 0;
            co_await Yield{loop_};
            continue;
        }
        SocketAddress peer;
        peer.length = sizeof peer.storage;
        const int fd = ::accept4(listener.watcher.fd(), peer.raw(), &peer.length,
                                 SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd >= 0) {
            welcome(listener, fd, peer);
        } else if (errno == EAGAIN) {
            listener.watcher.read_was_short();
        } else if (!is_transient(errno)) {
            counters_.connection_refused();
            co_await loop_.sleep_until(loop_.after(exhausted_pause));
        }
    }
    listener.watcher.close();
    // The gate is left after this; nobody may free the listener before.
    loop_.post([this, gone = &listener] {
        std::erase_if(listeners_, [gone](const auto& l) { return l.get() == gone; });
    });
}

void Worker::welcome(Listener& listener, int fd, const SocketAddress& peer) {
    const auto most = plan_->config().limits.connections_max;
    if (totals_.connections.fetch_add(1, std::memory_order_relaxed) >= most) {
        totals_.connections.fetch_sub(1, std::memory_order_relaxed);
        counters_.connection_refused();
        ::close(fd);
        return;
    }
    if (peer.family() != AF_UNIX) {
        const int one = 1;
        ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    }
    auto client = std::make_unique<Client>();
    if (!client->stream.open(loop_, fd)) {
        ::close(fd);
        totals_.connections.fetch_sub(1, std::memory_order_relaxed);
        return;
    }
    client->peer = peer.ip();
    client->peer_port = peer.port();
    client->local_port = listener.address.port();
    counters_.connection_opened();
    connection(clients_, *this, std::move(client), listener.owner, *listener.spec);
}

void Worker::listen(runtime::UniqueFd fd, SocketAddress address) {
    auto listener = std::make_unique<Listener>();
    listener->address = address;
    listener->owner = plan_->compiled;
    for (const auto& spec : plan_->compiled->listeners)
        if (spec.address == address) listener->spec = &spec;
    CHECK(listener->spec != nullptr);
    if (!listener->watcher.open(loop_, fd.get(), runtime::Watcher::Sharing::duplicates)) return;
    static_cast<void>(fd.release());
    listeners_.push_back(std::move(listener));
    accept_loop(listeners_.back()->accepting, *listeners_.back());
}

void Worker::stop_listening(const SocketAddress& address) {
    for (const auto& listener : listeners_) {
        if (!(listener->address == address)) continue;
        listener->closing = true;
        listener->watcher.cancel();
    }
}

}  // namespace sg::gateway
