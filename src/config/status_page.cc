// The status page within the rest of the file: the routes that it is served by, and what it names.
#include "config/status_page.h"

#include <fmt/format.h>

#include <algorithm>

#include "config/check.h"

namespace sg::config {

namespace {

constexpr std::string_view route_name = "status page";
constexpr std::string_view door_name = "status page without its slash";

}  // namespace

// The routes are there once: a document that was written out whole has them already.
void complete_status_page(Config& config) {
    auto& wanted = config.operations.status_page;
    if (!wanted) return;
    if (wanted->path.empty()) wanted->path = wanted->host.empty() ? "/status/" : "/";
    const auto is_there = [&](const Route& route) { return route.name == route_name; };
    if (std::ranges::any_of(config.routes, is_there)) return;
    Route route;
    route.name = route_name;
    route.path = {PathMatch::Kind::prefix, wanted->path};
    if (!wanted->host.empty()) route.hosts = {wanted->host};
    route.files = std::string(state_folder) + "/status";
    FieldEdit anybody;
    anybody.name = "Access-Control-Allow-Origin";
    anybody.value = "*";
    route.response_headers = {anybody};
    if (wanted->path != "/") {
        Route door;
        door.name = door_name;
        door.hosts = route.hosts;
        door.path = {PathMatch::Kind::exact, wanted->path.substr(0, wanted->path.size() - 1)};
        door.redirect = Redirect{.to = wanted->path};
        config.routes.push_back(std::move(door));
    }
    config.routes.push_back(std::move(route));
}

namespace {

void check_place(const std::string& path, const std::string& name, Findings& findings) {
    if (name == "here")
        findings.fail(path, "a copy cannot be called `here`",
                      "that is the folder that the gateway serves");
}

void check_copies(const StatusPage& page, Findings& findings) {
    for (const auto& [name, folder] : page.copies) {
        const auto path = "status_page.copies." + name;
        check_place(path, name, findings);
        if (!folder.starts_with('/'))
            findings.fail(path, fmt::format("`{}` is no folder", folder),
                          "write it whole, such as /srv/status");
    }
}

void check_target(const std::string& path, const PageTarget& target, Findings& findings) {
    const bool sftp = !target.sftp.empty();
    if (sftp == !target.s3.empty()) {
        if (findings.all_read())
            findings.fail(path, "a target has either `sftp` or `s3`",
                          "write sftp: sftp://user@host/folder/, or s3: https://host/bucket/");
        return;
    }
    const std::pair<std::string_view, bool> needed[] = {
        {"key", sftp && target.key.empty()},
        {"known_hosts", sftp && target.known_hosts.empty()},
        {"access_key", !sftp && target.access_key.empty()},
        {"secret_key", !sftp && target.secret_key.empty()},
    };
    for (const auto& [key, missing] : needed)
        if (missing && findings.all_read())
            findings.fail(path,
                          fmt::format("a target over {} needs `{}`", sftp ? "SFTP" : "S3", key),
                          fmt::format("add `{}`", key));
}

void check_targets(const Config& config, const StatusPage& page, Findings& findings) {
    for (const auto& [name, target] : page.targets) {
        const auto path = "status_page.targets." + name;
        check_place(path, name, findings);
        if (page.copies.contains(name))
            findings.fail(path, fmt::format("there is a copy `{}` already", name),
                          "give one of them another name: incidents are told apart by it");
        check_target(path, target, findings);
        check_secret(config, path + ".secret_key", target.secret_key, findings);
        check_credentials(config, path + ".s3", target.s3, findings);
    }
}

void check_subscribers(const Config& config, const StatusPage& page, Findings& findings) {
    const auto& channels = config.operations.notify;
    if (!page.subscribe_by.empty()) {
        constexpr auto path = "status_page.subscribe_by";
        findings.check_name(path, "channel", page.subscribe_by, names_of(channels));
        const auto found = channels.find(page.subscribe_by);
        if (found != channels.end() && found->second.kind != Channel::Kind::mail)
            findings.fail(path, fmt::format("`{}` is no channel of kind mail", page.subscribe_by),
                          "subscribers are written to by mail");
    }
    for (const auto& [name, hook] : page.webhooks) {
        const auto path = "status_page.webhooks." + name;
        check_secret(config, path + ".secret", hook.secret, findings);
        check_secret(config, path + ".secret_before", hook.secret_before, findings);
        check_credentials(config, path + ".url", hook.url, findings);
        if (!page.components.empty())
            findings.check_names(path + ".components", "component", hook.components,
                                 names_of(page.components));
    }
}

}  // namespace

void check_status_page(const Config& config, Findings& findings) {
    if (!config.operations.status_page) return;
    const auto& page = *config.operations.status_page;
    const auto services = names_of(config.services);
    for (const auto& [name, list] : page.components)
        findings.check_names("status_page.components." + name, "service", list, services);
    check_copies(page, findings);
    check_targets(config, page, findings);
    check_subscribers(config, page, findings);
}

}  // namespace sg::config
