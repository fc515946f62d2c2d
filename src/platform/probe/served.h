// The certificates that a gateway serves: what its files hold, and what it shows to those who
// connect.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/address.h"
#include "platform/inspect/order.h"

namespace sg::platform::probe {

struct ServedBy {
    std::string listener;        // As configured: `:8443`.
    std::optional<HostPort> at;  // Where to connect to see what is shown; empty: nowhere.
    std::string file;            // PEM: the certificate, then its chain.
};

// One finding for each file: days left, names, chain, issuer; and whether what is shown is what the
// file holds. Who signed it is not judged: that is for clients to trust or not.
inspect::Findings inspect_served(const std::vector<ServedBy>& served, const inspect::Order& order);

}  // namespace sg::platform::probe
