#include "platform/local/status.h"

#include <unistd.h>

#include <set>

#include "base/units.h"
#include "platform/local/usage.h"

namespace sg::platform::local {

namespace {

Json instance_json(const Group& group, const Instance& i) {
    const Tick now = steady_now();
    Json json = {{"replica", i.replica},
                 {"phase", name_of(i.phase)},
                 {"phase_ns", (now - i.since).count()},
                 {"pid", i.pid},
                 {"port", i.port},
                 {"restarts", i.restarts},
                 {"failures", i.failures},
                 {"crash_loop", i.failures >= Pace::loop_at},
                 {"outdated", outdated(group, i)},
                 {"last_exit", i.last_exit}};
    if (i.pid != 0) json["started_at_ns"] = i.started_at.ns;
    if (i.phase == Phase::waiting && i.deadline != Tick::never())
        json["next_start_ns"] = std::max<std::int64_t>(0, (i.deadline - now).count());
    if (i.phase == Phase::unwell || i.phase == Phase::starting) json["why"] = i.why_unwell;
    if (i.phase == Phase::draining) json["in_flight"] = i.in_flight;
    return json;
}

Json instance_json(const Group& group, const Instance& i, const std::vector<std::string>& before) {
    Json json = instance_json(group, i);
    if (i.phase == Phase::waiting && i.deadline == Tick::never()) json["waits_for"] = before;
    return json;
}

Json group_json(const State& state, const Service& service, const Group& group) {
    Json instances = Json::array();
    const auto before = awaited(state, service);
    for (const auto& instance : group.instances)
        instances.push_back(instance_json(group, instance, before));
    const auto weight = service.weights.find(group.spec.version);
    return {{"version", group.spec.version},
            {"wanted", wanted(state, service, group)},
            {"configured", group.configured},
            {"after", group.spec.after},
            {"configured_replicas", group.spec.run.replicas},
            {"configured_weight", group.spec.weight},
            {"weight", weight == service.weights.end() ? group.spec.weight : weight->second},
            {"held", group.held},
            {"scaled", group.scaled.has_value()},
            {"published", group.published},
            {"instances", std::move(instances)}};
}

Json service_json(const State& state, const Service& service) {
    Json versions = Json::array();
    for (const auto& [name, group] : service.groups)
        versions.push_back(group_json(state, service, group));
    Json json = {
        {"name", service.name}, {"settled", service.settled}, {"versions", std::move(versions)}};
    if (service.roll)
        json["roll"] = {{"to", service.roll->to},
                        {"replicas", service.roll->replicas},
                        {"done", service.roll->done}};
    return json;
}

Json gateway_json(const Supervisor& supervisor) {
    Json processes = Json::array(), addresses = Json::array();
    for (const auto& gateway : supervisor.keeper().gateways)
        processes.push_back({{"pid", gateway.pid},
                             {"role", name_of(gateway.role)},
                             {"ready", gateway.ready},
                             {"started_at_ns", gateway.started_at.ns}});
    std::string last;
    for (const auto& listening : supervisor.sockets()) {
        auto text = listening.address.text();
        if (text != last) addresses.push_back(text);
        last = std::move(text);
    }
    return {{"processes", std::move(processes)},
            {"restarts", supervisor.keeper().restarts},
            {"failures", supervisor.keeper().failures},
            {"listens", std::move(addresses)}};
}

Json health_json(const config::HealthCheck& health) {
    using Kind = config::HealthCheck::Kind;
    if (health.kind == Kind::none) return {{"kind", "none"}};
    Json json = {{"kind", health.kind == Kind::http ? "http" : "tcp"},
                 {"every", to_text(health.every)},
                 {"timeout", to_text(health.timeout)},
                 {"unhealthy_after", health.unhealthy_after},
                 {"healthy_after", health.healthy_after}};
    if (health.kind == Kind::http) json["path"] = health.path;
    return json;
}

Json usage_json(const Usage& usage) {
    return {{"cpu_ns", usage.cpu.count()},
            {"memory_bytes", usage.memory},
            {"threads", usage.threads},
            {"descriptors", usage.descriptors},
            {"processes", usage.processes}};
}

}  // namespace

Json status_of(const Supervisor& supervisor) {
    Json services = Json::array();
    for (const auto& [name, service] : supervisor.services().services)
        services.push_back(service_json(supervisor.services(), service));
    return {{"ok", true},
            {"supervisor",
             {{"pid", getpid()},
              {"started_at_ns", supervisor.started_at().ns},
              {"version", supervisor.version()}}},
            {"config", supervisor.config().file},
            {"state", supervisor.layout().state},
            {"stopping", supervisor.services().stopping || supervisor.keeper().stopping},
            {"up", supervisor.up()},
            {"gateway", gateway_json(supervisor)},
            {"services", std::move(services)}};
}

void add_usage(Json& status) {
    const auto each = [&](auto&& visit) {
        for (auto& process : status["gateway"]["processes"]) visit(process);
        for (auto& service : status["services"])
            for (auto& version : service["versions"])
                for (auto& instance : version["instances"]) visit(instance);
    };
    std::set<int> ours;
    each([&](const Json& process) { ours.insert(process["pid"].get<int>()); });
    const auto sessions = usage_by_session(ours);
    status["steady_ns"] = steady_now().ns;
    status["supervisor"]["usage"] = usage_json(usage_of(getpid()));
    each([&](Json& process) {
        const auto at = sessions.find(process["pid"]);
        if (at != sessions.end()) process["usage"] = usage_json(at->second);
    });
}

Json describe_service(const Supervisor& supervisor, const Service& service) {
    auto json = service_json(supervisor.services(), service);
    for (auto& version : json["versions"]) {
        const auto& spec = service.groups.at(version["version"]).spec;
        Json names = Json::array();  // Values may be secrets.
        for (const auto& [name, value] : spec.run.environment) names.push_back(name);
        version["command"] = spec.run.command;
        version["directory"] = spec.run.directory;
        version["environment"] = std::move(names);
        version["start_timeout"] = to_text(spec.run.start_timeout);
        version["stop_timeout"] = to_text(spec.run.stop_timeout);
        version["health"] = health_json(spec.health);
    }
    return json;
}

Json to_json(const Entry& entry) {
    return {{"number", entry.number},
            {"at", to_rfc3339(entry.at)},
            {"at_ns", entry.at.ns},
            {"service", entry.note.service},
            {"version", entry.note.version},
            {"replica", entry.note.replica},
            {"what", name_of(entry.note.what)},
            {"detail", entry.note.detail},
            {"sentence", sentence(entry)}};
}

}  // namespace sg::platform::local
