// A snapshot as Prometheus reads it. HTTP metrics have the names and labels of the OpenTelemetry
// conventions, the rest begins with streamgate_. Bounded: labels come from the configuration, never
// from what a client sends.
#pragma once

#include <string>
#include <string_view>

#include "telemetry/exposition.h"
#include "telemetry/snapshot.h"

namespace sg::telemetry {

inline constexpr std::string_view prometheus_content_type =
    "text/plain; version=0.0.4; charset=utf-8";

std::string to_prometheus(const Snapshot& snapshot);

// The parts of it, in order.
void write_http_metrics(Exposition& out, const Snapshot& snapshot);  // OpenTelemetry names.
void write_service_metrics(Exposition& out,
                           const Snapshot& snapshot);  // Routes, services, clients.
void write_upstream_metrics(Exposition& out, const Snapshot& snapshot);  // Endpoints.
void write_process_metrics(Exposition& out, const Snapshot& snapshot);   // Workers, log, process.

// Names by index; unknown ones are empty, and so become no label.
std::string_view route_of(const Snapshot& snapshot, std::uint16_t route);
std::string_view service_of(const Snapshot& snapshot, std::uint16_t service);
std::string_view version_of(const Snapshot& snapshot, std::uint16_t version);
std::string_view endpoint_of(const Snapshot& snapshot, std::uint16_t endpoint);
const EndingName& ending_of(const Snapshot& snapshot, std::uint8_t ending);
std::string_view error_type_of(const EndingName& ending);  // Its RFC 9209 token, or empty.

}  // namespace sg::telemetry
