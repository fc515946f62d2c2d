#include "gateway/proxy/heads.h"

#include <algorithm>

#include "base/text.h"
#include "gateway/proxy/end_to_end.h"
#include "gateway/telemetry/proxy_status.h"
#include "gateway/telemetry/trace.h"
#include "http/chars.h"
#include "http/status.h"

namespace sg::gateway::proxy {

namespace {

using http::FieldId;
using http::Framing;

// Between two neighbours only (RFC 9110 §7.6.1), or written anew by us. Proxy-Authorization is for
// the proxy that asked for it; we never ask, and an endpoint must not see it.
constexpr std::uint64_t hop_by_hop =
    bit(FieldId::connection) | bit(FieldId::content_length) | bit(FieldId::keep_alive) |
    bit(FieldId::proxy_authenticate) | bit(FieldId::proxy_authorization) |
    bit(FieldId::proxy_connection) | bit(FieldId::te) | bit(FieldId::trailer) |
    bit(FieldId::transfer_encoding) | bit(FieldId::upgrade) | bit(FieldId::x_request_id);
constexpr std::uint64_t dropped_from_requests =
    hop_by_hop | bit(FieldId::expect) | bit(FieldId::forwarded) | bit(FieldId::host) |
    bit(FieldId::streamgate_without) | bit(FieldId::traceparent) | bit(FieldId::x_forwarded_for) |
    bit(FieldId::x_forwarded_host) | bit(FieldId::x_forwarded_port) |
    bit(FieldId::x_forwarded_proto);

constexpr IpAddress nowhere;  // Of Unix sockets.

void append_length(http::Out& out, std::uint64_t length) {
    out.put("Content-Length: ");
    out.put_number(length);
    out.put("\r\n");
}

void append_upgrade(http::Out& out, const http::Fields& fields) {
    out.put("Connection: Upgrade\r\n");
    for (const auto& field : fields.all())
        if (field.id == FieldId::upgrade) out.put_field("Upgrade", field.value);
}

void append_request_id(http::Out& out, const router::Variables& variables) {
    const Id128& id = variables.request_id;
    out.put_all("X-Request-Id: ", http::Hex{id.high}, http::Hex{id.low}, "\r\n");
}

void append_via(http::Out& out, std::uint8_t minor, std::string_view pseudonym) {
    out.put_all("Via: 1.", minor == 0 ? '0' : '1', ' ', pseudonym, "\r\n");
}

Written verdict(const http::Out& out) { return out.overflow() ? Written::too_large : Written::ok; }

// --- to the endpoint
// ---------------------------------------------------------------------------------

// A hop of the chain, written once for both notations.
class Node {
  public:
    explicit Node(const IpAddress& address)
        : quoted_(!address.is_v4() && address != nowhere),
          known_(address != nowhere),
          address_(address) {}

    std::string_view plain() const { return known_ ? address_.text() : "unknown"; }
    void append_for(http::Out& out) const {  // Source: RFC 7239 §6.
        if (quoted_) out.put_all("for=\"[", plain(), "]\"");
        else out.put_all("for=", plain());
    }

  private:
    bool quoted_;
    bool known_;
    router::AddressText address_;
};

// The hops behind the first one, which is the client; the last is the caller. The same chain in
// both notations.
template <class Append>
void append_chain(http::Out& out, const ForwardContext& context, Append append) {
    for (std::size_t i = 0; i < context.origin->hops; ++i) {
        out.put(", ");
        append(Node(context.origin->hop[i]));
    }
    if (!context.origin->proxied) return;
    out.put(", ");
    append(Node(context.caller->ip));
}

void append_forwarded(http::Out& out, const ForwardContext& context, const Node& client) {
    const Origin& origin = *context.origin;
    out.put("Forwarded: ");
    client.append_for(out);
    // Neither a quote nor a backslash can be in a host that passed the parser; nothing is quoted
    // twice.
    if (!origin.host.empty() && origin.host.find('"') == std::string_view::npos &&
        origin.host.find('\\') == std::string_view::npos)
        out.put_all(";host=\"", origin.host, '"');
    out.put_all(";proto=", origin.proto);
    append_chain(out, context, [&out](const Node& node) { node.append_for(out); });
    out.put("\r\n");
}

void append_x_forwarded_for(http::Out& out, const ForwardContext& context, const Node& client) {
    out.put_all("X-Forwarded-For: ", client.plain());
    append_chain(out, context, [&out](const Node& node) { out.put(node.plain()); });
    out.put("\r\n");
}

// What we say of the request ourselves. An edit of one of these fields has the last word.
void append_own_fields(http::Out& out, const http::RequestHead& head,
                       const ForwardContext& context) {
    const Origin& origin = *context.origin;
    const auto edited = context.route->request_edits.dropped_ids;
    const auto ours = [edited](FieldId id) { return (edited & bit(id)) == 0; };
    const Node client(origin.client);
    if (ours(FieldId::forwarded)) append_forwarded(out, context, client);
    if (ours(FieldId::x_forwarded_for)) append_x_forwarded_for(out, context, client);
    if (ours(FieldId::x_forwarded_proto)) out.put_field("X-Forwarded-Proto", origin.proto);
    if (ours(FieldId::x_forwarded_host) && !origin.host.empty())
        out.put_field("X-Forwarded-Host", origin.host);
    if (ours(FieldId::x_forwarded_port) && origin.port != 0) {
        out.put("X-Forwarded-Port: ");
        out.put_number(origin.port);
        out.put("\r\n");
    }
    if (ours(FieldId::via)) append_via(out, head.minor, context.pseudonym);
    if (!context.without.empty()) out.put_field("StreamGate-Without", context.without);
    if (ours(FieldId::x_request_id)) append_request_id(out, *context.variables);
    if (ours(FieldId::traceparent)) {
        out.put("traceparent: ");
        append_traceparent(out, context.trace);
        out.put("\r\n");
    }
}

bool anticipates_content(http::Method method) {  // RFC 9110 §8.6
    return method == http::Method::post || method == http::Method::put ||
           method == http::Method::patch;
}

bool wants_trailers(const http::Fields& fields) {
    if (!fields.has(FieldId::te)) return false;
    for (const auto& field : fields.all()) {
        if (field.id != FieldId::te) continue;
        std::string_view rest = field.value;
        while (!rest.empty()) {
            const auto comma = std::min(rest.find(','), rest.size());
            if (equal_ignoring_case(trim(rest.substr(0, comma)), "trailers")) return true;
            rest.remove_prefix(std::min(comma + 1, rest.size()));
        }
    }
    return false;
}

void append_request_framing(http::Out& out, const http::RequestHead& head,
                            const ForwardContext& context) {
    if (context.framing == Framing::chunked) out.put("Transfer-Encoding: chunked\r\n");
    else if (context.framing == Framing::length) append_length(out, context.content_length);
    else if (anticipates_content(head.method) && !context.upgrade) append_length(out, 0);
    if (context.relay_expect) out.put("Expect: 100-continue\r\n");

    if (context.upgrade) return append_upgrade(out, head.fields);
    const bool closes = context.connection == OnConnection::close;
    if (context.pass_trailers &&
        wants_trailers(
            head.fields))  // TE is for the next hop, so Connection names it: RFC 9110 §10.1.4.
        out.put(closes ? "Connection: close, TE\r\nTE: trailers\r\n"
                       : "Connection: TE\r\nTE: trailers\r\n");
    else if (closes) out.put("Connection: close\r\n");
}

std::string_view host_for(const http::RequestHead& head, const ForwardContext& context) {
    const auto& wanted = context.route->route->rewrite.host;
    if (!wanted.empty()) return wanted;
    return head.authority.empty() ? context.endpoint : head.authority;
}

}  // namespace

Written append_request_head(http::Out& out, const http::RequestHead& head,
                            const ForwardContext& context) {
    const router::CompiledRoute& route = *context.route;
    out.put(head.method_text);
    out.put(' ');
    if (!append_target(out, route,
                       {.path = context.variables->path,
                        .query = head.query,
                        .prefix_length = context.prefix_length,
                        .has_query = head.has_query}))
        return Written::malformed;
    out.put_all(" HTTP/1.1\r\nHost: ", host_for(head, context), "\r\n");

    auto dropped = dropped_from_requests;
    // What vendors say of a trace belongs to the trace that it came with.
    if (!continues(context.trace)) dropped |= bit(FieldId::tracestate);
    if (!append_end_to_end(out, head.fields, dropped, &route.request_edits, Twins::dropped))
        return Written::malformed;
    append_request_framing(out, head, context);
    append_own_fields(out, head, context);
    route.request_edits.append(out, *context.variables);
    out.put("\r\n");
    return verdict(out);
}

// --- to the client
// -----------------------------------------------------------------------------------

namespace {

constexpr bool has_no_content(std::uint16_t status) {  // RFC 9110 §6.4.1
    return status < 200 || status == 204 || status == 304;
}

void append_status(http::Out& out, std::uint16_t status, std::string_view reason) {
    if (status == 200 && reason == "OK") return out.put("HTTP/1.1 200 OK\r\n");
    out.put("HTTP/1.1 ");
    out.put_number(status);
    out.put_all(' ', reason, "\r\n");
}

void append_connection(http::Out& out, const Reply& reply, Framing framing) {
    if (reply.connection == OnConnection::close || framing == Framing::until_close)
        out.put("Connection: close\r\n");
    else if (reply.minor == 0) out.put("Connection: keep-alive\r\n");
}

// The length that a GET would have been answered with (RFC 9110 §8.6); no body follows it.
void pass_length_on(http::Out& out, const http::Fields& fields) {
    const auto value = fields.value(FieldId::content_length);
    if (!value.empty() && value.size() <= 20 && http::all(value, http::char_digit))
        out.put_field("Content-Length", value);
}

void append_response_framing(http::Out& out, const http::ResponseHead& head,
                             const ResponseContext& context) {
    if (context.framing == Framing::chunked) out.put("Transfer-Encoding: chunked\r\n");
    else if (context.framing == Framing::length) append_length(out, context.content_length);
    else if (context.framing == Framing::until_close) return;
    else if (context.answers_head || head.status == 304) pass_length_on(out, head.fields);
    else if (!has_no_content(head.status)) append_length(out, 0);
}

struct Said {  // By the endpoint.
    bool date = false;
    bool server = false;
};

void append_common(http::Out& out, const Reply& reply, const router::Edits* edits, Said said) {
    const auto edited = edits == nullptr ? 0 : edits->dropped_ids;
    const auto ours = [edited](FieldId id) { return (edited & bit(id)) == 0; };
    if (!said.date && !reply.date.empty() && ours(FieldId::date)) out.put_field("Date", reply.date);
    if (!said.server && ours(FieldId::server)) out.put("Server: streamgate\r\n");
    if (ours(FieldId::x_request_id)) append_request_id(out, *reply.variables);
}

void append_proxy_status(http::Out& out, Ending ending, std::uint16_t received_status) {
    if (row_of(ending).blame == BlameOf::none) return;
    out.put("Proxy-Status: ");
    write_proxy_status(out, ending, received_status);
    out.put("\r\n");
}

Written append_interim_head(http::Out& out, const http::ResponseHead& head) {
    append_status(out, head.status, head.reason);
    if (!append_end_to_end(out, head.fields, hop_by_hop, nullptr, Twins::kept))
        return Written::malformed;
    out.put("\r\n");
    return verdict(out);
}

}  // namespace

Written append_response_head(http::Out& out, const http::ResponseHead& head,
                             const ResponseContext& context) {
    if (head.status < 200 && head.status != 101) return append_interim_head(out, head);
    const Reply& reply = context.reply;
    const auto* edits = reply.route == nullptr ? nullptr : &reply.route->response_edits;
    append_status(out, head.status, head.reason);
    if (!append_end_to_end(out, head.fields, hop_by_hop, edits, Twins::kept))
        return Written::malformed;
    if (head.status == 101) {
        append_upgrade(out, head.fields);
    } else {
        append_response_framing(out, head, context);
        append_connection(out, reply, context.framing);
    }
    const Said said{head.fields.has(FieldId::date), head.fields.has(FieldId::server)};
    append_common(out, reply, edits, said);
    if (edits == nullptr || !edits->drops(FieldId::via)) append_via(out, head.minor, "streamgate");
    append_proxy_status(out, context.ending, head.status);
    if (!context.sticky_cookie.empty() && router::is_safe_in_line(context.sticky_cookie))
        out.put_field("Set-Cookie", context.sticky_cookie);
    if (edits != nullptr) edits->append(out, *reply.variables);
    out.put("\r\n");
    return verdict(out);
}

Written append_made_head(http::Out& out, const MadeResponse& response) {
    const Reply& reply = response.reply;
    // A failure is ours to tell: edits are for what the configuration answers with, and a
    // Cache-Control among them must not keep an error alive.
    const bool failed = row_of(response.ending).blame != BlameOf::none;
    const auto* edits = reply.route == nullptr || failed ? nullptr : &reply.route->response_edits;
    for (const auto value : {response.content_type, response.location, response.allow})
        if (!router::is_safe_in_line(value)) return Written::malformed;

    append_status(out, response.status, http::reason_of(response.status));
    append_common(out, reply, edits, {});
    if (!response.location.empty()) out.put_field("Location", response.location);
    if (!response.allow.empty()) out.put_field("Allow", response.allow);
    out.put(response.more);
    if (response.retry_after_s != 0) {
        out.put("Retry-After: ");
        out.put_number(response.retry_after_s);
        out.put("\r\n");
    }
    if (!has_no_content(response.status)) {
        if (!response.content_type.empty()) out.put_field("Content-Type", response.content_type);
        append_length(out, response.content_length);
    }
    if (failed) out.put("Cache-Control: no-store\r\n");
    append_proxy_status(out, response.ending, response.received_status);
    append_connection(out, reply, Framing::length);
    if (edits != nullptr) edits->append(out, *reply.variables);
    out.put("\r\n");
    return verdict(out);
}

}  // namespace sg::gateway::proxy
