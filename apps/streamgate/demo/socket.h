// Blocking sockets with deadlines, for the demonstration's threads.
#pragma once

#include <string>
#include <string_view>

#include "base/address.h"
#include "base/result.h"
#include "base/time.h"
#include "runtime/socket.h"

namespace sg::demo {

using runtime::UniqueFd;

Result<UniqueFd> listen_on_loopback(std::uint16_t port);
Result<UniqueFd> connect_to(const HostPort& to, Duration timeout);

Result<> send_all(int fd, std::string_view bytes);
// Appends what arrives; false at the end of the stream.
Result<bool> receive(int fd, std::string& into);
// True when there is something to read (or the peer is gone) within the time.
bool readable(int fd, Duration within);

}  // namespace sg::demo
