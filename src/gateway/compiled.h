// A configuration made ready to serve with: patterns, certificates and names resolved once, shared
// by all workers. Immutable. Compiling changes nothing: what fails to compile is never put to use.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/address.h"
#include "config/model.h"
#include "gateway/router/router.h"
#include "gateway/telemetry/registry.h"
#include "gateway/upstream/circuit.h"
#include "runtime/tls.h"

namespace sg::gateway {

struct ListenerSpec {
    std::string name;  // As configured.
    SocketAddress address;
    std::shared_ptr<const runtime::TlsServer> tls;  // Null: in clear.
    Duration handshake_timeout = 10s;
    std::vector<Cidr> proxy_protocol_from;
};

// What all workers share of a service.
struct ServiceSpec {
    const config::Service* config = nullptr;  // Within the snapshot.
    std::shared_ptr<const runtime::TlsClient> tls;
    std::shared_ptr<upstream::CircuitCounter> requests;
    std::uint16_t telemetry = 0;
    std::map<std::string, std::uint16_t> versions;  // Telemetry indexes.
};

struct Compiled {
    config::Snapshot snapshot;
    std::unique_ptr<const router::Router> router;
    std::vector<ListenerSpec> listeners;
    std::shared_ptr<const runtime::TlsServer> ended_tls;  // For drills. Null: none speaks TLS.
    std::map<std::string, ServiceSpec> services;
    std::vector<std::uint16_t> route_telemetry;  // By index of the route.
    std::vector<std::string> route_files;        // The same; empty: it serves none.
};

// What outlives configurations and is shared by workers.
struct Shared {
    Registry registry;
    upstream::Circuits circuits;
    std::string pseudonym;  // Ours in Via: `streamgate-` and an id that no other gateway has.
};

Result<std::shared_ptr<const Compiled>> compile(config::Snapshot snapshot, const std::string& state,
                                                Shared& shared);

}  // namespace sg::gateway
