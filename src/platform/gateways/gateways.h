// The gateways of an installation, to be told directives: all of them, or none and which one did
// not listen.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "directive/model.h"

namespace sg::platform::gateways {

struct Gateway {
    std::string name;
    std::string unix_socket;  // Of one on this machine; else
    std::string host_port;    // its telemetry.snapshot_listen, with
    std::string ca;           // files for mutual TLS.
    std::string certificate;
    std::string key;
};

// Each gateway is given at most this long: one that hangs must not take the time of the others.
inline constexpr Duration patience = 2s;

// In force at one of them, in the order in which they were said.
struct InForce {
    std::string gateway;
    std::vector<directive::Directive> directives;
};
Result<std::vector<InForce>> in_force(std::span<const Gateway> all, Tick deadline);

// What a gateway counts, as telemetry::decode() reads it. Bound: `snapshot_most` bytes.
inline constexpr std::size_t snapshot_most = 64U << 20;
Result<std::string> snapshot_of(const Gateway& gateway, Tick deadline);

// In force everywhere once it returns. On failure it is lifted again where it was taken.
Result<void> say(std::span<const Gateway> all, const directive::Directive& what, Tick deadline);

// Not in force anywhere once it returns. Where it is not, it need not be lifted.
Result<void> lift(std::span<const Gateway> all, const std::string& id, Tick deadline);

}  // namespace sg::platform::gateways
