#include "inspectors.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "ops/detect/alerts/trend.h"
#include "ops/detect/signals/collector.h"
#include "platform/host/disk.h"
#include "platform/http/client.h"
#include "platform/inspect/text.h"
#include "platform/local/inspect.h"
#include "platform/local/protocol.h"
#include "platform/media/inspect.h"
#include "platform/media/playlist.h"
#include "platform/postgres/inspect.h"
#include "platform/probe/inspect.h"
#include "platform/probe/served.h"
#include "platform/redis/inspect.h"
#include "telemetry/encode.h"

namespace sg::app {

using ports::Finding;
using ports::Question;
using ports::Subject;

namespace {

constexpr std::string_view need_prefix = "need:", service_prefix = "service:";

// Need::Kind and Subject begin with the same words, in the same order.
Subject subject_of(config::Need::Kind kind) { return static_cast<Subject>(kind); }

using Look = platform::inspect::Findings(const platform::inspect::Order&);
Look* look_of(config::Need::Kind kind) {
    using Kind = config::Need::Kind;
    switch (kind) {
        case Kind::postgres: return platform::postgres::inspect;
        case Kind::redis: return platform::redis::inspect;
        case Kind::http: return platform::probe::inspect_http;
        case Kind::tcp: return platform::probe::inspect_tcp;
        case Kind::tls: return platform::probe::inspect_tls;
        case Kind::dns: return platform::probe::inspect_dns;
    }
    return platform::probe::inspect_tcp;
}

// What is asked for, or all that fits; an error where something asked for does not fit.
Result<std::vector<std::string>> fitting(const Question& question, Subject subject) {
    if (question.what.empty()) return ports::inspections_of(subject);
    for (const auto& name : question.what) {
        const auto* const inspection = ports::inspection_named(name);
        if (inspection == nullptr || inspection->subject != subject)
            return fail(Errc::invalid_argument,
                        fmt::format("`{}` does not apply to `{}`", name, question.target),
                        "`streamgate inspect --list` says what does");
    }
    return question.what;
}

Result<telemetry::Snapshot> snapshot_of(const signals::GatewayAddress& gateway, Duration left) {
    const bool here = !gateway.unix_socket.empty();
    TRY(const auto response,
        platform::http::perform(
            {.url = here ? "http://gateway/snapshot" : "https://" + gateway.host_port + "/snapshot",
             .unix_socket = gateway.unix_socket,
             .timeout = left,
             .connect_timeout = left,
             .ca = gateway.ca,
             .certificate = gateway.certificate,
             .key = gateway.key,
             .body_max = telemetry::snapshot_size_max}));
    if (response.status != 200)
        return fail(Errc::unavailable, fmt::format("it answers {}", response.status));
    return telemetry::decode(response.body);
}

bool runs_here(const config::Service& service) {
    return std::ranges::any_of(service.versions,
                               [](const auto& v) { return v.second.run.has_value(); });
}

platform::inspect::Order order_of(const Question& question, Instant now) {
    return {.what = question.what,
            .target = {},
            .extent = question.extent,
            .deadline = steady_now() + question.deadline,
            .now = now};
}

// What the supervisor has published to the gateway; empty: none runs, or not this service.
std::vector<std::string> published_of(const platform::local::Layout& layout,
                                      const std::string& service) {
    std::vector<std::string> endpoints;
    auto caller = platform::local::Caller::reach(layout);
    if (!caller) return endpoints;
    const auto status = caller->ask({{"verb", "ps"}}, 1s);
    if (!status) return endpoints;
    using platform::local::Json;
    for (const auto& one : status->value("services", Json::array()))
        if (one.value("name", "") == service)
            for (const auto& version : one.value("versions", Json::array()))
                for (const auto& endpoint : version.value("published", Json::array()))
                    endpoints.push_back(endpoint.get<std::string>());
    return endpoints;
}

bool wants(const Question& question, std::string_view name) {
    return std::ranges::find(question.what, name) != question.what.end();
}

// `https://live.example/hls/live.m3u8` → `/hls/live.m3u8`
std::string path_of(std::string_view url) {
    const auto scheme = url.find("://");
    const auto slash = url.find('/', scheme == std::string_view::npos ? 0 : scheme + 3);
    return slash == std::string_view::npos ? "/" : std::string(url.substr(slash));
}

// Playlists of a service that the configuration knows: those that it is probed by.
std::vector<std::string> playlists_of(const config::Config& config,
                                      const config::Service& service) {
    std::vector<std::string> paths;
    const auto add = [&](std::string path) {
        if (platform::media::names_playlist(path) && std::ranges::find(paths, path) == paths.end())
            paths.push_back(std::move(path));
    };
    for (const auto& [name, probe] : config.operations.probes)
        if (probe.service == service.name) add(path_of(probe.url));
    if (service.health.kind == config::HealthCheck::Kind::http) add(service.health.path);
    return paths;
}

// The certificates of the configuration's listeners, and where to see what is shown.
std::vector<platform::probe::ServedBy> served_by(const config::Config& config) {
    std::vector<platform::probe::ServedBy> all;
    for (const auto& listener : config.listen) {
        if (!listener.tls) continue;
        platform::probe::ServedBy one{.listener = listener.address, .at = {}, .file = {}};
        auto at = parse_host_port(listener.address);
        if (at && listener.proxy_protocol_from.empty()) {
            const bool everywhere = at->host.empty() || at->host == "0.0.0.0" || at->host == "::";
            if (everywhere) at->host = "127.0.0.1";
            one.at = *at;
        }
        for (const auto& files : listener.tls->certificates) {
            one.file = files.certificate;
            all.push_back(one);
        }
        if (!listener.tls->certificates.empty()) continue;
        one.file = config.state + "/tls/self-signed.pem";
        all.push_back(one);
    }
    return all;
}

// When the fullest disk will be full, as its last hours went.
Finding full_in(const signals::History& history, Instant now) {
    constexpr Duration trend = 6h;
    constexpr Duration soon = 24h;
    std::vector<alerts::Sample> samples;
    for (const auto& level : history.levels("host", now - trend, now))
        if (level.resources.disk >= 0) samples.push_back({level.at, level.resources.disk});
    const auto left = alerts::full_in(samples, 1);
    const double seconds = left ? std::chrono::duration<double>(*left).count() : -1;
    Finding finding{.what = "host.disk",
                    .key = "full_in",
                    .standing = ports::Standing::fine,
                    .title = "it does not fill up, as the last hours went",
                    .value = seconds,
                    .unit = "s",
                    .threshold = std::chrono::duration<double>(soon).count()};
    if (!left) return finding;
    finding.title =
        fmt::format("full in {}, as the last hours went", platform::inspect::show_seconds(seconds));
    if (*left < soon) finding.standing = ports::Standing::odd;
    return finding;
}

}  // namespace

Inspectors::Inspectors(World world)
    : world_(std::move(world)),
      gateway_({.history = world_.history,
                .endings = world_.endings,
                .snapshots = [this](Tick deadline) { return snapshots(deadline); }}) {}

std::map<std::string, Result<telemetry::Snapshot>> Inspectors::snapshots(Tick deadline) const {
    constexpr Duration most = 1s;  // Of each: a gateway answers at once, or is in trouble.
    const auto setup = signals::setup_of(*world_.config(), world_.layout.gateway_socket());
    std::map<std::string, Result<telemetry::Snapshot>> found;
    for (const auto& gateway : setup.gateways) {
        const auto left = std::clamp<Duration>(deadline - steady_now(), 1ms, most);
        found.emplace(gateway.name, snapshot_of(gateway, left));
    }
    return found;
}

std::vector<ports::Inspector::Target> Inspectors::targets() const {
    std::vector<Target> list{{"gateway", Subject::gateway}, {"host", Subject::host}};
    const auto config = world_.config();
    for (const auto& [name, service] : config->services)
        list.push_back({std::string(service_prefix) + name, Subject::service});
    for (const auto& [name, need] : config->operations.needs)
        list.push_back({std::string(need_prefix) + name, subject_of(need.kind)});
    return list;
}

std::vector<Finding> Inspectors::of_need(const config::Need& need, const Question& question,
                                         Instant now) const {
    auto order = order_of(question, now);
    order.target = need.target;
    order.expires_within = need.expires_within;
    return look_of(need.kind)(order);
}

std::vector<Finding> Inspectors::of_service(const config::Service& service,
                                            const Question& question, Instant now) const {
    auto findings = gateway_.look(*world_.config(), service.name, question, now);
    auto order = order_of(question, now);
    order.target = service.name;
    for (auto& finding : platform::local::inspect_service(world_.layout, order))
        findings.push_back(std::move(finding));
    if (wants(question, "service.playlist"))
        for (auto& finding : playlists(service, question, now))
            findings.push_back(std::move(finding));
    return findings;
}

std::vector<Finding> Inspectors::playlists(const config::Service& service, const Question& question,
                                           Instant now) const {
    const auto paths = playlists_of(*world_.config(), service);
    if (paths.empty())
        return {platform::inspect::unseen(
            "service.playlist",
            {Errc::not_found, "no playlist of this service is known",
             "a probe of the service whose url ends in .m3u8 or .mpd names one"})};
    std::vector<platform::media::Origin> origins;
    const auto order = order_of(question, now);
    std::set<std::string> known;
    const auto add = [&](const std::string& endpoint, bool secure) {
        if (!known.insert(endpoint).second) return;
        origins.push_back({endpoint, secure ? "https" : "http", service.tls.ca});
    };
    for (const auto& [name, version] : service.versions)
        for (const auto& endpoint : version.endpoints)
            if (!endpoint.host.starts_with("unix:"))
                add(fmt::format("{}:{}", endpoint.host, endpoint.port),
                    endpoint.scheme == config::Scheme::https);
    if (runs_here(service))
        for (const auto& endpoint : published_of(world_.layout, service.name)) add(endpoint, false);
    return platform::media::inspect_playlists(origins, paths, order);
}

std::vector<Finding> Inspectors::of_gateway(const Question& question, Instant now) const {
    const auto config = world_.config();
    auto findings = gateway_.look(*config, {}, question, now);
    if (!wants(question, "gateway.certificates")) return findings;
    for (auto& finding :
         platform::probe::inspect_served(served_by(*config), order_of(question, now)))
        findings.push_back(std::move(finding));
    return findings;
}

std::vector<Finding> Inspectors::of_host(const Question& question, Instant now) const {
    auto findings =
        platform::host::inspect_disks({world_.layout.state, "/"}, order_of(question, now));
    findings.push_back(full_in(world_.history, now));
    return findings;
}

Result<std::vector<Finding>> Inspectors::look(const Question& asked, Instant now) const {
    TRY_VOID(ports::check(asked));
    const auto config = world_.config();
    Question question = asked;
    if (asked.target == "gateway") {
        TRY(question.what, fitting(asked, Subject::gateway));
        return of_gateway(question, now);
    }
    if (asked.target == "host") {
        TRY(question.what, fitting(asked, Subject::host));
        return of_host(question, now);
    }
    if (asked.target.starts_with(service_prefix)) {
        const auto at = config->services.find(asked.target.substr(service_prefix.size()));
        if (at != config->services.end()) {
            TRY(question.what, fitting(asked, Subject::service));
            // Who runs elsewhere has no processes and no logs here.
            if (asked.what.empty() && !runs_here(at->second))
                question.what = {"service.traffic", "service.endings", "service.endpoints",
                                 "service.playlist"};
            // Of its own accord only where a playlist is known: most services have none.
            if (asked.what.empty() && playlists_of(*config, at->second).empty())
                std::erase(question.what, "service.playlist");
            return of_service(at->second, question, now);
        }
    }
    if (asked.target.starts_with(need_prefix)) {
        const auto& needs = config->operations.needs;
        const auto at = needs.find(asked.target.substr(need_prefix.size()));
        if (at != needs.end()) {
            TRY(question.what, fitting(asked, subject_of(at->second.kind)));
            return of_need(at->second, question, now);
        }
    }
    std::string known;
    for (const auto& target : targets()) known += (known.empty() ? "" : ", ") + target.name;
    return fail(Errc::not_found, fmt::format("there is no target `{}`", asked.target),
                "there are " + known);
}

}  // namespace sg::app
