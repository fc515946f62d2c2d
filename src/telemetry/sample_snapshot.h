// A snapshot with something in every field, for tests.
#pragma once

#include "telemetry/snapshot.h"

namespace sg::telemetry {

inline void add_sample_names(Snapshot& s) {
    s.gateway = "0123456789abcdef0123456789abcdef";
    s.build = "0.1.0";
    s.config = "sha256:abc";
    s.started_at = {1'795'000'000'000'000'000};
    s.taken_at = {1'795'000'125'500'000'000};
    s.sequence = 125;
    s.sketch_key_print = UINT64_MAX;
    s.methods = {"GET", "HEAD", "POST", "_OTHER"};
    s.endings = {{"ok", "-", "none"},
                 {"upstream_refused", "connection_refused", "upstream"},
                 {"request_malformed", "http_request_error", "client"}};
    s.routes = {"api.example.com/v1/", "quoted \"name\" \\ and\nline"};
    s.services = {"api"};
    s.versions = {{0, "v1"}, {0, "v2"}};
    s.endpoints = {{0, "127.0.0.1:9001"}, {1, "[::1]:9002"}, {1, "unix:/run/app.sock"}};
}

inline void add_sample_requests(Snapshot& s) {
    RequestRow good{.route = 0,
                    .service = 0,
                    .version = 0,
                    .method = 0,
                    .ending = 0,
                    .status = 200,
                    .https = true,
                    .bytes_in = 10,
                    .bytes_out = 4096};
    good.duration.counts = {3, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
    good.duration.sum_ns = 11'234'567'890;
    auto other_version = good;
    other_version.version = 1;
    RequestRow bad{.method = 3, .ending = 2, .status = 400};
    bad.duration.counts[0] = 4;
    bad.duration.sum_ns = 5;
    s.requests = {good, other_version, bad};

    FlowRow flow{.route = 0,
                 .service = 0,
                 .version = 0,
                 .objective_ns = 200'000'000,
                 .duration_within = 5,
                 .first_byte_within = 6,
                 .tunnels = 2,
                 .cache_hits = 1,
                 .cache_misses = 3};
    for (const std::uint64_t ns : {10'000, 200'000, 3'000'000}) flow.duration.record(ns);
    s.flows = {flow};
}

inline void add_sample_service(Snapshot& s) {
    ServiceRow service{
        .service = 0, .active = 7, .retries = 2, .retries_refused = 1, .circuit_refused = 3};
    const SketchKey key{1, 2};
    for (std::uint64_t i = 0; i < 100; ++i) service.clients.add(keyed_hash(key, i, 0));
    for (std::uint64_t i = 0; i < 9; ++i) service.clients_affected.add(keyed_hash(key, i, 0));
    const auto minute = s.taken_at.ns / 60'000'000'000;
    service.minutes = {{minute, service.clients_affected, {}},
                       {minute - 1, service.clients, service.clients_affected}};
    service.minutes[1].listed = {
        .failed = 12,
        .unlisted_max = 1,
        .clients = {{.name = "192.0.2.7", .failed = 7, .unsure = 1, .first_ms = 1, .last_ms = 2},
                    {.kind = ClientKind::principal, .name = "quoted \"name\"", .failed = 4}}};
    s.service_rows = {service};
}

inline void add_sample_upstreams(Snapshot& s) {
    EndpointRow endpoint{.endpoint = 0,
                         .active = 1,
                         .connections = 2,
                         .connects = 3,
                         .connect_failures = 4,
                         .connect_sum_ns = 5,
                         .pool_hits = 6,
                         .ejections = 7,
                         .health_changes = 8,
                         .ejected_by = 1,
                         .health = Health::unhealthy};
    endpoint.first_byte.scale = 3;
    endpoint.first_byte.record(1'000'000);
    s.endpoint_rows = {endpoint, {.endpoint = 1, .health = Health::healthy}, {.endpoint = 2}};

    AttemptRow attempt{.endpoint = 0, .method = 2, .ending = 1, .status = 0};
    attempt.duration.counts[2] = 8;
    attempt.duration.sum_ns = 160'000'000;
    AttemptRow through_socket{.endpoint = 2, .method = 0, .ending = 0, .status = 200};
    through_socket.duration.counts[0] = 1;
    s.attempts = {attempt, through_socket};
}

inline Snapshot sample_snapshot() {
    Snapshot s;
    add_sample_names(s);
    add_sample_requests(s);
    add_sample_service(s);
    add_sample_upstreams(s);

    WorkerRow worker{.worker = 1,
                     .connections = 3,
                     .connections_accepted = 40,
                     .connections_refused = 2,
                     .tunnels = 1,
                     .loop_stalls = 1,
                     .rows_refused = 5};
    worker.loop_lag.counts[0] = 1000;
    worker.loop_lag.sum_ns = 2'000'000;
    s.workers = {worker};
    s.active = {{0, true, 2}, {2, false, 1}};
    s.process = {.cpu_ns = 1'500'000'000,
                 .resident_bytes = 1 << 24,
                 .open_files = 30,
                 .open_files_max = 1024};
    s.log = {.written = 10, .sampled_out = 20, .dropped = 3, .lost = 4, .rotations = 1};
    s.reloads = 2;
    s.reloads_refused = 1;
    s.oddities = 1;
    s.names_refused = 1;
    return s;
}

}  // namespace sg::telemetry
