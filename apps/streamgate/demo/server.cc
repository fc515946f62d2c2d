#include "demo/server.h"

#include <fmt/format.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <set>
#include <thread>

namespace sg::demo {
namespace {

constexpr std::size_t connections_max = 512;  // Bound: of threads; more are turned away at once.
constexpr Duration ending_time = 5s;          // For exchanges in progress when told to end.

// Who is connected, so that the end can wake those who wait for a request.
class Clients {
  public:
    bool enter(int fd) {
        const std::lock_guard lock(mutex_);
        if (fds_.size() == connections_max) return false;
        fds_.insert(fd);
        return true;
    }
    void leave(int fd) {
        const std::lock_guard lock(mutex_);
        fds_.erase(fd);
        if (fds_.empty()) empty_.notify_all();
    }
    bool end_all(Duration within) {
        std::unique_lock lock(mutex_);
        for (const int fd : fds_) shutdown(fd, SHUT_RD);
        return empty_.wait_for(lock, within, [this] { return fds_.empty(); });
    }

  private:
    std::mutex mutex_;
    std::condition_variable empty_;
    std::set<int> fds_;
};

struct Service {
    const Handler& handler;
    Stop stop;
    Clients clients;
};

void converse(Service& service, UniqueFd fd) {
    const int number = fd.get();
    {
        Connection connection(std::move(fd));
        while (!service.stop.requested()) {
            const auto request = connection.next();
            if (!request || !service.handler(connection, *request, service.stop)) break;
        }
        // Left before it is closed: afterwards the number may be another connection's.
        service.clients.leave(number);
    }
}

void accept_all(Service& service, int listener) {
    while (!service.stop.requested()) {
        UniqueFd fd(accept4(listener, nullptr, nullptr, SOCK_CLOEXEC));
        if (!fd && (errno == EINTR || errno == ECONNABORTED)) continue;
        if (!fd) return;
        if (!service.clients.enter(fd.get())) continue;
        std::thread([&service, held = fd.release()] {
            converse(service, UniqueFd(held));
        }).detach();
    }
}

}  // namespace

int serve(std::uint16_t port, const Handler& handler) {
    hold_signals();
    const auto listener = listen_on_loopback(port);
    if (!listener) {
        fmt::print(stderr, "error: {}\n", listener.error().message());
        return 1;
    }
    fmt::print("listening on 127.0.0.1:{}\n", port);
    std::fflush(stdout);

    Service service{handler, {}, {}};
    std::thread acceptor([&] { accept_all(service, listener->get()); });
    await_signal();
    service.stop.request();
    shutdown(listener->get(), SHUT_RDWR);
    acceptor.join();
    if (!service.clients.end_all(ending_time)) std::_Exit(0);  // Threads still hold `service`.
    return 0;
}

}  // namespace sg::demo
