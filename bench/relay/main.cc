// sgrelay: the floor. Bytes from each client go to an origin connection of its own and back,
// unread: no proxy on this kernel's TCP can cost less. Not a proxy: no pool, no parser, no
// time-out.
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <array>
#include <cerrno>
#include <csignal>
#include <string>
#include <vector>

#include "base/address.h"
#include "base/check.h"

namespace {

constexpr int send_flags = MSG_DONTWAIT | MSG_NOSIGNAL;
std::array<char, 64 << 10> scratch;

// One end. What its peer could not take yet waits in `unsent`; meanwhile the peer is not read.
struct End {
    int other = -1;
    std::string unsent;
};

class Relay {
  public:
    Relay(int listener, const sg::SocketAddress& origin) : listener_(listener), origin_(origin) {
        join(listener_, EPOLLIN);
    }

    [[noreturn]] void run() {
        std::array<epoll_event, 256> events;
        for (;;) {
            const int count = epoll_wait(epoll_, events.data(), events.size(), -1);
            for (int i = 0; i < count; ++i) {
                const int fd = events[static_cast<std::size_t>(i)].data.fd;
                if (fd == listener_) accept_all();
                else if (ends_[index(fd)].other >= 0) carry(fd);
            }
        }
    }

  private:
    static std::size_t index(int fd) { return static_cast<std::size_t>(fd); }

    void join(int fd, std::uint32_t events) {
        epoll_event wanted{.events = events, .data = {.fd = fd}};
        CHECK(epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &wanted) == 0);
        if (ends_.size() <= index(fd)) ends_.resize(index(fd) + 1);
        ends_[index(fd)] = {};
    }

    void accept_all() {
        for (;;) {  // Bound: the accept queue.
            const int client = accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
            if (client < 0) return;
            const int upstream = socket(origin_.family(), SOCK_STREAM | SOCK_CLOEXEC, 0);
            if (connect(upstream, origin_.raw(), origin_.length) != 0) {
                close(client);
                close(upstream);
                continue;
            }
            for (const int fd : {client, upstream}) {
                const int on = 1;
                setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
                join(fd, EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET);
            }
            ends_[index(client)].other = upstream;
            ends_[index(upstream)].other = client;
        }
    }

    // News of `fd`: it can be written again, so what waits for it goes on; or it has something to
    // read.
    void carry(int fd) {
        const int other = ends_[index(fd)].other;
        if (!ends_[index(fd)].unsent.empty() && (!flush(fd) || !pump(other, fd))) return part(fd);
        if (!pump(fd, other)) part(fd);
    }

    bool flush(int fd) {
        std::string& unsent = ends_[index(fd)].unsent;
        const auto sent = send(fd, unsent.data(), unsent.size(), send_flags);
        if (sent < 0) return errno == EAGAIN;
        unsent.erase(0, static_cast<std::size_t>(sent));
        return true;
    }

    bool pump(int from, int to) {
        std::string& unsent = ends_[index(to)].unsent;
        while (unsent.empty()) {  // Bound: what `from` has sent and `to` takes.
            const auto got = recv(from, scratch.data(), scratch.size(), MSG_DONTWAIT);
            if (got < 0) return errno == EAGAIN;
            if (got == 0) return false;
            const auto sent = send(to, scratch.data(), static_cast<std::size_t>(got), send_flags);
            if (sent < 0 && errno != EAGAIN) return false;
            const auto done = static_cast<std::size_t>(std::max<ssize_t>(sent, 0));
            unsent.assign(scratch.data() + done, static_cast<std::size_t>(got) - done);
            if (static_cast<std::size_t>(got) < scratch.size()) return true;
        }
        return true;
    }

    void part(int fd) {
        const int other = ends_[index(fd)].other;
        for (const int one : {fd, other}) {
            ends_[index(one)] = {};
            close(one);
        }
    }

    int epoll_ = epoll_create1(EPOLL_CLOEXEC);
    int listener_;
    sg::SocketAddress origin_;
    std::vector<End> ends_;  // By descriptor.
};

}  // namespace

int main(int argc, char** argv) {
    CLI::App app{"The least that a proxy could do"};
    std::string listen_text = "127.0.0.1:8080";
    std::string origin_text = "127.0.0.1:9000";
    app.add_option("--listen", listen_text);
    app.add_option("--origin", origin_text);
    CLI11_PARSE(app, argc, argv);

    const auto address = sg::parse_socket_address(listen_text);
    const auto origin = sg::parse_socket_address(origin_text);
    if (!address || !origin) {
        fmt::print(stderr, "sgrelay: {}\n", (address ? origin : address).error().message());
        return 2;
    }
    const int listener = socket(address->family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    const int on = 1;
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(listener, address->raw(), address->length) != 0 || listen(listener, 4096) != 0) {
        fmt::print(stderr, "sgrelay: {}\n", sg::system_error("bind", errno).message());
        return 1;
    }
    std::signal(SIGPIPE, SIG_IGN);
    Relay(listener, *origin).run();
}
