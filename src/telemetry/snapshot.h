// What a gateway says of itself: plain, versioned, cumulative since its start. A pull that is
// missed loses resolution, never counts. It names things by index into its own tables, so that a
// row stays small.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "base/time.h"
#include "telemetry/affected.h"
#include "telemetry/bounds.h"
#include "telemetry/exponential.h"
#include "telemetry/sketch.h"

namespace sg::telemetry {

inline constexpr int snapshot_version = 1;
inline constexpr std::uint16_t unknown =
    0xFFFF;  // A row's route, service, version or endpoint is not known.

struct EndingName {
    std::string name;
    std::string token;  // RFC 9209 error type, `-` where none fits.
    std::string blame;  // none | client | us | upstream
    bool operator==(const EndingName&) const = default;
};

struct VersionName {
    std::uint16_t service = unknown;
    std::string name;
    bool operator==(const VersionName&) const = default;
};

struct EndpointName {
    std::uint16_t version = unknown;
    std::string name;  // host:port
    bool operator==(const EndpointName&) const = default;
};

// Requests that have ended, one row per combination seen.
struct RequestRow {
    std::uint16_t route = unknown;
    std::uint16_t service = unknown;
    std::uint16_t version = unknown;
    std::uint8_t method = 0;   // Index of `methods`.
    std::uint8_t ending = 0;   // Index of `endings`.
    std::uint16_t status = 0;  // Sent to the client; 0: none.
    bool https = false;
    BoundedHistogram duration{};
    std::uint64_t bytes_in = 0;
    std::uint64_t bytes_out = 0;
    bool operator==(const RequestRow&) const = default;
};

// Latency of what a route sends to a version, for quantiles and objectives. Tunnels are counted
// apart: how long a WebSocket stays says nothing of speed. An objective that is changed starts a
// new row: counts stay exact.
struct FlowRow {
    std::uint16_t route = unknown;
    std::uint16_t service = unknown;
    std::uint16_t version = unknown;
    std::uint64_t objective_ns = 0;
    std::uint64_t duration_within = 0;  // Ended within the objective.
    std::uint64_t first_byte_within =
        0;  // Had begun to answer within it; of use where bodies are long.
    std::uint64_t tunnels = 0;
    std::uint64_t cache_hits = 0;
    std::uint64_t cache_misses = 0;
    ExponentialHistogram duration{};
    bool operator==(const FlowRow&) const = default;
};

// Clients in one minute of the wall clock, cumulative within it.
struct ClientMinute {
    std::int64_t minute = 0;  // Since 1970.
    Sketch seen{};
    Sketch affected{};      // Those that got an error that was not their own.
    AffectedList listed{};  // The same by name, as far as there was room.
    bool operator==(const ClientMinute&) const = default;
};

struct ServiceRow {
    std::uint16_t service = unknown;
    std::int64_t active = 0;  // Requests in flight.
    std::uint64_t retries = 0;
    std::uint64_t retries_refused = 0;  // By the retry budget.
    std::uint64_t circuit_refused = 0;
    Sketch clients{};  // Since the start.
    Sketch clients_affected{};
    // The last few, newest first: pulls missed for longer lose them.
    std::vector<ClientMinute> minutes{};
    bool operator==(const ServiceRow&) const = default;
};

enum class Health : std::uint8_t { unknown, healthy, unhealthy };

struct EndpointRow {
    std::uint16_t endpoint = unknown;
    std::int64_t active = 0;
    std::int64_t connections = 0;  // Open, in use or pooled.
    std::uint64_t connects = 0;    // That succeeded.
    std::uint64_t connect_failures = 0;
    std::uint64_t connect_sum_ns = 0;
    std::uint64_t pool_hits = 0;
    std::uint64_t ejections = 0;
    std::uint64_t health_changes = 0;
    std::uint32_t ejected_by = 0;  // Workers that keep it out now.
    Health health = Health::unknown;
    ExponentialHistogram first_byte{};  // Of attempts that were answered.
    bool operator==(const EndpointRow&) const = default;
};

// Attempts to get an answer from an endpoint, one row per combination seen.
struct AttemptRow {
    std::uint16_t endpoint = unknown;
    std::uint8_t method = 0;
    std::uint8_t ending = 0;
    std::uint16_t status = 0;
    BoundedHistogram duration{};
    bool operator==(const AttemptRow&) const = default;
};

struct WorkerRow {
    std::uint16_t worker = 0;
    std::int64_t connections = 0;  // Of clients, open now.
    std::uint64_t connections_accepted = 0;
    std::uint64_t connections_refused = 0;
    std::int64_t tunnels = 0;
    std::uint64_t loop_stalls = 0;  // Times that the watchdog saw the loop not come back.
    BoundedHistogram loop_lag{};
    std::uint64_t rows_refused =
        0;  // Requests counted without their names because the tables were full.
    bool operator==(const WorkerRow&) const = default;
};

struct ActiveRow {
    std::uint8_t method = 0;
    bool https = false;
    std::int64_t requests = 0;
    bool operator==(const ActiveRow&) const = default;
};

struct ProcessRow {
    std::uint64_t cpu_ns = 0;
    std::uint64_t resident_bytes = 0;
    std::uint64_t open_files = 0;
    std::uint64_t open_files_max = 0;
    bool operator==(const ProcessRow&) const = default;
};

struct LogRow {
    std::uint64_t written = 0;
    std::uint64_t sampled_out = 0;
    std::uint64_t dropped = 0;  // The queue was full.
    std::uint64_t lost = 0;     // The disk refused them.
    std::uint64_t rotations = 0;
    bool operator==(const LogRow&) const = default;
};

struct Snapshot {
    int version = snapshot_version;
    std::string gateway;  // Its identity: stable over restarts.
    std::string build;
    std::string config;  // Which configuration is in force.
    Instant started_at;
    Instant taken_at;
    std::uint64_t sequence = 0;          // Counts up by one per snapshot taken.
    std::uint64_t sketch_key_print = 0;  // Sketches of unlike prints do not merge.

    std::vector<std::string> methods;
    std::vector<EndingName> endings;
    std::vector<std::string> routes;
    std::vector<std::string> services;
    std::vector<VersionName> versions;
    std::vector<EndpointName> endpoints;

    std::vector<RequestRow> requests;
    std::vector<FlowRow> flows;
    std::vector<ServiceRow> service_rows;
    std::vector<EndpointRow> endpoint_rows;
    std::vector<AttemptRow> attempts;
    std::vector<WorkerRow> workers;
    std::vector<ActiveRow> active;
    ProcessRow process;
    LogRow log;
    std::uint64_t reloads = 0;
    std::uint64_t reloads_refused = 0;
    std::uint64_t oddities = 0;
    std::uint64_t names_refused = 0;

    bool operator==(const Snapshot&) const = default;
};

}  // namespace sg::telemetry
