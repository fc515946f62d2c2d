#include "gateway/proxy/forward.h"

#include <sys/socket.h>

#include "gateway/guards/admit.h"
#include "gateway/upstream/select.h"
#include "gateway/worker.h"

namespace sg::gateway::proxy {

using runtime::Task;
using upstream::Outcome;

Ending ending_of(const Exchange& x, Interruption why) {
    switch (why) {
        case Interruption::client_gone: return Ending::client_gone;
        case Interruption::abandoned: return Ending::upstream_timeout;
        case Interruption::upload_failed: return x.upload_ending;
        case Interruption::shutdown: return Ending::draining;
        case Interruption::none: break;
    }
    return Ending::internal_error;
}

namespace {

// Whether the endpoint has closed a pooled connection without our having noticed yet. Worth a
// system call where a failure could not be repaired by sending again.
bool is_stale(upstream::Connection& connection) {
    if (connection.stream.is_tls()) return connection.stream.peer_closed();
    char byte = 0;
    const ssize_t n = ::recv(connection.stream.fd(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    return n >= 0;  // FIN, or bytes that nobody asked for.
}

void take_pooled(Exchange& x) {
    auto& io = x.worker.io_of(*x.service, *x.attempt.endpoint);
    x.connection = io.take();
    const bool repairable = http::is_idempotent(x.request.method) && x.replayable;
    while (x.connection && !repairable && is_stale(*x.connection)) x.connection = io.take();
}

Outcome outcome_of_attempt(const Exchange& x, Ending end) {
    if (x.interruption == Interruption::abandoned) return Outcome::abandoned;
    if (x.next && end == Ending::upstream_timeout) return Outcome::slow;
    return upstream::outcome_of(end);
}

// After the exchange the connection is kept only if both sides agree on where the message ended.
void end_connection(Exchange& x) {
    if (x.connection && x.connection->reusable && x.upload != Upload::failed) {
        auto& io = x.connection->endpoint;
        io.keep(std::move(x.connection), x.route->timeouts->upstream_idle);
    }
    x.connection.reset();
}

// A fault that was injected on purpose, in the place of the endpoint: it is accounted to the
// endpoint and its version, and nothing is held against it.
void end_refused(Exchange& x, Ending end) {
    x.look();
    x.record().ending = end;
    if (x.fault->abort) x.record().status = *x.fault->abort;
    x.record().duration_ns = x.so_far_ns() - x.record().started_ns;
    upstream::end_attempt(x, Outcome::cancelled);
}

}  // namespace

Task<Ending> forward(Exchange& x) {
    Ending end = Ending::ok;
    if (const guards::Fault* const fault = x.worker.fault_of_attempt(x); fault != nullptr) {
        end = co_await guards::suffer(x, *fault);
        if (end == Ending::ok && x.interruption != Interruption::none)
            end = ending_of(x, x.interruption);
        if (end != Ending::ok) {
            end_refused(x, end);
            co_return end;
        }
    }
    take_pooled(x);
    for (;;) {
        AttemptRecord& record = x.record();
        record.reused = x.connection != nullptr;
        if (!x.connection) end = co_await connect_fresh(x);
        if (end == Ending::ok) end = co_await send_request(x);
        if (end == Ending::ok) end = co_await receive_response(x);
        if (x.upload != Upload::none) co_await stop_upload(x);
        // A pooled connection that was being closed as we used it says nothing about the endpoint:
        // the same request goes out again on a connection of its own, unnoticed. Source: RFC 9112
        // §9.3.1.
        const bool stale = end == Ending::upstream_reset && record.reused && !x.response_begun &&
                           record.status == 0 && x.replayable &&
                           http::is_idempotent(x.request.method) &&
                           x.interruption == Interruption::none;
        if (!stale) break;
        x.connection.reset();
        end = Ending::ok;
    }
    x.record().ending = end;
    if (end != Ending::ok) x.look();
    x.record().duration_ns = x.so_far_ns() - x.record().started_ns;
    const Outcome outcome = outcome_of_attempt(x, end);
    end_connection(x);
    upstream::end_attempt(x, outcome);
    co_return end;
}

}  // namespace sg::gateway::proxy
