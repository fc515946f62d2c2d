#include "gateway/upstream/pool.h"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>

#include "base/check.h"
#include "gateway/exchange.h"
#include "gateway/telemetry/counters.h"

namespace sg::gateway::upstream {

Connection::Connection(EndpointIo& owner)
    : Timer([](Timer& timer) {
          auto& self = static_cast<Connection&>(timer);
          self.endpoint.drop(self);
      }),
      endpoint(owner) {
    endpoint.counters_.endpoint_connection_opened(endpoint.state_.id.telemetry);
}

Connection::~Connection() {
    endpoint.counters_.endpoint_connection_closed(endpoint.state_.id.telemetry);
    endpoint.connections_->leave();
}

EndpointIo::EndpointIo(EndpointState& state, std::shared_ptr<CircuitCounter> connections,
                       WorkerCounters& counters)
    : state_(state), connections_(std::move(connections)), counters_(counters) {
    state_.attachment = this;
    ++state_.pins;
}

EndpointIo::~EndpointIo() {
    CHECK(waiting_.empty());
    close_idle();
    state_.attachment = nullptr;
    --state_.pins;
}

ConnectionPtr EndpointIo::take() {
    while (!idle_.empty()) {
        ConnectionPtr connection = std::move(idle_.back());
        idle_.pop_back();
        connection->disarm();
        connection->stream.on_hangup(nullptr, nullptr);
        // Readable: a FIN, or bytes nobody asked for. Under TLS it may be a session ticket: reading
        // tells.
        if (connection->stream.peer_closed()) continue;
        if (connection->stream.may_read() && !connection->stream.is_tls()) continue;
        return connection;
    }
    return nullptr;
}

namespace {

// A body that ended exactly with a full buffer leaves open whether more has come: ask.
bool is_silent(runtime::Stream& stream) {
    if (stream.is_tls() || !stream.may_read()) return true;
    char byte = 0;
    if (::recv(stream.fd(), &byte, 1, MSG_PEEK | MSG_DONTWAIT) >= 0 || errno != EAGAIN)
        return false;
    stream.read_was_short();
    return true;
}

}  // namespace

void EndpointIo::keep(ConnectionPtr connection, Duration idle_most) {
    if (connection->stream.peer_closed() || state_.leaving) return;
    if (!is_silent(connection->stream)) return;
    runtime::Loop& loop = connection->stream.loop();
    loop.arm(*connection, loop.after(idle_most));
    connection->input.release();
    connection->stream.on_hangup(
        [](void* context) {
            auto& self = *static_cast<Connection*>(context);
            self.endpoint.drop(self);
        },
        connection.get());
    idle_.push_back(std::move(connection));
}

void EndpointIo::drop(Connection& connection) {
    const auto it = std::find_if(idle_.begin(), idle_.end(),
                                 [&](const ConnectionPtr& c) { return c.get() == &connection; });
    if (it != idle_.end()) idle_.erase(it);
}

void EndpointIo::close_idle() { idle_.clear(); }

void EndpointIo::count_ejections() {
    for (; ejections_counted_ < state_.ejections_total; ++ejections_counted_) {
        counters_.endpoint_ejected(state_.id.telemetry);
        said_ejected_ = true;
    }
    if (!said_ejected_ || state_.ejection.active) return;
    counters_.endpoint_returned(state_.id.telemetry);
    said_ejected_ = false;
}

void EndpointIo::wait_begins(Exchange& exchange) {
    exchange.place_among_waiting = waiting_.size();
    waiting_.push_back(&exchange);
}

// The last one takes the place that becomes free: thousands may wait.
void EndpointIo::wait_ends(Exchange& exchange) {
    const std::size_t place = exchange.place_among_waiting;
    CHECK(place < waiting_.size() && waiting_[place] == &exchange);
    waiting_[place] = waiting_.back();
    waiting_[place]->place_among_waiting = place;
    waiting_.pop_back();
}

}  // namespace sg::gateway::upstream
