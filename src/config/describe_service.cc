// Services: what requests are sent to, and the rules of dealing with it.
#include "config/describe.h"
#include "config/expand.h"
#include "config/formats.h"

namespace sg::config {

namespace {
constexpr double day = 86400;
}

void describe(Visitor& v, Run& run) {
    v.record({.name = "a command to run",
              .expand = expand::run,
              .short_schema = R"({"type":"string"})",
              .short_words = "the command itself"});
    v.field(
        {.key = "command",
         .why = "Program and arguments that streamgate starts and watches. `${PORT}` is the port "
                "that the instance must listen on; it is in its environment too.",
         .example = "command: ./app --port ${PORT}",
         .format = &formats::command,
         .required = true},
        run.command);
    v.field(
        {.key = "environment",
         .why = "Variables for the program, beside those of streamgate itself. Secrets are best "
                "given as `${file:…}`.",
         .unset = "none",
         .format = &formats::one_line,
         .key_format = &formats::environment_name},
        run.environment);
    v.field({.key = "directory",
             .why = "Folder in which the program is started.",
             .unset = "where the configuration file is",
             .path = Path::file},
            run.directory);
    v.field(
        {.key = "replicas",
         .why = "How many instances run side by side. Two or more survive the crash of one and a "
                "roll to a new version.",
         .least = 1,
         .most = 1000},
        run.replicas);
    v.field({.key = "start_timeout",
             .why = "A new instance must pass its health check within this time, or it counts as "
                    "failed. Raise it for programs that load a lot before they answer.",
             .least = 0.1,
             .most = day},
            run.start_timeout);
    v.field({.key = "stop_timeout",
             .why = "From the polite signal to stop (SIGTERM) to the one that cannot be refused "
                    "(SIGKILL). Requests in flight end within it.",
             .least = 0,
             .most = day},
            run.stop_timeout);
}

void describe(Visitor& v, Version& version) {
    v.record({.name = "a version",
              .expand = expand::version,
              .short_schema = R"({"type":"string"},{"type":"array","items":{"type":"string"}})",
              .short_words = "its endpoints: [10.0.0.1:9000, 10.0.0.2:9000]"});
    v.place(version.place);
    v.field({.key = "weight",
             .why = "Share of the service's traffic relative to the weights of its other versions: "
                    "95 and 5 is a canary of 5 %. 0 takes no traffic but is kept ready.",
             .least = 0,
             .most = 1'000'000},
            version.weight);
    v.field({.key = "endpoints",
             .why = "Where the version answers: addresses or names with ports, `http://` or "
                    "`https://` before them if need be, or `unix:/path`. A name with several "
                    "addresses is several endpoints.",
             .unset = "none: it is `run`",
             .path = Path::socket},
            version.endpoints);
    v.field(
        {.key = "run",
         .why = "A command that streamgate runs itself, in place of endpoints that run elsewhere.",
         .unset = "nothing: it has `endpoints`"},
        version.run);
}

void describe(Visitor& v, HealthCheck& health) {
    v.record({.name = "a health check",
              .expand = expand::health,
              .short_schema = R"({"type":"string","pattern":"^/"},{"enum":["http","tcp","off"]})",
              .short_words = "a path such as /healthz, `http`, `tcp`, or `off`"});
    v.field(
        {.key = "kind",
         .why = "`http` asks for a path, `tcp` only connects, `off` does neither. Real requests "
                "are watched in any case (see outlier).",
         .unset = "off; http when any of the other settings is given"},
        health.kind);
    v.field({.key = "path",
             .why = "What is asked for, with GET. It should say whether the instance can serve, "
                    "not whether all that it depends on is well: else one lost database takes all "
                    "instances out at once.",
             .format = &formats::probe_target},
            health.path);
    v.visit({.key = "status", .why = "Statuses of a healthy reply: one, or a range."},
            status_range_type(), &health);
    v.field({.key = "host",
             .why = "Host field of the check.",
             .unset = "the endpoint's own",
             .format = &formats::host_value},
            health.host);
    v.field({.key = "every",
             .why = "Time between two checks of an endpoint. Shorter notices sooner and costs the "
                    "endpoints more.",
             .least = 0.05,
             .most = 3600},
            health.every);
    v.field({.key = "timeout",
             .why = "A check that takes longer has failed.",
             .least = 0.01,
             .most = 600},
            health.timeout);
    v.field(
        {.key = "unhealthy_after",
         .why = "Failures in a row after which an endpoint gets no more requests. More forgives "
                "a hiccup, fewer reacts faster.",
         .least = 1,
         .most = 100},
        health.unhealthy_after);
    v.field({.key = "healthy_after",
             .why = "Successes in a row after which it gets requests again.",
             .least = 1,
             .most = 100},
            health.healthy_after);
}

void describe(Visitor& v, Outlier& outlier) {
    v.record({.name = "outlier ejection",
              .expand = expand::outlier,
              .short_schema = R"({"enum":["on","off",true,false]})",
              .short_words = "`off`"});
    v.field(
        {.key = "enabled",
         .why = "Watch real requests and give none to an endpoint that keeps failing them, for a "
                "while. Switch it off when a 5xx is an ordinary answer of the service."},
        outlier.enabled);
    v.field(
        {.key = "consecutive_failures",
         .why = "Failed connections, resets, time-outs and 5xx in a row that eject an endpoint.",
         .least = 1,
         .most = 1000},
        outlier.consecutive_failures);
    v.field(
        {.key = "eject_for",
         .why = "How long it stays out; then a single trial request decides, and each that fails "
                "doubles the time, up to `eject_most`.",
         .least = 0.05,
         .most = 3600},
        outlier.eject_for);
    v.field({.key = "eject_most",
             .why = "The doubling stops here. Longer spares endpoints that stay away, shorter "
                    "finds healed "
                    "ones sooner.",
             .least = 0.05,
             .most = day},
            outlier.eject_most);
    v.field({.key = "ejected_most",
             .why = "Never is a larger share of the endpoints out (panic threshold): when all seem "
                    "bad, the fault is elsewhere, and some answers are better than none.",
             .least = 0,
             .most = 1},
            outlier.ejected_most);
}

void describe(Visitor& v, Retry& retry) {
    v.record({.name = "a retry policy",
              .expand = expand::retry,
              .short_schema = R"({"const":"off"},{"type":"integer","minimum":1,"maximum":8})",
              .short_words = "a number of attempts, or `off`"});
    v.visit(
        {.key = "on",
         .why = "What is tried again on another endpoint: `connect` (nothing was sent), `reset` "
                "(lost before the first byte of a reply), `timeout` (no first byte in time), and "
                "statuses. All but `connect` only for idempotent methods, so that nothing is "
                "ordered twice."},
        retry_on_type(), &retry);
    v.field(
        {.key = "attempts",
         .why = "Attempts in all, the first included: 1 never tries again. More than 2 or 3 seldom "
                "helps and adds load to a service that already struggles.",
         .least = 1,
         .most = 8},
        retry.attempts);
    v.field(
        {.key = "budget",
         .why = "Retries may be at most this share of the requests of the last seconds. It is "
                "what keeps retries from turning a slow service into a dead one: with all "
                "endpoints failing, load grows by this share and not by `attempts` times. Raise "
                "it when endpoints have much to spare, lower it when they have not.",
         .least = 0,
         .most = 1},
        retry.budget);
    v.field(
        {.key = "budget_floor",
         .why =
             "So many retries are allowed in any case, for services so quiet that a share of their "
             "requests is less than one.",
         .least = 0,
         .most = 100000},
        retry.budget_floor);
    v.field(
        {.key = "per_try_timeout",
         .why = "Time to the first byte of each attempt but the last: with it a hanging endpoint "
                "is given up early enough for another to answer within `timeouts.first_byte`.",
         .least = 0.001,
         .most = day,
         .off = true},
        retry.per_try_timeout);
}

void describe(Visitor& v, Timeouts& timeouts) {
    v.record({.name = "time-outs"});
    v.field({.key = "connect",
             .why = "Time to reach an endpoint, TLS included. Within a data centre a second is "
                    "plenty; another continent may need more.",
             .least = 0.001,
             .most = 600},
            timeouts.connect);
    v.field(
        {.key = "first_byte",
         .why = "From the whole request sent to the first byte of the response; then 504. Set it "
                "just above what the slowest sound request takes.",
         .least = 0.001,
         .most = day,
         .off = true},
        timeouts.first_byte);
    v.field(
        {.key = "between_bytes",
         .why = "Longest silence within a response body. Event streams are silent for longer and "
                "have `tunnel` instead.",
         .least = 0.001,
         .most = day,
         .off = true},
        timeouts.between_bytes);
    v.field({.key = "total",
             .why = "The whole exchange, retries and body included. Off, because a large download "
                    "to a slow client is no fault; set it for APIs whose callers give up anyway.",
             .least = 0.001,
             .most = 7 * day,
             .off = true},
            timeouts.total);
    v.field(
        {.key = "tunnel",
         .why = "Silence in both directions of a WebSocket, another upgrade, or an event stream, "
                "after which it is closed. Raise it if clients do not send pings.",
         .least = 1,
         .most = 30 * day,
         .off = true},
        timeouts.tunnel);
    v.field(
        {.key = "upstream_idle",
         .why = "How long a connection to an endpoint is kept for the next request. Keep it below "
                "the idle time-out of the endpoint, so that it is not closed under a request.",
         .least = 0.1,
         .most = day},
        timeouts.upstream_idle);
}

void describe(Visitor& v, Circuit& circuit) {
    v.record({.name = "a circuit"});
    v.field({.key = "connections_max",
             .why = "Most connections to one endpoint.",
             .least = 1,
             .most = 1'000'000},
            circuit.connections_max);
    v.field(
        {.key = "requests_max",
         .why = "Most requests in flight to the service; further ones queue. Set it to what the "
                "service can do at once, and a slow service stays slow instead of falling over.",
         .least = 1,
         .most = 1'000'000},
        circuit.requests_max);
    v.field({.key = "queue_max",
             .why = "Most requests that wait for a place; beyond it the reply is 503 at once.",
             .least = 0,
             .most = 1'000'000},
            circuit.queue_max);
    v.field({.key = "queue_timeout",
             .why = "Longest wait for a place; then 503. Longer than clients wait is pointless.",
             .least = 0,
             .most = 600},
            circuit.queue_timeout);
}

void describe(Visitor& v, StickyCookie& sticky) {
    v.record({.name = "a sticky cookie",
              .expand = expand::sticky,
              .short_schema = R"({"type":"string"})",
              .short_words = "the name of the cookie"});
    v.field({.key = "cookie",
             .why = "Name of a cookie that leads a client back to the endpoint it had before, for "
                    "services that keep state of their clients in memory.",
             .unset = "off",
             .format = &formats::cookie_name},
            sticky.name);
    v.field({.key = "max_age",
             .why = "How long the browser keeps it; 0 is until the browser is closed.",
             .least = 0,
             .most = 400 * day},
            sticky.max_age);
}

void describe(Visitor& v, UpstreamTls& tls) {
    v.record({.name = "tls to endpoints"});
    v.field(
        {.key = "verify",
         .why = "Check the certificate of https endpoints. Without it anybody on the way can be "
                "the endpoint: rather give `ca` for certificates of your own."},
        tls.verify);
    v.field({.key = "ca",
             .why = "File with the certificates (PEM) of the authorities that are trusted.",
             .unset = "those of the system",
             .path = Path::file},
            tls.ca);
    v.field({.key = "server_name",
             .why = "Name that is asked for (SNI) and must be in the certificate. Needed when "
                    "endpoints are given as addresses.",
             .unset = "the endpoint's host",
             .format = &formats::host_value},
            tls.server_name);
    v.field(
        {.key = "certificate",
         .why = "File with the certificate (PEM) that the gateway shows to the endpoint (mutual "
                "TLS).",
         .unset = "none",
         .path = Path::file},
        tls.certificate);
    v.field({.key = "key",
             .why = "File with the private key of that certificate.",
             .unset = "none",
             .path = Path::file},
            tls.key);
}

namespace {

void describe_endpoints(Visitor& v, Service& service) {
    v.field({.key = "team",
             .why = "Who answers for the service: shown beside it, and paged when it fails. With "
                    "several teams each service names its own.",
             .unset = "the only team there is",
             .format = &formats::name},
            service.team);
    v.field(
        {.key = "runbook",
         .why = "What to do when it fails: a URL, or the name by which people know it. It stands "
                "in each page, unless the alert or the objective names one of its own.",
         .unset = "none",
         .format = &formats::one_line},
        service.runbook);
    v.field({.key = "needs",
             .why = "What the service depends on, by the names of `needs`. When it fails, these "
                    "are looked at first; when one of them fails, this says who is hurt.",
             .unset = "nothing",
             .format = &formats::name},
            service.needs);
    v.field({.key = "after",
             .why = "Services that streamgate runs and that must be healthy, and known to the "
                    "gateway, before this one is started. It orders the start, nothing more: who "
                    "runs goes on running when one of these fails.",
             .unset = "nothing: it is started at once",
             .example = "after: [catalog, live]",
             .format = &formats::name},
            service.after);
    v.field(
        {.key = "profile",
         .why = "What kind of traffic it is. `hls` knows playlists, segments and blocking reload."},
        service.profile);
    v.field({.key = "versions",
             .why = "Versions that share the traffic by weight. A service of one version gives "
                    "`endpoints` or `run` directly; the version is then called `default`."},
            service.versions);
    v.field(
        {.key = "balance",
         .why = "How an endpoint is chosen: `least-requests` looks at two and takes the less "
                "busy, which suits most; `round-robin` takes turns; `consistent-hash` sends the "
                "same key to the same endpoint, for endpoints with caches of their own."},
        service.balance);
    v.visit(
        {.key = "hash_on",
         .why = "The key of consistent-hash. What many clients share (an address behind a large "
                "proxy) makes one endpoint busier than the others.",
         .unset = "client-address"},
        hash_on_type(), &service);
    v.field(
        {.key = "sticky",
         .why = "Lead a client back to its endpoint by a cookie; wins over `balance` while that "
                "endpoint is well."},
        service.sticky);
}

void describe_rules(Visitor& v, Service& service) {
    v.field({.key = "slow_start",
             .why = "A new or healed endpoint reaches its full share after this long. For programs "
                    "that are slow until their caches are warm.",
             .least = 0,
             .most = 3600},
            service.slow_start);
    v.field({.key = "health", .why = "Ask endpoints regularly whether they are well."},
            service.health);
    v.field({.key = "outlier", .why = "Notice from real requests that an endpoint is not well."},
            service.outlier);
    v.field({.key = "retry", .why = "What is tried again, how often, and within which budget."},
            service.retry);
    v.field(
        {.key = "timeouts", .why = "How long each part of an exchange with the service may take."},
        service.timeouts);
    v.field({.key = "circuit",
             .why = "How much the service is given at once; the rest is refused rather than queued "
                    "without end."},
            service.circuit);
    v.field({.key = "tls", .why = "How https endpoints are spoken to."}, service.tls);
    v.field(
        {.key = "proxy_protocol",
         .why = "Begin each connection to an endpoint with a PROXY protocol header, for programs "
                "that learn the client's address from it. The endpoint must expect it."},
        service.proxy_protocol);
    v.field({.key = "resolve_every",
             .why = "How often the names of endpoints are looked up again.",
             .least = 0.5,
             .most = day},
            service.resolve_every);
    v.field(
        {.key = "latency_objective",
         .why = "Requests within this time are counted exactly, so that the share of fast ones is "
                "no estimate. Set it to what you promise your users.",
         .least = 0.001,
         .most = 600},
        service.latency_objective);
}

}  // namespace

void describe(Visitor& v, Service& service) {
    v.record({.name = "a service",
              .expand = expand::service,
              .short_schema = R"({"type":"string"},{"type":"array","items":{"type":"string"}})",
              .short_keys = R"("endpoints":{"anyOf":[{"type":"string"},)"
                            R"({"type":"array","items":{"type":"string"}}]},)"
                            R"("run":{"$ref":"#/$defs/command-to-run"})",
              .short_words = "its endpoints: [10.0.0.1:9000, 10.0.0.2:9000]"});
    v.place(service.place);
    describe_endpoints(v, service);
    describe_rules(v, service);
}

}  // namespace sg::config
