// The ops process: where it listens, keeps its state, and fetches telemetry from.
#include <fmt/format.h>

#include <algorithm>

#include "base/address.h"
#include "config/check.h"

namespace sg::config {

namespace {

bool is_local(const std::string& text) {
    if (text.starts_with("unix:")) return true;
    const auto address = parse_socket_address(text);
    if (!address) return true;  // Said already.
    static const auto block = parse_cidr("127.0.0.0/8");
    static const auto one = parse_cidr("::1");
    return block->contains(address->ip()) || one->contains(address->ip());
}

void check_gateways(const std::vector<GatewaySource>& gateways, Findings& findings) {
    Once names;
    Once addresses;
    for (std::size_t i = 0; i < gateways.size(); ++i) {
        const GatewaySource& gateway = gateways[i];
        const auto path = fmt::format("ops.gateways.{}", i);
        if (gateway.name == "local")
            findings.fail(path + ".name", "`local` is the gateway on this machine",
                          "give this one another name");
        if (const Place* first = names.first_of(gateway.name, gateway.place))
            findings.fail(
                path + ".name",
                fmt::format("the name `{}` is taken by line {}", gateway.name, first->line),
                "give one of them another name");
        if (const Place* first = addresses.first_of(gateway.address, gateway.place))
            findings.fail(
                path + ".address",
                fmt::format("`{}` is the gateway of line {} already", gateway.address, first->line),
                "remove one of the two");
        if (!gateway.address.starts_with("unix:") && !gateway.address.empty() &&
            (gateway.certificate.certificate.empty() || gateway.ca.empty()) && findings.all_read())
            findings.fail(path + ".address",
                          "telemetry over the network needs a certificate and a CA",
                          "add `certificate: { certificate: FILE, key: FILE }` and `ca: FILE`");
    }
}

}  // namespace

void check_ops(const Config& config, Findings& findings) {
    const Ops& ops = config.operations.ops;
    check_credentials(config, "ops.store", ops.store, findings);
    check_credentials(config, "ops.prometheus", ops.prometheus, findings);
    check_gateways(ops.gateways, findings);
    if (!ops.listen.empty() && ops.certificate.certificate.empty() && !is_local(ops.listen) &&
        findings.all_read())
        findings.fail("ops.listen", "tokens would cross the network in clear",
                      "add `certificate: { certificate: FILE, key: FILE }` to `ops`, or listen on "
                      "127.0.0.1 behind a route of the gateway");
}

}  // namespace sg::config
