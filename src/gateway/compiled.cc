#include "gateway/compiled.h"

#include <fmt/format.h>

namespace sg::gateway {

namespace {

Result<ListenerSpec> compile_listener(const config::Listener& listener, const std::string& state) {
    ListenerSpec spec;
    spec.name = listener.address;
    TRY(spec.address, parse_socket_address(listener.address));
    spec.proxy_protocol_from = listener.proxy_protocol_from;
    if (!listener.tls) return spec;
    runtime::TlsServerOptions options;
    options.minimum = listener.tls->minimum == config::TlsVersion::v1_3 ? runtime::TlsMinimum::v1_3
                                                                        : runtime::TlsMinimum::v1_2;
    for (const auto& files : listener.tls->certificates)
        options.certificates.push_back({files.certificate, files.key});
    if (options.certificates.empty()) {
        TRY(auto files, runtime::self_signed(state + "/tls"));
        options.certificates.push_back(std::move(files));
    }
    TRY(spec.tls, runtime::TlsServer::make(options));
    spec.handshake_timeout = listener.tls->handshake_timeout;
    return spec;
}

bool speaks_tls(const config::Service& service) {
    for (const auto& [name, version] : service.versions)
        for (const auto& endpoint : version.endpoints)
            if (endpoint.scheme == config::Scheme::https) return true;
    return false;
}

Result<ServiceSpec> compile_service(const config::Service& service, Shared& shared) {
    ServiceSpec spec;
    spec.config = &service;
    spec.requests = shared.circuits.of_service(service.name);
    spec.telemetry = shared.registry.service(service.name);
    shared.registry.set_objective(spec.telemetry, service.latency_objective);
    for (const auto& [name, version] : service.versions)
        spec.versions[name] = shared.registry.version(spec.telemetry, name);
    if (speaks_tls(service)) {
        const auto& tls = service.tls;
        TRY(spec.tls,
            runtime::TlsClient::make(
                {.verify = tls.verify, .ca = tls.ca, .identity = {tls.certificate, tls.key}}));
    }
    return spec;
}

// `${state}` is where the gateway keeps its own, whatever the file and the command line say. The
// folder of the file may stand before it, as before every relative path.
std::string folder_of(const std::string& files, const std::string& state) {
    const auto at = files.find(config::state_folder);
    return at == files.npos ? files : state + files.substr(at + config::state_folder.size());
}

}  // namespace

Result<std::shared_ptr<const Compiled>> compile(config::Snapshot snapshot, const std::string& state,
                                                Shared& shared) {
    auto compiled = std::make_shared<Compiled>();
    compiled->snapshot = std::move(snapshot);
    const config::Config& config = *compiled->snapshot;

    auto router = std::make_unique<const router::Router>(config);
    if (!router->problems().empty()) return std::unexpected(router->problems().front());
    compiled->router = std::move(router);

    for (const auto& listener : config.listen) {
        TRY(auto spec, compile_listener(listener, state));
        compiled->listeners.push_back(std::move(spec));
        if (!listener.tls || compiled->ended_tls) continue;
        TRY(auto ended, runtime::self_signed_and_ended(state + "/tls"));
        TRY(compiled->ended_tls, runtime::TlsServer::make({.certificates = {std::move(ended)}}));
    }
    for (const auto& [name, service] : config.services) {
        TRY(auto spec, compile_service(service, shared));
        compiled->services.emplace(name, std::move(spec));
    }
    for (const auto& route : config.routes) {
        compiled->route_telemetry.push_back(shared.registry.route(route.name));
        compiled->route_files.push_back(folder_of(route.files, state));
    }
    return std::shared_ptr<const Compiled>(std::move(compiled));
}

}  // namespace sg::gateway
