// What is known of the platform at one moment: counts of what ended in a span of time, and levels.
// Facts: they are kept in a database of their own, never in the ledger.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/time.h"
#include "telemetry/affected.h"
#include "telemetry/exponential.h"

namespace sg::signals {

// Requests that ended in a span, of one service, version or route. Flows of adjacent spans add up
// exactly; distributions merge.
struct Flow {
    std::int64_t requests = 0;
    std::int64_t failed = 0;  // Blame is ours or the upstream's: what a user would call an error.
    std::int64_t client_errors = 0;  // Blame is the client's.
    std::int64_t timed = 0;          // Of `requests`, those whose duration counts (no tunnels).
    std::int64_t within = 0;         // Of `timed`, those within the latency objective.
    std::int64_t bytes_in = 0;
    std::int64_t bytes_out = 0;
    telemetry::ExponentialHistogram duration{};

    Flow& operator+=(const Flow& other);
    bool operator==(const Flow&) const = default;
};

// What was counted after `before`, an older state of the same cumulative counts. If `before` holds
// more anywhere, counting began anew and everything here is new.
Flow since(const Flow& now, const Flow& before);

enum class Health : std::uint8_t { unknown, well, ill };

// Attempts to get an answer from one endpoint.
struct Attempts {
    std::int64_t made = 0;
    std::int64_t failed = 0;  // To blame is the endpoint.
    bool operator==(const Attempts&) const = default;
};
using AttemptsByEndpoint = std::map<std::string, Attempts>;  // `10.0.0.7:80`

// The outcome of a probe or of looking at a dependency.
struct Look {
    Health health = Health::unknown;
    Duration took = 0s;
    std::string what;  // Why it is ill, for people.
    Instant at;
};

// Shares are of one; -1: not known.
struct Resources {
    double cpu = -1;
    double memory = -1;
    double disk = -1;  // Of the fullest file system that we write to.
    double network = -1;
    std::int64_t disk_free_bytes = 0;
};

struct GatewayState {
    std::string name;
    bool answers = false;
    Instant started_at;
    Instant heard_at;
    std::int64_t endpoints = 0;
    std::int64_t endpoints_healthy = 0;
};

// Clients whose requests failed in a span, by whole minutes at its ends.
struct Affected {
    telemetry::AffectedList list;
    // How many different ones: exact if the list is complete, else an estimate (±4.6 %), in which
    // one that came to two gateways counts twice.
    std::int64_t distinct = 0;
};
inline constexpr std::size_t affected_listed_max = 10'000;  // Bound: of one answer.

// One value of a query to an outside server.
struct Sample {
    std::map<std::string, std::string> labels;
    double value = 0;
};

// One pull: everything that ended since the last, and how things stand.
struct Second {
    Instant at;  // The end of the span, on a whole second of the wall clock.
    // Longer than a second when pulls were missed: the counts are of all of it.
    Duration span = 1s;
    std::map<std::string, Flow> services;
    std::map<std::string, Flow> versions;  // `catalog/v2`
    std::map<std::string, Flow> routes;    // `-`: no route matched, or none could be looked for.
    std::map<std::string, std::map<std::string, std::int64_t>>
        endings;  // Service → ending → count.
    // Service → endpoints known and healthy.
    std::map<std::string, std::pair<std::int64_t, std::int64_t>> endpoints;
    // Service → each endpoint that is known, whether anything was attempted or not.
    std::map<std::string, AttemptsByEndpoint> attempts;
    std::map<std::string, Resources> resources;  // `host`, `service:catalog`, `gateway:local`
    std::map<std::string, Look> probes;  // By the name of the probe; `at` says when it looked.
    std::map<std::string, Look> needs;
    // By PromQL expression, from the outside server; absent: it did not answer lately.
    std::map<std::string, std::vector<Sample>> outside;
    std::vector<GatewayState> gateways;
    bool complete = true;  // false: a gateway did not answer; its counts come with a later pull.
};

}  // namespace sg::signals
