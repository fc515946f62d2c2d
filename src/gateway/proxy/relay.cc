// The rest of a response's body: read, framed for the client, written, at the pace of the slower of
// the two. At most one buffer is held, and none while there is nothing to pass on.
#include <sys/uio.h>

#include <array>

#include "gateway/proxy/forward.h"
#include "gateway/proxy/pieces.h"
#include "gateway/proxy/replies.h"
#include "gateway/worker.h"
#include "http/h1/write.h"

namespace sg::gateway::proxy {

using http::Framing;
using runtime::Buffer;
using runtime::Stream;
using runtime::Task;
using runtime::Wake;

namespace {

// Longer bodies are worth a larger buffer: fewer system calls per byte.
std::size_t buffer_for(const BodyReader& body) {
    return body.framing() == Framing::length && body.left() <= Buffer::small ? Buffer::small
                                                                             : Buffer::large;
}

// A fault of the bandwidth: as if the way to the client were this narrow.
Task<void> pace(Exchange& x, std::size_t bytes) {
    if (!x.fault->bytes_per_second) co_return;
    const auto rate = std::max<std::uint64_t>(x.fault->bytes_per_second->count, 1);
    const Duration wait{static_cast<std::int64_t>(bytes * 1'000'000'000ULL / rate)};
    co_await x.worker.loop().sleep_until(x.worker.loop().after(wait));
}

}  // namespace

Task<Ending> await_endpoint(Exchange& x, RelayOptions options) {
    if (x.interruption != Interruption::none) co_return ending_of(x, x.interruption);
    const auto& timeouts = *x.route->timeouts;
    const Duration silence = options.event_stream ? timeouts.tunnel : timeouts.between_bytes;
    const Tick deadline = std::min(x.worker.loop().after(silence), x.give_up_at);
    Stream& stream = x.connection->stream;
    Wake wake = Wake::ready;
    {
        const Interruptible here(x, stream);
        wake = co_await stream.can_read(deadline);
    }
    x.look();
    if (wake == Wake::ready) co_return Ending::ok;
    if (wake == Wake::timeout)
        co_return x.worker.loop().now() >= x.give_up_at ? Ending::upstream_total_timeout
                                                        : Ending::upstream_stalled;
    if (x.interruption == Interruption::none) co_return Ending::ok;  // The upload has ended.
    co_return ending_of(x, x.interruption);
}

void append_piece(http::Out& out, const BodyReader& body, std::string_view data, Framing framing) {
    if (framing != Framing::chunked) {
        out.put(data);
        return;
    }
    if (!data.empty()) {
        out.put(http::h1::ChunkLine(data.size()).text());
        out.put(data);
        out.put("\r\n");
    }
    if (!body.done()) return;
    out.put("0\r\n");
    out.put(body.trailers());
    out.put("\r\n");
}

Task<Ending> relay_body(Exchange& x, BodyReader& body, RelayOptions options) {
    upstream::Connection& connection = *x.connection;
    if (can_splice(x, body, options)) {
        runtime::Pipe pipe = runtime::Pipe::take();  // None when descriptors are short: then copy.
        if (pipe) co_return co_await splice_body(x, body, options, std::move(pipe));
    }
    while (!body.done()) {
        if (!connection.input || connection.input.empty()) {
            const std::size_t wanted = buffer_for(body);
            if (connection.input.capacity() < wanted) connection.input = Buffer::take(wanted);
        }
        connection.input.compact();
        const auto n = connection.stream.read_some(connection.input.room());
        if (n == Stream::would_block) {
            if (connection.input.empty()) connection.input.release();
            const Ending end = co_await await_endpoint(x, options);
            if (end == Ending::ok) continue;
            x.unfinished = true;
            co_return end;
        }
        if (n == 0 && body.may_end_here()) {
            body.end();
        } else if (n <= 0) {
            x.unfinished = true;
            co_return Ending::upstream_incomplete;
        } else {
            connection.input.filled(static_cast<std::size_t>(n));
        }
        const auto taken = body.take(connection.input);
        x.account.bytes_out += taken.data.size();
        const Ending sent = co_await send_piece_to_client(x, body, taken.data, options.to_client);
        if (sent != Ending::ok) co_return sent;
        connection.input.consume(taken.consumed);
        if (taken.defect != http::h1::Defect::none) {
            x.detail = sentence_of(taken.defect);
            x.unfinished = true;
            co_return Ending::upstream_incomplete;
        }
        if (x.fault) co_await pace(x, taken.data.size());
    }
    co_return Ending::ok;
}

// Straight from the buffer, without a copy, where that takes one system call.
Task<Ending> send_piece_to_client(Exchange& x, const BodyReader& body, std::string_view data,
                                  Framing framing) {
    if (data.empty() && !(framing == Framing::chunked && body.done())) co_return Ending::ok;
    if (framing != Framing::chunked) co_return co_await send_to_client(x, data);
    if (x.client->stream.is_tls() || body.done()) {
        http::Out out = x.worker.scratch();
        append_piece(out, body, data, framing);
        if (!out.overflow()) co_return co_await send_to_client(x, out.text());
    }
    const http::h1::ChunkLine line(data.size());
    const std::string_view size = line.text();
    std::array<iovec, 3> pieces = {iovec{const_cast<char*>(size.data()), size.size()},
                                   iovec{const_cast<char*>(data.data()), data.size()},
                                   iovec{const_cast<char*>("\r\n"), 2}};
    const auto n = x.client->stream.write_some(pieces);
    if (n == Stream::failed) co_return Ending::client_gone;
    auto sent = static_cast<std::size_t>(std::max<std::ptrdiff_t>(n, 0));
    for (const std::string_view piece : {size, data, std::string_view("\r\n")}) {
        if (sent >= piece.size()) {
            sent -= piece.size();
            continue;
        }
        const Ending end = co_await send_to_client(x, piece.substr(std::exchange(sent, 0)));
        if (end != Ending::ok) co_return end;
    }
    co_return Ending::ok;
}

}  // namespace sg::gateway::proxy
