#include "platform/probe/probe.h"

#include <fmt/format.h>

#include "base/units.h"
#include "platform/http/client.h"
#include "platform/probe/dial.h"

namespace sg::platform::probe {

namespace {

using ports::ProbeTarget;

constexpr std::size_t body_max = 1U << 20;  // What `contains` is looked for in.

}  // namespace

Result<void> Prober::look(const ProbeTarget& target, Instant now) const {
    using Kind = ProbeTarget::Kind;
    switch (target.kind) {
        case Kind::http: return look_at_http(target, now);
        case Kind::tcp: return look_at_tcp(target);
        case Kind::tls: return look_at_tls(target, now);
        case Kind::dns: return look_at_dns(target);
        case Kind::redis: return look_at_redis(target);
        case Kind::postgres: return look_at_postgres(target);
    }
    return fail(Errc::unsupported);
}

Result<void> look_at_end(Instant until, Instant now, Duration expires_within) {
    if (until == Instant{} || expires_within <= 0s) return {};
    const auto left = until - now;
    if (left > expires_within) return {};
    if (left <= 0s)
        return fail(Errc::tls_untrusted, "the certificate ended at " + to_rfc3339(until));
    return fail(
        Errc::tls_untrusted,
        fmt::format("the certificate ends in {:.1f} d, at {}",
                    std::chrono::duration<double>(left).count() / 86400, to_rfc3339(until)));
}

Result<void> look_at_http(const ProbeTarget& target, Instant now) {
    TRY(const auto response, http::perform({.url = target.target,
                                            .headers = {{"User-Agent", "StreamGate-Probe"}},
                                            .timeout = target.timeout,
                                            .connect_timeout = target.timeout,
                                            .ca = target.ca,
                                            .body_max = body_max}));
    if (response.status < target.status_from || response.status > target.status_to)
        return fail(Errc::protocol_violation, fmt::format("it answers {}", response.status));
    if (!target.contains.empty() && response.body.find(target.contains) == std::string::npos)
        return fail(Errc::protocol_violation,
                    fmt::format("the answer does not contain `{}`", target.contains));
    return look_at_end(response.certificate_until, now, target.expires_within);
}

Result<void> look_at_tcp(const ProbeTarget& target) {
    TRY(const auto host, parse_host_port(target.target));
    TRY([[maybe_unused]] const auto line, Line::dial(host, steady_now() + target.timeout));
    return {};
}

Result<void> look_at_tls(const ProbeTarget& target, Instant now) {
    TRY(const auto host, parse_host_port(target.target, 443));
    TRY(auto line, Line::dial(host, steady_now() + target.timeout));
    TRY_VOID(line.secure(host.host, target.ca));
    return look_at_end(line.certificate_until(), now, target.expires_within);
}

Result<void> look_at_dns(const ProbeTarget& target) {
    TRY(const auto addresses, resolve({target.target, 0}, steady_now() + target.timeout));
    if (addresses.empty()) return fail(Errc::dns_failed, target.target + " has no address");
    return {};
}

}  // namespace sg::platform::probe
