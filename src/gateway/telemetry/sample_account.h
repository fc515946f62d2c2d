// An account with something in every field, for tests.
#pragma once

#include "gateway/telemetry/registry.h"

namespace sg::gateway {

struct SampleNames {
    std::uint16_t route;
    std::uint16_t service;
    std::uint16_t version;
    std::uint16_t first;
    std::uint16_t second;
};

inline SampleNames add_sample_names(Registry& registry) {
    SampleNames names;
    names.route = registry.route("api.example.com/v1/");
    names.service = registry.service("api");
    names.version = registry.version(names.service, "v2");
    names.first = registry.endpoint(names.version, "10.0.0.1:8080");
    names.second = registry.endpoint(names.version, "10.0.0.2:8080");
    registry.set_objective(names.service, 200ms);
    return names;
}

// Refused by the first endpoint, answered by the second.
inline Account sample_account(const SampleNames& names) {
    Account a;
    a.request_id = {0x0123456789abcdef, 0xfedcba9876543210};
    a.trace.trace_id = {0x1111111111111111, 0x2222222222222222};
    a.started_at = {1'795'414'951'042'123'456};  // 2026-11-23T06:22:31.042Z
    a.duration_ns = 12'345'678;
    a.first_byte_ns = 9'876'543;
    a.status = 200;
    a.route = names.route;
    a.service = names.service;
    a.version = names.version;
    a.endpoint = names.second;
    a.method = http::Method::get;
    a.method_text = "GET";
    a.host = "api.example.com";
    a.target = "/v1/streams?token=abc&limit=5";
    a.user_agent = "curl/8";
    a.client = parse_ip("192.0.2.7").value();
    a.bytes_in = 3;
    a.bytes_out = 4096;
    a.attempts = 2;
    a.attempt[0] = {
        .endpoint = names.first, .ending = Ending::upstream_refused, .started_ns = 100'000};
    a.attempt[1] = {.endpoint = names.second,
                    .status = 200,
                    .started_ns = 1'000'000,
                    .connect_ns = 500'000,
                    .first_byte_ns = 8'000'000};
    return a;
}

}  // namespace sg::gateway
