#include "config/check.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>

#include "base/address.h"
#include "base/text.h"

namespace sg::config {

Place Findings::at(std::string path) const {
    for (;;) {
        if (const auto known = places_.find(path); known != places_.end()) return known->second;
        const auto dot = path.rfind('.');
        if (dot == std::string::npos) return {1, 1};
        path.resize(dot);
    }
}

void Findings::fail(const std::string& path, std::string what, std::string hint) {
    fail(at(path), std::move(what), std::move(hint));
}

void Findings::fail(Place at, std::string what, std::string hint) {
    if (problems_.size() > Reader::problems_max) return;
    if (problems_.size() == Reader::problems_max) {
        what = "there are more mistakes than are shown here";
        hint = "mend these first";
    }
    problems_.push_back({at, std::move(what), std::move(hint)});
}

void Findings::check_name(const std::string& path, std::string_view noun, const std::string& name,
                          const std::vector<std::string>& known) {
    if (name.empty() || std::ranges::binary_search(known, name)) return;
    if (problems_.size() > Reader::problems_max) return;  // To look for near names takes time.
    auto hint = fmt::format("define it first: no {} is defined", noun);
    if (!known.empty()) hint = fmt::format("defined here are {}", fmt::join(known, ", "));
    if (const auto near = nearest(name, known); !near.empty())
        hint += fmt::format("; did you mean `{}`?", near);
    fail(path, fmt::format("{} `{}` is not defined", noun, name), hint);
}

void Findings::check_names(const std::string& path, std::string_view noun,
                           const std::vector<std::string>& names,
                           const std::vector<std::string>& known) {
    Once once;
    for (std::size_t i = 0; i < names.size(); ++i) {
        const auto at = fmt::format("{}.{}", path, i);
        check_name(at, noun, names[i], known);
        if (once.first_of(names[i], {}))
            fail(at, fmt::format("`{}` is named twice", names[i]), "remove one of the two");
    }
}

namespace {

// Two sockets with the same key cannot both be bound: the same address, or every address of a
// family and every address of the other, which one socket takes as well.
std::string key_of(const SocketAddress& address) {
    const auto text = address.text();
    const bool any = text.starts_with("[::]:") || text.starts_with("0.0.0.0:");
    return any ? fmt::format("any:{}", address.port()) : text;
}

void check_tls(const Listener& listener, const std::string& path, Findings& findings) {
    if (!listener.tls) return;
    const auto& tls = *listener.tls;
    if (tls.certificates.empty() && !tls.self_signed)
        findings.fail(path + ".tls", "tls has no certificate",
                      "write tls: { certificate: FILE, key: FILE }, or tls: self-signed");
    if (!tls.certificates.empty() && tls.self_signed)
        findings.fail(path + ".tls.self_signed", "there are certificates and a self-made one",
                      "remove `self_signed`, or the certificates");
}

}  // namespace

void check_listeners(const Config& config, Findings& findings) {
    struct Bound {
        std::string text;
        Place place;
    };
    std::map<std::string, Bound> bound;
    const auto bind = [&](const std::string& text, const std::string& path) {
        const auto address = parse_socket_address(text);
        if (!address) return;
        const auto [first, is_new] =
            bound.try_emplace(key_of(*address), Bound{text, findings.at(path)});
        if (is_new) return;
        findings.fail(path,
                      fmt::format("`{}` is already listened on: `{}` in line {}", text,
                                  first->second.text, first->second.place.line),
                      "give one of them another port, or remove it");
    };
    if (config.listen.empty() && findings.was_said("listen"))
        findings.fail("listen", "there is no listener", "write an address, such as listen: :8080");
    for (std::size_t i = 0; i < config.listen.size(); ++i) {
        const auto path = fmt::format("listen.{}", i);
        bind(config.listen[i].address, path + ".address");
        check_tls(config.listen[i], path, findings);
    }
    const Telemetry& telemetry = config.telemetry;
    if (findings.was_said("telemetry.listen")) bind(telemetry.listen, "telemetry.listen");
    bind(config.operations.ops.listen, "ops.listen");
    if (telemetry.snapshot_listen.empty() || telemetry.snapshot_listen == "off") return;
    bind(telemetry.snapshot_listen, "telemetry.snapshot_listen");
    if (telemetry.snapshot_certificate.certificate.empty() || telemetry.snapshot_client_ca.empty())
        findings.fail("telemetry.snapshot_listen",
                      "snapshots over the network need a certificate and a client CA",
                      "add `snapshot_certificate: { certificate: FILE, key: FILE }` and "
                      "`snapshot_client_ca: FILE`");
}

}  // namespace sg::config
