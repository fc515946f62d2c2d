// Everything that can be done to the platform here, put together: gateways, what runs here, caches,
// databases.
#pragma once

#include <functional>
#include <map>
#include <string>

#include "config/model.h"
#include "platform/gateways/gateways.h"
#include "platform/local/files.h"
#include "ports/executor.h"

namespace sg::app {

class Executors final : public ports::Executor {
  public:
    struct World {
        std::function<config::Snapshot()> config;
        platform::local::Layout layout;
    };
    explicit Executors(World world) : world_(std::move(world)) {}

    Result<std::string> before(const ports::Act& act, Instant now) const override;
    Result<std::string> carry_out(const ports::Order& order, Instant now) const override;
    Result<std::string> take_back(const ports::Order& order, const std::string& before,
                                  Instant now) const override;

  private:
    std::vector<platform::gateways::Gateway> gateways(const config::Config& config) const;
    Result<std::string> before_in_gateways(const ports::Act& act, Tick deadline) const;
    Result<std::string> say(const ports::Order& order, Instant now, Tick deadline) const;

    World world_;
};

}  // namespace sg::app
