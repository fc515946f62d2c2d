// A client's connection: what is kept of it between requests, and nothing more (aim: below 1 KiB
// while idle).
#pragma once

#include <cstdint>
#include <memory>

#include "base/address.h"
#include "runtime/buffer.h"
#include "runtime/frame_pool.h"
#include "runtime/stream.h"

namespace sg::gateway {

struct Client : runtime::PooledFrame {
    runtime::Stream stream;
    runtime::Buffer
        input;       // Received and not yet used; holds memory only while there is something.
    IpAddress peer;  // Who connected, or whom a PROXY header names.
    std::uint16_t peer_port = 0;
    std::uint16_t local_port = 0;
    bool tls = false;  // As the client sees it: our TLS, or that of the PROXY header's sender.
};

}  // namespace sg::gateway
