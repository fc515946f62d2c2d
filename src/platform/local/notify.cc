#include "platform/local/notify.h"

#include <sys/socket.h>
#include <sys/un.h>

#include <charconv>
#include <cstdlib>
#include <cstring>

#include "base/text.h"

namespace sg::platform::local {

Result<NotifySocket> NotifySocket::bind(const std::string& path) {
    Fd socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!socket) return fail_system("make a socket");
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    unlink(path.c_str());
    const auto* raw = reinterpret_cast<const sockaddr*>(&address);
    if (::bind(socket.get(), raw, sizeof address) != 0) return fail_system("bind " + path);
    const int on = 1;
    setsockopt(socket.get(), SOL_SOCKET, SO_PASSCRED, &on, sizeof on);
    return NotifySocket(std::move(socket));
}

std::optional<NotifySocket::Message> NotifySocket::receive() {
    char text[4096];
    alignas(cmsghdr) char control[CMSG_SPACE(sizeof(ucred))];
    iovec part{text, sizeof text};
    msghdr header{};
    header.msg_iov = &part;
    header.msg_iovlen = 1;
    header.msg_control = control;
    header.msg_controllen = sizeof control;
    const auto size = recvmsg(socket_.get(), &header, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    if (size < 0) return std::nullopt;
    Message message{0, false, {}};
    for (auto* c = CMSG_FIRSTHDR(&header); c != nullptr; c = CMSG_NXTHDR(&header, c)) {
        if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_CREDENTIALS) continue;
        ucred sender{};
        std::memcpy(&sender, CMSG_DATA(c), sizeof sender);
        message.pid = sender.pid;
    }
    for (const auto line : split({text, static_cast<std::size_t>(size)}, '\n')) {
        if (line == "READY=1") message.ready = true;
        if (line.starts_with("STATUS=")) message.status = line.substr(7);
    }
    return message;
}

InitSystem::InitSystem() {
    if (const char* path = std::getenv("NOTIFY_SOCKET")) path_ = path;
    const char* every = std::getenv("WATCHDOG_USEC");
    const char* pid = std::getenv("WATCHDOG_PID");
    const bool ours = pid == nullptr || std::atoi(pid) == getpid();
    if (every != nullptr && ours) {
        // Half the time we are given, as sd_watchdog_enabled(3) advises.
        const auto usec = std::strtoll(every, nullptr, 10);
        if (usec > 0) watchdog_every_ = std::chrono::microseconds(usec / 2);
    }
    for (const char* name : {"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"}) unsetenv(name);
}

void InitSystem::tell(std::string_view lines) const {
    if (path_.empty()) return;
    const Fd socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path_.copy(address.sun_path, sizeof address.sun_path - 1);
    if (path_.front() == '@') address.sun_path[0] = '\0';  // A name in the abstract space.
    const auto length = offsetof(sockaddr_un, sun_path) + path_.size();
    sendto(socket.get(), lines.data(), lines.size(), MSG_NOSIGNAL,
           reinterpret_cast<const sockaddr*>(&address), static_cast<socklen_t>(length));
}

}  // namespace sg::platform::local
