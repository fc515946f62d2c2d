// One attempt: the request to an endpoint, its response to the client.
#pragma once

#include "gateway/exchange.h"
#include "runtime/pipe.h"

namespace sg::gateway::proxy {

// Uses the exchange's attempt and ends it. ok and upstream_status: the response was delivered,
// unless a further attempt was chosen.
runtime::Task<Ending> forward(Exchange& exchange);

// --- the steps, one file each --------------------------------------------------------------------

// connect.cc: a connection of its own. ok: it is in exchange.connection.
runtime::Task<Ending> connect_fresh(Exchange& exchange);

// request.cc: head and what of the body is there. The rest is uploaded while the response may
// already come.
runtime::Task<Ending> send_request(Exchange& exchange);
runtime::Task<void> stop_upload(Exchange& exchange);

// response.cc: waits for the head and passes it on, with the body.
runtime::Task<Ending> receive_response(Exchange& exchange);

// relay.cc: the rest of a response's body, as it comes. What was received is in the connection's
// input.
struct RelayOptions {
    http::Framing to_client = http::Framing::none;
    bool event_stream = false;  // Silence is normal.
};
runtime::Task<Ending> relay_body(Exchange& exchange, BodyReader& body, RelayOptions options);

// splice.cc: a long body in clear on both sides never comes up into our memory.
bool can_splice(const Exchange& exchange, const BodyReader& body, const RelayOptions& options);
runtime::Task<Ending> splice_body(Exchange& exchange, BodyReader& body, RelayOptions options,
                                  runtime::Pipe pipe);

// relay.cc: waits for more of the response. ok: try to read.
runtime::Task<Ending> await_endpoint(Exchange& exchange, RelayOptions options);

// tunnel.cc: bytes both ways until both have ended or nothing has moved for the tunnel time-out.
runtime::Task<Ending> tunnel(Exchange& exchange);

// What an interruption means for the request.
Ending ending_of(const Exchange& exchange, Interruption why);

// Waits within the attempt so that the exchange can be interrupted.
class Interruptible {
  public:
    Interruptible(Exchange& exchange, runtime::Watcher& on) : exchange_(exchange) {
        exchange_.waiting_on = &on;
    }
    ~Interruptible() { exchange_.waiting_on = nullptr; }
    Interruptible(const Interruptible&) = delete;
    Interruptible& operator=(const Interruptible&) = delete;

  private:
    Exchange& exchange_;
};

}  // namespace sg::gateway::proxy
