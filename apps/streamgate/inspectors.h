// Everything that can be inspected here, put together: needs, services, the gateway.
#pragma once

#include <functional>

#include "config/model.h"
#include "ops/detect/inspections/gateway.h"
#include "platform/local/files.h"
#include "ports/inspector.h"

namespace sg::app {

class Inspectors final : public ports::Inspector {
  public:
    struct World {
        std::function<config::Snapshot()> config;
        platform::local::Layout layout;
        const signals::History& history;
        const inspections::EndingsLately& endings;
    };
    explicit Inspectors(World world);

    Result<std::vector<ports::Finding>> look(const ports::Question& question,
                                             Instant now) const override;
    std::vector<Target> targets() const override;

  private:
    std::map<std::string, Result<telemetry::Snapshot>> snapshots(Tick deadline) const;
    std::vector<ports::Finding> of_need(const config::Need& need, const ports::Question& question,
                                        Instant now) const;
    std::vector<ports::Finding> of_service(const config::Service& service,
                                           const ports::Question& question, Instant now) const;
    std::vector<ports::Finding> playlists(const config::Service& service,
                                          const ports::Question& question, Instant now) const;
    std::vector<ports::Finding> of_gateway(const ports::Question& question, Instant now) const;
    std::vector<ports::Finding> of_host(const ports::Question& question, Instant now) const;

    World world_;
    inspections::Gateway gateway_;
};

}  // namespace sg::app
