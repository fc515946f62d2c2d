// A demonstration service: a thread per connection, blocking. Ends on SIGTERM, and lets exchanges
// end first.
#pragma once

#include <functional>

#include "demo/connection.h"
#include "demo/stop.h"

namespace sg::demo {

// Answers one request. False: the connection is used up.
using Handler = std::function<bool(Connection&, const Request&, Stop&)>;

// Serves on loopback until SIGINT or SIGTERM. The exit code: 0, or 1 when the port cannot be had.
int serve(std::uint16_t port, const Handler& handler);

}  // namespace sg::demo
