// The response: its head awaited, judged and passed on, with what of the body came along in the
// same write.
#include <fmt/format.h>

#include "base/text.h"
#include "gateway/proxy/forward.h"
#include "gateway/proxy/heads.h"
#include "gateway/proxy/pieces.h"
#include "gateway/proxy/replies.h"
#include "gateway/upstream/select.h"
#include "gateway/worker.h"

namespace sg::gateway::proxy {

using http::Framing;
using runtime::Buffer;
using runtime::Stream;
using runtime::Task;
using runtime::Wake;
using upstream::RetryCause;

namespace {

// Bound: interim responses (100, 103) to one request.
constexpr int interim_most = 16;

struct Deadlines {
    Tick first_byte;
    Tick slow = Tick::never();  // When somebody else could be asked.
};

Deadlines deadlines_of(Exchange& x) {
    const auto& timeouts = *x.route->timeouts;
    Deadlines d{x.worker.loop().after(timeouts.first_byte)};
    const Duration slow = x.service->policy.try_timeout(
        x.attempt, {.per_try = x.route->retry->per_try_timeout, .first_byte = timeouts.first_byte});
    if (slow != no_timeout && slow < timeouts.first_byte) d.slow = x.attempt.started + slow;
    return d;
}

// Waits for bytes of the endpoint. ok: try to read.
Task<Ending> await_bytes(Exchange& x, Deadlines& d) {
    Stream& stream = x.connection->stream;
    for (;;) {
        if (x.interruption == Interruption::abandoned &&
            !upstream::choose_instead(x, Ending::upstream_timeout, RetryCause::failed))
            x.interruption = Interruption::none;  // Nobody better to ask: it may answer after all.
        if (x.interruption != Interruption::none) co_return ending_of(x, x.interruption);
        // The time to the first byte counts from the whole request sent.
        const bool uploading = x.upload == Upload::running;
        Tick deadline = uploading ? Tick::never() : std::min(d.first_byte, d.slow);
        deadline = std::min(deadline, x.give_up_at);
        auto& io = x.connection->endpoint;
        io.wait_begins(x);
        Wake wake = Wake::ready;
        {
            const Interruptible here(x, stream);
            wake = co_await stream.can_read(deadline);
        }
        io.wait_ends(x);
        if (wake == Wake::ready) co_return Ending::ok;
        if (wake == Wake::cancelled) {
            if (uploading && x.upload != Upload::running)
                d.first_byte = x.worker.loop().after(x.route->timeouts->first_byte);
            continue;
        }
        const Tick now = x.worker.loop().now();
        if (now >= x.give_up_at) co_return Ending::upstream_total_timeout;
        if (now >= d.first_byte) co_return Ending::upstream_timeout;
        if (upstream::choose_instead(x, Ending::upstream_timeout, RetryCause::slow))
            co_return Ending::upstream_timeout;
        d.slow = Tick::never();
    }
}

// What the endpoint's silence, FIN or reset means before a response.
Ending ending_of_loss(const Exchange& x) {
    return x.connection->input.empty() ? Ending::upstream_reset : Ending::upstream_incomplete;
}

// Reads a head as far as it is there, interim or final. ok: all of it, of so many `bytes`; nothing:
// more must come.
std::optional<Ending> read_head(Exchange& x, http::h1::HeadScan& scan, std::size_t& bytes) {
    upstream::Connection& connection = *x.connection;
    const auto& limits = x.plan->config().limits;
    const http::h1::HeadLimits head_limits{.head_bytes = limits.response_head_max.count,
                                           .fields = http::Fields::capacity};
    for (;;) {
        if (!connection.input.empty()) {
            const auto verdict = parse_response(connection.input.text(), head_limits, scan,
                                                x.request.method, x.worker.response_head());
            if (verdict.progress == http::h1::Progress::done) {
                bytes = verdict.bytes;
                return Ending::ok;
            }
            if (verdict.progress == http::h1::Progress::bad) {
                x.detail = sentence_of(verdict.defect);
                return http::h1::status_of(verdict.defect) == 431 ? Ending::upstream_head_too_large
                                                                  : Ending::upstream_malformed;
            }
        }
        if (connection.stream.is_dry()) break;
        if (!connection.input) connection.input = Buffer::take(Buffer::small);
        if (connection.input.room().empty()) connection.input.grow(connection.input.capacity() * 2);
        const auto n = connection.stream.read_some(connection.input.room());
        if (n > 0) {
            connection.input.filled(static_cast<std::size_t>(n));
            x.look();
            if (x.record().first_byte_ns == 0)
                x.record().first_byte_ns = x.so_far_ns() - x.record().started_ns;
            continue;
        }
        if (n != Stream::would_block) {
            const Ending lost = ending_of_loss(x);
            return lost == Ending::upstream_incomplete ? Ending::upstream_malformed : lost;
        }
        break;
    }
    if (connection.input.empty()) connection.input.release();
    return std::nullopt;
}

// How the body goes to the client: as it came where the client can take it.
Framing framing_to_client(const Exchange& x, const http::ResponseHead& head) {
    if (head.framing == Framing::none || head.framing == Framing::length) return head.framing;
    return x.request.minor == 0 ? Framing::until_close : Framing::chunked;
}

std::string sticky_cookie(const Exchange& x) {
    const auto& sticky = x.service->spec.config->sticky;
    if (!x.attempt.set_cookie || sticky.name.empty()) return {};
    char value[upstream::ServicePolicy::cookie_size];
    x.service->policy.write_cookie(*x.attempt.endpoint, value);
    std::string cookie = fmt::format("{}={}; Path=/; HttpOnly; SameSite=Lax{}", sticky.name,
                                     std::string_view(value, sizeof value),
                                     x.origin.proto == "https" ? "; Secure" : "");
    if (sticky.max_age > 0s)
        cookie +=
            fmt::format("; Max-Age={}",
                        std::chrono::duration_cast<std::chrono::seconds>(sticky.max_age).count());
    return cookie;
}

ResponseContext context_for(const Exchange& x, const http::ResponseHead& head, Framing framing,
                            std::string_view cookie) {
    return {
        .reply = {.route = x.match.route,
                  .variables = &x.variables,
                  .minor = x.request.minor,
                  .connection = x.may_keep_client() && framing != Framing::until_close
                                    ? OnConnection::keep_alive
                                    : OnConnection::close,
                  .date = x.worker.date()},
        .framing = framing,
        .content_length = head.content_length,
        .answers_head = x.request.method == http::Method::head,
        .ending = upstream::is_failure_status(head.status) ? Ending::upstream_status : Ending::ok,
        .sticky_cookie = cookie};
}

Task<Ending> pass_interim(Exchange& x, std::size_t bytes) {
    const http::ResponseHead& head = x.worker.response_head();
    http::Out out = x.worker.scratch();
    // 100 was answered here if the client waited for it; HTTP/1.0 clients know no interim
    // responses.
    const bool pass = head.status != 100 && x.request.minor > 0;
    if (pass &&
        append_response_head(out, head, context_for(x, head, Framing::none, {})) != Written::ok)
        co_return Ending::upstream_malformed;
    x.connection->input.consume(bytes);
    x.service->policy.alive(x.attempt, x.seen);
    if (pass) co_return co_await send_to_client(x, out.text());
    co_return Ending::ok;
}

// An endpoint must not switch to a protocol that the client did not offer (RFC 9110 §7.8).
bool is_what_was_asked(const http::RequestHead& request, const http::ResponseHead& response) {
    if (!request.upgrade || !response.upgrade) return false;
    const auto chosen = response.fields.value(http::FieldId::upgrade);
    for (const auto& field : request.fields.all()) {
        if (field.id != http::FieldId::upgrade) continue;
        for (const auto offered : split(field.value, ','))
            if (equal_ignoring_case(trim(offered), chosen)) return true;
    }
    return false;
}

bool is_event_stream(const http::ResponseHead& head) {
    return head.fields.value(http::FieldId::content_type).starts_with("text/event-stream");
}

// A response under way to the client, after its head.
struct Delivery {
    BodyReader body;
    RelayOptions options;
    http::h1::Defect defect = http::h1::Defect::none;  // In what was there with the head.
    std::uint16_t status = 0;
    bool keep_endpoint = false;

    bool switching() const { return status == 101; }
    bool complete() const {
        return body.done() && defect == http::h1::Defect::none && !switching();
    }
};

Ending finish(Exchange& x, const Delivery& delivery) {
    x.connection->reusable = delivery.keep_endpoint && x.connection->input.empty();
    return upstream::is_failure_status(delivery.status) ? Ending::upstream_status : Ending::ok;
}

// What did not go out with the head.
Task<Ending> deliver_rest(Exchange& x, Task<Ending> sending, Delivery delivery) {
    const Ending sent = co_await sending;
    if (sent != Ending::ok) co_return sent;
    if (delivery.switching()) {
        const Ending end = co_await tunnel(x);
        co_return end;
    }
    if (delivery.defect != http::h1::Defect::none) {
        x.unfinished = true;
        x.detail = sentence_of(delivery.defect);
        co_return Ending::upstream_incomplete;
    }
    if (!delivery.body.done()) {
        const bool waits_long = delivery.options.event_stream;
        if (waits_long && x.request.framing == Framing::none) x.let_go_of_head();
        const Ending end = co_await relay_body(x, delivery.body, delivery.options);
        if (end != Ending::ok) co_return end;
    }
    co_return finish(x, delivery);
}

// What of the body came with the head goes out with it.
void append_early(Exchange& x, http::Out& out, Delivery& delivery) {
    upstream::Connection& connection = *x.connection;
    if (!delivery.body.done() && !connection.input.empty()) {
        const auto taken = delivery.body.take(connection.input);
        delivery.defect = taken.defect;
        append_piece(out, delivery.body, taken.data, delivery.options.to_client);
        x.account.bytes_out += taken.data.size();
        connection.input.consume(taken.consumed);
    } else if (delivery.body.done() && delivery.options.to_client == Framing::chunked) {
        append_piece(out, delivery.body, {}, delivery.options.to_client);
    }
}

// Passes the head on, with what of the body is there: mostly that is all.
Task<Ending> deliver(Exchange& x, std::size_t head_bytes) {
    const http::ResponseHead& head = x.worker.response_head();
    Delivery delivery{
        .options = {.to_client = framing_to_client(x, head), .event_stream = is_event_stream(head)},
        .status = head.status};
    const bool switching = delivery.switching();
    const Framing to_client = delivery.options.to_client;
    delivery.keep_endpoint = head.keep_alive && head.framing != Framing::until_close && !switching;
    delivery.body.start(head.framing, head.content_length);
    if (to_client == Framing::until_close || switching) x.close_client = true;

    http::Out out = x.worker.scratch();
    const std::string cookie = sticky_cookie(x);
    if (append_response_head(out, head, context_for(x, head, to_client, cookie)) != Written::ok) {
        x.detail = "the response head cannot be passed on";
        return Task<Ending>::ready(Ending::upstream_malformed);
    }
    x.connection->input.consume(head_bytes);  // From here on `head` refers to nothing.
    x.account.status = delivery.status;
    x.response_begun = true;
    x.account.first_byte_ns = x.so_far_ns();
    append_early(x, out, delivery);

    Task<Ending> sending = send_to_client(x, out.text());
    const Ending* const sent = sending.value_if_ready();
    if (sent != nullptr && *sent == Ending::ok && delivery.complete())
        return Task<Ending>::ready(finish(x, delivery));
    return deliver_rest(x, std::move(sending), std::move(delivery));
}

}  // namespace

Task<Ending> receive_response(Exchange& x) {
    Deadlines deadlines = deadlines_of(x);
    http::h1::HeadScan scan;
    for (int interim = 0;; ++interim) {
        std::size_t bytes = 0;
        std::optional<Ending> read = read_head(x, scan, bytes);
        while (!read) {
            const Ending end = co_await await_bytes(x, deadlines);
            if (end != Ending::ok) co_return end;
            read = read_head(x, scan, bytes);
        }
        if (*read != Ending::ok) co_return *read;
        const std::uint16_t status = x.worker.response_head().status;
        x.record().status = status;
        if (status == 101) {
            if (!is_what_was_asked(x.request, x.worker.response_head()))
                co_return Ending::upgrade_failed;
            x.service->policy.answered(x.attempt, status, x.seen);
            co_return co_await deliver(x, bytes);
        }
        if (status >= 200) {
            x.service->policy.answered(x.attempt, status, x.seen);
            if (upstream::choose_instead(x, Ending::upstream_status, RetryCause::failed))
                co_return Ending::upstream_status;
            co_return co_await deliver(x, bytes);
        }
        if (interim == interim_most) {
            x.detail = "too many interim responses";
            co_return Ending::upstream_malformed;
        }
        const Ending passed = co_await pass_interim(x, bytes);
        if (passed != Ending::ok) co_return passed;
        scan = {};
    }
}

}  // namespace sg::gateway::proxy
