// Inspections of the gateway, as a whole or of one service: what it counts, now against before.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "config/model.h"
#include "ops/detect/inspections/endings.h"
#include "ops/detect/signals/ask.h"
#include "ports/inspector.h"
#include "telemetry/snapshot.h"

namespace sg::inspections {

class Gateway {
  public:
    struct World {
        const signals::History& history;
        const EndingsLately& endings;
        // A fresh snapshot of a gateway by its name, within the deadline.
        std::function<std::map<std::string, Result<telemetry::Snapshot>>(Tick deadline)> snapshots;
    };
    explicit Gateway(World world) : world_(std::move(world)) {}

    // `service`: of which; empty: of all. Of `question.what` those of the gateway's counts.
    std::vector<ports::Finding> look(const config::Config& config, const std::string& service,
                                     const ports::Question& question, Instant now) const;

  private:
    World world_;
};

}  // namespace sg::inspections
