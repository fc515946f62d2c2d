// Every setting of streamgate.yaml, described once: key, bounds, default, why one would change it.
// The YAML reader, `config default|explain|diff|schema` and the manual's tables all walk these
// functions. Source of defaults: model.h.
#pragma once

#include "base/describe.h"
#include "base/describe_read.h"
#include "config/describe_operations.h"
#include "config/model.h"

namespace sg::config {

void describe(Visitor& v, Config& config);

void describe(Visitor& v, ListenerTls& tls);
void describe(Visitor& v, Listener& listener);

void describe(Visitor& v, Run& run);
void describe(Visitor& v, Version& version);
void describe(Visitor& v, HealthCheck& health);
void describe(Visitor& v, Outlier& outlier);
void describe(Visitor& v, Retry& retry);
void describe(Visitor& v, Timeouts& timeouts);
void describe(Visitor& v, Circuit& circuit);
void describe(Visitor& v, StickyCookie& sticky);
void describe(Visitor& v, UpstreamTls& tls);
void describe(Visitor& v, Service& service);

void describe(Visitor& v, Redirect& redirect);
void describe(Visitor& v, Respond& respond);
void describe(Visitor& v, Rewrite& rewrite);
void describe(Visitor& v, Route& route);

void describe(Visitor& v, Limits& limits);
void describe(Visitor& v, AccessLog& log);
void describe(Visitor& v, Telemetry& telemetry);

// Several members of a struct behind one key (describe_custom.cc). The value is the struct named in
// the comment.
const Type& endpoint_type();        // Endpoint: `http://host:port`, `host:port`, `unix:/path`
const Type& retry_on_type();        // Retry: `[connect, reset, timeout, 502]`
const Type& hash_on_type();         // Service: `header x-user`
const Type& status_range_type();    // HealthCheck: `200-399`
const Type& probe_status_type();    // Probe: the same
const Type& path_type();            // PathMatch: `/v1/` is a prefix, `/v1` exact
const Type& path_regex_type();      // PathMatch
const Type& header_matches_type();  // std::vector<FieldMatch>: `{x-beta: "1"}`, `~regex`, `*`
const Type& query_matches_type();   // std::vector<FieldMatch>
const Type& field_edits_type();     // std::vector<FieldEdit>: `{set: {a: b}, add: …, remove: [c]}`

// An endpoint from its text: `http://h:1`, `https://h`, `h:1`, `unix:/p`. The place is left alone.
Result<Endpoint> parse_endpoint(std::string_view text);
using sg::to_text;
std::string to_text(const Endpoint& endpoint);

}  // namespace sg::config

namespace sg {

template <>
struct TypeOf<config::Endpoint> {
    static const Type& type() { return config::endpoint_type(); }
};

template <>
struct WordsOf<config::TlsVersion> {
    static constexpr std::string_view name = "a TLS version";
    static constexpr std::string_view words[] = {"1.2", "1.3"};
};
template <>
struct WordsOf<config::Balance> {
    static constexpr std::string_view name = "a way to balance";
    static constexpr std::string_view words[] = {"least-requests", "round-robin",
                                                 "consistent-hash"};
};
template <>
struct WordsOf<config::HealthCheck::Kind> {
    static constexpr std::string_view name = "a kind of health check";
    static constexpr std::string_view words[] = {"off", "http", "tcp"};
};
template <>
struct WordsOf<config::ProxyProtocol> {
    static constexpr std::string_view name = "a version of the PROXY protocol";
    static constexpr std::string_view words[] = {"off", "v1", "v2"};
};
template <>
struct WordsOf<config::Profile> {
    static constexpr std::string_view name = "a profile";
    static constexpr std::string_view words[] = {"plain", "hls"};
};
template <>
struct WordsOf<config::TraceTrust> {
    static constexpr std::string_view name = "a rule of trust";
    static constexpr std::string_view words[] = {"from-trusted", "from-everyone", "never"};
};

}  // namespace sg
