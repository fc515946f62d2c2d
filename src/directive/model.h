// What ops (or a person with `streamgate gateway ctl`) says downward to a gateway. Plain, typed,
// versioned data.
//
// A directive stays in force over a reload and a restart of the gateway, until it is lifted or
// expires.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "base/units.h"

namespace sg::directive {

inline constexpr int version = 1;

// Replaces the weights of a service's versions; those not named keep the configured weight.
struct SetWeights {
    std::string service;
    std::map<std::string, std::uint32_t> weights;
};

// The endpoint gets no new requests; those in flight end in their own time.
struct DrainEndpoint {
    std::string service;
    std::string endpoint;  // host:port
};

// Replaces the circuit limits of a service; what is not given stays as configured.
struct SetCircuit {
    std::string service;
    std::optional<std::uint32_t> requests_max;
    std::optional<std::uint32_t> connections_max;
    std::optional<std::uint32_t> queue_max;
};

// A fault for a drill. Requires: an expiry; there is no fault without one.
struct InjectFault {
    std::string route;                      // Name of a route; empty: any route...
    std::string service;                    // ...of this service.
    std::string version;                    // Only requests that go to this version of it;
    std::string endpoint;                   // only those that go to this endpoint, host:port.
    Share share = {1.0};                    // Of the matching requests.
    std::optional<Duration> delay;          // Before the request is forwarded.
    std::optional<std::uint16_t> abort;     // Answer with this status, or...
    bool reset = false;                     // ...close the connection without an answer.
    std::optional<Bytes> bytes_per_second;  // Of the response body.
};

// The endpoints of a version, as found by an orchestrator.
struct SetEndpoints {
    std::string service;
    std::string version;
    std::vector<std::string> endpoints;  // host:port
};

// Refuses a share of what comes anew to a service. Streams and tunnels under way are not touched:
// whoever is served goes on being served.
struct Shed {
    std::string service;
    Share share = {0};
    Duration retry_after = 5s;  // What the refused are told; whole seconds.
};

// The endpoint is out as if its breaker had opened: it gets no request unless no other is left.
struct OpenBreaker {
    std::string service;
    std::string endpoint;  // host:port
};

// Refuses the requests of a client. Who that is behind trusted proxies, the gateway determines.
struct BlockClient {
    std::string client;   // An address or a block, `203.0.113.0/24`.
    std::string service;  // Only to this one; empty: to all.
};

// The service is told, with each request, to do without one of its needs.
struct SwitchOff {
    std::string service;
    std::string need;
};

// TLS handshakes are answered with a certificate that has ended, for a drill. Requires: an expiry.
struct ShowExpired {
    std::string listener;  // As configured, `0.0.0.0:8443`; empty: every one that speaks TLS.
};

using What = std::variant<SetWeights, DrainEndpoint, SetCircuit, InjectFault, SetEndpoints, Shed,
                          OpenBreaker, BlockClient, SwitchOff, ShowExpired>;

struct Directive {
    std::string id;      // Unique; a second one with the same id replaces the first.
    std::string origin;  // Who said it: a person, `orchestrator`, an incident.
    std::string reason;
    Instant issued_at;
    Instant expires_at = Instant::never();
    What what;
};

}  // namespace sg::directive
