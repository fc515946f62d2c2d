// Channels: that each has what its kind needs, and that no secret stands in the file.
#include <fmt/format.h>

#include "base/text.h"
#include "config/check.h"

namespace sg::config {

namespace {

using Kind = Channel::Kind;

struct Setting {
    std::string_view key;
    bool given;
    bool fits;    // Whether channels of this kind have it.
    bool needed;  // Whether they cannot do without.
    std::string_view example;
};

void check_channel(const std::string& path, const Channel& channel, Findings& findings) {
    const auto kind = channel.kind;
    const bool mail = kind == Kind::mail;
    const bool http = kind == Kind::http;
    const bool web = kind == Kind::slack || kind == Kind::webhook || http;
    const Channel usual;
    const Setting settings[] = {
        {"smtp", !channel.smtp.empty(), mail, mail, "smtp: \"smtp://mail.internal:587\""},
        {"from", !channel.from.empty(), mail, mail, "from: streamgate@example.com"},
        {"user", !channel.user.empty(), mail, !channel.password.empty(), "user: NAME"},
        {"password", !channel.password.empty(), mail, !channel.user.empty(),
         "password: \"${env:SMTP_PASSWORD}\""},
        {"require_tls", channel.require_tls != usual.require_tls, mail, false, {}},
        {"url", !channel.url.empty(), web || kind == Kind::pagerduty, web,
         "url: https://hooks.example.com/page"},
        {"routing_key", !channel.routing_key.empty(), kind == Kind::pagerduty,
         kind == Kind::pagerduty, "routing_key: \"${file:secrets/pagerduty}\""},
        {"secret", !channel.secret.empty(), kind == Kind::webhook, !channel.secret_before.empty(),
         "secret: \"${file:secrets/hook}\""},
        {"secret_before", !channel.secret_before.empty(), kind == Kind::webhook, false, {}},
        {"calls", channel.calls, http, false, {}},
        {"method", channel.method != usual.method, http, false, {}},
        {"headers", !channel.headers.empty(), http, false, {}},
        {"body", !channel.body.empty(), http, false, {}},
    };
    const auto name = WordsOf<Kind>::words[static_cast<std::size_t>(kind)];
    for (const Setting& setting : settings) {
        const auto at = fmt::format("{}.{}", path, setting.key);
        if (setting.given && !setting.fits)
            findings.fail(at, fmt::format("a channel of kind {} has no `{}`", name, setting.key),
                          "remove it, or make a channel of its own");
        if (setting.fits && setting.needed && !setting.given && !findings.was_said(at) &&
            findings.all_read())
            findings.fail(path, fmt::format("a channel of kind {} needs `{}`", name, setting.key),
                          fmt::format("add `{}`", setting.example));
    }
}

bool has_password(std::string_view text) {
    const auto scheme = text.find("://");
    if (scheme != std::string_view::npos) {
        const auto rest = text.substr(scheme + 3);
        const auto authority = rest.substr(0, rest.find_first_of("/?#"));
        const auto at = authority.rfind('@');
        if (at == std::string_view::npos) return text.contains("password=");
        const auto colon = authority.substr(0, at).find(':');
        return colon != std::string_view::npos && colon + 1 < at;
    }
    return text.contains("password=");  // Of libpq: `host=db password=x`.
}

}  // namespace

Written how_written(const Config& config, const std::string& path, const std::string& value) {
    const bool elsewhere = value.empty() || config.secrets.contains(path);
    return elsewhere ? Written::elsewhere : Written::in_clear;
}

void check_secret(const Config& config, const std::string& path, const std::string& value,
                  Findings& findings) {
    if (how_written(config, path, value) == Written::elsewhere) return;
    findings.fail(path, "a secret stands here in clear",
                  "put it in a file or variable of its own, and write \"${file:secrets/NAME}\" or "
                  "\"${env:NAME}\" in its place");
}

void check_credentials(const Config& config, const std::string& path, const std::string& value,
                       Findings& findings) {
    if (!has_password(value) || how_written(config, path, value) == Written::elsewhere) return;
    findings.fail(path, "there is a password in clear in this",
                  "put the whole in a file of its own, \"${file:secrets/NAME}\", or only the "
                  "password: \"…:${env:NAME}@…\"");
}

void check_notify(const Config& config, Findings& findings) {
    for (const auto& [name, channel] : config.operations.notify) {
        const auto path = "notify." + name;
        check_channel(path, channel, findings);
        check_secret(config, path + ".password", channel.password, findings);
        check_secret(config, path + ".secret", channel.secret, findings);
        check_secret(config, path + ".secret_before", channel.secret_before, findings);
        check_secret(config, path + ".routing_key", channel.routing_key, findings);
        // Who knows the URL of Slack's webhook can write there; one on this machine is a stand-in.
        if (channel.kind == Kind::slack && channel.url.starts_with("https://"))
            check_secret(config, path + ".url", channel.url, findings);
        else check_credentials(config, path + ".url", channel.url, findings);
        for (const auto& [field, value] : channel.headers)
            if (equal_ignoring_case(field, "authorization"))
                check_secret(config, fmt::format("{}.headers.{}", path, field), value, findings);
    }
}

}  // namespace sg::config
