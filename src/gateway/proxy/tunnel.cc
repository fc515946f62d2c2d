// A tunnel: after an upgrade the bytes belong to the two ends. Each direction is a task of its own;
// silence in both for the tunnel time-out, or the end of both, ends it. Buffers are held only while
// bytes are in hand.
#include "gateway/proxy/forward.h"
#include "gateway/worker.h"

namespace sg::gateway::proxy {

using runtime::Buffer;
using runtime::Stream;
using runtime::Task;
using runtime::Wake;

namespace {

// A tunnel whose one side has ended is kept this long for the other side's last words.
constexpr Duration half_open_most = 30s;

struct Tunnel {
    Exchange& exchange;
    Duration silence;     // At most, in both directions.
    Tick moved;           // When the last byte did.
    bool broken = false;  // One side is gone altogether.
};

struct Direction {
    Stream& from;
    Stream& to;
    std::uint64_t& bytes;
};

Tick deadline_of(const Tunnel& t) {
    return t.silence == no_timeout ? Tick::never() : t.moved + t.silence;
}

void break_off(Tunnel& t, Direction& d) {
    t.broken = true;
    d.from.cancel();
    d.to.cancel();
}

// Copies until `from` ends. Requires: nobody else reads `from` or writes `to`.
Task<void> copy(Tunnel& t, Direction d, Buffer buffer) {
    runtime::Loop& loop = d.from.loop();
    while (!t.broken) {
        if (!buffer.empty()) {
            const auto n = d.to.write_some(buffer.text());
            if (n > 0) {
                d.bytes += static_cast<std::uint64_t>(n);
                buffer.consume(static_cast<std::size_t>(n));
                t.moved = loop.now();
                continue;
            }
            if (n == Stream::failed) co_return break_off(t, d);
            const Wake wake = co_await d.to.can_write(loop.after(t.silence));
            if (wake != Wake::ready) co_return break_off(t, d);
            continue;
        }
        if (!buffer) buffer = Buffer::take(Buffer::small);
        const auto n = d.from.read_some(buffer.room());
        if (n > 0) {
            buffer.filled(static_cast<std::size_t>(n));
            continue;
        }
        if (n == Stream::failed) co_return break_off(t, d);
        if (n == 0) {
            d.to.end_writing();
            t.silence = std::min(t.silence, half_open_most);
            d.to.cancel_read();  // The other direction looks at its deadline anew.
            co_return;
        }
        buffer.release();
        const Wake wake = co_await d.from.can_read(deadline_of(t));
        if (t.exchange.interruption != Interruption::none) co_return break_off(t, d);
        if (wake == Wake::timeout && loop.now() - t.moved >= t.silence) co_return break_off(t, d);
    }
}

runtime::Detached upstream_bound(runtime::Gate&, Tunnel& t, Direction d, Buffer early) {
    co_await copy(t, d, std::move(early));
}

}  // namespace

Task<Ending> tunnel(Exchange& x) {
    Stream& client = x.client->stream;
    Stream& endpoint = x.connection->stream;
    // What the client sent behind its upgrade request, and the endpoint behind its 101.
    x.let_go_of_head();
    Buffer from_client = std::move(x.client->input);
    Buffer from_endpoint = std::move(x.connection->input);

    client.on_hangup(nullptr, nullptr);  // A FIN is part of the conversation now.
    x.disarm();
    x.account.tunnel = true;
    x.worker.count().tunnel_opened();
    Tunnel state{
        .exchange = x, .silence = x.route->timeouts->tunnel, .moved = x.worker.loop().now()};
    x.waiting_on = &client;
    runtime::Gate other;
    upstream_bound(other, state, {client, endpoint, x.account.bytes_in}, std::move(from_client));
    co_await copy(state, {endpoint, client, x.account.bytes_out}, std::move(from_endpoint));
    co_await other.closed();
    x.waiting_on = nullptr;
    x.worker.count().tunnel_closed();
    co_return Ending::tunnel_closed;
}

}  // namespace sg::gateway::proxy
