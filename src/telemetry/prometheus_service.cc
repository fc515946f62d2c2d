// Own metrics of routes, services and clients.
#include <cmath>
#include <map>
#include <utility>

#include "telemetry/prometheus.h"

namespace sg::telemetry {

namespace {

using Type = Exposition::Type;

void write_endings(Exposition& out, const Snapshot& snapshot) {
    std::map<std::string, std::pair<Labels, std::uint64_t>> rows;
    for (const auto& row : snapshot.requests) {
        const auto& ending = ending_of(snapshot, row.ending);
        Labels labels;
        labels.add("route", route_of(snapshot, row.route))
            .add("service", service_of(snapshot, row.service))
            .add("version", version_of(snapshot, row.version))
            .add("ending", ending.name)
            .add("error_type", error_type_of(ending))
            .add("blame", ending.blame);
        auto& [kept, count] = rows[labels.text()];
        kept = labels;
        count += row.duration.count();
    }
    out.family("streamgate_requests_ended_total", Type::counter,
               "Requests by the one reason for which each ended, and whose doing it was.");
    for (const auto& [text, row] : rows) out.sample(row.first, row.second);
}

Labels flow_labels(const Snapshot& snapshot, const FlowRow& row) {
    Labels labels;
    labels.add("route", route_of(snapshot, row.route))
        .add("service", service_of(snapshot, row.service))
        .add("version", version_of(snapshot, row.version));
    return labels;
}

struct FlowCount {
    std::string_view name;
    std::string_view help;
    std::uint64_t (*read)(const FlowRow&);
};

// Per objective: a changed objective begins new series, so a share of the two is never of mixed
// thresholds.
constexpr FlowCount flow_counts[] = {
    {"streamgate_requests_answered_total",
     "Requests that were answered without an error, and those whose client gave up after the "
     "latency objective.",
     [](const FlowRow& row) { return row.duration.count(); }},
    {"streamgate_requests_within_objective_total",
     "Requests answered to the last byte within the latency objective; counted exactly.",
     [](const FlowRow& row) { return row.duration_within; }},
    {"streamgate_first_bytes_within_objective_total",
     "Requests whose answer began within the latency objective; counted exactly.",
     [](const FlowRow& row) { return row.first_byte_within; }},
    {"streamgate_tunnels_ended_total", "WebSockets and other tunnels that have ended.",
     [](const FlowRow& row) { return row.tunnels; }},
};

void write_flows(Exposition& out, const Snapshot& snapshot) {
    for (const auto& count : flow_counts) {
        out.family(count.name, Type::counter, count.help);
        for (const auto& row : snapshot.flows) {
            auto labels = flow_labels(snapshot, row);
            labels.add("objective_ms", row.objective_ns / 1'000'000);
            out.sample(labels, count.read(row));
        }
    }
}

struct ServiceCount {
    std::string_view name;
    std::string_view help;
    std::uint64_t ServiceRow::* value;
};

constexpr ServiceCount service_counts[] = {
    {"streamgate_retries_total", "Attempts beyond the first.", &ServiceRow::retries},
    {"streamgate_retries_refused_total", "Retries that the budget did not allow.",
     &ServiceRow::retries_refused},
    {"streamgate_circuit_refused_total", "Requests refused because the service was at its limit.",
     &ServiceRow::circuit_refused},
};

// The last minute that is over; the present one would always look too small.
const ClientMinute* last_whole_minute(const ServiceRow& row, std::int64_t now_minute) {
    for (const auto& minute : row.minutes)
        if (minute.minute == now_minute - 1) return &minute;
    return nullptr;
}

void write_services(Exposition& out, const Snapshot& snapshot) {
    const auto labels = [&](const ServiceRow& row) {
        return Labels{}.add("service", service_of(snapshot, row.service));
    };
    for (const auto& count : service_counts) {
        out.family(count.name, Type::counter, count.help);
        for (const auto& row : snapshot.service_rows) out.sample(labels(row), row.*count.value);
    }
    out.family("streamgate_service_active_requests", Type::gauge,
               "Requests in flight to a service.");
    for (const auto& row : snapshot.service_rows) out.sample(labels(row), row.active);

    const auto minute = snapshot.taken_at.ns / 60'000'000'000;
    const auto estimate = [&](const ServiceRow& row, Sketch ClientMinute::* which) {
        const auto* last = last_whole_minute(row, minute);
        return last == nullptr ? std::int64_t{0} : std::llround((last->*which).estimate());
    };
    out.family("streamgate_clients_last_minute", Type::gauge,
               "Distinct clients in the last whole minute; an estimate, standard error 4.6 %.");
    for (const auto& row : snapshot.service_rows)
        out.sample(labels(row), std::int64_t{estimate(row, &ClientMinute::seen)});
    out.family(
        "streamgate_clients_affected_last_minute", Type::gauge,
        "Distinct clients that got an error not of their own doing in the last whole minute.");
    for (const auto& row : snapshot.service_rows)
        out.sample(labels(row), std::int64_t{estimate(row, &ClientMinute::affected)});
}

}  // namespace

void write_service_metrics(Exposition& out, const Snapshot& snapshot) {
    write_endings(out, snapshot);
    write_flows(out, snapshot);
    write_services(out, snapshot);
}

}  // namespace sg::telemetry
