// What is known of a request when it has ended: everything that counters, the access log and
// `explain` say.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "base/address.h"
#include "base/time.h"
#include "gateway/endings.h"
#include "http/message.h"

namespace sg::gateway {

// A 128-bit id, written as 32 hexadecimal digits: the request id and the trace id.
struct Id128 {
    std::uint64_t high = 0;
    std::uint64_t low = 0;
};

struct Trace {
    Id128 trace_id;
    std::uint64_t parent_id = 0;  // The caller's span; 0: we began the trace.
    std::uint64_t span_id = 0;    // Ours.
    bool sampled = false;
};

// One attempt to get an answer from an endpoint.
struct AttemptRecord {
    std::uint16_t endpoint = 0;  // Index in the gateway's table of endpoints (Registry).
    std::uint16_t status = 0;    // What the endpoint answered; 0: nothing.
    Ending ending = Ending::ok;
    bool reused = false;             // On a pooled connection.
    std::int64_t started_ns = 0;     // Since the request's first byte.
    std::int64_t connect_ns = 0;     // Time to connect; 0 when reused.
    std::int64_t first_byte_ns = 0;  // From its start to the response's first byte; 0: none came.
    std::int64_t duration_ns = 0;    // To its end; 0: to the next attempt or the request's end.
};

enum class Protocol : std::uint8_t { http1_0, http1_1, http2 };
enum class CacheOutcome : std::uint8_t { none, hit, miss };

// Filled by serve() as it goes; handed over exactly once, to account(). Views are valid for that
// call.
struct Account {
    static constexpr std::size_t attempts_max = 8;
    static constexpr std::uint16_t none = 0xFFFF;  // Route, service, version or endpoint not known.

    Id128 request_id;
    Trace trace;
    Instant started_at;              // Wall clock, first byte of the head.
    std::int64_t duration_ns = 0;    // To the last byte sent, or the end.
    std::int64_t first_byte_ns = 0;  // To the first byte of the response sent to the client.
    Ending ending = Ending::ok;
    std::uint16_t status = 0;    // Sent to the client; 0: none.
    std::uint16_t route = none;  // Indexes of the Registry.
    std::uint16_t service = none;
    std::uint16_t version = none;
    std::uint16_t endpoint = none;  // That answered, or was tried last.
    http::Method method = http::Method::other;
    Protocol protocol = Protocol::http1_1;
    CacheOutcome cache = CacheOutcome::none;
    bool tls = false;
    bool tunnel = false;
    IpAddress client;  // After trusted proxies.
    std::string_view method_text;
    std::string_view host;
    std::string_view target;  // Path and query as received.
    std::string_view user_agent;
    std::string_view detail;      // What exactly was wrong: a defect, a limit; may be empty.
    std::uint64_t bytes_in = 0;   // Of the request body.
    std::uint64_t bytes_out = 0;  // Of the response body.
    std::uint8_t attempts = 0;
    std::array<AttemptRecord, attempts_max> attempt{};
};

}  // namespace sg::gateway
