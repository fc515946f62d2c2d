// The ops process, and the keys of operations at the top of the file.
#include "config/describe_operations.h"
#include "config/formats.h"

namespace sg::config {

void describe(Visitor& v, GatewaySource& source) {
    v.record({.name = "a gateway"});
    v.place(source.place);
    v.field({.key = "name",
             .why = "What the gateway is called in telemetry and incidents.",
             .example = "name: eu-1",
             .format = &formats::name,
             .required = true},
            source.name);
    v.field({.key = "address",
             .why = "What its `telemetry.snapshot_listen` says: host:port; or `unix:/path`.",
             .example = "address: gateway.internal:9191",
             .format = &formats::gateway_address,
             .path = Path::socket,
             .required = true},
            source.address);
    v.field(
        {.key = "certificate", .why = "Certificate and key that are shown to it.", .unset = "none"},
        source.certificate);
    v.field({.key = "ca",
             .why = "File with the certificates (PEM) of the authority that it must come from.",
             .unset = "none",
             .path = Path::file},
            source.ca);
}

void describe(Visitor& v, Ops& ops) {
    v.record({.name = "the ops process"});
    v.field({.key = "store",
             .why = "Where operations keep their state. PostgreSQL (postgres://user@host/database) "
                    "lets several ops processes stand by for each other.",
             .unset = "SQLite in `state`",
             .format = &formats::store_url,
             .applies = Applies::restart},
            ops.store);
    v.field({.key = "listen",
             .why = "Where what carries its own token is served, over TLS: alerts of others, "
                    "heartbeats, calendars, the links of pages. It should be reachable by those "
                    "who are on call.",
             .unset = "nowhere",
             .format = &formats::listen_address,
             .path = Path::socket},
            ops.listen);
    v.field(
        {.key = "certificate", .why = "Certificate and key that are shown there.", .unset = "none"},
        ops.certificate);
    v.field({.key = "prometheus",
             .why = "A Prometheus-compatible server, asked by alert rules that have `promql`.",
             .unset = "none",
             .format = &formats::url},
            ops.prometheus);
    v.field({.key = "gateways",
             .why = "Gateways on other machines whose telemetry is fetched each second. The one "
                    "on this machine is always there.",
             .unset = "only the local one"},
            ops.gateways);
    v.field({.key = "host_link",
             .why = "Speed of this machine's network, which `network > 80%` is measured against "
                    "where the kernel does not know it.",
             .unset = "as the kernel says",
             .format = &formats::link_speed},
            ops.host_link);
    v.field({.key = "clients_keep",
             .why = "How long it is known by address which clients requests failed for. Then it "
                    "is erased; 0s: it is not kept at all.",
             .least = 0,
             .most = 400 * 86400},
            ops.clients_keep);
}

void describe(Visitor& v, Drills& drills) {
    v.record({.name = "a policy for drills"});
    v.place(drills.place);
    v.field({.key = "permitted",
             .why = "Whether faults may be injected here. Drills at a table are always permitted: "
                    "they touch nothing."},
            drills.permitted);
    v.field({.key = "during",
             .why = "The only times at which a drill may begin: names of `intervals`.",
             .unset = "any time"},
            drills.during);
    v.field({.key = "folder",
             .why = "A folder with scenarios of your own, YAML files. One with the name of a "
                    "shipped scenario replaces it. `streamgate drill lint` says what is wrong with "
                    "them.",
             .unset = "only the shipped ones",
             .format = &formats::one_line,
             .path = Path::file},
            drills.folder);
}

namespace {

void describe_people(Visitor& v, Operations& operations) {
    v.field({.key = "public_url",
             .why = "Where people reach operations from outside, for the links in pages. A name, "
                    "not an address, since passkeys need one.",
             .unset = "none: pages have no links",
             .format = &formats::origin},
            operations.public_url);
    v.field({.key = "runbooks",
             .why = "A folder with runbooks of your own, Markdown files. One with the name of a "
                    "shipped runbook replaces it. `streamgate runbook lint` says what is wrong "
                    "with them.",
             .unset = "only the shipped ones",
             .format = &formats::one_line,
             .path = Path::file},
            operations.runbooks);
    v.field({.key = "ops", .why = "The process that watches, decides and pages."}, operations.ops);
    v.field({.key = "people",
             .why = "Who can be on call, by a short name: `ana: { mail: ana@example.com }`.",
             .unset = "nobody",
             .key_format = &formats::person_id},
            operations.people);
    v.field({.key = "teams",
             .why = "Who answers for services, and in which order: `playback: [ana, bo, cy]`.",
             .unset = "none: nobody is paged",
             .key_format = &formats::name},
            operations.teams);
    v.field({.key = "notify",
             .why = "Channels by which people are reached. Each is tested with `streamgate notify "
                    "test`, and a broken one is an alert itself.",
             .unset = "none",
             .key_format = &formats::name},
            operations.notify);
}

void describe_promises(Visitor& v, Operations& operations) {
    v.field({.key = "severities",
             .why = "What each severity promises: how soon somebody responds, when it goes up, how "
                    "often is told how it stands. An incident keeps those it began with."},
            operations.severities);
    v.field({.key = "clocks", .why = "The clocks that every incident runs against."},
            operations.clocks);
    v.field({.key = "postmortem",
             .why = "Which incidents need a post-mortem. It is drafted when the incident is "
                    "resolved, and due as `clocks.postmortem` says."},
            operations.postmortem);
    v.field({.key = "kpis", .why = "What the key figures of `streamgate kpis` are held against."},
            operations.kpis);
    v.visit({.key = "objectives",
             .why = "What is promised to users, by service; `all` is for the others. What a "
                    "service does not name is as `all` says, and what that does not name is the "
                    "shipped objective.",
             .key_format = &formats::service_name},
            objectives_type(), &operations.objectives);
    v.field({.key = "burn_rates",
             .why = "How fast a budget may burn before somebody is told. The shipped tiers are "
                    "those of the SRE workbook, chapter 5."},
            operations.burn);
}

void describe_alerting(Visitor& v, Operations& operations) {
    v.visit({.key = "alerts",
             .why = "Rules on signals, by name. The shipped ones are errors, latency, cpu, memory, "
                    "disk and network: the same name changes one, `off` switches it off.",
             .key_format = &formats::name},
            alerts_type(), &operations.alerts);
    v.field({.key = "hard_fault",
             .why = "What broke right now, noticed within seconds: a jump of failures, or a "
                    "service without a healthy endpoint."},
            operations.hard_fault);
    v.field({.key = "grouping", .why = "Which alerts are told together, and how often."},
            operations.grouping);
    v.field({.key = "inhibit",
             .why = "Alerts that are not told while another one fires that explains them.",
             .unset = "none"},
            operations.inhibit);
    v.field({.key = "intervals",
             .why = "Times that come again, by name, for silences: nights, weekends, the first "
                    "Monday of a month.",
             .unset = "none",
             .key_format = &formats::name},
            operations.intervals);
}

void describe_surroundings(Visitor& v, Operations& operations) {
    v.field({.key = "heartbeats",
             .why = "Signs of life that must come from outside, by name: `nightly-backup: 1d`. "
                    "Absence is the alert.",
             .unset = "none",
             .key_format = &formats::name},
            operations.heartbeats);
    v.field({.key = "heartbeats_out",
             .why = "Our own sign of life, sent to where its absence is noticed.",
             .unset = "none"},
            operations.heartbeats_out);
    v.field({.key = "inbox",
             .why = "Where other systems send their alerts, by name: Alertmanager, emitters for "
                    "PagerDuty, anything that posts JSON.",
             .unset = "none",
             .key_format = &formats::name},
            operations.inbox);
    v.field({.key = "needs",
             .why = "What services depend on, by name; it is watched, and looked at first when a "
                    "service fails that needs it.",
             .unset = "none",
             .key_format = &formats::name},
            operations.needs);
    v.field({.key = "probes",
             .why = "Public endpoints that are asked for all the time, by name, so that an outage "
                    "is noticed also when nobody else asks.",
             .unset = "none",
             .key_format = &formats::name},
            operations.probes);
    v.field({.key = "mitigation",
             .why = "What may be done to help users while an incident lasts, and what keeps it "
                    "from doing harm. `mitigation: observe` does nothing and says what it would "
                    "have done."},
            operations.mitigation);
    v.field({.key = "status_page",
             .why = "A page on which the public reads what works and what does not, served by the "
                    "gateway as files, so that it can be read when everything else is down. "
                    "`status_page: {}` is one with every default.",
             .unset = "none"},
            operations.status_page);
    v.field(
        {.key = "drills",
         .why = "Faults on purpose, to practise and to prove: `streamgate drill run`. Each ends "
                "by itself, none is begun during an incident, and a real one ends it."},
        operations.drills);
}

}  // namespace

void describe_operations(Visitor& v, Operations& operations) {
    describe_people(v, operations);
    describe_promises(v, operations);
    describe_alerting(v, operations);
    describe_surroundings(v, operations);
}

void describe(Visitor& v, Operations& operations) {
    v.record({.name = "operations"});
    describe_operations(v, operations);
}

}  // namespace sg::config
