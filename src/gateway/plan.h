// What one worker serves with. A request keeps the plan it began with; a reload swaps the worker's
// pointer.
#pragma once

#include <deque>
#include <memory>
#include <vector>

#include "base/rc.h"
#include "gateway/compiled.h"
#include "gateway/upstream/policy.h"
#include "gateway/upstream/pool.h"

namespace sg::gateway {

struct Place;

// A service as one worker knows it. Lives on over reloads, so that health, counts and pools are not
// forgotten.
struct ServiceState {
    ServiceState(const ServiceSpec& spec, const upstream::PolicyContext& context);
    ~ServiceState();

    std::string name;
    ServiceSpec spec;  // Of the newest configuration; `spec.config` lives in `snapshot`.
    config::Snapshot snapshot;
    config::Circuit circuit;  // With directives applied.
    std::string without;      // Needs that are switched off: `sessions, search`.
    upstream::ServicePolicy policy;
    std::vector<std::unique_ptr<upstream::EndpointIo>> io;
    std::deque<Place*>
        queue;  // Requests that wait for a place in flight. Bound: circuit.queue_max.

    // Of a version by its number in the policy; Account::none for one that is no longer there.
    std::uint16_t version_telemetry(std::uint16_t version) const {
        return version < versions.size() ? versions[version] : Account::none;
    }
    void name_versions();  // To be called when `spec` and `policy` have changed.
    std::vector<std::uint16_t> versions;
};

struct RouteState {
    const router::CompiledRoute* compiled = nullptr;
    Rc<ServiceState> service;  // None for redirects and fixed responses.
    const config::Timeouts* timeouts = nullptr;
    const config::Retry* retry = nullptr;
    std::uint64_t body_max = 0;
    std::uint16_t telemetry = 0;
    std::string files;  // A folder; empty: it is no route of files.
};

struct Plan {
    std::shared_ptr<const Compiled> compiled;
    std::vector<RouteState> routes;  // By index in the configuration.

    const config::Config& config() const { return *compiled->snapshot; }
};

}  // namespace sg::gateway
