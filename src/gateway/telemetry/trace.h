// Ids of requests, and the W3C Trace Context that is passed on. Source: W3C Trace Context,
// Recommendation of 2021.
#pragma once

#include <array>
#include <optional>
#include <string_view>

#include "config/model.h"
#include "gateway/telemetry/account.h"
#include "http/message.h"
#include "http/out.h"

namespace sg::gateway {

// One per worker. Fast and without collisions, seeded from the system; not for secrets.
class IdGenerator {
  public:
    IdGenerator();                             // Seeded by getrandom().
    explicit IdGenerator(std::uint64_t seed);  // For tests: always the same ids.

    std::uint64_t next();  // Never 0.
    Id128 id() { return {next(), next()}; }

  private:
    std::array<std::uint64_t, 4> state_;
};

std::array<char, 32> to_hex(Id128 id);
std::optional<Id128> parse_id(std::string_view hex);  // Exactly 32 lower-case digits, not all zero.

struct TraceParent {
    Id128 trace_id;
    std::uint64_t parent_id = 0;
    bool sampled = false;
};

// Strict (§3.2): lower case, no zero ids, version ff refused, later versions read as far as this
// one goes.
std::optional<TraceParent> parse_traceparent(std::string_view value);

enum class Peer : std::uint8_t { stranger, trusted };

// The trace that a request belongs to, with a span of our own.
//   from_trusted   everybody's trace id is continued, but whether it is sampled is believed of
//   trusted proxies only:
//                  a stranger must not be able to make all backends record
//   from_everyone  all of it is believed
//   never          a trace always begins here
// A trace that begins here is not sampled: we record no spans. Two traceparent fields count as
// none.
Trace begin_trace(const http::Fields& fields, config::TraceTrust trust, Peer peer,
                  IdGenerator& ids);

// Whether tracestate may be passed on: only with the trace that it belongs to.
inline bool continues(const Trace& trace) { return trace.parent_id != 0; }

inline constexpr std::size_t traceparent_size = 55;
void append_traceparent(http::Out& out, const Trace& trace);  // For the endpoint: our span is the
                                                              // parent.

}  // namespace sg::gateway
