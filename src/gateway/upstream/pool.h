// Connections to endpoints: kept alive between requests, per worker and endpoint, the last used
// first.
//
// An idle connection watches itself: bytes or a FIN that nobody asked for, and it is closed.
#pragma once

#include <memory>
#include <vector>

#include "gateway/upstream/circuit.h"
#include "gateway/upstream/endpoints.h"
#include "runtime/buffer.h"
#include "runtime/stream.h"

namespace sg::gateway {
class WorkerCounters;
struct Exchange;
}  // namespace sg::gateway

namespace sg::gateway::upstream {

class EndpointIo;

struct Connection : runtime::Timer {
    explicit Connection(EndpointIo& owner);
    ~Connection();

    EndpointIo& endpoint;
    runtime::Stream stream;
    runtime::Buffer input;  // What was received beyond the last message; empty while idle.
    bool reusable = false;  // The last message on it is complete and it may carry another.
};
using ConnectionPtr = std::unique_ptr<Connection>;

// The I/O side of an EndpointState: its attachment.
class EndpointIo {
  public:
    EndpointIo(EndpointState& state, std::shared_ptr<CircuitCounter> connections,
               WorkerCounters& counters);
    ~EndpointIo();
    EndpointIo(const EndpointIo&) = delete;
    EndpointIo& operator=(const EndpointIo&) = delete;

    EndpointState& state() const { return state_; }

    // A place among the endpoint's connections; false: the circuit's limit is reached.
    bool may_connect(std::uint32_t limit) { return connections_->try_enter(limit); }
    void gave_up_connecting() { connections_->leave(); }

    // An idle connection that is sound as far as can be known without asking the network; null:
    // none.
    ConnectionPtr take();
    void keep(ConnectionPtr connection, Duration idle_most);
    void close_idle();
    std::size_t idle() const { return idle_.size(); }

    // Requests that wait for the first byte of this endpoint, so that they can be woken when it is
    // given up.
    void wait_begins(Exchange& exchange);
    void wait_ends(Exchange& exchange);
    const std::vector<Exchange*>& waiting() const { return waiting_; }

    // Counts what the policy has done to the endpoint since the last call.
    void count_ejections();

    static EndpointIo& of(EndpointState& state) {
        return *static_cast<EndpointIo*>(state.attachment);
    }

  private:
    friend struct Connection;
    void drop(Connection& connection);

    EndpointState& state_;
    std::shared_ptr<CircuitCounter> connections_;
    WorkerCounters& counters_;
    std::vector<ConnectionPtr> idle_;  // Bound: the circuit's limit of connections.
    std::vector<Exchange*> waiting_;
    std::uint64_t ejections_counted_ = 0;
    bool said_ejected_ = false;
};

}  // namespace sg::gateway::upstream
