// What counts of the gateway's say, as findings. Pure.
#pragma once

#include <string>
#include <vector>

#include "ops/detect/inspections/endings.h"
#include "ops/detect/signals/model.h"
#include "ports/inspector.h"
#include "telemetry/snapshot.h"

namespace sg::inspections {

// The same thing in two spans of time.
struct Compared {
    std::string kind;  // version, route
    std::string name;
    signals::Flow now;
    signals::Flow before;
};

struct Spans {
    Duration now;
    Duration before;
};

// Of a service, with what it consists of; who does worst is named.
ports::Finding judge_traffic(const Compared& whole, const std::vector<Compared>& parts, Spans spans,
                             std::uint32_t rows);

ports::Finding judge_endings(const Endings& now, const Endings& before, Spans spans,
                             std::uint32_t rows);

// Of a service's endpoints; empty: of all. One of each gateway.
ports::Finding judge_endpoints(const telemetry::Snapshot& snapshot, const std::string& service,
                               std::uint32_t rows);

}  // namespace sg::inspections
