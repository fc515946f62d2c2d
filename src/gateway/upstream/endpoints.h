// An endpoint as one worker knows it: who it is, what is in flight, whether it may get requests.
//
// Plain state, changed by ServicePolicy alone; everybody else reads. Never shared between workers.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/address.h"
#include "base/time.h"
#include "config/model.h"

namespace sg::gateway::upstream {

// One address of one version. The same `text` and scheme in a later list of that version is the
// same endpoint, so that state outlives reloads and new answers of DNS.
struct EndpointAddress {
    SocketAddress address;
    std::string text;  // Address and port, `10.0.0.7:8080`: the identity.
    std::string
        name;  // As configured, `api.internal:8080`; SNI and directives go by it. May equal text.
    config::Scheme scheme = config::Scheme::http;
    std::uint16_t telemetry = 0xFFFF;  // Index in the gateway's table of names.
};

enum class Health : std::uint8_t { unknown, healthy, unhealthy };  // Says the active check.
std::string_view name_of(Health health);

// Passive ejection. An ejected endpoint gets one trial request at a time, from `until` on.
struct Ejection {
    std::uint32_t failures = 0;  // In a row, of attempts begun since it last came back.
    bool active = false;
    bool wanted = false;  // Not ejected, but silent and passed over: a trial should find out.
    bool trial = false;   // One is under way.
    bool silent = false;  // Fell silent rather than answered badly: any byte is good news.
    bool check_failing = false;  // The last active check failed: no request needs to find out.
    bool by_check =
        false;  // An active check lifted the last ejection and no request has agreed yet.
    Tick since;
    Duration span = 0ns;  // Of this ejection, until a trial.
    Tick until;           // When a trial is due.
};

struct EndpointState {
    EndpointAddress id;
    std::uint16_t version = 0;  // Index in the policy's versions; means nothing when leaving.
    bool leaving =
        false;  // No longer in any list; freed when nothing is in flight and no pin is left.
    bool drained = false;       // By directive: nothing new.
    bool breaker_open = false;  // By directive: nothing unless nothing else is available.
    Health health = Health::unknown;
    Ejection ejection;

    std::uint32_t in_flight = 0;  // Attempts begun and not ended.
    std::uint32_t load = 0;       // Of these, the ones that say how busy it is: see `epoch`.
    std::uint32_t silent = 0;     // Of these, the ones without a byte of response.
    std::uint32_t waiting =
        0;                    // Of these, the ones that can be repeated: whose usual time we know.
    std::uint32_t epoch = 0;  // Grows when it comes back. Attempts of an earlier epoch that never
                              // got a byte are lost: they count neither as load nor as evidence.
    Tick silence_since;       // Start of the present silence, if silent > 0.
    Tick last_byte_at;

    // Attempts begun before `abandon_before` that have no byte of response should be tried
    // elsewhere. The generation grows whenever that changes, so that a waiting request compares one
    // number.
    std::uint32_t abandon_generation = 0;
    Tick abandon_before{INT64_MIN};
    Tick lost_before{INT64_MIN};  // Becomes abandon_before at lost_at: a grace to answer after all.
    Tick lost_at = Tick::never();

    Tick slow_since;             // Slow start: when it began;
    Tick slow_until{INT64_MIN};  // at `slow_until` the share is full.
    double turn_credit = 0;      // Round robin during slow start.
    std::uint64_t token = 0;     // What a sticky cookie says of it.

    std::uint64_t requests_total = 0;  // Attempts.
    std::uint64_t failures_total = 0;  // Attempts that counted against it.
    std::uint64_t ejections_total = 0;
    std::uint64_t trials_total = 0;

    std::uint32_t pins = 0;      // Held by the I/O part: pooled connections, checks.
    void* attachment = nullptr;  // The I/O part's; never looked at here.

    bool available() const {
        return !ejection.active && !drained && !breaker_open && !leaving &&
               health != Health::unhealthy;
    }
};

// Whether an attempt that fails can be tried again: idempotent or nothing sent, attempts left, body
// kept, neither an upgrade nor an event stream. The caller decides.
enum class Replay : std::uint8_t { impossible, possible };

// How an attempt ended, as far as the endpoint's reputation goes.
enum class Outcome : std::uint8_t {
    done,            // The exchange ended; what the status said was told to answered().
    cancelled,       // The client left, or we ended it for reasons of our own.
    connect_failed,  // Refused, unreachable, no connection in time, TLS failed.
    reset,    // The connection broke, before or within the response; or the response was malformed.
    timeout,  // A configured time-out of the endpoint: first byte, between bytes, sending.
    slow,     // The adaptive allowance ran out (try_timeout), and it was tried elsewhere.
    abandoned,  // Left because the endpoint's abandon_generation grew.
};

constexpr bool is_failure_status(int status) {
    return status >= 500 && status != 501 && status != 505;  // Those two speak of the request.
}

enum class Reason : std::uint8_t {
    none,  // No endpoint: the service has none that may get requests.
    balanced,
    sticky,          // The cookie named it.
    trial,           // It is ejected; this request finds out whether it is back.
    panic,           // Nothing is available, so everything counts as available.
    again,           // Retry on an endpoint already tried: there is no other.
    nothing_better,  // No retry: every other endpoint is known to fail.
    budget_spent,    // No retry: the budget is used up.
};
std::string_view name_of(Reason reason);

// One attempt. Whoever gets one with an endpoint owes ServicePolicy exactly one end().
struct Choice {
    EndpointState* endpoint = nullptr;
    Reason reason = Reason::none;
    bool set_cookie =
        false;  // The service is sticky and the client's cookie did not name this endpoint.
    Replay replay = Replay::impossible;
    bool answered = false;    // A byte of the response has come.
    bool trial_open = false;  // A trial that has not been decided.
    std::uint32_t epoch = 0;
    std::uint32_t abandon_generation = 0;
    Tick started;

    explicit operator bool() const { return endpoint != nullptr; }

    // The endpoint was given up after this attempt began, and it has nothing to show: try
    // elsewhere.
    bool abandoned() const {
        return endpoint->abandon_generation != abandon_generation && !answered &&
               replay == Replay::possible && started < endpoint->abandon_before;
    }
};

}  // namespace sg::gateway::upstream
