#include "gateway/control/handover.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <nlohmann/json.hpp>

#include "runtime/socket.h"

namespace sg::gateway {

namespace {
// The kernel takes at most 253 descriptors in one message (SCM_MAX_FD).
constexpr std::size_t fds_most = 250;
}  // namespace

Result<> Handover::listen(const std::string& path) {
    TRY(const SocketAddress address, parse_socket_address("unix:" + path));
    TRY(runtime::UniqueFd fd, runtime::listen_on(address));
    ::chmod(path.c_str(), 0600);
    TRY_VOID(watcher_.open(loop_, fd.get()));
    static_cast<void>(fd.release());
    accept(gate_);
    return {};
}

runtime::Detached Handover::accept(runtime::Gate&) {
    for (;;) {
        if (!watcher_.may_read()) {
            co_await watcher_.readable(Tick::never());
            continue;
        }
        const runtime::UniqueFd fd(::accept4(watcher_.fd(), nullptr, nullptr, SOCK_CLOEXEC));
        if (fd) send_to(fd.get());
        else if (errno == EAGAIN) watcher_.read_was_short();
        else co_await loop_.sleep_until(loop_.after(50ms));
    }
}

// One message: a JSON line with the addresses, and the descriptors in the same order.
void Handover::send_to(int fd) const {
    const std::size_t count = std::min(held_.size(), fds_most);
    nlohmann::json addresses = nlohmann::json::array();
    std::vector<int> fds;
    for (std::size_t i = 0; i < count; ++i) {
        addresses.push_back(held_[i].address.text());
        fds.push_back(held_[i].fd);
    }
    std::string line = nlohmann::json{{"listeners", addresses}}.dump() + "\n";
    iovec piece{line.data(), line.size()};
    std::vector<char> control(CMSG_SPACE(sizeof(int) * std::max<std::size_t>(count, 1)));
    msghdr message{};
    message.msg_iov = &piece;
    message.msg_iovlen = 1;
    if (count > 0) {
        message.msg_control = control.data();
        message.msg_controllen = control.size();
        cmsghdr* const header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(sizeof(int) * count);
        std::memcpy(CMSG_DATA(header), fds.data(), sizeof(int) * count);
    }
    // A small message to a fresh socket does not wait.
    static_cast<void>(::sendmsg(fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT) == 0);
}

void notify(std::string_view message) {
    const char* const path = std::getenv("NOTIFY_SOCKET");
    if (path == nullptr || *path == '\0') return;
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const std::size_t length = std::strlen(path);
    if (length >= sizeof address.sun_path) return;
    std::memcpy(address.sun_path, path, length);
    if (path[0] == '@') address.sun_path[0] = '\0';  // The abstract namespace.
    const runtime::UniqueFd fd(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    static_cast<void>(::sendto(fd.get(), message.data(), message.size(), MSG_NOSIGNAL,
                               reinterpret_cast<const sockaddr*>(&address),
                               static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + length)) ==
                      0);
}

}  // namespace sg::gateway
