// The life of a client's connection: TLS, then request after request until one of the two has had
// enough.
#pragma once

#include <memory>

#include "gateway/client.h"
#include "gateway/worker.h"

namespace sg::gateway {

// Runs until the connection is closed; counted by `gate`.
runtime::Detached connection(runtime::Gate& gate, Worker& worker, std::unique_ptr<Client> client,
                             std::shared_ptr<const Compiled> compiled,
                             const ListenerSpec& listener);

}  // namespace sg::gateway
