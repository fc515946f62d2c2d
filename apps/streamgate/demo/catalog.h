// The catalogue service of the demonstration: titles as JSON, something slow, events, a WebSocket.
#pragma once

#include <cstdint>
#include <string>

namespace sg::demo {

// Serves until SIGTERM. `version` is v1 or v2: v2 says more about each title.
int run_catalog(std::uint16_t port, const std::string& version);

}  // namespace sg::demo
