// What is watched beside the traffic: dependencies, public endpoints, signs of life, alerts of
// others.
#include "config/describe.h"
#include "config/expand.h"
#include "config/formats.h"

namespace sg::config {

namespace {
constexpr double day = 86400;
}

void describe(Visitor& v, Need& need) {
    v.record({.name = "a dependency",
              .expand = expand::need,
              .short_schema = R"({"type":"string"})",
              .short_keys = R"("postgres":{"type":"string"},"redis":{"type":"string"},)"
                            R"("http":{"type":"string"},"tcp":{"type":"string"},)"
                            R"("dns":{"type":"string"},"tls":{"type":"string"})",
              .short_words = "{ postgres: … }, { redis: … }, { http: … }, { tcp: … }, { dns: … } "
                             "or { tls: … }"});
    v.place(need.place);
    v.field({.key = "kind",
             .why = "How it is spoken to. `{ redis: redis://… }` says kind and target at once."},
            need.kind);
    v.field({.key = "target",
             .why = "Where it is: a connection string, a URL, host:port, or a name to look up. One "
                    "with a password belongs in a file: `${file:secrets/db}`.",
             .example = "postgres: \"${file:secrets/db}\", redis: redis://…, http: https://…, tcp: "
                        "host:port, dns: NAME, or tls: host:port",
             .format = &formats::one_line,
             .required = true},
            need.target);
    v.field({.key = "every", .why = "Time between two looks at it.", .least = 1, .most = day},
            need.every);
    v.field({.key = "timeout",
             .why = "A look that takes longer has failed.",
             .least = 0.01,
             .most = 60},
            need.timeout);
    v.field({.key = "expires_within",
             .why = "Tls and https: how long before its end a certificate is an alert.",
             .least = 0,
             .most = 366 * day},
            need.expires_within);
}

void describe(Visitor& v, Probe& probe) {
    v.record({.name = "a probe",
              .expand = expand::probe,
              .short_schema = R"({"type":"string"})",
              .short_words = "a URL"});
    v.place(probe.place);
    v.field({.key = "url",
             .why = "A public endpoint, asked for as a client would: by its public name, through "
                    "whatever stands before it.",
             .example = "url: https://www.example.com/",
             .format = &formats::url,
             .required = true},
            probe.url);
    v.field({.key = "service",
             .why = "The service whose availability it tells, which matters when nobody else asks.",
             .unset = "none: an alert of its own",
             .format = &formats::service_name},
            probe.service);
    v.visit({.key = "status", .why = "Statuses of a good reply: one, or a range."},
            probe_status_type(), &probe);
    v.field({.key = "contains",
             .why = "Text that a good reply has in its body.",
             .unset = "anything",
             .format = &formats::one_line},
            probe.contains);
    v.field({.key = "every", .why = "Time between two requests.", .least = 1, .most = day},
            probe.every);
    v.field({.key = "timeout",
             .why = "A request that takes longer has failed.",
             .least = 0.01,
             .most = 600},
            probe.timeout);
}

void describe(Visitor& v, Heartbeat& heartbeat) {
    v.record({.name = "a heartbeat",
              .expand = expand::heartbeat,
              .short_schema = R"({"type":["string","integer"]})",
              .short_words = "how often it comes, such as 1d"});
    v.place(heartbeat.place);
    v.field({.key = "every",
             .why = "How often it must come: a nightly job reports each day.",
             .least = 1,
             .most = 366 * day},
            heartbeat.every);
    v.field({.key = "grace",
             .why = "How much later it may come before its absence is an alert.",
             .least = 0,
             .most = 30 * day},
            heartbeat.grace);
    v.field({.key = "severity", .why = "Severity of its absence."}, heartbeat.severity);
    v.field({.key = "service",
             .why = "The service that it belongs to, and so the team.",
             .unset = "none",
             .format = &formats::service_name},
            heartbeat.service);
    v.field({.key = "token",
             .why = "What its sender must know, in the URL (`/h/TOKEN`) or as a bearer token, as "
                    "`${file:path}`. It has at least 24 characters.",
             .unset = "it is heard on the operator's socket only",
             .example = "token: \"${file:secrets/nightly}\"",
             .format = &formats::one_line},
            heartbeat.token);
}

void describe(Visitor& v, HeartbeatOut& heartbeat) {
    v.record({.name = "a heartbeat to others",
              .expand = expand::heartbeat_out,
              .short_schema = R"({"type":"string"})",
              .short_words = "a URL"});
    v.place(heartbeat.place);
    v.field({.key = "url",
             .why = "A dead-man's switch somewhere else. It alerts when this does not come: nobody "
                    "can report their own death.",
             .example = "url: https://hc.example.com/ping/…",
             .format = &formats::url,
             .required = true},
            heartbeat.url);
    v.field({.key = "every", .why = "How often it is sent.", .least = 1, .most = day},
            heartbeat.every);
}

void describe(Visitor& v, Inbox& inbox) {
    v.record({.name = "an inbox",
              .expand = expand::inbox,
              .short_schema = R"({"type":"string"})",
              .short_words = "{ token: \"${file:…}\" }"});
    v.place(inbox.place);
    v.field({.key = "token",
             .why = "What senders must know, in the URL or as a bearer token, as `${file:path}`. "
                    "It has at least 24 characters.",
             .example = "token: \"${file:secrets/inbox}\"",
             .format = &formats::one_line,
             .required = true},
            inbox.token);
    v.field({.key = "service",
             .why = "What its alerts are about, if they do not say.",
             .unset = "none",
             .format = &formats::service_name},
            inbox.service);
    v.field({.key = "team",
             .why = "Whose they are, if they name no service.",
             .unset = "the only team there is",
             .format = &formats::name},
            inbox.team);
    v.field({.key = "severity", .why = "Their severity, if they do not say."}, inbox.severity);
    v.field({.key = "mapping",
             .why = "Of plain JSON, where things stand, as JSON pointers: title, service, "
                    "severity, key, status. The formats of Alertmanager and PagerDuty are known.",
             .unset = "each under its own name at the top",
             .format = &formats::json_pointer,
             .key_format = &formats::mapped_name},
            inbox.mapping);
}

}  // namespace sg::config
