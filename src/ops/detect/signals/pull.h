// Asking the gateways for their snapshots, all at once. One that is slow delays no other: after a
// short patience the second is closed without it, and its answer counts in a later one.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "ops/detect/signals/accumulate.h"
#include "ports/http.h"

namespace sg::signals {

struct GatewayAddress {
    std::string name;  // `local`, or as in the configuration.
    std::string unix_socket;
    std::string host_port;  // Instead of a socket: TLS, with the files below.
    std::string certificate;
    std::string key;
    std::string ca;
    bool operator==(const GatewayAddress&) const = default;
};

// From `host:port` or `unix:/path`.
GatewayAddress gateway_address(std::string name, const std::string& address);

class Pull {
  public:
    // A second is told at most this late because a gateway is slow.
    static constexpr Duration patience = 300ms;
    static constexpr Duration timeout = 900ms;

    explicit Pull(ports::http::Exchanges& exchanges) : exchanges_(exchanges) {}

    void set_gateways(std::vector<GatewayAddress> gateways);

    // Sockets of gateways that still end what they had begun when another took over. Whether they
    // answer does not matter.
    void set_leaving(std::vector<std::string> sockets) { leaving_ = std::move(sockets); }

    Second second(Instant at, Tick now);
    void wait_for_late_answers(Tick until) { exchanges_.run(until); }

    Accumulator& counts() { return counts_; }

  private:
    void ask(const GatewayAddress& gateway, Instant at);
    void ask_leaving(const std::string& socket, Instant at);

    ports::http::Exchanges& exchanges_;
    std::vector<GatewayAddress> gateways_;
    std::vector<std::string> leaving_;
    // By name, of those under way; dropped when the gateways change, so that a late answer to an
    // old question finds nobody.
    std::map<std::string, std::shared_ptr<int>> asked_;
    Accumulator counts_;
};

}  // namespace sg::signals
