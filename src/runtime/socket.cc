#include "runtime/socket.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

namespace sg::runtime {

void UniqueFd::reset() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
}

namespace {

enum class Sharing { alone, group };

Result<UniqueFd> bind_to(const SocketAddress& address, Sharing sharing) {
    UniqueFd fd(::socket(address.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (!fd) return fail_system("socket");
    const int one = 1;
    const int zero = 0;
    if (address.family() == AF_UNIX) {
        ::unlink(reinterpret_cast<const sockaddr_un*>(&address.storage)->sun_path);
    } else {
        ::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
        if (sharing == Sharing::group)
            ::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEPORT, &one, sizeof one);
        if (address.family() == AF_INET6)  // `:8080` means IPv4 too.
            ::setsockopt(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY, &zero, sizeof zero);
    }
    if (::bind(fd.get(), address.raw(), address.length) != 0) {
        Error error = system_error(fmt::format("listen on {}", address.text()), errno);
        if (errno == EADDRINUSE)
            error.hint = "another program listens there: stop it, or choose another port";
        if (errno == EACCES) error.hint = "ports below 1024 need root or CAP_NET_BIND_SERVICE";
        return std::unexpected(std::move(error));
    }
    return fd;
}

}  // namespace

Result<UniqueFd> listen_on(const SocketAddress& address) {
    TRY(UniqueFd fd, bind_to(address, Sharing::group));
    if (::listen(fd.get(), listen_backlog) != 0) return fail_system("listen");
    return fd;
}

Result<std::vector<UniqueFd>> listen_group(const SocketAddress& address, std::size_t count) {
    // SO_REUSEPORT would let us share a port with a stranger of the same user: ask without it
    // first.
    if (address.family() != AF_UNIX) {
        TRY(const UniqueFd probe, bind_to(address, Sharing::alone));
    } else {
        count = 1;  // Unix sockets have no groups.
    }
    std::vector<UniqueFd> group;
    for (std::size_t i = 0; i < count; ++i) {
        TRY(UniqueFd fd, listen_on(address));
        group.push_back(std::move(fd));
    }
    return group;
}

Result<SocketAddress> local_address(int fd) {
    SocketAddress address;
    address.length = sizeof address.storage;
    if (::getsockname(fd, address.raw(), &address.length) != 0) return fail_system("getsockname");
    return address;
}

std::vector<Inherited> inherited_listeners() {
    std::vector<Inherited> found;
    const char* const pid = std::getenv("LISTEN_PID");
    const char* const count = std::getenv("LISTEN_FDS");
    if (pid == nullptr || count == nullptr || std::atol(pid) != ::getpid()) return found;
    for (int fd = 3; fd < 3 + std::atoi(count); ++fd) {
        ::fcntl(fd, F_SETFD, FD_CLOEXEC);
        ::fcntl(fd, F_SETFL, ::fcntl(fd, F_GETFL) | O_NONBLOCK);
        int listening = 0;
        socklen_t size = sizeof listening;
        if (::getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listening, &size) != 0 || listening == 0)
            continue;
        const auto address = local_address(fd);
        if (address) found.push_back({UniqueFd(fd), *address});
    }
    ::unsetenv("LISTEN_PID");
    ::unsetenv("LISTEN_FDS");
    ::unsetenv("LISTEN_FDNAMES");
    return found;
}

}  // namespace sg::runtime
