// Heads on their way through: what an endpoint is told of a request, and a client of a response.
//
// Written straight from the received views. Only end-to-end fields pass; how the body is framed and
// what becomes of the connection is said by us alone, so nothing can be read differently by two
// parties. Pure.
#pragma once

#include <cstdint>
#include <string_view>

#include "gateway/endings.h"
#include "gateway/proxy/forwarded.h"
#include "gateway/router/rewrite.h"
#include "gateway/telemetry/account.h"
#include "http/message.h"
#include "http/out.h"

namespace sg::gateway::proxy {

// Not `ok`: what is in the Out must not be sent.
enum class Written : std::uint8_t {
    ok,
    too_large,  // It did not fit.
    malformed,  // A Connection field without end, or a rewrite that makes no valid path.
};

enum class OnConnection : std::uint8_t { keep_alive, close };

// --- to the endpoint
// ---------------------------------------------------------------------------------

struct ForwardContext {
    const router::CompiledRoute* route = nullptr;  // Required, as are the next three.
    const router::Variables* variables =
        nullptr;                     // path: normalised; host: router::host_of(authority).
    const Origin* origin = nullptr;  // find_origin()
    const Caller* caller = nullptr;
    Trace trace;
    std::uint32_t prefix_length = 0;  // router::Match
    std::string_view pseudonym;       // Ours in Via.
    std::string_view endpoint;        // Host for requests that name none (HTTP/1.0).

    std::string_view without;  // Needs that the service is to do without: `sessions, search`.

    http::Framing framing =
        http::Framing::none;  // Of the body as we send it: none, length or chunked.
    std::uint64_t content_length = 0;
    OnConnection connection = OnConnection::keep_alive;
    bool upgrade = false;        // Pass Connection: upgrade and Upgrade on.
    bool relay_expect = false;   // Pass Expect: 100-continue on; otherwise it was answered here.
    bool pass_trailers = false;  // Trailers reach the client if it asked for them (`TE: trailers`).
};

[[nodiscard]] Written append_request_head(http::Out& out, const http::RequestHead& head,
                                          const ForwardContext& context);

// --- to the client
// -----------------------------------------------------------------------------------

// What every response to a client needs.
struct Reply {
    const router::CompiledRoute* route = nullptr;  // Its response_headers; null: none.
    const router::Variables* variables = nullptr;  // Required; request_id is always sent.
    std::uint8_t minor = 1;                        // The client's HTTP/1.<minor>.
    OnConnection connection = OnConnection::keep_alive;
    std::string_view date;  // `Mon, 23 Nov 2026 06:40:05 GMT`; empty: not sent.
};

struct ResponseContext {
    Reply reply;
    http::Framing framing = http::Framing::none;  // As we send it; until_close for HTTP/1.0.
    std::uint64_t content_length = 0;
    bool answers_head = false;       // Of a HEAD request: the endpoint's Content-Length passes.
    Ending ending = Ending::ok;      // Known already to have failed: Proxy-Status.
    std::string_view sticky_cookie;  // Value of a Set-Cookie; empty: none.
};

// Interim responses (1xx) carry the endpoint's fields only. 101 keeps Connection and Upgrade.
[[nodiscard]] Written append_response_head(http::Out& out, const http::ResponseHead& head,
                                           const ResponseContext& context);

// A response that the gateway itself makes. Its body of `content_length` follows, unless it answers
// HEAD.
struct MadeResponse {
    Reply reply;
    std::uint16_t status = 500;
    Ending ending = Ending::ok;         // Proxy-Status for failures, which are not to be cached.
    std::uint16_t received_status = 0;  // That an endpoint had answered; 0: none.
    std::string_view content_type;      // Empty: there is no content.
    std::uint64_t content_length = 0;
    std::string_view location;
    std::string_view allow;
    std::string_view more;  // Whole lines, of our own making.
    std::uint32_t retry_after_s = 0;
};

[[nodiscard]] Written append_made_head(http::Out& out, const MadeResponse& response);

}  // namespace sg::gateway::proxy
