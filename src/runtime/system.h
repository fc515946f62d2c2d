// recv and send without the C library's cancellation points, which cost two atomic operations a
// call in a process with threads. Nothing here is ever cancelled.
#pragma once

#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstddef>

namespace sg::runtime {

inline ssize_t raw_recv(int fd, void* to, std::size_t room) {
    return ::syscall(SYS_recvfrom, fd, to, room, 0, nullptr, nullptr);
}

inline ssize_t raw_send(int fd, const void* from, std::size_t size) {
    return ::syscall(SYS_sendto, fd, from, size, MSG_NOSIGNAL, nullptr, 0);
}

}  // namespace sg::runtime
