// Own metrics of endpoints.
#include <map>
#include <utility>

#include "telemetry/prometheus.h"

namespace sg::telemetry {

namespace {

using Type = Exposition::Type;

Labels endpoint_labels(const Snapshot& snapshot, std::uint16_t endpoint) {
    const auto version =
        endpoint < snapshot.endpoints.size() ? snapshot.endpoints[endpoint].version : unknown;
    const auto service =
        version < snapshot.versions.size() ? snapshot.versions[version].service : unknown;
    Labels labels;
    labels.add("service", service_of(snapshot, service))
        .add("version", version_of(snapshot, version))
        .add("endpoint", endpoint_of(snapshot, endpoint));
    return labels;
}

struct EndpointCount {
    std::string_view name;
    std::string_view help;
    std::uint64_t EndpointRow::* value;
};

constexpr EndpointCount endpoint_counts[] = {
    {"streamgate_upstream_connects_total", "Connections made to an endpoint.",
     &EndpointRow::connects},
    {"streamgate_upstream_connect_failures_total", "Connections to an endpoint that failed.",
     &EndpointRow::connect_failures},
    {"streamgate_upstream_pool_hits_total", "Attempts that found an open connection.",
     &EndpointRow::pool_hits},
    {"streamgate_upstream_ejections_total",
     "Times that an endpoint was taken out for its failures.", &EndpointRow::ejections},
    {"streamgate_upstream_health_changes_total", "Times that a check changed its mind.",
     &EndpointRow::health_changes},
};

struct EndpointGauge {
    std::string_view name;
    std::string_view help;
    std::int64_t EndpointRow::* value;
};

constexpr EndpointGauge endpoint_gauges[] = {
    {"streamgate_upstream_active_requests", "Requests in flight to an endpoint.",
     &EndpointRow::active},
    {"streamgate_upstream_connections", "Open connections to an endpoint, in use or pooled.",
     &EndpointRow::connections},
};

void write_attempts(Exposition& out, const Snapshot& snapshot) {
    std::map<std::string, std::pair<Labels, std::uint64_t>> rows;
    for (const auto& row : snapshot.attempts) {
        auto labels = endpoint_labels(snapshot, row.endpoint);
        labels.add("ending", ending_of(snapshot, row.ending).name);
        auto& [kept, count] = rows[labels.text()];
        kept = labels;
        count += row.duration.count();
    }
    out.family("streamgate_upstream_attempts_total", Type::counter,
               "Attempts to get an answer from an endpoint, by how each ended.");
    for (const auto& [text, row] : rows) out.sample(row.first, row.second);
}

}  // namespace

void write_upstream_metrics(Exposition& out, const Snapshot& snapshot) {
    write_attempts(out, snapshot);
    for (const auto& count : endpoint_counts) {
        out.family(count.name, Type::counter, count.help);
        for (const auto& row : snapshot.endpoint_rows)
            out.sample(endpoint_labels(snapshot, row.endpoint), row.*count.value);
    }
    out.family("streamgate_upstream_connect_seconds_total", Type::counter,
               "Time spent on making connections to an endpoint.");
    for (const auto& row : snapshot.endpoint_rows)
        out.sample_seconds(endpoint_labels(snapshot, row.endpoint), row.connect_sum_ns);
    for (const auto& gauge : endpoint_gauges) {
        out.family(gauge.name, Type::gauge, gauge.help);
        for (const auto& row : snapshot.endpoint_rows)
            out.sample(endpoint_labels(snapshot, row.endpoint), row.*gauge.value);
    }
    out.family("streamgate_upstream_ejected", Type::gauge,
               "Workers that keep an endpoint out at present.");
    for (const auto& row : snapshot.endpoint_rows)
        out.sample(endpoint_labels(snapshot, row.endpoint), std::int64_t{row.ejected_by});
    out.family("streamgate_upstream_healthy", Type::gauge,
               "1: the checks of an endpoint succeed, 0: they fail; none if it is not checked.");
    for (const auto& row : snapshot.endpoint_rows)
        if (row.health != Health::unknown)
            out.sample(endpoint_labels(snapshot, row.endpoint),
                       std::int64_t{row.health == Health::healthy ? 1 : 0});
}

}  // namespace sg::telemetry
