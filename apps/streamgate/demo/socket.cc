#include "demo/socket.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <poll.h>

#include <cerrno>
#include <csignal>
#include <memory>

#include "demo/stop.h"

namespace sg::demo {
namespace {

void set_deadlines(int fd, Duration timeout) {
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(timeout);
    const auto rest = std::chrono::duration_cast<std::chrono::microseconds>(timeout - seconds);
    const timeval time{seconds.count(), rest.count()};
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &time, sizeof time);
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &time, sizeof time);
    const int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

sigset_t ending_signals() {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    return set;
}

}  // namespace

Result<UniqueFd> listen_on_loopback(std::uint16_t port) {
    UniqueFd fd(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (!fd) return fail_system("open a socket");
    const int on = 1;
    setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
        listen(fd.get(), runtime::listen_backlog) != 0)
        return fail_system("listen on port " + std::to_string(port));
    return fd;
}

Result<UniqueFd> connect_to(const HostPort& to, Duration timeout) {
    addrinfo wanted{};
    wanted.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    const auto port = std::to_string(to.port);
    if (const int code = getaddrinfo(to.host.c_str(), port.c_str(), &wanted, &found); code != 0)
        return fail(Errc::dns_failed, to.host + ": " + gai_strerror(code));
    const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owned(found, freeaddrinfo);
    for (const addrinfo* one = found; one != nullptr; one = one->ai_next) {
        UniqueFd fd(socket(one->ai_family, one->ai_socktype | SOCK_CLOEXEC, one->ai_protocol));
        if (!fd) continue;
        set_deadlines(fd.get(), timeout);
        if (connect(fd.get(), one->ai_addr, one->ai_addrlen) == 0) return fd;
    }
    return fail_system("connect to " + to.host + ":" + port);
}

Result<> send_all(int fd, std::string_view bytes) {
    while (!bytes.empty()) {
        const auto sent = send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR) continue;
        if (sent < 0) return fail_system("send");
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return {};
}

Result<bool> receive(int fd, std::string& into) {
    char buffer[16384];
    while (true) {
        const auto got = recv(fd, buffer, sizeof buffer, 0);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return fail_system("receive");
        into.append(buffer, static_cast<std::size_t>(got));
        return got > 0;
    }
}

bool readable(int fd, Duration within) {
    pollfd watched{fd, POLLIN, 0};
    const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(within).count();
    return poll(&watched, 1, static_cast<int>(ms)) > 0;
}

void hold_signals() {
    const auto set = ending_signals();
    pthread_sigmask(SIG_BLOCK, &set, nullptr);
}

void await_signal() {
    const auto set = ending_signals();
    int signal = 0;
    sigwait(&set, &signal);
}

}  // namespace sg::demo
