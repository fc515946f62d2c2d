// Writing directives, in the form that read.cc reads.
#include "directive/json.h"
#include "directive/json_tree.h"
#include "directive/validate.h"

namespace sg::directive {

namespace {

using Json = nlohmann::ordered_json;

Json write(const SetWeights& what) {
    Json weights = Json::object();
    for (const auto& [version, weight] : what.weights) weights[version] = weight;
    return {{"service", what.service}, {"weights", std::move(weights)}};
}

Json write(const DrainEndpoint& what) {
    return {{"service", what.service}, {"endpoint", what.endpoint}};
}

Json write(const SetCircuit& what) {
    Json out{{"service", what.service}};
    if (what.requests_max) out["requests_max"] = *what.requests_max;
    if (what.connections_max) out["connections_max"] = *what.connections_max;
    if (what.queue_max) out["queue_max"] = *what.queue_max;
    return out;
}

Json write(const InjectFault& what) {
    Json out = Json::object();
    if (!what.route.empty()) out["route"] = what.route;
    if (!what.service.empty()) out["service"] = what.service;
    if (!what.version.empty()) out["version"] = what.version;
    if (!what.endpoint.empty()) out["endpoint"] = what.endpoint;
    out["share"] = what.share.of_one;
    if (what.delay) out["delay"] = to_text(*what.delay);
    if (what.abort) out["abort"] = *what.abort;
    if (what.reset) out["reset"] = true;
    if (what.bytes_per_second) out["bytes_per_second"] = what.bytes_per_second->count;
    return out;
}

Json write(const SetEndpoints& what) {
    Json endpoints = Json::array();
    for (const auto& endpoint : what.endpoints) endpoints.push_back(endpoint);
    return {
        {"service", what.service}, {"version", what.version}, {"endpoints", std::move(endpoints)}};
}

Json write(const Shed& what) {
    return {{"service", what.service},
            {"share", what.share.of_one},
            {"retry_after", to_text(what.retry_after)}};
}

Json write(const OpenBreaker& what) {
    return {{"service", what.service}, {"endpoint", what.endpoint}};
}

Json write(const BlockClient& what) {
    Json out{{"client", what.client}};
    if (!what.service.empty()) out["service"] = what.service;
    return out;
}

Json write(const ShowExpired& what) {
    Json out = Json::object();
    if (!what.listener.empty()) out["listener"] = what.listener;
    return out;
}

Json write(const SwitchOff& what) { return {{"service", what.service}, {"need", what.need}}; }

}  // namespace

Json write_tree(const Directive& directive) {
    Json out{{"id", directive.id}, {"origin", directive.origin}};
    if (!directive.reason.empty()) out["reason"] = directive.reason;
    out["issued_at"] = to_rfc3339(directive.issued_at);
    if (directive.expires_at != Instant::never())
        out["expires_at"] = to_rfc3339(directive.expires_at);
    out[std::string(kind_of(directive))] =
        std::visit([](const auto& what) { return write(what); }, directive.what);
    return out;
}

std::string write(const Directive& directive) {
    return write_tree(directive).dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace sg::directive
