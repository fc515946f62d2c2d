// What streamgate.yaml says of operations: who is on call, what is promised, what is watched, how
// people are reached. Plain values; the guide's figures are the defaults, here and nowhere else.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/describe.h"
#include "base/time.h"
#include "base/units.h"
#include "config/mitigation.h"
#include "config/status_page.h"

namespace sg::config {

struct CertificateFiles {
    std::string certificate;  // PEM, leaf first, then intermediates.
    std::string key;
};

// --- people and teams ---------------------------------------------------------------------------

struct Person {
    std::string id;  // The key: `ana`.
    std::string name;
    std::string mail;
    std::string phone;  // E.164, for channels of kind http that send SMS or call.
    std::string slack;  // Member id or channel, where a Slack channel is used.
    std::string zone = "UTC";
    std::vector<std::string>
        reach;  // Channels by name, in order of preference; empty: as `notify`.
    Place place;
};

enum class Level : std::uint8_t { primary, secondary, backup };

struct Oncall {
    std::array<std::vector<std::string>, 3> levels;  // By Level: people in the order of rotation.
    std::string handover = "Mon 09:00";  // Weekday and clock time in `zone`; only a time: daily.
    Duration shift = 168h;               // In clock hours: 168h is a week through any DST change.
    std::string zone = "UTC";
    std::string since = "2026-01-05";  // The first shift begins on the first handover from here.
    Place place;
};

// `primary`, `secondary after 5m`, `ana after 10m`, `everyone after 30m`.
struct EscalationStep {
    enum class To : std::uint8_t { level, person, everyone };
    To to = To::level;
    Level level = Level::primary;
    std::string person;
    Duration after = 0s;  // Since the page began.
};

struct Team {
    std::string id;
    Oncall oncall;
    // Empty: primary, secondary after 5m, backup after 15m, everyone after 30m.
    std::vector<EscalationStep> escalate;
    std::uint32_t repeat = 1;  // How often the whole walk is repeated before the fallback is paged.
    std::vector<std::string> fallback;  // People; empty: everyone in the team, by every channel.
    Place place;
};

// --- how people are reached ---------------------------------------------------------------------

struct Channel {
    enum class Kind : std::uint8_t { mail, slack, pagerduty, webhook, http, terminal };
    Kind kind = Kind::terminal;
    std::string name;  // The key.

    std::string smtp;  // mail: `smtp://host:587` (STARTTLS where offered), `smtps://host`.
    std::string from;
    std::string user;
    std::string password;
    bool require_tls = true;  // Mail without TLS only to a loopback address, unless this is false.

    std::string url;              // slack: the incoming webhook; webhook and http: where to POST.
    std::string routing_key;      // pagerduty.
    std::string secret;           // webhook: signs the body (HMAC-SHA256).
    std::string secret_before;    // webhook: signs it too, while receivers change to the new one.
    std::string method = "POST";  // http.
    std::map<std::string, std::string> headers;  // http.
    std::string body;    // http: a template with ${subject}, ${text}, ${to}, ${ack}, ${severity}.
    bool calls = false;  // http: it rings; the limits of calls apply, not those of text messages.
    std::string test_at = "10:00";  // Of a daily test page, in the person's zone; `off`: none.
    std::string ca;                 // PEM bundle to trust; empty: the system's.
    Place place;
};

// --- severities ---------------------------------------------------------------------------------

enum class Severity : std::uint8_t { sev1, sev2, sev3, sev4 };

struct SeverityPolicy {  // Guide 1.1.
    Duration respond;
    Duration escalate;
    Duration communicate;
};

struct IncidentClocks {  // Guide 1.2.
    Duration declare = 1min;
    Duration assess = 5min;
    Duration mitigate = 15min;
    Duration postmortem = 24h;
    Duration observe = 5min;  // How long a mitigation must hold before it counts as verified.
};

// --- post-mortems -------------------------------------------------------------------------------

struct Postmortems {  // Guide 1.2: within 24 hours; the clock is `clocks.postmortem`.
    std::vector<Severity> required = {Severity::sev1, Severity::sev2};
    bool before_close = false;  // An incident that needs one stays open until it is reviewed.
    Duration remind = 12h;      // How often its owner is told again that it is late.
};

// --- key figures --------------------------------------------------------------------------------

struct Kpis {  // Guide 11.
    Duration over = 30 * 24h;
    Severity failure = Severity::sev2;   // An incident of this severity or worse is a failure.
    std::uint32_t incidents_least = 30;  // Of fewer nothing is concluded.
    Duration recover = 30min;            // MTTR.
    Duration between_failures = 720h;    // MTBF.
    Share uptime = {0.999};
    Duration latency_p95 = 200ms;
    Share errors = {0.001};
    Rate throughput = {1000};
};

// --- objectives ---------------------------------------------------------------------------------

struct Objective {
    enum class Kind : std::uint8_t { availability, latency, errors, throughput };
    Kind kind = Kind::availability;
    Share target = {0.999};            // Of slices (availability) or of requests.
    Duration within = 200ms;           // latency: what counts as fast enough.
    Rate rate = {1000};                // throughput: served must reach min(offered, rate).
    Duration over = 30 * 24h;          // The window of the budget.
    Share slice_target = {0.95};       // availability: a minute with fewer good requests is bad.
    Severity page = Severity::sev2;    // What a page-tier burn declares.
    Severity ticket = Severity::sev4;  // What a ticket-tier burn declares.
    std::string runbook;               // Empty: that of the service.
    Place place;
};

// One tier of the burn-rate table; reference: the SRE workbook, chapter 5.
struct BurnTier {
    std::string name;
    Duration window;  // The short window is a twelfth of it.
    Share spend;      // Of the budget, within the window: the factor follows from it.
    bool page = false;
};

// --- alerts -------------------------------------------------------------------------------------

// A threshold on a signal: `errors > 1%`, `cpu > 80%`, `latency_p95 > 500ms`.
struct AlertRule {
    bool enabled = true;  // false: a shipped rule that is switched off. It is still listed.
    std::string name;     // The key.
    std::string signal;   // errors, latency_p50|p95|p99, cpu, memory, disk, network, or PromQL.
    std::string promql;   // Instead of `signal`: asked of `prometheus`.
    bool above = true;    // false: fires below the threshold.
    double fire = 0;      // In the signal's own unit: a share of one, or seconds.
    double clear = 0;     // Hysteresis; equal to `fire` unless said otherwise.
    Duration window = 1min;
    Duration pending = 0s;        // `for`.
    Duration keep_firing = 1min;  // `keep_firing_for`.
    Duration forecast = 0s;       // disk: also fires when it is full within this time at its trend.
    std::uint32_t requests_least = 300;  // Volume guard, in the window, for signals of traffic...
    std::uint32_t failures_least = 5;    // ...or at least this many failures.
    Severity severity = Severity::sev4;
    bool page = false;                  // Causes are tickets; symptoms page.
    std::vector<std::string> services;  // Empty: all.
    std::map<std::string, std::string> labels;
    std::string runbook;
    Place place;
};

// Hard faults, on one-second data: no threshold crossed for minutes, something broke now.
struct HardFault {
    bool enabled = true;
    Share sev1 = {0.5};
    Share sev2 = {0.1};
    std::uint32_t failures_least = 10;  // Within the seconds looked at.
    std::uint32_t requests_least = 20;
    Duration clear_after = 15s;  // Below half of the threshold this long.
};

// A time range that comes again: times of day, weekdays, days of the month, months, in a zone.
struct TimeInterval {
    std::string name;
    std::vector<std::string> times;     // `22:00-24:00`
    std::vector<std::string> weekdays;  // `mon`, `mon-fri`
    std::vector<std::string> days;      // `1`, `-1` is the last, `1-7`
    std::vector<std::string> months;    // `12`, `jun-aug`
    std::vector<std::string> years;
    std::string zone = "UTC";
    Place place;
};

struct Inhibition {
    std::vector<std::string> source;  // Matchers: `alertname=X`, `severity=~"sev1|sev2"`.
    std::vector<std::string> target;
    std::vector<std::string> equal;  // Labels that must have the same value.
    Place place;
};

struct Grouping {
    std::vector<std::string> by = {"service"};
    Duration wait = 0s;  // Before the first notification of a group.
    Duration interval = 5min;
    Duration repeat = 4h;
};

struct Heartbeat {  // Expected from outside; its absence is an alert.
    std::string name;
    Duration every = 5min;
    Duration grace = 1min;
    Severity severity = Severity::sev2;
    std::string service;
    std::string token;  // In the URL or as a bearer token; empty: only the operator's socket.
    Place place;
};

struct HeartbeatOut {  // Our own, to a dead-man's switch outside.
    std::string url;
    Duration every = 1min;
    Place place;
};

struct Inbox {  // Alerts from outside: Alertmanager, PagerDuty emitters, plain JSON.
    std::string name;
    std::string token;    // In the URL or as a bearer token.
    std::string service;  // What its alerts are about, if they do not say.
    std::string team;
    Severity severity = Severity::sev3;  // If they do not say.
    // Of plain JSON: where things stand, as JSON pointers: title, service, severity, key, status.
    std::map<std::string, std::string> mapping;
    Place place;
};

// --- what services depend on --------------------------------------------------------------------

struct Need {
    enum class Kind : std::uint8_t { postgres, redis, http, tcp, dns, tls };
    Kind kind = Kind::tcp;
    std::string name;    // The key.
    std::string target;  // Connection string, URL, host:port or name.
    Duration every = 10s;
    Duration timeout = 2s;
    Duration expires_within =
        14 * 24h;  // tls, https: how long before its end a certificate alerts.
    Place place;
};

struct Probe {  // Of a public endpoint, as a client would use it.
    std::string name;
    std::string url;
    std::string service;
    std::uint32_t status_from = 200;
    std::uint32_t status_to = 399;
    std::string contains;
    Duration every = 10s;
    Duration timeout = 5s;
    Place place;
};

// --- drills --------------------------------------------------------------------------------------

struct Drills {
    bool permitted = false;           // Whether faults may be injected here at all.
    std::vector<std::string> during;  // Names of `intervals`; empty: at any time.
    std::string folder;               // Scenarios of one's own; empty: only the shipped ones.
    Place place;
};

// --- the ops process ----------------------------------------------------------------------------

struct GatewaySource {  // A gateway to pull from; the local one is always there.
    std::string name;
    std::string address;  // `host:port` of `telemetry.snapshot_listen`, or `unix:/path`.
    CertificateFiles certificate;
    std::string ca;
    Place place;
};

struct Ops {
    std::string store;   // Empty: SQLite in `<state>/ops`; or postgres://user@host/db
    std::string listen;  // TLS, for what carries its own token; empty: none.
    CertificateFiles certificate;
    std::string prometheus;  // An outside server for `promql`.
    std::vector<GatewaySource> gateways;
    std::string host_link;  // Bits per second of the network, where the kernel does not know.
    Duration clients_keep = 30 * 24h;  // Names of affected clients; 0 s: they are not kept.
};

struct Operations {
    std::string public_url;
    std::string runbooks;  // Folder of Markdown files; empty: only those that are shipped.
    Ops ops;
    std::map<std::string, Person> people;
    std::map<std::string, Team> teams;
    std::map<std::string, Channel> notify;
    std::array<SeverityPolicy, 4> severities = {{
        {5min, 0s, 15min},
        {15min, 30min, 30min},
        {1h, 2h, 1h},
        {4h, 24h, 24h},
    }};
    IncidentClocks clocks;
    // By service; `all` is for those that are not named. Absent: the guide's four.
    std::map<std::string, std::vector<Objective>> objectives;
    Postmortems postmortem;
    Kpis kpis;
    std::vector<BurnTier> burn = {
        {"page quick", 1h, {0.02}, true},
        {"page slow", 6h, {0.05}, true},
        {"ticket quick", 24h, {0.10}, false},
        {"ticket slow", 72h, {0.10}, false},
    };
    std::map<std::string, AlertRule>
        alerts;  // Beside the shipped ones; the same name replaces one.
    HardFault hard_fault;
    Grouping grouping;
    std::vector<Inhibition> inhibit;
    std::map<std::string, TimeInterval> intervals;
    std::map<std::string, Heartbeat> heartbeats;
    std::vector<HeartbeatOut> heartbeats_out;
    std::map<std::string, Inbox> inbox;
    std::map<std::string, Need> needs;
    std::map<std::string, Probe> probes;
    Mitigation mitigation;
    std::optional<StatusPage> status_page;
    Drills drills;
};

}  // namespace sg::config

namespace sg {

template <>
struct WordsOf<config::Severity> {
    static constexpr std::string_view name = "a severity";
    static constexpr std::string_view words[] = {"sev1", "sev2", "sev3", "sev4"};
};
template <>
struct WordsOf<config::Level> {
    static constexpr std::string_view name = "a level";
    static constexpr std::string_view words[] = {"primary", "secondary", "backup"};
};
template <>
struct WordsOf<config::Channel::Kind> {
    static constexpr std::string_view name = "a kind of channel";
    static constexpr std::string_view words[] = {"mail",    "slack", "pagerduty",
                                                 "webhook", "http",  "terminal"};
};
template <>
struct WordsOf<config::Objective::Kind> {
    static constexpr std::string_view name = "a kind of objective";
    static constexpr std::string_view words[] = {"availability", "latency", "errors", "throughput"};
};
template <>
struct WordsOf<config::Need::Kind> {
    static constexpr std::string_view name = "a kind of dependency";
    static constexpr std::string_view words[] = {"postgres", "redis", "http", "tcp", "dns", "tls"};
};

}  // namespace sg
