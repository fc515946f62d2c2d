// The metrics whose names are those of the OpenTelemetry HTTP conventions.
// Source: semantic conventions, docs/http/http-metrics.md; names as its Prometheus mapping makes
// them.
#include <map>
#include <set>
#include <utility>

#include "telemetry/prometheus.h"

namespace sg::telemetry {

namespace {

using Type = Exposition::Type;

std::string_view method_of(const Snapshot& snapshot, std::uint8_t method) {
    return method < snapshot.methods.size() ? std::string_view(snapshot.methods[method])
                                            : std::string_view("_OTHER");
}

std::string status_text(std::uint16_t status) {
    return status == 0 ? std::string{} : std::to_string(status);
}

struct ServerSums {
    BoundedHistogram duration;
    std::uint64_t bytes_in = 0;
    std::uint64_t bytes_out = 0;
};

void write_server(Exposition& out, const Snapshot& snapshot) {
    // Services, versions and endings are no attributes here: rows that differ in them only are
    // added up.
    std::map<std::string, std::pair<Labels, ServerSums>> rows;
    for (const auto& row : snapshot.requests) {
        Labels labels;
        labels.add("http_request_method", method_of(snapshot, row.method))
            .add("url_scheme", row.https ? "https" : "http")
            .add("http_response_status_code", status_text(row.status))
            .add("http_route", route_of(snapshot, row.route))
            .add("error_type", error_type_of(ending_of(snapshot, row.ending)));
        auto& [kept, sums] = rows[labels.text()];
        kept = labels;
        sums.duration.merge(row.duration);
        sums.bytes_in += row.bytes_in;
        sums.bytes_out += row.bytes_out;
    }
    out.family("http_server_request_duration_seconds", Type::histogram,
               "Duration of HTTP requests from clients.");
    for (const auto& [text, row] : rows) out.sample(row.first, row.second.duration);
    out.family("http_server_request_body_size_bytes", Type::summary,
               "Size of the bodies of requests from clients.");
    for (const auto& [text, row] : rows)
        out.sample_sum(row.first, row.second.bytes_in, row.second.duration.count());
    out.family("http_server_response_body_size_bytes", Type::summary,
               "Size of the bodies of responses to clients.");
    for (const auto& [text, row] : rows)
        out.sample_sum(row.first, row.second.bytes_out, row.second.duration.count());
}

void write_active(Exposition& out, const Snapshot& snapshot) {
    // What was ever seen stays, at 0: a gauge that goes away looks like a gateway that went away.
    std::map<std::pair<std::uint8_t, bool>, std::int64_t> active;
    for (const auto& row : snapshot.requests) active.try_emplace({row.method, row.https}, 0);
    for (const auto& row : snapshot.active) active[{row.method, row.https}] += row.requests;
    out.family("http_server_active_requests", Type::gauge,
               "HTTP requests from clients that are in flight.");
    for (const auto& [key, requests] : active)
        out.sample(Labels{}
                       .add("http_request_method", method_of(snapshot, key.first))
                       .add("url_scheme", key.second ? "https" : "http"),
                   requests);
}

void write_client(Exposition& out, const Snapshot& snapshot) {
    std::map<std::string, std::pair<Labels, BoundedHistogram>> rows;
    for (const auto& row : snapshot.attempts) {
        const auto endpoint = endpoint_of(snapshot, row.endpoint);
        const auto version = row.endpoint < snapshot.endpoints.size()
                                 ? snapshot.endpoints[row.endpoint].version
                                 : unknown;
        const auto service =
            version < snapshot.versions.size() ? snapshot.versions[version].service : unknown;
        const auto colon = endpoint.rfind(':');
        const bool unix_socket = endpoint.starts_with("unix:");
        Labels labels;
        labels.add("http_request_method", method_of(snapshot, row.method))
            .add("http_response_status_code", status_text(row.status))
            .add("server_address", unix_socket ? endpoint.substr(5) : endpoint.substr(0, colon))
            .add("server_port", unix_socket || colon == std::string_view::npos
                                    ? std::string_view{}
                                    : endpoint.substr(colon + 1))
            .add("service", service_of(snapshot, service))
            .add("version", version_of(snapshot, version))
            .add("error_type", error_type_of(ending_of(snapshot, row.ending)));
        auto& [kept, duration] = rows[labels.text()];
        kept = labels;
        duration.merge(row.duration);
    }
    out.family("http_client_request_duration_seconds", Type::histogram,
               "Duration of attempts to get an answer from an endpoint.");
    for (const auto& [text, row] : rows) out.sample(row.first, row.second);
}

}  // namespace

void write_http_metrics(Exposition& out, const Snapshot& snapshot) {
    write_server(out, snapshot);
    write_active(out, snapshot);
    write_client(out, snapshot);
}

}  // namespace sg::telemetry
