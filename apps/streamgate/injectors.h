// Everything that faults can be injected into here, put together: the gateway, services of the
// local orchestrator, databases, caches, our own channels.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <string>

#include "config/model.h"
#include "platform/local/files.h"
#include "ports/faults.h"

namespace sg::app {

class Injectors final : public ports::Injector {
  public:
    struct World {
        std::function<config::Snapshot()> config;
        platform::local::Layout layout;
        std::string config_file;
    };
    explicit Injectors(World world) : world_(std::move(world)) {}
    ~Injectors() override;

    Result<std::string> prepare(const ports::FaultOrder& order, Instant now) const override;
    Result<std::string> inject(const ports::FaultOrder& order, Instant now) const override;
    Result<std::string> lift(const ports::FaultOrder& order, const std::string& undo,
                             Instant now) const override;

    // Whether a drill has broken the channel, for now.
    bool is_broken(const std::string& channel, Instant now) const;

    // What a process of its own holds while a fault lasts; it ends with the process.
    struct Held;

  private:
    Result<std::string> inject_into_gateway(const ports::FaultOrder& order) const;
    Result<std::string> inject_into_service(const ports::FaultOrder& order, Instant now) const;
    Result<std::string> inject_into_need(const ports::FaultOrder& order, Instant now) const;
    Result<std::string> propose_configuration() const;

    World world_;
    mutable std::mutex mutex_;
    mutable std::map<std::string, Instant> broken_;  // Channels, until when.
    mutable std::map<std::string, std::shared_ptr<Held>> held_;
};

}  // namespace sg::app
