// Dependencies, probes, heartbeats and inboxes: that they can be asked, and belong to somebody.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

#include "base/address.h"
#include "config/check.h"
#include "config/formats.h"

namespace sg::config {

namespace {

constexpr std::size_t token_least = 24;  // Of letters and digits: more than 128 bits.

bool is_host_port(std::string_view text) {
    const auto parts = parse_host_port(text);
    return parts && !parts->host.empty() && parts->port != 0;
}

bool begins_with(std::string_view text, std::initializer_list<std::string_view> schemes) {
    return std::ranges::any_of(schemes, [&](auto scheme) {
        return text.starts_with(scheme) && text.size() > scheme.size();
    });
}

bool target_fits(Need::Kind kind, std::string_view target) {
    switch (kind) {
        case Need::Kind::postgres:
            return begins_with(target, {"postgres://", "postgresql://"}) || target.contains('=');
        case Need::Kind::redis:
            return begins_with(target, {"redis://", "rediss://", "unix:"}) || is_host_port(target);
        case Need::Kind::http: return formats::url.check(target).has_value();
        case Need::Kind::tcp:
        case Need::Kind::tls: return is_host_port(target);
        case Need::Kind::dns: return formats::host_pattern.check(target).has_value();
    }
    return false;
}

void check_need(const Config& config, const std::string& path, const Need& need,
                Findings& findings) {
    constexpr std::array<std::string_view, 6> examples = {"postgres://user@host/database",
                                                          "redis://127.0.0.1:6379",
                                                          "https://example.com/health",
                                                          "host.internal:5000",
                                                          "www.example.com",
                                                          "www.example.com:443"};
    const auto kind = static_cast<std::size_t>(need.kind);
    const auto at = path + ".target";
    if (!need.target.empty() && !target_fits(need.kind, need.target)) {
        const auto secret = config.secrets.find(at);
        findings.fail(at,
                      secret == config.secrets.end()
                          ? fmt::format("`{}` is not where a dependency of kind {} is", need.target,
                                        WordsOf<Need::Kind>::words[kind])
                          : fmt::format("the value of `{}` is not valid", secret->second.source),
                      fmt::format("write it as {}", examples[kind]));
    } else {
        check_credentials(config, at, need.target, findings);
    }
    if (need.timeout > need.every)
        findings.fail(path + ".timeout",
                      fmt::format("a look may take longer ({}) than there is between two ({})",
                                  to_text(need.timeout), to_text(need.every)),
                      "lower `timeout`, or raise `every`");
}

void check_probe(const Config& config, const std::string& path, const Probe& probe,
                 Findings& findings) {
    check_credentials(config, path + ".url", probe.url, findings);
    if (probe.timeout > probe.every)
        findings.fail(path + ".timeout",
                      fmt::format("a request may take longer ({}) than there is between two ({})",
                                  to_text(probe.timeout), to_text(probe.every)),
                      "lower `timeout`, or raise `every`");
}

// Who sent what is known by its token: each is somebody's alone, and cannot be guessed.
class Tokens {
  public:
    Tokens(const Config& config, Findings& findings) : config_(config), findings_(findings) {}

    void check(const std::string& of, const std::string& token) {
        if (token.empty()) return;  // It could not be read, or there is none.
        const auto at = of + ".token";
        if (token.size() < token_least)
            findings_.fail(
                at, fmt::format("the token has {} characters and can be guessed", token.size()),
                fmt::format("make one of at least {}: openssl rand -hex 16", token_least));
        else check_secret(config_, at, token, findings_);
        const auto [first, is_new] = tokens_.try_emplace(token, of.substr(of.find('.') + 1));
        if (!is_new)
            findings_.fail(at, fmt::format("it is the token of `{}` too", first->second),
                           "give each one of its own, so that one can be changed alone");
    }

  private:
    const Config& config_;
    Findings& findings_;
    std::map<std::string, std::string> tokens_;
};

void check_inboxes(const Config& config, Tokens& tokens, Findings& findings) {
    const auto services = names_of(config.services);
    const auto teams = names_of(config.operations.teams);
    for (const auto& [name, inbox] : config.operations.inbox) {
        const auto path = "inbox." + name;
        findings.check_name(path + ".service", "service", inbox.service, services);
        findings.check_name(path + ".team", "team", inbox.team, teams);
        tokens.check(path, inbox.token);
    }
}

void check_heartbeats_out(const Config& config, Findings& findings) {
    const Operations& operations = config.operations;
    Once once;
    for (std::size_t i = 0; i < operations.heartbeats_out.size(); ++i) {
        const HeartbeatOut& out = operations.heartbeats_out[i];
        check_credentials(config, fmt::format("heartbeats_out.{}.url", i), out.url, findings);
        if (once.first_of(out.url, out.place))
            findings.fail(out.place, fmt::format("`{}` is there twice", out.url),
                          "remove one of the two");
    }
}

}  // namespace

void check_watched(const Config& config, Findings& findings) {
    const Operations& operations = config.operations;
    for (const auto& [name, need] : operations.needs)
        check_need(config, "needs." + name, need, findings);
    const auto services = names_of(config.services);
    for (const auto& [name, probe] : operations.probes) {
        findings.check_name("probes." + name + ".service", "service", probe.service, services);
        check_probe(config, "probes." + name, probe, findings);
    }
    Tokens tokens(config, findings);
    check_inboxes(config, tokens, findings);
    for (const auto& [name, heartbeat] : operations.heartbeats) {
        findings.check_name("heartbeats." + name + ".service", "service", heartbeat.service,
                            services);
        tokens.check("heartbeats." + name, heartbeat.token);
    }
    check_heartbeats_out(config, findings);
    const auto known = names_of(operations.needs);
    for (const auto& [name, service] : config.services)
        findings.check_names("services." + name + ".needs", "dependency", service.needs, known);
}

}  // namespace sg::config
