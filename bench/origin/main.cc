// sgorigin: an origin that costs as little as possible, so that the proxy before it is what is
// measured.
// `/bytes/N` answers N bytes, every other path --body bytes; --delay-us waits before each answer.
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <deque>
#include <memory>
#include <unordered_map>

#include "base/address.h"
#include "base/check.h"
#include "base/time.h"
#include "bench/origin/session.h"

namespace {

using sg::origin::Session;

class Origin {
  public:
    Origin(int listener, sg::origin::Menu menu, sg::Duration delay)
        : listener_(listener), menu_(menu), delay_(delay) {
        join(listener_, EPOLLIN);
    }

    [[noreturn]] void run() {
        std::array<epoll_event, 256> events;
        for (;;) {
            const int count = epoll_wait(epoll_, events.data(), events.size(), wait_ms());
            for (int i = 0; i < count; ++i) {
                const int fd = events[static_cast<std::size_t>(i)].data.fd;
                if (fd == listener_) accept_all();
                else if (const auto at = sessions_.find(fd); at != sessions_.end())
                    serve(*at->second);
            }
            answer_due();
        }
    }

  private:
    struct Due {
        sg::Tick at;
        int fd;
        const Session* session;  // To tell a later connection with the same number.
    };

    void join(int fd, std::uint32_t events) {
        epoll_event wanted{.events = events, .data = {.fd = fd}};
        CHECK(epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &wanted) == 0);
    }

    void accept_all() {
        for (;;) {  // Bound: the accept queue.
            const int fd = accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
            if (fd < 0) return;
            const int on = 1;
            setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
            sessions_[fd] = std::make_unique<Session>(fd);
            join(fd, EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET);
        }
    }

    void serve(Session& session) {
        if (session.owes() && !session.waiting_for_delay && !session.write()) return drop(session);
        const auto outcome = session.read(menu_);
        if (outcome == Session::Outcome::gone) return drop(session);
        if (outcome == Session::Outcome::waiting) return;
        if (delay_.count() == 0) {
            if (!session.write()) drop(session);
            return;
        }
        session.waiting_for_delay = true;
        due_.push_back({sg::steady_now() + delay_, session.fd(), &session});
    }

    void answer_due() {
        while (!due_.empty() && due_.front().at <= sg::steady_now()) {
            const auto due = due_.front();
            due_.pop_front();
            const auto at = sessions_.find(due.fd);
            if (at == sessions_.end() || at->second.get() != due.session) continue;
            at->second->waiting_for_delay = false;
            if (!at->second->write()) drop(*at->second);
        }
    }

    int wait_ms() const {
        if (due_.empty()) return -1;
        const auto left = due_.front().at - sg::steady_now();
        return static_cast<int>(std::max<std::int64_t>(left.count() / 1'000'000 + 1, 0));
    }

    void drop(const Session& session) {
        const int fd = session.fd();
        close(fd);
        sessions_.erase(fd);
    }

    int epoll_ = epoll_create1(EPOLL_CLOEXEC);
    int listener_;
    sg::origin::Menu menu_;
    sg::Duration delay_;
    std::unordered_map<int, std::unique_ptr<Session>> sessions_;
    std::deque<Due> due_;  // The delay is the same for all, so this is in order.
};

int listen_on(const sg::SocketAddress& address) {
    const int fd = socket(address.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    const int on = 1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(fd, address.raw(), address.length) != 0 || listen(fd, 4096) != 0) return -1;
    return fd;
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app{"A light HTTP/1.1 origin"};
    std::string listen_text = "127.0.0.1:9000";
    sg::origin::Menu menu;
    std::int64_t delay_us = 0;
    app.add_option("--listen", listen_text);
    app.add_option("--body", menu.body, "bytes of a response");
    app.add_option("--delay-us", delay_us, "before each answer")->check(CLI::NonNegativeNumber);
    CLI11_PARSE(app, argc, argv);

    const auto address = sg::parse_socket_address(listen_text);
    const int listener = address ? listen_on(*address) : -1;
    if (listener < 0) {
        fmt::print(stderr, "sgorigin: cannot listen on {}: {}\n", listen_text,
                   address ? sg::system_error("bind", errno).message() : address.error().message());
        return 1;
    }
    std::signal(SIGPIPE, SIG_IGN);
    Origin(listener, menu, std::chrono::microseconds(delay_us)).run();
}
