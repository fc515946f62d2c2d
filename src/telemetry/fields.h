// The fields of a snapshot by name: the one list from which encoding and decoding are both made, so
// that they agree. `f(name, member)` is called for each.
#pragma once

#include "telemetry/snapshot.h"

namespace sg::telemetry {

// A sketch is a text of its registers, a printable character each: rank r is '#' + r, which meets
// neither `"` nor `\`. A run of zeros is a blank and how many, two digits from '#' on.
inline constexpr char sketch_zero = '#';
inline constexpr char sketch_run = ' ';
inline constexpr std::size_t sketch_run_base = 32;
inline constexpr std::size_t sketch_run_least = 4;  // Shorter ones are no shorter so.
static_assert(Sketch::registers < sketch_run_base * sketch_run_base);

template <class F>
void each_field(F& f, EndingName& r) {
    f("name", r.name), f("token", r.token), f("blame", r.blame);
}

template <class F>
void each_field(F& f, VersionName& r) {
    f("service", r.service), f("name", r.name);
}

template <class F>
void each_field(F& f, EndpointName& r) {
    f("version", r.version), f("name", r.name);
}

template <class F>
void each_field(F& f, RequestRow& r) {
    f("route", r.route), f("service", r.service), f("version", r.version);
    f("method", r.method), f("ending", r.ending), f("status", r.status), f("https", r.https);
    f("duration", r.duration), f("bytes_in", r.bytes_in), f("bytes_out", r.bytes_out);
}

template <class F>
void each_field(F& f, FlowRow& r) {
    f("route", r.route), f("service", r.service), f("version", r.version);
    f("objective_ns", r.objective_ns), f("duration_within", r.duration_within);
    f("first_byte_within", r.first_byte_within), f("tunnels", r.tunnels);
    f("cache_hits", r.cache_hits), f("cache_misses", r.cache_misses);
    f("duration", r.duration);
}

template <class F>
void each_field(F& f, ClientMinute& r) {
    f("minute", r.minute), f("seen", r.seen), f("affected", r.affected);
    f("listed", r.listed);
}

template <class F>
void each_field(F& f, ServiceRow& r) {
    f("service", r.service), f("active", r.active), f("retries", r.retries);
    f("retries_refused", r.retries_refused), f("circuit_refused", r.circuit_refused);
    f("clients", r.clients), f("clients_affected", r.clients_affected), f("minutes", r.minutes);
}

template <class F>
void each_field(F& f, EndpointRow& r) {
    f("endpoint", r.endpoint), f("active", r.active), f("connections", r.connections);
    f("connects", r.connects), f("connect_failures", r.connect_failures);
    f("connect_sum_ns", r.connect_sum_ns), f("pool_hits", r.pool_hits);
    f("ejections", r.ejections), f("health_changes", r.health_changes);
    f("ejected_by", r.ejected_by), f("health", r.health), f("first_byte", r.first_byte);
}

template <class F>
void each_field(F& f, AttemptRow& r) {
    f("endpoint", r.endpoint), f("method", r.method), f("ending", r.ending);
    f("status", r.status), f("duration", r.duration);
}

template <class F>
void each_field(F& f, WorkerRow& r) {
    f("worker", r.worker), f("connections", r.connections);
    f("connections_accepted", r.connections_accepted);
    f("connections_refused", r.connections_refused), f("tunnels", r.tunnels);
    f("loop_stalls", r.loop_stalls), f("loop_lag", r.loop_lag);
    f("rows_refused", r.rows_refused);
}

template <class F>
void each_field(F& f, ActiveRow& r) {
    f("method", r.method), f("https", r.https), f("requests", r.requests);
}

template <class F>
void each_field(F& f, ProcessRow& r) {
    f("cpu_ns", r.cpu_ns), f("resident_bytes", r.resident_bytes);
    f("open_files", r.open_files), f("open_files_max", r.open_files_max);
}

template <class F>
void each_field(F& f, LogRow& r) {
    f("written", r.written), f("sampled_out", r.sampled_out), f("dropped", r.dropped);
    f("lost", r.lost), f("rotations", r.rotations);
}

template <class F>
void each_field(F& f, Snapshot& r) {
    f("version", r.version), f("gateway", r.gateway), f("build", r.build), f("config", r.config);
    f("started_at", r.started_at), f("taken_at", r.taken_at), f("sequence", r.sequence);
    f("sketch_key_print", r.sketch_key_print);
    f("methods", r.methods), f("endings", r.endings), f("routes", r.routes);
    f("services", r.services), f("versions", r.versions), f("endpoints", r.endpoints);
    f("requests", r.requests), f("flows", r.flows), f("service_rows", r.service_rows);
    f("endpoint_rows", r.endpoint_rows), f("attempts", r.attempts), f("workers", r.workers);
    f("active", r.active), f("process", r.process), f("log", r.log);
    f("reloads", r.reloads), f("reloads_refused", r.reloads_refused);
    f("oddities", r.oddities), f("names_refused", r.names_refused);
}

struct AnyVisitor {
    void operator()(const char*, auto&) {}
};
template <class T>
concept HasFields = requires(AnyVisitor& f, T& row) { each_field(f, row); };

}  // namespace sg::telemetry
