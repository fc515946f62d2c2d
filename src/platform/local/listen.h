// Listening sockets: bound by the supervisor, so that they outlive every gateway that accepts from
// them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/address.h"
#include "base/result.h"
#include "platform/local/fd.h"

namespace sg::platform::local {

inline constexpr int backlog = 4096;

struct Listening {
    SocketAddress address;  // As the kernel says.
    Fd socket;
};

// `count` sockets on one address, as the gateway's workers need them: one SO_REUSEPORT group, or a
// single Unix socket. An address that somebody else uses is noticed (a group alone would share it
// with a process of the same user).
Result<std::vector<Listening>> bind_group(const std::string& address, unsigned count);

// What a service manager handed us (LISTEN_PID, LISTEN_FDS), once: the variables are removed.
std::vector<Listening> inherited();

// Whether a socket was bound for the address that a configuration names.
bool matches(const SocketAddress& bound, const std::string& configured);

SocketAddress address_of(int socket);
std::uint64_t inode_of(int fd);  // Two descriptors of one socket have the same.

// Who listens on a TCP port, as far as we may know: `nginx (pid 4711)`, empty if not known.
std::string holder_of(std::uint16_t port);

// A port on 127.0.0.1 that nobody uses now, below the range that outgoing connections take theirs
// from.
Result<std::uint16_t> free_port();

unsigned cores();  // That this process may run on.

}  // namespace sg::platform::local
