// The top of the file, limits and telemetry.
#include "config/describe.h"
#include "config/expand.h"
#include "config/formats.h"

namespace sg::config {

namespace {

void describe_sizes(Visitor& v, Limits& limits) {
    v.field({.key = "head_max",
             .why = "Largest request line and header fields together; beyond it the reply is 431. "
                    "Raise it for applications with very large cookies or tokens: each connection "
                    "may hold this much memory.",
             .least = 1024,
             .most = 1 << 20},
            limits.head_max);
    v.field({.key = "fields_max",
             .why = "Most header fields of a request; beyond it the reply is 431.",
             .least = 8,
             .most = 256},
            limits.fields_max);
    v.field({.key = "target_max",
             .why = "Longest path with its query; beyond it the reply is 414.",
             .least = 256,
             .most = 1 << 20},
            limits.target_max);
    v.field(
        {.key = "body_max",
         .why = "Largest request body; beyond it the reply is 413. Bodies are streamed and never "
                "held whole, so this protects the services, not the gateway. A route may say "
                "otherwise.",
         .least = 0,
         .most = 0x1p50},
        limits.body_max);
    v.field({.key = "response_head_max",
             .why = "Largest status line and header fields of a reply from an endpoint; beyond it "
                    "the client gets 502.",
             .least = 1024,
             .most = 1 << 20},
            limits.response_head_max);
    v.field(
        {.key = "connections_max",
         .why = "Most client connections of the whole gateway; further ones wait in the queue of "
                "the system. Keep it below the limit of open files (ulimit -n), of which each "
                "connection takes one or two.",
         .least = 1,
         .most = 10'000'000},
        limits.connections_max);
    v.field(
        {.key = "requests_max",
         .why = "Most requests in flight in the whole gateway; beyond it the reply is 503 at once "
                "(load shedding), because a queue without end serves nobody.",
         .least = 1,
         .most = 10'000'000},
        limits.requests_max);
}

void describe_times(Visitor& v, Limits& limits) {
    v.field(
        {.key = "head_timeout",
         .why = "Time from the first byte of a request's head to its last; then 408. It is what "
                "defeats clients that send a byte at a time to hold connections.",
         .least = 0.1,
         .most = 3600},
        limits.head_timeout);
    v.field(
        {.key = "body_timeout",
         .why = "Longest silence within a request body; then 408. Raise it for live uploads that "
                "pause.",
         .least = 0.1,
         .most = 86400,
         .off = true},
        limits.body_timeout);
    v.field(
        {.key = "idle_timeout",
         .why = "How long a connection may wait for its next request. Longer saves handshakes of "
                "returning clients, shorter saves memory and open files.",
         .least = 0.1,
         .most = 86400},
        limits.idle_timeout);
    v.field({.key = "send_timeout",
             .why = "How long a client may take no byte of its response before it is disconnected. "
                    "Raise it for players that pause while their buffer is full.",
             .least = 0.1,
             .most = 86400,
             .off = true},
            limits.send_timeout);
}

}  // namespace

void describe(Visitor& v, Limits& limits) {
    v.record({.name = "limits"});
    describe_sizes(v, limits);
    describe_times(v, limits);
}

void describe(Visitor& v, AccessLog& log) {
    v.record({.name = "an access log",
              .expand = expand::access_log,
              .short_schema = R"({"type":"string"})",
              .short_words = "a path, `-` for standard output, or `off`"});
    v.field({.key = "path",
             .why = "File for the access log, a JSON object a line; `-` is standard output, `off` "
                    "writes none.",
             .unset = "log/access.log in `state`",
             .path = Path::file},
            log.path);
    v.field({.key = "sample",
             .why = "Share of the requests that ended well to write down; the others are always "
                    "written. Lower it when the log costs more than it tells.",
             .least = 0,
             .most = 1},
            log.sample);
    v.field({.key = "rotate_at",
             .why = "Size at which the file is closed, kept under another name, and begun anew.",
             .least = 4096,
             .most = 0x1p40},
            log.rotate_at);
    v.field({.key = "keep",
             .why = "How many closed files are kept; the oldest is removed.",
             .least = 0,
             .most = 10000},
            log.keep);
}

void describe(Visitor& v, Telemetry& telemetry) {
    v.record({.name = "telemetry"});
    v.field(
        {.key = "listen",
         .why = "Where GET /metrics (for Prometheus) and /healthz answer; `off` for nowhere. It "
                "has no password: keep it on an address that only monitoring reaches.",
         .format = &formats::telemetry_address,
         .path = Path::socket,
         .applies = Applies::restart},
        telemetry.listen);
    v.field({.key = "snapshot_listen",
             .why = "Where operations on another machine fetch the snapshot of this gateway each "
                    "second, over TLS with client certificates. On the same machine a Unix socket "
                    "in `state` serves and nothing needs to be said here.",
             .unset = "off: the Unix socket only",
             .format = &formats::telemetry_address,
             .applies = Applies::restart},
            telemetry.snapshot_listen);
    v.field({.key = "snapshot_certificate",
             .why = "Certificate and key that the gateway shows there.",
             .unset = "none",
             .applies = Applies::restart},
            telemetry.snapshot_certificate);
    v.field({.key = "snapshot_client_ca",
             .why = "File with the certificates (PEM) of the authority whose clients may fetch it.",
             .unset = "none",
             .path = Path::file,
             .applies = Applies::restart},
            telemetry.snapshot_client_ca);
    v.field({.key = "snapshot_directives",
             .why = "Whether who may fetch the snapshot there may also say directives: weights, "
                    "drain, faults. Operations on another machine need it to mitigate; a monitor "
                    "that only reads does not.",
             .applies = Applies::restart},
            telemetry.snapshot_directives);
    v.field({.key = "access_log",
             .why = "One line for each request: what it was, how it ended, why, how long each part "
                    "took."},
            telemetry.access_log);
    v.field({.key = "trace_trust",
             .why = "Whose W3C trace context (`traceparent`) is carried on rather than begun anew. "
                    "Strangers that choose trace ids and sampling can flood what collects traces."},
            telemetry.trace_trust);
}

void describe(Visitor& v, Config& config) {
    v.record({.name = "the configuration"});
    v.field({.key = "listen",
             .why = "Where clients connect: an address, or a list of them; see the settings below "
                    "for TLS and the PROXY protocol.",
             .example = "listen: :8080",
             .required = true},
            config.listen);
    v.field(
        {.key = "state",
         .why = "Folder for what must survive a restart: sockets, logs, self-made certificates. "
                "It is made when missing.",
         .path = Path::file,
         .applies = Applies::restart},
        config.state);
    v.field({.key = "workers",
             .why = "How many threads carry traffic; 0 is one for each core that this process may "
                    "use. Say fewer to leave cores to services on the same machine.",
             .least = 0,
             .most = 1024,
             .applies = Applies::restart},
            config.workers);
    v.field(
        {.key = "drain_timeout",
         .why = "After an upgrade of the program, how long the old process keeps the tunnels "
                "and streams that it carries. A reload of the configuration needs no such time: "
                "it cuts nothing.",
         .least = 0,
         .most = 7 * 86400.0,
         .off = true},
        config.drain_timeout);
    v.field({.key = "trusted_proxies",
             .why = "Addresses of proxies in front of this one, whose Forwarded and X-Forwarded-* "
                    "fields are believed. From everyone else these fields are overwritten, because "
                    "anybody can write them.",
             .unset = "nobody"},
            config.trusted_proxies);
    v.field({.key = "services",
             .why = "What requests are sent to: names with versions, endpoints and the rules of "
                    "dealing with them. A route may name a URL instead when defaults will do.",
             .unset = "none: routes name URLs",
             .key_format = &formats::service_name},
            config.services);
    v.field(
        {.key = "routes",
         .why = "Which request goes where. Of all routes that match, the most specific one wins: "
                "host before path, exact before regular expression before the longest prefix; "
                "the order in the file only decides between equals.",
         .example = "routes: [{ to: http://127.0.0.1:9000 }]",
         .required = true},
        config.routes);
    v.field({.key = "limits",
             .why = "Limits of client connections and requests. The defaults are for the open "
                    "Internet."},
            config.limits);
    v.field({.key = "telemetry",
             .why = "What the gateway tells about itself: metrics, access log, traces."},
            config.telemetry);
    describe_operations(v, config.operations);
}

}  // namespace sg::config
