// The request to the endpoint: its head and body in one write where possible, the rest of a long
// body as it comes, at the pace of the slower of the two.
#include <sys/uio.h>

#include <array>

#include "gateway/proxy/forward.h"
#include "gateway/proxy/heads.h"
#include "gateway/worker.h"
#include "http/h1/write.h"

namespace sg::gateway::proxy {

using http::Framing;
using runtime::Buffer;
using runtime::Stream;
using runtime::Task;
using runtime::Wake;

namespace {

// A body up to this size is sent with the head in one go.
constexpr std::size_t whole_body_most = 32 * 1024;

// If all of the body is here it goes out with the head, and can be sent again should the attempt
// fail.
void gather_body(Exchange& x) {
    if (x.body.framing() != Framing::length || x.body.left() > x.body_buffer.size()) return;
    if (x.body.left() > whole_body_most) return;
    const auto taken = x.body.take(x.body_buffer);
    x.whole_body = taken.data;
    x.whole_body_bytes = taken.consumed;
}

Written write_head(Exchange& x, http::Out& out) {
    const ForwardContext context{
        .route = x.match.route,
        .variables = &x.variables,
        .origin = &x.origin,
        .caller = &x.caller,
        .trace = x.account.trace,
        .prefix_length = x.match.prefix_length,
        .pseudonym = x.worker.shared().pseudonym,
        .endpoint = x.attempt.endpoint->id.name,
        .without = x.service->without,
        .framing = x.request.framing,
        .content_length = x.request.content_length,
        .upgrade = x.request.upgrade,
        .pass_trailers = x.request.minor > 0,
    };
    return append_request_head(out, x.request, context);
}

Task<Ending> write_slowly(Exchange& x, Stream& stream, Buffer rest) {
    const Interruptible here(x, stream);
    const auto done =
        co_await runtime::write_all(stream, rest.text(), x.route->timeouts->between_bytes);
    if (done) co_return Ending::ok;
    if (done.error().code == Errc::timed_out) co_return Ending::upstream_send_timeout;
    if (done.error().code == Errc::cancelled) co_return ending_of(x, x.interruption);
    co_return Ending::upstream_reset;
}

// --- upload --------------------------------------------------------------------------------------

// Sends one piece of the body in the framing of the request. ok, or why the endpoint does not get
// it.
Task<Ending> send_piece(Exchange& x, std::string_view data) {
    Stream& to = x.connection->stream;
    const bool chunked = x.request.framing == Framing::chunked;
    const http::h1::ChunkLine line(std::max<std::size_t>(data.size(), 1));
    std::string tail;
    std::array<iovec, 3> pieces{};
    std::size_t count = 0;
    const auto add = [&](std::string_view bytes) {
        pieces[count++] = {const_cast<char*>(bytes.data()), bytes.size()};
    };
    if (chunked && !data.empty()) add(line.text());
    if (!data.empty()) add(data);
    if (chunked && !data.empty()) tail = "\r\n";
    if (chunked && x.body.done()) tail += "0\r\n" + x.body.trailers() + "\r\n";
    if (!tail.empty()) add(tail);

    for (std::size_t at = 0; at < count;) {
        const auto n = to.write_some(std::span<const iovec>(pieces).subspan(at, count - at));
        if (n == Stream::failed) co_return Ending::upstream_reset;
        if (n == Stream::would_block) {
            const Wake wake =
                co_await to.can_write(x.worker.loop().after(x.route->timeouts->between_bytes));
            if (wake == Wake::timeout) co_return Ending::upstream_send_timeout;
            if (x.upload == Upload::stopping) co_return Ending::client_gone;
            continue;
        }
        auto written = static_cast<std::size_t>(n);
        while (at < count && written >= pieces[at].iov_len) written -= pieces[at++].iov_len;
        if (at < count) {
            pieces[at].iov_base = static_cast<char*>(pieces[at].iov_base) + written;
            pieces[at].iov_len -= written;
        }
    }
    co_return Ending::ok;
}

// More of the body from the client. ok: there is something in the buffer.
Task<Ending> read_more(Exchange& x) {
    Stream& from = x.client->stream;
    const auto& limits = x.plan->config().limits;
    if (x.request.expects_continue && !x.said_continue) {
        x.said_continue = true;
        static constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";
        if (from.write_some(go_on) != static_cast<std::ptrdiff_t>(go_on.size()))
            co_return Ending::client_gone;
    }
    for (;;) {
        if (x.body_buffer.capacity() < Buffer::large && x.body.taken() > Buffer::small)
            x.body_buffer.grow(Buffer::large);
        x.body_buffer.compact();
        const auto n = from.read_some(x.body_buffer.room());
        if (n > 0) {
            x.body_buffer.filled(static_cast<std::size_t>(n));
            co_return Ending::ok;
        }
        if (n != Stream::would_block) co_return Ending::client_gone;
        const Wake wake = co_await from.can_read(x.worker.loop().after(limits.body_timeout));
        if (wake == Wake::timeout) co_return Ending::request_body_slow;
        if (x.upload == Upload::stopping) co_return Ending::client_gone;
    }
}

Task<Ending> upload_all(Exchange& x) {
    for (;;) {
        const auto taken = x.body.take(x.body_buffer);
        if (taken.defect != http::h1::Defect::none) {
            x.detail = sentence_of(taken.defect);
            co_return Ending::request_malformed;
        }
        if (x.body.taken() > x.route->body_max) co_return Ending::request_body_too_large;
        if (!taken.data.empty() || x.body.done()) {
            x.replayable = false;
            const Ending sent = co_await send_piece(x, taken.data);
            if (sent != Ending::ok) co_return sent;
        }
        x.body_buffer.consume(taken.consumed);
        if (x.body.done()) co_return Ending::ok;
        const Ending more = co_await read_more(x);
        if (more != Ending::ok) co_return more;
    }
}

runtime::Detached upload(runtime::Gate&, Exchange& x) {
    const Ending end = co_await upload_all(x);
    x.account.bytes_in = x.body.taken();
    if (x.upload == Upload::stopping) co_return;
    x.upload = end == Ending::ok ? Upload::done : Upload::failed;
    x.upload_ending = end;
    if (end == Ending::ok || end == Ending::upstream_reset) {
        // The wait for the response begins anew; an endpoint that stopped listening may have
        // answered.
        if (x.waiting_on != nullptr) x.waiting_on->cancel_read();
    } else {
        x.interrupt(Interruption::upload_failed);
    }
}

void begin_upload(Exchange& x) {
    if (!x.whole_body.empty() || x.body.done()) return;
    x.upload = Upload::running;
    upload(x.uploads, x);
}

Task<Ending> send_rest(Exchange& x, Buffer rest) {
    const Ending end = co_await write_slowly(x, x.connection->stream, std::move(rest));
    if (end == Ending::ok) begin_upload(x);
    co_return end;
}

}  // namespace

Task<Ending> send_request(Exchange& x) {
    gather_body(x);
    http::Out out = x.worker.scratch();
    if (const Written written = write_head(x, out); written != Written::ok) {
        x.detail = "the head cannot be passed on";
        return Task<Ending>::ready(written == Written::too_large ? Ending::request_head_too_large
                                                                 : Ending::request_malformed);
    }
    if (!x.whole_body.empty()) {
        out.put(x.whole_body);
        x.account.bytes_in = x.whole_body.size();
    }
    Stream& stream = x.connection->stream;
    x.connection->reusable = false;
    const std::string_view bytes = out.text();
    const auto n = stream.write_some(bytes);
    if (n == Stream::failed) return Task<Ending>::ready(Ending::upstream_reset);
    const auto sent = static_cast<std::size_t>(std::max<std::ptrdiff_t>(n, 0));
    if (sent < bytes.size()) {
        Buffer rest = Buffer::take(bytes.size() - sent);
        rest.append(bytes.substr(sent));
        return send_rest(x, std::move(rest));
    }
    begin_upload(x);
    return Task<Ending>::ready(Ending::ok);
}

Task<void> stop_upload(Exchange& x) {
    if (x.upload == Upload::running) {
        x.upload = Upload::stopping;
        x.client->stream.cancel_read();
        if (x.connection) x.connection->stream.cancel_write();
        co_await x.uploads.closed();
        x.upload = Upload::failed;  // The rest of the body is not wanted; the client cannot go on
                                    // after it.
    }
}

}  // namespace sg::gateway::proxy
