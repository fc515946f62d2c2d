// Long bodies in clear: from the endpoint's socket to the client's within the kernel, without a
// copy into our memory and back.
#include "gateway/proxy/forward.h"
#include "gateway/worker.h"
#include "runtime/pipe.h"

namespace sg::gateway::proxy {

using http::Framing;
using runtime::Pipe;
using runtime::Stream;
using runtime::Task;
using runtime::Wake;

namespace {

// Below this the two pipe ends and the extra calls cost more than the copies.
constexpr std::uint64_t worth_it = 128 * 1024;

// Empties the pipe into the client's socket, waiting while it does not read.
Task<Ending> pass_on(Exchange& x, Pipe& pipe, const BodyReader& body) {
    Stream& client = x.client->stream;
    const auto rest = body.done() ? Pipe::Rest::none : Pipe::Rest::follows;
    while (pipe.held() > 0) {
        const auto n = pipe.empty_into(client.fd(), rest);
        if (n > 0) continue;
        if (n != Stream::would_block) co_return Ending::client_gone;
        client.write_was_short();
        const Wake wake =
            co_await client.can_write(x.worker.loop().after(x.plan->config().limits.send_timeout));
        x.look();
        if (wake == Wake::ready) continue;
        x.close_client = true;
        co_return wake == Wake::timeout ? Ending::client_not_reading : Ending::client_gone;
    }
    co_return Ending::ok;
}

}  // namespace

bool can_splice(const Exchange& x, const BodyReader& body, const RelayOptions& options) {
    return body.framing() == Framing::length && options.to_client == Framing::length &&
           body.left() >= worth_it && x.connection->input.empty() && !x.fault &&
           !x.client->stream.is_tls() && !x.connection->stream.is_tls();
}

Task<Ending> splice_body(Exchange& x, BodyReader& body, RelayOptions options, Pipe pipe) {
    upstream::Connection& connection = *x.connection;
    connection.input.release();
    while (!body.done()) {
        const auto most = std::min<std::uint64_t>(body.left(), Pipe::capacity);
        const auto n = connection.stream.may_read()
                           ? pipe.fill_from(connection.stream.fd(), static_cast<std::size_t>(most))
                           : Stream::would_block;
        if (n == Stream::would_block) {
            connection.stream.read_was_short();
            const Ending end = co_await await_endpoint(x, options);
            if (end == Ending::ok) continue;
            x.unfinished = true;
            co_return end;
        }
        if (n <= 0) {
            x.unfinished = true;
            co_return Ending::upstream_incomplete;
        }
        body.skip(static_cast<std::uint64_t>(n));
        x.account.bytes_out += static_cast<std::uint64_t>(n);
        const Ending sent = co_await pass_on(x, pipe, body);
        if (sent != Ending::ok) co_return sent;
    }
    co_return Ending::ok;
}

}  // namespace sg::gateway::proxy
