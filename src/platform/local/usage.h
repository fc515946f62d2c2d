// What processes use, as the kernel counts it: summed over a session, because a service may be a
// shell with children.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <vector>

#include "base/time.h"

namespace sg::platform::local {

struct Usage {
    Duration cpu{0};           // Since each process began, in all.
    std::uint64_t memory = 0;  // Bytes resident; shared pages count in each process.
    std::uint32_t threads = 0;
    std::uint32_t descriptors = 0;
    std::uint32_t processes = 0;
};

// By session id, which is the pid of the process that we started; of these sessions only.
std::map<int, Usage> usage_by_session(const std::set<int>& sessions);

Usage usage_of(int pid);  // Of one process alone.

// Established TCP connections, by local port. The kernel walks its whole table of sockets for it,
// which takes tens of milliseconds: not for a process that others wait for.
std::map<std::uint16_t, std::uint32_t> connections_by_port();

}  // namespace sg::platform::local
