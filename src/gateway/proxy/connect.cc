// A new connection to an endpoint: TCP, PROXY header, TLS.
#include "gateway/proxy/forward.h"
#include "gateway/worker.h"
#include "http/proxy_protocol.h"

namespace sg::gateway::proxy {

using runtime::Task;

namespace {

Ending ending_of_connect(const Exchange& x, const Error& error) {
    switch (error.code) {
        case Errc::connection_refused: return Ending::upstream_refused;
        case Errc::timed_out: return Ending::upstream_connect_timeout;
        case Errc::cancelled: return ending_of(x, x.interruption);
        case Errc::exhausted: return Ending::internal_error;
        case Errc::connection_reset: return Ending::upstream_refused;
        default: return Ending::upstream_unreachable;
    }
}

Ending ending_of_handshake(const Exchange& x, const Error& error) {
    switch (error.code) {
        case Errc::tls_untrusted: return Ending::upstream_tls_untrusted;
        case Errc::timed_out: return Ending::upstream_connect_timeout;
        case Errc::cancelled: return ending_of(x, x.interruption);
        default: return Ending::upstream_tls_failed;
    }
}

// Tells the endpoint who the client is, before any other byte.
bool send_proxy_header(Exchange& x, runtime::Stream& stream) {
    const auto version = x.service->spec.config->proxy_protocol;
    if (version == config::ProxyProtocol::off) return true;
    const auto local = runtime::local_address(stream.fd());
    const auto source = SocketAddress::of(x.origin.client, x.client->peer_port);
    http::Out out = x.worker.scratch();
    if (version == config::ProxyProtocol::v1)
        http::write_proxy_v1(out, source, local ? *local : source);
    else http::write_proxy_v2(out, source, local ? *local : source);
    // A fresh connection has room for a few dozen bytes.
    return stream.write_some(out.text()) == static_cast<std::ptrdiff_t>(out.size());
}

}  // namespace

Task<Ending> connect_fresh(Exchange& x) {
    upstream::EndpointState& endpoint = *x.attempt.endpoint;
    auto& io = x.worker.io_of(*x.service, endpoint);
    if (endpoint.id.address.length == 0) {
        x.detail = endpoint.id.name;
        co_return Ending::dns_failed;
    }
    if (!io.may_connect(x.service->circuit.connections_max)) {
        x.detail = "the endpoint is at its limit of connections";
        x.worker.count().circuit_refused(x.service->spec.telemetry);
        co_return Ending::circuit_open;
    }
    const Tick began = x.look();
    x.connection = std::make_unique<upstream::Connection>(io);
    runtime::Stream& stream = x.connection->stream;
    Tick deadline = x.worker.loop().after(x.route->timeouts->connect);
    if (x.give_up_at < deadline) deadline = x.give_up_at;
    {
        const Interruptible here(x, stream);
        const auto connected =
            co_await runtime::connect(x.worker.loop(), stream, endpoint.id.address, deadline);
        if (!connected) {
            x.detail = connected.error().what;
            co_return ending_of_connect(x, connected.error());
        }
        if (!send_proxy_header(x, stream)) co_return Ending::upstream_reset;
        if (endpoint.id.scheme == config::Scheme::https && x.service->spec.tls) {
            const auto& configured = x.service->spec.config->tls.server_name;
            const auto host = parse_host_port(endpoint.id.name, 443);
            const std::string name = !configured.empty() ? configured
                                     : host              ? host->host
                                                         : endpoint.id.name;
            const auto done = co_await stream.connect_tls(*x.service->spec.tls, name, deadline);
            if (!done) {
                x.detail = done.error().what;
                co_return ending_of_handshake(x, done.error());
            }
        }
    }
    x.record().connect_ns = (x.look() - began).count();
    co_return Ending::ok;
}

}  // namespace sg::gateway::proxy
