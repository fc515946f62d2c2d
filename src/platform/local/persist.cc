#include "platform/local/persist.h"

#include <nlohmann/json.hpp>

namespace sg::platform::local {

namespace {

using Json = nlohmann::json;

constexpr int format = 1;

Json to_json(const Instance& i) {
    return {{"id", i.id},
            {"replica", i.replica},
            {"digest", i.digest},
            {"epoch", i.epoch},
            {"phase", static_cast<int>(i.phase)},
            {"since", i.since.ns},
            {"deadline", i.deadline.ns},
            {"pid", i.pid},
            {"pid_started", i.pid_started},
            {"port", i.port},
            {"started_at", i.started_at.ns},
            {"failures", i.failures},
            {"restarts", i.restarts},
            {"last_exit", i.last_exit},
            {"healthy_since", i.healthy_since.ns}};
}

Instance instance_from(const Json& json) {
    Instance i;
    i.id = json.at("id");
    i.replica = json.at("replica");
    i.digest = json.at("digest");
    i.epoch = json.at("epoch");
    i.phase = static_cast<Phase>(json.at("phase").get<int>());
    i.since.ns = json.at("since");
    i.deadline.ns = json.at("deadline");
    i.pid = json.at("pid");
    i.pid_started = json.at("pid_started");
    i.port = json.at("port");
    i.started_at.ns = json.at("started_at");
    i.failures = json.at("failures");
    i.restarts = json.at("restarts");
    i.last_exit = json.at("last_exit");
    i.healthy_since.ns = json.at("healthy_since");
    i.next_probe = Tick{};  // At once: how it is now, nobody knows.
    return i;
}

// Of the spec only what tells a change of the file from a command; the rest comes from the file.
Json to_json(const Group& g) {
    Json instances = Json::array();
    for (const auto& instance : g.instances) instances.push_back(to_json(instance));
    Json json = {{"replicas", g.spec.run.replicas},
                 {"weight", g.spec.weight},
                 {"held", g.held},
                 {"epoch", g.epoch},
                 {"revision", g.revision},
                 {"instances", std::move(instances)}};
    if (g.scaled) json["scaled"] = *g.scaled;
    return json;
}

Group group_from(const Json& json, const std::string& service, const std::string& version) {
    Group g;
    g.spec.service = service;
    g.spec.version = version;
    g.spec.run.replicas = json.at("replicas");
    g.spec.weight = json.at("weight");
    g.held = json.at("held");
    g.epoch = json.at("epoch");
    g.revision = json.at("revision");
    if (json.contains("scaled")) g.scaled = json.at("scaled").get<std::uint32_t>();
    for (const auto& instance : json.at("instances"))
        g.instances.push_back(instance_from(instance));
    return g;
}

Json to_json(const Service& s) {
    Json groups = Json::object();
    for (const auto& [version, group] : s.groups) groups[version] = to_json(group);
    Json json = {{"returning", s.returning}, {"weights", s.weights}, {"groups", std::move(groups)}};
    if (s.roll)
        json["roll"] = {{"to", s.roll->to}, {"replicas", s.roll->replicas}, {"done", s.roll->done}};
    return json;
}

Service service_from(const Json& json, const std::string& name) {
    Service s;
    s.name = name;
    s.returning = json.at("returning");
    s.weights = json.at("weights");
    if (json.contains("roll")) {
        const auto& roll = json.at("roll");
        s.roll = Roll{roll.at("to"), roll.at("replicas"), roll.at("done")};
    }
    for (const auto& [version, group] : json.at("groups").items())
        s.groups[version] = group_from(group, name, version);
    return s;
}

Json to_json(const Gateway& g) {
    return {{"pid", g.pid},
            {"pid_started", g.pid_started},
            {"role", static_cast<int>(g.role)},
            {"ready", g.ready},
            {"since", g.since.ns},
            {"deadline", g.deadline.ns},
            {"started_at", g.started_at.ns}};
}

Gateway gateway_from(const Json& json) {
    return {json.at("pid"),
            json.at("pid_started"),
            static_cast<Role>(json.at("role").get<int>()),
            json.at("ready"),
            Tick{json.at("since")},
            Tick{json.at("deadline")},
            Instant{json.at("started_at")}};
}

}  // namespace

std::string to_text(const State& orchestra, const Keeper& keeper, const std::string& boot) {
    Json gateways = Json::array(), services = Json::object();
    for (const auto& gateway : keeper.gateways) gateways.push_back(to_json(gateway));
    for (const auto& [name, service] : orchestra.services) services[name] = to_json(service);
    const Json json = {{"format", format},
                       {"boot", boot},
                       {"next_id", orchestra.next_id},
                       {"restarts", keeper.restarts},
                       {"gateways", std::move(gateways)},
                       {"services", std::move(services)}};
    return json.dump(1, ' ', false, Json::error_handler_t::replace);
}

Result<Remembered> from_text(const std::string& text, const std::string& boot) {
    try {
        const auto json = Json::parse(text);
        if (json.at("format") != format)
            return fail(Errc::unsupported, "the supervisor's state is of another format");
        Remembered result;
        if (json.at("boot") != boot) return result;
        result.orchestra.next_id = json.at("next_id");
        result.keeper.restarts = json.at("restarts");
        for (const auto& gateway : json.at("gateways"))
            result.keeper.gateways.push_back(gateway_from(gateway));
        for (const auto& [name, service] : json.at("services").items())
            result.orchestra.services[name] = service_from(service, name);
        return result;
    } catch (const Json::exception& error) {
        return fail(Errc::io_failed, std::string("the supervisor's state: ") + error.what());
    }
}

}  // namespace sg::platform::local
