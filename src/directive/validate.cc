#include "directive/validate.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/address.h"

namespace sg::directive {

namespace {

std::unexpected<Error> wrong(std::string what, std::string hint = {}) {
    return fail(Errc::invalid_argument, std::move(what), std::move(hint));
}

Result<void> name(std::string_view field, std::string_view value) {
    if (value.empty()) return wrong(fmt::format("`{}` is empty", field));
    if (value.size() > name_max)
        return wrong(fmt::format("`{}` is longer than {} bytes", field, name_max));
    return {};
}

Result<void> endpoint(std::string_view text) {
    if (text.starts_with("unix:/")) return {};
    if (parse_host_port(text)) return {};
    return wrong(fmt::format("`{}` is not an endpoint", text), "write host:port or unix:/path");
}

Result<void> check(const SetWeights& what) {
    TRY_VOID(name("service", what.service));
    if (what.weights.empty()) return wrong("no weight is given", "weights: {version: weight}");
    if (what.weights.size() > versions_max) return wrong("too many versions");
    for (const auto& [version, weight] : what.weights) {
        TRY_VOID(name("version", version));
        if (weight > weight_max)
            return wrong(fmt::format("the weight {} is larger than {}", weight, weight_max));
    }
    return {};
}

Result<void> check(const DrainEndpoint& what) {
    TRY_VOID(name("service", what.service));
    return endpoint(what.endpoint);
}

Result<void> check(const SetCircuit& what) {
    TRY_VOID(name("service", what.service));
    if (!what.requests_max && !what.connections_max && !what.queue_max)
        return wrong("no limit is given", "requests_max, connections_max or queue_max");
    return {};
}

Result<void> check(const InjectFault& what) {
    if (what.route.empty() && what.service.empty())
        return wrong("the fault names no route and no service",
                     "a fault for everything is never meant");
    if (!what.route.empty()) TRY_VOID(name("route", what.route));
    if (!what.service.empty()) TRY_VOID(name("service", what.service));
    const bool narrow = !what.version.empty() || !what.endpoint.empty();
    if (narrow && what.service.empty())
        return wrong("a version or an endpoint is of a service", "name the service as well");
    if (!what.version.empty()) TRY_VOID(name("version", what.version));
    if (!what.endpoint.empty()) TRY_VOID(endpoint(what.endpoint));
    if (!(what.share.of_one > 0 && what.share.of_one <= 1))
        return wrong("the share is not above 0 % and at most 100 %");
    if (!what.delay && !what.abort && !what.reset && !what.bytes_per_second)
        return wrong("the fault does nothing", "delay, abort, reset or bytes_per_second");
    if (what.abort && what.reset) return wrong("a request is either aborted or reset, not both");
    if (what.abort && (*what.abort < 200 || *what.abort > 599))
        return wrong(fmt::format("{} is no status to answer with", *what.abort),
                     "a number from 200 to 599");
    if (what.delay && (*what.delay <= 0ns || *what.delay > delay_max))
        return wrong("the delay is not above 0 and at most " + to_text(delay_max));
    if (what.bytes_per_second && what.bytes_per_second->count == 0)
        return wrong("bytes_per_second is 0", "use reset, or a delay");
    return {};
}

Result<void> check(const SetEndpoints& what) {
    TRY_VOID(name("service", what.service));
    TRY_VOID(name("version", what.version));
    if (what.endpoints.size() > endpoints_max) return wrong("too many endpoints");
    std::set<std::string_view> seen;
    for (const auto& text : what.endpoints) {
        TRY_VOID(endpoint(text));
        if (!seen.insert(text).second) return wrong(fmt::format("`{}` is there twice", text));
    }
    return {};
}

Result<void> check(const Shed& what) {
    TRY_VOID(name("service", what.service));
    if (!(what.share.of_one > 0 && what.share.of_one <= 1))
        return wrong("the share is not above 0 % and at most 100 %");
    if (what.retry_after < 1s || what.retry_after > retry_after_max)
        return wrong("retry_after is not from 1s to " + to_text(retry_after_max));
    return {};
}

Result<void> check(const OpenBreaker& what) {
    TRY_VOID(name("service", what.service));
    return endpoint(what.endpoint);
}

Result<void> check(const BlockClient& what) {
    if (!what.service.empty()) TRY_VOID(name("service", what.service));
    const auto block = parse_cidr(what.client);
    if (!block)
        return wrong(fmt::format("`{}` is no client", what.client),
                     "write an address or a block: 203.0.113.7, 203.0.113.0/24, 2001:db8::/48");
    // A slip of the finger must not shut everybody out.
    const std::uint8_t widest = block->base.is_v4() ? 96 + 8 : 16;
    if (block->prefix_bits < widest)
        return wrong(fmt::format("`{}` are too many clients", what.client),
                     "at most /8 of IPv4 and /16 of IPv6");
    return {};
}

Result<void> check(const SwitchOff& what) {
    TRY_VOID(name("service", what.service));
    TRY_VOID(name("need", what.need));
    // It goes into a header field, in a list.
    const auto fits = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '-' || c == '_' || c == '.';
    };
    if (!std::ranges::all_of(what.need, fits))
        return wrong(fmt::format("`{}` is no name of a need", what.need),
                     "letters, digits, `-`, `_` and `.`");
    return {};
}

Result<void> check(const ShowExpired& what) {
    if (what.listener.empty()) return {};
    return name("listener", what.listener);
}

Result<void> check_expiry(const Directive& d, Instant now) {
    const bool fault =
        std::holds_alternative<InjectFault>(d.what) || std::holds_alternative<ShowExpired>(d.what);
    if (d.expires_at == Instant::never()) {
        if (!fault) return {};
        return wrong("the fault never ends", "every fault needs expires_at or expires_in");
    }
    if (d.expires_at <= now) return wrong("it has expired already");
    if (d.expires_at <= d.issued_at) return wrong("it expires before it was issued");
    if (!fault) return {};
    // Of the two the earlier counts: a clock that was set back must not make a fault longer.
    const auto from = std::min(now, d.issued_at);
    if (d.expires_at > from + fault_longest)
        return wrong("the fault lasts longer than " + to_text(fault_longest),
                     "issue it again when it ends");
    return {};
}

}  // namespace

std::string_view kind_of(const Directive& directive) {
    constexpr std::string_view kinds[] = {
        "set_weights", "drain_endpoint", "set_circuit",  "inject_fault", "set_endpoints",
        "shed",        "open_breaker",   "block_client", "switch_off",   "show_expired"};
    static_assert(std::size(kinds) == std::variant_size_v<What>);
    return kinds[directive.what.index()];
}

Result<void> validate(const Directive& directive, Instant now) {
    TRY_VOID(name("id", directive.id));
    TRY_VOID(name("origin", directive.origin));
    if (directive.reason.size() > reason_max)
        return wrong(fmt::format("the reason is longer than {} bytes", reason_max));
    TRY_VOID(std::visit([](const auto& what) { return check(what); }, directive.what));
    return check_expiry(directive, now);
}

}  // namespace sg::directive
