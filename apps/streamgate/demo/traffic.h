// A modest, lifelike load on the demonstration: viewers, callers of the API, an event stream, a
// WebSocket.
#pragma once

#include <cstdint>
#include <string>

#include "base/address.h"
#include "base/time.h"
#include "base/units.h"

namespace sg::demo {

struct TrafficOptions {
    HostPort to{"127.0.0.1", 8080};
    std::uint32_t viewers = 12;
    Rate requests{40};      // To the API, all callers together.
    Duration report = 10s;  // Between the lines that say how it goes.
};

// Runs until SIGTERM.
int run_traffic(const TrafficOptions& options);

}  // namespace sg::demo
