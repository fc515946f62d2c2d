#include "telemetry/prometheus.h"

namespace sg::telemetry {

std::string_view route_of(const Snapshot& snapshot, std::uint16_t route) {
    return route < snapshot.routes.size() ? snapshot.routes[route] : std::string_view{};
}

std::string_view service_of(const Snapshot& snapshot, std::uint16_t service) {
    return service < snapshot.services.size() ? snapshot.services[service] : std::string_view{};
}

std::string_view version_of(const Snapshot& snapshot, std::uint16_t version) {
    return version < snapshot.versions.size() ? snapshot.versions[version].name
                                              : std::string_view{};
}

std::string_view endpoint_of(const Snapshot& snapshot, std::uint16_t endpoint) {
    return endpoint < snapshot.endpoints.size() ? snapshot.endpoints[endpoint].name
                                                : std::string_view{};
}

const EndingName& ending_of(const Snapshot& snapshot, std::uint8_t ending) {
    static const EndingName unknown_ending{"unknown", "-", "none"};
    return ending < snapshot.endings.size() ? snapshot.endings[ending] : unknown_ending;
}

std::string_view error_type_of(const EndingName& ending) {
    return ending.token == "-" ? std::string_view{} : ending.token;
}

std::string to_prometheus(const Snapshot& snapshot) {
    Exposition out;
    write_http_metrics(out, snapshot);
    write_service_metrics(out, snapshot);
    write_upstream_metrics(out, snapshot);
    write_process_metrics(out, snapshot);
    return out.take();
}

}  // namespace sg::telemetry
