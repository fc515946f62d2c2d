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

void check_status_page(const Config& config, Findings& findings) {
    if (!config.operations.status_page) return;
    const auto& page = *config.operations.status_page;
    const auto services = names_of(config.services);
    for (const auto& [name, list] : page.components)
        findings.check_names("status_page.components." + name, "service", list, services);
    for (const auto& [name, folder] : page.copies) {
        const auto path = "status_page.copies." + name;
        if (name == "here")
            findings.fail(path, "a copy cannot be called `here`",
                          "that is the folder that the gateway serves");
        if (!folder.starts_with('/'))
            findings.fail(path, fmt::format("`{}` is no folder", folder),
                          "write it whole, such as /srv/status");
    }
}

}  // namespace sg::config
