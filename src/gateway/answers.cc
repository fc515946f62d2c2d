// What the gateway's own HTTP server says.
#include <fmt/format.h>
#include <unistd.h>

#include <nlohmann/json.hpp>

#include "directive/json.h"
#include "gateway/gateway.h"
#include "telemetry/encode.h"
#include "telemetry/prometheus.h"

namespace sg::gateway {

using nlohmann::json;
using runtime::Task;

namespace {

web::Reply reply_json(int status, const json& body) {
    return {status, "application/json",
            body.dump(2, ' ', false, json::error_handler_t::replace) + "\n"};
}

web::Reply reply_error(const Error& error) {
    json body{
        {"error", error.what.empty() ? std::string(row_of(error.code).sentence) : error.what}};
    if (!error.hint.empty()) body["hint"] = error.hint;
    return reply_json(row_of(error.code).status, body);
}

bool may_ask(const web::Request& request) {
    if (request.door == local_door) return true;
    const bool directives =
        request.path == "/directives" || request.path.starts_with("/directives/");
    if (request.door == operations_door && directives) return true;
    return request.method == "GET" && (request.path == "/metrics" || request.path == "/healthz" ||
                                       request.path == "/snapshot");
}

std::string_view name_of(telemetry::Health health) {
    constexpr std::string_view names[] = {"unknown", "healthy", "unhealthy"};
    return names[static_cast<std::size_t>(health)];
}

}  // namespace

telemetry::Snapshot Gateway::snapshot() {
    return collector_->collect(wall_now(), {.config = config_print_,
                                            .reloads = reloads_,
                                            .reloads_refused = reloads_refused_,
                                            .log = log_->counts()});
}

web::Reply Gateway::status() {
    const telemetry::Snapshot now = snapshot();
    const DirectivesInForce in_force = book_->in_force();
    json services = json::object();
    for (const auto& entry : endpoints_->all()) {
        const auto& config = config_->services.at(entry.service);
        json list = json::array();
        for (const auto& endpoint : entry.list) {
            json one{{"endpoint", endpoint.name}, {"address", endpoint.text}};
            one["health"] = upstream::name_of(checker_->health_of(entry.service, endpoint.text));
            for (const auto& row : now.endpoint_rows) {
                if (row.endpoint != endpoint.telemetry) continue;
                if (one["health"] == "unknown") one["health"] = name_of(row.health);
                one["in_flight"] = row.active;
                one["connections"] = row.connections;
                one["ejected_by_workers"] = row.ejected_by;
            }
            list.push_back(std::move(one));
        }
        std::uint32_t weight = config.versions.at(entry.version).weight;
        for (const auto& directive : *in_force)
            if (const auto* w = std::get_if<directive::SetWeights>(&directive.what))
                if (w->service == entry.service && w->weights.contains(entry.version))
                    weight = w->weights.at(entry.version);
        services[entry.service]["versions"][entry.version] = {{"weight", weight},
                                                              {"endpoints", std::move(list)}};
    }
    json listeners = json::array();
    for (const auto& bound : bound_) listeners.push_back(bound.address.text());
    return reply_json(200, {{"pid", ::getpid()},
                            {"version", options_.version},
                            {"started_at", to_rfc3339(started_at_)},
                            {"workers", workers_.size()},
                            {"listeners", listeners},
                            {"config",
                             {{"file", options_.config_file},
                              {"print", config_print_},
                              {"loaded_at", to_rfc3339(loaded_at_)}}},
                            {"last_reload", last_reload_},
                            {"draining", draining_},
                            {"connections", totals_.connections.load()},
                            {"requests_in_flight", totals_.requests.load()},
                            {"directives", in_force->size()},
                            {"services", services}});
}

web::Reply Gateway::directives() {
    json list = json::array();
    for (const auto& directive : *book_->in_force())
        list.push_back(json::parse(directive::write(directive)));
    return reply_json(200, {{"directives", list}, {"revision", book_->revision()}});
}

web::Reply Gateway::add_directive(const std::string& body) {
    auto directive = directive::read(body, wall_now());
    if (!directive) return reply_error(directive.error());
    const std::string id = directive->id;
    if (const auto added = book_->add(std::move(*directive), wall_now()); !added)
        return reply_error(added.error());
    endpoints_->set_directives(book_->in_force());
    say_directives();
    return reply_json(200, {{"id", id}, {"revision", book_->revision()}});
}

web::Reply Gateway::lift_directive(const std::string& id) {
    if (const auto lifted = book_->lift(id, wall_now()); !lifted)
        return reply_error(lifted.error());
    endpoints_->set_directives(book_->in_force());
    say_directives();
    return reply_json(200, {{"lifted", id}, {"revision", book_->revision()}});
}

Task<web::Reply> Gateway::answer(web::Request request) {
    constexpr std::string_view directive_path = "/directives/";
    const std::string& path = request.path;
    if (!may_ask(request)) co_return web::Reply{404, "text/plain", "not here\n"};
    if (request.method == "GET") {
        if (path == "/metrics")
            co_return web::Reply{200, std::string(telemetry::prometheus_content_type),
                                 telemetry::to_prometheus(snapshot())};
        if (path == "/healthz")
            co_return web::Reply{draining_ ? 503 : 200, "text/plain",
                                 draining_ ? "draining\n" : "ok\n"};
        if (path == "/snapshot")
            co_return web::Reply{200, "application/json", telemetry::encode(snapshot())};
        if (path == "/status") co_return status();
        if (path == "/directives") co_return directives();
    }
    if (request.method == "POST" && path == "/directives") {
        web::Reply added = add_directive(request.body);
        // Whoever asked may rely on it: all workers know when the answer is given.
        co_await on_all_workers([](Worker&) {});
        co_return added;
    }
    if (request.method == "DELETE" && path.starts_with(directive_path)) {
        web::Reply lifted = lift_directive(path.substr(directive_path.size()));
        co_await on_all_workers([](Worker&) {});
        co_return lifted;
    }
    if (request.method == "POST" && path == "/reload") {
        const auto done = co_await reload();
        co_return done ? reply_json(200, {{"config", *done}}) : reply_error(done.error());
    }
    if (request.method == "POST" && path == "/drain") {
        begin_drain();
        co_return reply_json(202, {{"draining", true}});
    }
    co_return reply_error(
        {Errc::not_found, fmt::format("{} {} is nothing here", request.method, path),
         "GET /status /metrics /snapshot /directives /healthz, POST /reload /drain "
         "/directives, DELETE /directives/ID"});
}

}  // namespace sg::gateway
