// The typed form of streamgate.yaml: what the file says once short forms are expanded and names are
// checked. Plain values, immutable once built; no behaviour. Defaults stand here and nowhere else.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/address.h"
#include "base/describe.h"
#include "base/time.h"
#include "base/units.h"
#include "config/operations.h"

namespace sg::config {

using sg::Place;
using sg::Secret;

// --- listeners
// -------------------------------------------------------------------------------------

enum class TlsVersion : std::uint8_t { v1_2, v1_3 };

struct ListenerTls {
    std::vector<CertificateFiles> certificates;  // Chosen by SNI; the first is for everybody else.
    bool self_signed = false;                    // One is made in `state` when none is given.
    TlsVersion minimum = TlsVersion::v1_2;
    Duration handshake_timeout = 10s;
};

struct Listener {
    std::string address;  // `:8080`, `127.0.0.1:8080`, `[::1]:8080`, `unix:/path`
    std::optional<ListenerTls> tls;
    std::vector<Cidr>
        proxy_protocol_from;  // PROXY v1/v2 is required from these, refused from others.
    Place place;
};

// --- services
// --------------------------------------------------------------------------------------

enum class Balance : std::uint8_t { least_requests, round_robin, consistent_hash };
enum class HashOn : std::uint8_t { client_address, path, header, cookie };
enum class Scheme : std::uint8_t { http, https };

struct Endpoint {
    std::string
        host;  // A name (resolved again every `resolve_every`) or an address; or `unix:/path`.
    std::uint16_t port = 0;
    Scheme scheme = Scheme::http;
    Place place;
};

// Run by StreamGate itself (the local orchestrator).
struct Run {
    std::string command;  // ${PORT} is the port given to the instance; also in its environment.
    std::map<std::string, std::string> environment;
    std::string directory;  // Working directory; empty: where the configuration file is.
    std::uint32_t replicas = 1;
    Duration start_timeout = 30s;  // Until the health gate must have passed.
    Duration stop_timeout = 10s;   // From SIGTERM to SIGKILL.
};

struct Version {
    std::uint32_t weight = 100;  // Share of the service's traffic, relative to the other versions'.
    std::vector<Endpoint> endpoints;
    std::optional<Run> run;  // Either endpoints or run.
    Place place;
};

struct HealthCheck {
    enum class Kind : std::uint8_t { none, http, tcp };
    Kind kind = Kind::none;
    std::string path = "/";
    std::uint32_t status_from = 200;  // A reply in [status_from, status_to] is healthy.
    std::uint32_t status_to = 399;
    std::string host;  // Host field of the check; empty: the endpoint's.
    Duration every = 2s;
    Duration timeout = 1s;
    std::uint32_t unhealthy_after = 3;  // Failures in a row.
    std::uint32_t healthy_after = 2;    // Successes in a row.
};

// Passive ejection: real requests are the probe.
struct Outlier {
    bool enabled = true;
    std::uint32_t consecutive_failures =
        3;  // Connect failures, resets, time-outs and 5xx in a row.
    Duration eject_for =
        1s;  // Then a trial; after each that fails twice as long, up to eject_most.
    Duration eject_most =
        1s;  // Longer spares endpoints that stay away; shorter finds them back sooner.
    Share ejected_most = {0.5};  // Never more than this share of the endpoints (panic threshold).
    // At the end of the time a single trial request is let through; it decides.
};

struct Retry {
    bool on_connect = true;  // Could not connect: nothing was sent.
    bool on_reset = true;    // Connection lost before a response byte; idempotent methods only.
    bool on_timeout = true;  // No first byte in time; idempotent methods only.
    std::vector<std::uint16_t> on_status = {500, 502, 503, 504};  // Idempotent methods only.
    std::uint32_t attempts = 2;                                   // In all, the first included.
    Share budget = {0.2};     // Retries may be at most this share of requests...
    Rate budget_floor = {3};  // ...or this many a second if that is more: quiet services.
    Duration per_try_timeout = no_timeout;  // To the first byte, of each attempt but the last.
};

struct Timeouts {
    Duration connect = 1s;
    Duration first_byte = 30s;     // From the whole request sent to the first byte of the response.
    Duration between_bytes = 60s;  // Silence within a response body; event streams use `tunnel`.
    Duration total = no_timeout;   // The whole exchange.
    Duration tunnel = 1h;  // Silence in both directions of a WebSocket or other upgrade, or SSE.
    Duration upstream_idle = 60s;  // A pooled connection that is not used.
};

// Limits of the circuit: beyond these a request is refused at once rather than queued without end.
struct Circuit {
    std::uint32_t connections_max = 10000;  // To one endpoint.
    std::uint32_t requests_max = 10000;     // In flight to one service.
    std::uint32_t queue_max = 1000;         // Waiting for a place in flight.
    Duration queue_timeout = 1s;
};

struct StickyCookie {
    std::string name;       // Empty: not sticky.
    Duration max_age = 0s;  // 0: for the browser session.
};

struct UpstreamTls {
    bool verify = true;
    std::string ca;           // PEM bundle; empty: the system's.
    std::string server_name;  // SNI and name to verify; empty: the endpoint's host.
    std::string certificate;  // For mutual TLS.
    std::string key;
};

enum class ProxyProtocol : std::uint8_t { off, v1, v2 };
enum class Profile : std::uint8_t { plain, hls };

struct Service {
    std::string name;
    std::string team;     // Who is paged; empty: the only team there is.
    std::string runbook;  // What to do when it fails; alerts and objectives may say more.
    std::vector<std::string> needs;  // What it depends on, by name.
    std::vector<std::string> after;  // Services that must be healthy before it is started.
    Profile profile = Profile::plain;
    std::map<std::string, Version> versions;  // One unnamed version is called `default`.
    Balance balance = Balance::least_requests;
    HashOn hash_on = HashOn::client_address;
    std::string hash_name;  // Header or cookie to hash.
    StickyCookie sticky;
    Duration slow_start = 0s;  // A new or healed endpoint reaches its full share after this long.
    HealthCheck health;
    Outlier outlier;
    Retry retry;
    Timeouts timeouts;
    Circuit circuit;
    UpstreamTls tls;
    ProxyProtocol proxy_protocol = ProxyProtocol::off;  // Sent to endpoints.
    Duration resolve_every = 10s;
    Duration latency_objective = 200ms;  // Counted exactly in telemetry (guide 7.1: P95 < 200 ms).
    Place place;
};

// --- routes
// ----------------------------------------------------------------------------------------

struct PathMatch {
    enum class Kind : std::uint8_t { prefix, exact, regex };
    Kind kind =
        Kind::prefix;  // `path: /v1/` is a prefix, `path: /v1` is exact, `path_regex` is RE2.
    std::string value = "/";
};

struct FieldMatch {  // A header or query parameter.
    enum class Kind : std::uint8_t { present, exact, regex };
    Kind kind = Kind::exact;
    std::string name;
    std::string value;
};

struct FieldEdit {
    enum class Verb : std::uint8_t { set, add, remove };
    Verb verb = Verb::set;
    std::string name;
    std::string
        value;  // May use ${client.address}, ${request.id}, ${request.host}, ${request.path}.
};

struct Redirect {
    std::string to;  // Absolute URL, or a path that replaces the matched prefix.
    std::uint16_t status = 308;
};

struct Respond {
    std::uint16_t status = 200;
    std::string body;
    std::string content_type = "text/plain; charset=utf-8";
};

struct Rewrite {
    std::string prefix;  // Replaces the matched prefix.
    std::string regex;   // Or: RE2 on the path...
    std::string to;      // ...and what it becomes (\1 is the first group).
    std::string host;    // Host field towards the endpoint; empty: as the client sent it.
};

inline constexpr std::string_view state_folder = "${state}";

struct Route {
    std::string name;                // Unique; default: what it matches, `api.example.com/v1/`.
    std::vector<std::string> hosts;  // `api.example.com`, `*.example.com`; empty: any.
    PathMatch path;
    std::vector<std::string> methods;  // Empty: any.
    std::vector<FieldMatch> headers;
    std::vector<FieldMatch> query;

    std::string service;  // Exactly one of service, redirect, respond, files.
    std::optional<Redirect> redirect;
    std::optional<Respond> respond;
    std::string files;  // A folder; `${state}` stands for the state folder.

    Rewrite rewrite;
    std::vector<FieldEdit> request_headers;
    std::vector<FieldEdit> response_headers;
    std::optional<Timeouts> timeouts;  // Instead of the service's.
    std::optional<Retry> retry;
    std::optional<Bytes> body_max;
    Place place;
};

// --- the rest
// --------------------------------------------------------------------------------------

struct Limits {                              // Of one client connection or request.
    Bytes head_max = 32_KiB;                 // Request line and header fields together: 431.
    std::uint32_t fields_max = 100;          // Number of header fields: 431.
    Bytes target_max = 8_KiB;                // 414.
    Bytes body_max = 1_GiB;                  // 413; a route may say otherwise.
    Bytes response_head_max = 64_KiB;        // From endpoints: 502.
    std::uint32_t connections_max = 100000;  // Clients of the whole gateway.
    std::uint32_t requests_max =
        50000;                    // In flight in the whole gateway: beyond it 503 (load shedding).
    Duration head_timeout = 10s;  // From the first byte of a head to its last.
    Duration body_timeout = 60s;  // Silence within a request body.
    Duration idle_timeout = 75s;  // Between requests of a connection.
    Duration send_timeout = 60s;  // A client that does not read.
};

struct AccessLog {
    std::string path;      // Empty: `<state>/log/access.log`; `off`; `-` is standard output.
    Share sample = {1.0};  // Of requests that ended well; others are always written.
    Bytes rotate_at = 64_MiB;
    std::uint32_t keep = 10;  // Rotated files.
};

enum class TraceTrust : std::uint8_t { from_trusted, from_everyone, never };

struct Telemetry {
    std::string listen = "127.0.0.1:9190";  // GET /metrics and /healthz; `off`.
    std::string snapshot_listen;  // Snapshot for ops over mTLS TCP; empty: Unix socket only.
    CertificateFiles snapshot_certificate;
    std::string snapshot_client_ca;
    bool snapshot_directives = false;  // Whether who may fetch it may also say directives there.
    AccessLog access_log;
    TraceTrust trace_trust = TraceTrust::from_trusted;
};

struct Config {
    std::string file;             // Where it was read from.
    std::string state = "state";  // Folder for sockets, logs and what must survive a restart.
    std::uint32_t workers = 0;    // 0: one per core this process may use.
    std::vector<Listener> listen;
    std::vector<Cidr> trusted_proxies;  // Whose Forwarded and X-Forwarded-* are believed.
    std::map<std::string, Service> services;
    std::vector<Route> routes;
    Limits limits;
    Telemetry telemetry;
    Operations operations;
    Duration drain_timeout = 30min;  // How long an old gateway keeps tunnels after an upgrade.
    std::map<std::string, Secret> secrets;  // By path of the setting: what may not be printed.
};

using Snapshot = std::shared_ptr<const Config>;

}  // namespace sg::config
