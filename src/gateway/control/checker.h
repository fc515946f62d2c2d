// Active health checks, once per gateway whatever the number of workers; lives on the control loop.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "gateway/compiled.h"
#include "gateway/control/endpoints.h"
#include "gateway/upstream/health_state.h"
#include "gateway/worker.h"

namespace sg::gateway {

class Checker {
  public:
    using Say = std::function<void(const HealthNews&)>;
    Checker(runtime::Loop& loop, Say say);
    ~Checker();

    // The endpoints of a version, all of them. Those that remain keep their health.
    void set_endpoints(const std::string& service, const std::string& version,
                       const EndpointTable::List& list,
                       const std::shared_ptr<const Compiled>& compiled);
    // Forgets services and versions that the configuration no longer has.
    void forget_others(const Compiled& compiled);

    // A worker finds the endpoint stalled or failing: look closely, beginning now.
    void suspect(const std::string& service, const std::string& endpoint);

    upstream::Health health_of(const std::string& service, const std::string& endpoint) const;

  private:
    struct Check;
    using Key = std::pair<std::string, std::string>;  // Service, endpoint.

    void due(Check& check);
    void plan(Check& check);
    runtime::Detached run(runtime::Gate& gate, std::shared_ptr<Check> check);
    runtime::Task<bool> probe(Check& check);
    runtime::Task<bool> probe_http(Check& check, runtime::Stream& stream, Tick deadline);

    runtime::Loop& loop_;
    Say say_;
    std::map<Key, std::shared_ptr<Check>> checks_;
    runtime::Gate gate_;
};

}  // namespace sg::gateway
