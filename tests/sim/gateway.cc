#include "gateway.h"

#include <algorithm>

namespace sg::sim {

Gateway::Gateway(const config::Config& config, std::string name, Instant started_at)
    : name_(std::move(name)), started_at_(started_at) {
    for (const auto& [id, service] : config.services)
        services_[id].objective = service.latency_objective;
}

void Gateway::serve(const std::string& service, const Load& load) {
    services_[service].load = load;
}

const Load& Gateway::load(const std::string& service) const { return services_.at(service).load; }

void Gateway::set_endpoints(const std::string& service, int healthy, int known) {
    services_[service].healthy = healthy;
    services_[service].known = known;
}

Gateway::Truth Gateway::truth(const std::string& service) const {
    return services_.at(service).truth;
}

void Gateway::count(Service& service, std::uint64_t requests, Duration latency) {
    if (requests == 0) return;
    telemetry::ExponentialHistogram more;
    more.record(static_cast<std::uint64_t>(latency.count()));
    for (auto& bucket : more.counts) bucket *= requests;
    more.sum *= requests;
    service.durations.merge(more);
    if (latency <= service.objective) service.within += requests;
}

void Gateway::pass(Service& service, double seconds, Random* chance) {
    const auto whole = [](double& owed) {
        const double count = std::floor(owed + 1e-9);
        owed -= count;
        return static_cast<std::int64_t>(count);
    };
    const Load& load = service.load;
    std::int64_t requests = 0;
    std::int64_t failed = 0;
    std::int64_t slow = 0;
    if (chance != nullptr) {
        requests = chance->poisson(load.rate * seconds);
        failed = chance->poisson(static_cast<double>(requests) * load.errors);
        slow = chance->poisson(static_cast<double>(requests) * load.slow);
    } else {
        requests = whole(service.requests_owed += load.rate * seconds);
        failed = whole(service.failures_owed += static_cast<double>(requests) * load.errors);
        slow = whole(service.slow_owed += static_cast<double>(requests) * load.slow);
    }
    failed = std::min(failed, requests);
    slow = std::min(slow, requests);
    service.done += static_cast<std::uint64_t>(requests);
    service.failed += static_cast<std::uint64_t>(failed);
    count(service, static_cast<std::uint64_t>(slow), load.slow_latency);
    count(service, static_cast<std::uint64_t>(requests - slow), load.latency);
    service.truth.requests += requests;
    service.truth.failed += failed;
}

void Gateway::pass(Duration span, Random* chance) {
    const double seconds = std::chrono::duration<double>(span).count();
    for (auto& [name, service] : services_) pass(service, seconds, chance);
}

void Gateway::restart(Instant at) {
    started_at_ = at;
    sequence_ = 0;
    for (auto& [name, service] : services_) {
        service.done = service.failed = service.within = 0;
        service.durations = {};
    }
}

telemetry::Snapshot Gateway::snapshot(Instant taken_at) {
    telemetry::Snapshot snapshot{
        .gateway = name_,
        .started_at = started_at_,
        .taken_at = taken_at,
        .sequence = ++sequence_,
        .methods = {"GET"},
        .endings = {{"complete", "-", "none"},
                    {"upstream_refused", "connection_refused", "upstream"}},
        .workers = {{}}};
    for (const auto& [name, service] : services_) {
        // `checkout/v2` follows `checkout` in the map.
        const auto slash = name.find('/');
        const auto version = static_cast<std::uint16_t>(snapshot.versions.size());
        if (slash == std::string::npos) {
            snapshot.services.push_back(name);
            snapshot.routes.push_back("/" + name);
        }
        const auto index =
            static_cast<std::uint16_t>(std::ranges::find(snapshot.services, name.substr(0, slash)) -
                                       snapshot.services.begin());
        snapshot.versions.push_back(
            {index, slash == std::string::npos ? "v1" : name.substr(slash + 1)});
        telemetry::RequestRow good{
            .route = index, .service = index, .version = version, .ending = 0, .status = 200};
        telemetry::RequestRow bad = good;
        bad.ending = 1;
        bad.status = 502;
        good.duration.counts[0] = service.done - service.failed;
        bad.duration.counts[0] = service.failed;
        snapshot.requests.push_back(good);
        snapshot.requests.push_back(bad);
        snapshot.flows.push_back(
            {.route = index,
             .service = index,
             .version = version,
             .objective_ns = static_cast<std::uint64_t>(service.objective.count()),
             .duration_within = service.within,
             .duration = service.durations});
        for (int i = 0; i < service.known; ++i) {
            const auto endpoint = static_cast<std::uint16_t>(snapshot.endpoints.size());
            snapshot.endpoints.push_back(
                {version, "10.0.0." + std::to_string(endpoint + 1) + ":80"});
            snapshot.endpoint_rows.push_back({.endpoint = endpoint,
                                              .health = i < service.healthy
                                                            ? telemetry::Health::healthy
                                                            : telemetry::Health::unhealthy});
        }
    }
    return snapshot;
}

}  // namespace sg::sim
