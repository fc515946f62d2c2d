#include "platform/local/orchestra.h"

#include <fmt/format.h>
#include <sys/epoll.h>

#include <csignal>
#include <cstdlib>

#include <nlohmann/json.hpp>

#include "platform/local/listen.h"
#include "platform/local/logs.h"

namespace sg::platform::local {

namespace {

std::string with_port(std::string text, std::uint16_t port) {
    static constexpr std::string_view place = "${PORT}";
    for (auto at = text.find(place); at != std::string::npos; at = text.find(place, at))
        text.replace(at, place.size(), std::to_string(port));
    return text;
}

SocketAddress loopback(std::uint16_t port) {
    IpAddress ip;
    ip.bytes = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 127, 0, 0, 1};
    return SocketAddress::of(ip, port);
}

}  // namespace

Orchestra::Orchestra(Loop& loop, Directives& directives, Options options)
    : loop_(loop),
      directives_(directives),
      layout_(std::move(options.layout)),
      programs_(std::move(options.programs)),
      gateway_sockets_(std::move(options.gateway_sockets)),
      note_(std::move(options.note)),
      out_of_memory_seen_(out_of_memory_kills()) {}

void Orchestra::restore(State state) {
    state_ = std::move(state);
    for (auto& [name, service] : state_.services)
        for (auto& [version, group] : service.groups)
            for (auto& instance : group.instances) {
                if (instance.pid == 0) {
                    if (instance.phase == Phase::waiting) continue;
                    inputs_.push_back(Exited{instance.id, {}});  // Never got as far as a process.
                    continue;
                }
                auto child = adopt({instance.pid, instance.pid_started});
                const auto detail = fmt::format("pid {}, port {}", instance.pid, instance.port);
                note_({name, version, instance.replica,
                       child ? Happening::adopted : Happening::lost, detail});
                if (child) watch(instance.id, std::move(*child));
                else inputs_.push_back(Exited{instance.id, {}});
            }
    feed(TimePassed{});
}

void Orchestra::feed(Input input) {
    inputs_.push_back(std::move(input));
    if (feeding_) return;
    feeding_ = true;
    while (!inputs_.empty()) {
        const auto next = std::move(inputs_.front());
        inputs_.pop_front();
        for (const auto& action : decide(state_, next, steady_now())) perform(action);
    }
    feeding_ = false;
    set_timer();
}

void Orchestra::set_timer() {
    loop_.cancel(timer_);
    timer_ = 0;
    const auto at = wake_at(state_);
    if (at == Tick::never()) return;
    timer_ = loop_.at(at, [this] {
        timer_ = 0;
        feed(TimePassed{});
    });
}

void Orchestra::tell_everything() {
    for (const auto& [name, service] : state_.services) {
        for (const auto& [version, group] : service.groups)
            perform(Publish{name, version, group.published, group.revision, !group.configured});
        if (!service.weights.empty()) directives_.say(SetWeights{name, service.weights});
    }
}

bool Orchestra::empty() const {
    for (const auto& [name, service] : state_.services)
        for (const auto& [version, group] : service.groups)
            if (!group.instances.empty()) return false;
    return true;
}

void Orchestra::perform(const Action& action) {
    std::visit([this](const auto& a) { perform(a); }, action);
}

Result<Child> Orchestra::start(const Spawn& spawn, std::uint16_t port) {
    const auto* group = local::find(state_, spawn.service, spawn.version);
    const auto* instance = local::find(state_, spawn.id);
    if (group == nullptr || instance == nullptr) return fail(Errc::not_found, "no longer wanted");
    const auto& run = group->spec.run;
    TRY_VOID(make_folder(layout_.service_logs(spawn.service)));
    TRY(const Fd output, open_log(layout_.log_of(spawn.service, spawn.version, instance->replica)));
    Launch launch;
    launch.command = {"/bin/sh", "-c", with_port(run.command, port)};
    const char* path = std::getenv("PATH");
    launch.environment["PATH"] = programs_ + (path != nullptr ? ":" + std::string(path) : "");
    for (const auto& [name, value] : run.environment)
        launch.environment[name] = with_port(value, port);
    launch.environment["PORT"] = std::to_string(port);
    launch.environment["STREAMGATE_SERVICE"] = spawn.service;
    launch.environment["STREAMGATE_VERSION"] = spawn.version;
    launch.environment["STREAMGATE_REPLICA"] = std::to_string(instance->replica);
    launch.directory = run.directory;
    launch.output = output.get();
    return local::launch(launch);
}

void Orchestra::perform(const Spawn& spawn) {
    const auto port = free_port();
    auto child = port ? start(spawn, *port) : std::unexpected(port.error());
    if (!child) {
        inputs_.push_back(SpawnFailed{spawn.id, child.error().message()});
        return;
    }
    const auto identity = child->identity;
    watch(spawn.id, std::move(*child));
    inputs_.push_back(Spawned{spawn.id, identity.pid, identity.started, *port, wall_now()});
}

void Orchestra::watch(std::uint64_t id, Child child) {
    const int fd = child.exit.get();
    auto& process = processes_[id];
    process.child = std::move(child);
    process.watch = loop_.watch(fd, EPOLLIN, [this, id](std::uint32_t) { ended(id); });
}

void Orchestra::ended(std::uint64_t id) {
    auto found = processes_.extract(id);
    if (found.empty()) return;
    loop_.unwatch(found.mapped().watch);
    Exited exited{id, bury(found.mapped().child)};
    const auto kills = out_of_memory_kills();
    exited.exit.out_of_memory = exited.exit.signal == SIGKILL && kills > out_of_memory_seen_;
    out_of_memory_seen_ = kills;
    feed(exited);
}

void Orchestra::perform(const Probe& probe) {
    const auto* instance = local::find(state_, probe.id);
    const auto* group = group_of(state_, probe.id);
    if (instance == nullptr) return;
    const auto& health = group->spec.health;
    const bool http = health.kind == config::HealthCheck::Kind::http;
    Ask ask{loopback(instance->port), "", Until::connected, health.timeout};
    if (http) {
        const auto host =
            health.host.empty() ? fmt::format("127.0.0.1:{}", instance->port) : health.host;
        ask.send = http_request("GET", health.path, host);
        ask.until = Until::status_line;
    }
    exchange(loop_, std::move(ask),
             [this, id = probe.id, pid = instance->pid, http, from = health.status_from,
              to = health.status_to](const Result<Answer>& answer) {
                 Probed probed{id, pid, answer.has_value(), ""};
                 if (!answer) {
                     probed.why = answer.error().message();
                 } else if (http) {
                     const auto status = static_cast<std::uint32_t>(answer->status);
                     probed.ok = status >= from && status <= to;
                     if (!probed.ok) probed.why = fmt::format("status {}", status);
                 }
                 feed(probed);
             });
}

void Orchestra::perform(const Signal& signal) {
    const auto at = processes_.find(signal.id);
    if (at != processes_.end()) signal_group(at->second.child.identity, signal.signal);
}

void Orchestra::perform(const Publish& publish) {
    directives_.say(publish, [this, seen = Acknowledged{publish.service, publish.version,
                                                        publish.revision}] { feed(seen); });
}

namespace {

// From a gateway's snapshot: rows name endpoints by their place in a table, departed ones included;
// what is zero is left out, the place of the first endpoint too. False: a form that we do not know.
bool add_in_flight(const std::string& snapshot, std::map<std::string, std::uint64_t>& requests) {
    using Json = nlohmann::json;
    try {
        const auto json = Json::parse(snapshot);
        const auto& endpoints = json.at("endpoints");
        for (const auto& row : json.at("endpoint_rows")) {
            const auto active = row.value("active", std::int64_t{0});
            if (active <= 0) continue;
            const auto& name = endpoints.at(row.value("endpoint", std::size_t{0})).at("name");
            requests[name.get<std::string>()] += static_cast<std::uint64_t>(active);
        }
        return true;
    } catch (const Json::exception&) {
        return false;
    }
}

}  // namespace

// Asks every gateway, also one that drains: what it still carries must be let end too. Counts only
// if all answer; otherwise the drain ends when its time is up.
void Orchestra::perform(const AskInFlight&) {
    struct Round {
        InFlight counted;
        std::size_t open;
        bool whole = true;
    };
    const auto sockets = gateway_sockets_();
    auto round = std::make_shared<Round>(Round{{{}, steady_now()}, sockets.size(), true});
    for (const auto& socket : sockets) {
        const auto to = parse_socket_address("unix:" + socket);
        if (!to) continue;
        exchange(loop_, {*to, http_request("GET", "/snapshot", "gateway"), Until::whole, 1s},
                 [this, round](const Result<Answer>& answer) {
                     const bool counted = answer && answer->status == 200 &&
                                          add_in_flight(answer->body, round->counted.requests);
                     if (!counted) round->whole = false;
                     if (--round->open == 0 && round->whole) feed(round->counted);
                 });
    }
}

}  // namespace sg::platform::local
