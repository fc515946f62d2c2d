// Services: that there is something to send to, and settings that have an effect together.
#include "config/check.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "base/text.h"
#include "config/describe.h"

namespace sg::config {

namespace {

void check_version(const Version& version, const std::string& path, Findings& findings) {
    if (version.endpoints.empty() && !version.run)
        findings.fail(path, "there is nothing to send requests to",
                      "add `endpoints: [10.0.0.1:9000]`, or `run:` with a command");
    if (!version.endpoints.empty() && version.run)
        findings.fail(path + ".run", "there are both `endpoints` and `run`",
                      "keep one: endpoints run elsewhere, a command is run by streamgate; two "
                      "versions can do both");
    for (std::size_t i = 0; i < version.endpoints.size(); ++i) {
        const Endpoint& endpoint = version.endpoints[i];
        const auto same = [&](const Endpoint& other) {
            return other.host == endpoint.host && other.port == endpoint.port;
        };
        const auto first = std::ranges::find_if(version.endpoints, same);
        if (endpoint.host.empty() || &*first == &endpoint) continue;
        findings.fail(fmt::format("{}.endpoints.{}", path, i),
                      fmt::format("`{}` is given twice: first in line {}", to_text(endpoint),
                                  first->place.line),
                      "remove one; for more traffic to one of them make a version with a weight");
        return;
    }
}

void check_versions(const Service& service, const std::string& path, Findings& findings) {
    if (service.versions.empty())
        return findings.fail(path, fmt::format("service `{}` has no endpoints", service.name),
                             "add `endpoints: [10.0.0.1:9000]`, or `run:` with a command");
    for (const auto& [name, version] : service.versions)
        check_version(version, path + ".versions." + name, findings);
    const auto weightless = [](const auto& entry) { return entry.second.weight == 0; };
    if (std::ranges::all_of(service.versions, weightless))
        findings.fail(
            path + ".versions",
            fmt::format("every version of `{}` has weight 0: none gets traffic", service.name),
            "give at least one of them a weight, such as 100");
}

void check_balance(const Service& service, const std::string& path, Findings& findings) {
    if (findings.was_said(path + ".hash_on") && service.balance != Balance::consistent_hash)
        findings.fail(path + ".hash_on", "`hash_on` has no effect without consistent hashing",
                      "add `balance: consistent-hash`, or remove `hash_on`");
    if (service.sticky.name.empty() && service.sticky.max_age != 0s)
        findings.fail(path + ".sticky", "a sticky cookie needs a name",
                      "add `cookie: STREAMGATE` to `sticky`");
    if (service.outlier.eject_for > service.outlier.eject_most)
        findings.fail(
            path + ".outlier.eject_for",
            fmt::format("`eject_for` ({}) is longer than `eject_most` ({})",
                        to_text(service.outlier.eject_for), to_text(service.outlier.eject_most)),
            "lower `eject_for`, or raise `eject_most`");
}

void check_service_tls(const Service& service, const std::string& path, Findings& findings) {
    if (service.tls.certificate.empty() != service.tls.key.empty())
        findings.fail(path + ".tls", "mutual TLS needs both `certificate` and `key`",
                      service.tls.key.empty() ? "add `key: FILE`" : "add `certificate: FILE`");
    const UpstreamTls& tls = service.tls;
    const bool says_something =
        !tls.verify || !tls.ca.empty() || !tls.server_name.empty() || !tls.certificate.empty();
    if (!says_something || !findings.was_said(path + ".tls")) return;
    for (const auto& [name, version] : service.versions)
        for (const Endpoint& endpoint : version.endpoints)
            if (endpoint.scheme == Scheme::https) return;
    findings.fail(path + ".tls",
                  fmt::format("`tls` has no effect: no endpoint of `{}` is https", service.name),
                  "write its endpoints as https://host:port, or remove `tls`");
}

void check_times(const Timeouts& timeouts, const Retry& retry, const std::string& path,
                 Findings& findings) {
    const auto shorter = [&](const char* key, Duration value, Duration usual) {
        if (value == no_timeout || value == usual || value <= timeouts.total) return;
        if (!findings.was_said(path + ".timeouts." + key)) return;
        findings.fail(path + ".timeouts." + key,
                      fmt::format("`{}` ({}) is longer than `total` ({})", key, to_text(value),
                                  to_text(timeouts.total)),
                      fmt::format("lower `{}`, or raise `total`", key));
    };
    shorter("connect", timeouts.connect, Timeouts{}.connect);
    shorter("first_byte", timeouts.first_byte, Timeouts{}.first_byte);
    shorter("between_bytes", timeouts.between_bytes, Timeouts{}.between_bytes);
    if (retry.per_try_timeout != no_timeout && retry.per_try_timeout >= timeouts.first_byte &&
        findings.was_said(path + ".retry.per_try_timeout"))
        findings.fail(path + ".retry.per_try_timeout",
                      fmt::format("`per_try_timeout` ({}) is not shorter than `first_byte` ({})",
                                  to_text(retry.per_try_timeout), to_text(timeouts.first_byte)),
                      "lower it, so that time is left for another attempt, or remove it");
}

bool is_run_here(const Service& service) {
    return std::ranges::any_of(service.versions,
                               [](const auto& entry) { return entry.second.run.has_value(); });
}

// The services on the way from `name` back to itself, by what each starts after; empty: none.
// Bound: every service once.
std::vector<std::string> circle_from(const Config& config, const std::string& name,
                                     std::vector<std::string> way, std::set<std::string>& seen) {
    way.push_back(name);
    for (const auto& before : config.services.at(name).after) {
        if (before == way.front()) return way;
        if (!config.services.contains(before) || !seen.insert(before).second) continue;
        if (auto circle = circle_from(config, before, way, seen); !circle.empty()) return circle;
    }
    return {};
}

void check_start(const Config& config, const Service& service, const std::string& path,
                 Findings& findings) {
    if (service.after.empty()) return;
    if (!is_run_here(service))
        return findings.fail(path, "`after` has no effect on what runs elsewhere",
                             "remove it, or let streamgate run the service: add `run:`");
    std::vector<std::string> run_here;
    for (const auto& [name, other] : config.services)
        if (is_run_here(other)) run_here.push_back(name);
    for (std::size_t i = 0; i < service.after.size(); ++i) {
        const auto& name = service.after[i];
        if (!config.services.contains(name) || std::ranges::binary_search(run_here, name)) continue;
        return findings.fail(
            fmt::format("{}.{}", path, i),
            fmt::format("streamgate does not run `{}`: there is no start to wait for", name),
            "name services that have `run:`, or remove it");
    }
    findings.check_names(path, "service", service.after, run_here);
    std::set<std::string> seen;
    const auto circle = circle_from(config, service.name, {}, seen);
    // Said once, at the first of them by name.
    if (circle.empty() || std::ranges::min(circle) != service.name) return;
    if (circle.size() == 1)
        return findings.fail(path, fmt::format("`{}` cannot start after itself", service.name),
                             "remove it");
    findings.fail(path,
                  fmt::format("none of these could ever start: `{}` after `{}`",
                              fmt::join(circle, "` after `"), service.name),
                  "remove one of them");
}

}  // namespace

void check_services(const Config& config, Findings& findings) {
    for (const auto& [name, service] : config.services) {
        const auto path = "services." + name;
        check_versions(service, path, findings);
        check_balance(service, path, findings);
        check_service_tls(service, path, findings);
        check_times(service.timeouts, service.retry, path, findings);
        check_start(config, service, path + ".after", findings);
    }
    for (std::size_t i = 0; i < config.routes.size(); ++i) {
        const Route& route = config.routes[i];
        const auto service = config.services.find(route.service);
        if (service == config.services.end()) continue;
        check_times(route.timeouts.value_or(service->second.timeouts),
                    route.retry.value_or(service->second.retry), fmt::format("routes.{}", i),
                    findings);
    }
}

}  // namespace sg::config
