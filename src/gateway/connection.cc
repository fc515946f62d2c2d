#include "gateway/connection.h"

#include "gateway/guards/admit.h"
#include "gateway/proxy/replies.h"
#include "gateway/serve.h"
#include "http/proxy_protocol.h"

namespace sg::gateway {

using runtime::Buffer;
using runtime::Stream;
using runtime::Task;
using runtime::Wake;

namespace {

// Inlined, a task's frame becomes part of its awaiter's: an idle connection would hold memory for
// all that it is not doing.
#define SG_FRAME_OF_ITS_OWN [[gnu::noinline]]

enum class After : std::uint8_t { next_request, close, close_gently };

Ending ending_of(http::h1::Defect defect) {
    switch (http::h1::status_of(defect)) {
        case 414: return Ending::request_target_too_long;
        case 417: return Ending::expectation_unsupported;
        case 431: return Ending::request_head_too_large;
        case 501: return Ending::request_coding_unsupported;
        case 505: return Ending::request_version_unsupported;
        default: return Ending::request_malformed;
    }
}

// 499 is for the log alone: nobody is there to be told.
bool says_something(Ending ending) {
    const auto status = row_of(ending).status;
    return (status != 0 && status != 499) || ending == Ending::fault_injected;
}

http::h1::HeadLimits head_limits_of(const Exchange& x) {
    const auto& limits = x.plan->config().limits;
    return {.head_bytes = limits.head_max.count,
            .fields = limits.fields_max,
            .target_bytes = limits.target_max.count};
}

Task<Ending> read_head_slowly(Exchange& x) {
    Client& c = *x.client;
    const http::h1::HeadLimits head_limits = head_limits_of(x);
    const Tick deadline = x.worker.loop().after(x.plan->config().limits.head_timeout);
    http::h1::HeadScan scan;
    for (;;) {
        const auto verdict = parse_request(c.input.text(), head_limits, scan, x.request);
        if (verdict.progress == http::h1::Progress::done) {
            x.head_bytes = verdict.bytes;
            co_return Ending::ok;
        }
        if (verdict.progress == http::h1::Progress::bad) {
            x.detail = sentence_of(verdict.defect);
            co_return ending_of(verdict.defect);
        }
        if (c.input.room().empty()) c.input.grow(c.input.capacity() * 2);
        const auto n = c.stream.read_some(c.input.room());
        if (n > 0) {
            c.input.filled(static_cast<std::size_t>(n));
            continue;
        }
        if (n != Stream::would_block) {
            x.detail = "within the request head";
            co_return Ending::client_gone;
        }
        const Wake wake = co_await c.stream.can_read(deadline);
        if (wake == Wake::timeout) co_return Ending::request_head_slow;
    }
}

// Reads until the head is whole. ok: it is in x.request.
Task<Ending> read_head(Exchange& x) {
    http::h1::HeadScan scan;
    const auto verdict = parse_request(x.client->input.text(), head_limits_of(x), scan, x.request);
    if (verdict.progress != http::h1::Progress::done) return read_head_slowly(x);
    x.head_bytes = verdict.bytes;
    return Task<Ending>::ready(Ending::ok);
}

// What came behind the head belongs to the body, and what lies behind the body to the next request.
void set_body_apart(Exchange& x) {
    const auto& request = x.request;
    x.body.start(request.framing, request.content_length);
    if (x.body.done()) return;
    Buffer& input = x.client->input;
    const std::string_view early = input.text().substr(x.head_bytes);
    x.body_buffer = Buffer::take(std::max(early.size(), Buffer::small));
    x.body_buffer.append(early);
}

// Puts the connection's input where the next request begins.
void go_on_to_next(Exchange& x) {
    Buffer& input = x.client->input;
    if (!x.body_buffer) {
        input.consume(x.head_bytes);
    } else {
        input.clear();
        x.body_buffer.consume(x.whole_body_bytes);
        if (x.body_buffer.size() > input.capacity()) input.grow(x.body_buffer.size());
        input.append(x.body_buffer.text());
    }
    if (input.empty()) input.release();
}

void fill_account(Exchange& x, Ending ending) {
    Account& account = x.account;
    const auto& request = x.request;
    account.ending = ending;
    // A response that was delivered has been timed at its last wait.
    if (ending != Ending::ok) x.look();
    account.duration_ns = x.so_far_ns();
    account.protocol = request.minor == 0 ? Protocol::http1_0 : Protocol::http1_1;
    account.method = request.method;
    account.method_text = request.method_text;
    account.host = request.authority;
    account.target = request.target;
    account.user_agent = request.fields.value(http::FieldId::user_agent);
    account.detail = x.detail;
    if (x.route != nullptr) account.client = x.origin.client;
}

// A head that could not be read leaves nothing that may be logged as if it were one.
void forget_request(Exchange& x) {
    x.request.method = http::Method::other;
    x.request.method_text = x.request.target = x.request.authority = {};
    x.request.framing = http::Framing::none;
    x.request.minor = 1;
    x.request.keep_alive = false;
    x.request.fields.clear();
}

SG_FRAME_OF_ITS_OWN Task<After> one_request(Worker& worker, Client& client) {
    Exchange& x = worker.take_exchange();
    x.begin(client, steady_now());
    Ending ending = co_await read_head(x);
    const auto scheme = client.tls ? UrlScheme::https : UrlScheme::http;
    if (ending == Ending::ok) {
        worker.count().request_began(x.request.method, scheme);
        set_body_apart(x);
        // Decided once: whoever is told that the connection stays may use it once more.
        if (worker.draining()) x.close_client = true;
        ending = co_await serve(x);
        if (!x.response_begun && says_something(ending)) co_await proxy::reply_ending(x, ending);
        guards::leave(x);
        worker.count().request_ended(x.request.method, scheme);
    } else {
        forget_request(x);
        x.close_client = true;
        if (says_something(ending)) co_await proxy::reply_ending(x, ending);
    }
    fill_account(x, ending);
    account(worker.count(), x.account);
    worker.log().write(x.account);

    After after = After::close;
    if (x.unfinished) client.stream.reset();
    else if (x.may_keep_client()) after = After::next_request;
    else if (client.stream.is_open()) after = After::close_gently;
    if (after == After::next_request) go_on_to_next(x);
    x.finish();
    worker.give_exchange(x);
    co_return after;
}

// Lets the client read our last words: a close with unread input would be a reset, which may
// overtake them. Source: RFC 9112 §9.6.
SG_FRAME_OF_ITS_OWN Task<void> linger(Client& client) {
    client.stream.end_writing();
    client.input = Buffer::take(Buffer::small);
    const Tick deadline = client.stream.loop().after(2s);
    for (std::size_t read = 0; read < (256U << 10);) {
        client.input.clear();
        const auto n = client.stream.read_some(client.input.room());
        if (n == 0 || n == Stream::failed) co_return;
        if (n > 0) {
            read += static_cast<std::size_t>(n);
            continue;
        }
        const Wake wake = co_await client.stream.can_read(deadline);
        if (wake != Wake::ready) co_return;
    }
}

// The PROXY header of a listed sender; others may not send one. Source: haproxy proxy-protocol.txt.
Task<bool> read_proxy_header(Client& client, Tick deadline) {
    client.input = Buffer::take(Buffer::small);
    for (;;) {
        const auto header = http::parse_proxy_header(client.input.text());
        if (header.progress == http::h1::Progress::bad) co_return false;
        if (header.progress == http::h1::Progress::done) {
            if (header.has_addresses) {
                client.peer = header.source.ip();
                client.peer_port = header.source.port();
                client.local_port = header.destination.port();
            }
            if (header.tls) client.tls = true;
            client.input.consume(header.bytes);
            if (client.input.empty()) client.input.release();
            co_return true;
        }
        const auto n = client.stream.read_some(client.input.room());
        if (n > 0) {
            client.input.filled(static_cast<std::size_t>(n));
            continue;
        }
        if (n != Stream::would_block) co_return false;
        const Wake wake = co_await client.stream.can_read(deadline);
        if (wake != Wake::ready) co_return false;
    }
}

SG_FRAME_OF_ITS_OWN Task<bool> open_up(Client& client, const ListenerSpec& listener,
                                       const runtime::TlsServer* tls) {
    const Tick deadline = client.stream.loop().after(listener.handshake_timeout);
    for (const auto& from : listener.proxy_protocol_from) {
        if (!from.contains(client.peer)) continue;
        const bool sound = co_await read_proxy_header(client, deadline);
        if (!sound) co_return false;
        break;
    }
    if (tls == nullptr) co_return true;
    client.tls = true;
    const auto done = co_await client.stream.accept_tls(*tls, deadline);
    co_return done.has_value();
}

}  // namespace

runtime::Detached connection(runtime::Gate&, Worker& worker, std::unique_ptr<Client> client,
                             std::shared_ptr<const Compiled> compiled,
                             const ListenerSpec& listener) {
    Stream& stream = client->stream;
    bool sound = true;
    if (listener.tls || !listener.proxy_protocol_from.empty())
        sound = co_await open_up(*client, listener, worker.tls_of(listener, *compiled));
    compiled.reset();  // An idle connection holds no configuration.
    while (sound) {
        if (client->input.empty()) {
            // No buffer is held while there is nothing to put into it.
            if (stream.is_tls() || stream.may_read()) {
                client->input = Buffer::take(Buffer::small);
                const auto n = stream.read_some(client->input.room());
                if (n > 0) client->input.filled(static_cast<std::size_t>(n));
                if (n == 0 || n == Stream::failed) break;
                if (n == Stream::would_block) client->input.release();
            }
            if (client->input.empty()) {
                const Duration idle = worker.plan()->config().limits.idle_timeout;
                const Wake wake = co_await stream.can_read(worker.loop().after(idle));
                if (wake != Wake::ready) break;
                continue;
            }
        }
        const After after = co_await one_request(worker, *client);
        if (after == After::next_request) continue;
        if (after == After::close_gently) co_await linger(*client);
        break;
    }
    stream.shut();
    client.reset();
    worker.count().connection_closed();
    worker.totals().connections.fetch_sub(1, std::memory_order_relaxed);
}

}  // namespace sg::gateway
