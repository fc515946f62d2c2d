#include "ops/detect/signals/pull.h"

#include <algorithm>

#include "telemetry/encode.h"

namespace sg::signals {

namespace {

constexpr const char* path = "/snapshot";

ports::http::Request question(const GatewayAddress& gateway) {
    ports::http::Request request{.timeout = Pull::timeout,
                                 .connect_timeout = Pull::timeout,
                                 .ca = gateway.ca,
                                 .certificate = gateway.certificate,
                                 .key = gateway.key,
                                 .body_max = telemetry::snapshot_size_max};
    if (gateway.unix_socket.empty()) {
        request.url = "https://" + gateway.host_port + path;
    } else {
        request.url = std::string("http://gateway") + path;
        request.unix_socket = gateway.unix_socket;
    }
    return request;
}

Result<telemetry::Snapshot> snapshot_in(const Result<ports::http::Response>& response) {
    if (!response) return std::unexpected(response.error());
    if (response->status != 200) return fail(Errc::unavailable, "the gateway refuses");
    return telemetry::decode(response->body);
}

}  // namespace

GatewayAddress gateway_address(std::string name, const std::string& address) {
    if (address.starts_with("unix:"))
        return {.name = std::move(name), .unix_socket = address.substr(5)};
    return {.name = std::move(name), .host_port = address};
}

void Pull::set_gateways(std::vector<GatewayAddress> gateways) {
    if (gateways == gateways_) return;
    gateways_ = std::move(gateways);
    asked_.clear();
    std::vector<std::string> names;
    for (const auto& gateway : gateways_) names.push_back(gateway.name);
    counts_.keep_only(names);
}

void Pull::ask(const GatewayAddress& gateway, Instant at) {
    auto& asked = asked_[gateway.name];
    if (asked != nullptr) return;  // Still waiting for the last answer.
    asked = std::make_shared<int>();
    exchanges_.start(question(gateway), [this, name = gateway.name, at,
                                         mark = std::weak_ptr<int>(asked)](const auto& response) {
        if (mark.expired()) return;
        asked_.erase(name);
        if (const auto snapshot = snapshot_in(response)) counts_.hear(name, *snapshot, at);
        else counts_.miss(name);
    });
}

void Pull::ask_leaving(const std::string& socket, Instant at) {
    const GatewayAddress gateway{.unix_socket = socket};
    exchanges_.start(question(gateway), [this, at](const auto& response) {
        if (const auto snapshot = snapshot_in(response)) counts_.hear_leaving(*snapshot, at);
    });
}

Second Pull::second(Instant at, Tick now) {
    for (const auto& gateway : gateways_) ask(gateway, at);
    for (const auto& socket : leaving_) ask_leaving(socket, at);
    exchanges_.run(now + patience);
    for (const auto& [name, asked] : asked_) counts_.miss(name);
    return counts_.close(at);
}

}  // namespace sg::signals
