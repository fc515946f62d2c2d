// Adds the counters of all workers up into one Snapshot. Reads only: may run on any thread, at any
// time.
#pragma once

#include <string>
#include <vector>

#include "gateway/telemetry/counters.h"
#include "telemetry/snapshot.h"

namespace sg::gateway {

// What the snapshot says of the gateway as a whole.
struct GatewayFacts {
    std::string config;  // Which configuration is in force.
    std::uint64_t reloads = 0;
    std::uint64_t reloads_refused = 0;
    telemetry::LogRow log;
};

class Collector {
  public:
    // `gateway`: identity that is stable over restarts; see gateway_identity().
    Collector(const Registry& registry, std::string gateway, std::string build, Instant started_at);

    void add(
        const WorkerCounters& counters);  // Requires: `counters` outlives this. Before collect().
    telemetry::Snapshot collect(Instant now, const GatewayFacts& facts);

  private:
    const Registry& registry_;
    const std::string gateway_;
    const std::string build_;
    const Instant started_at_;
    std::vector<const WorkerCounters*> workers_;
    std::uint64_t sequence_ = 0;
};

// Kept in `<state>/gateway-id`, made at the first start. If the folder cannot be written: one for
// this process only.
std::string gateway_identity(const std::string& state);

}  // namespace sg::gateway
