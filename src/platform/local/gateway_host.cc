#include "platform/local/gateway_host.h"

#include <fmt/format.h>
#include <sys/epoll.h>

#include <algorithm>
#include <csignal>

#include <nlohmann/json.hpp>

#include "platform/local/logs.h"

namespace sg::platform::local {

namespace {

constexpr Duration reload_timeout = 30s;  // Certificates may be many.
constexpr Duration ask_again = 100ms;

}  // namespace

GatewayHost::GatewayHost(Loop& loop, NotifySocket notify, Options options)
    : loop_(loop),
      notify_(std::move(notify)),
      options_(std::move(options)),
      out_of_memory_seen_(out_of_memory_kills()) {
    loop_.watch(notify_.fd(), EPOLLIN, [this](std::uint32_t) { hear(); });
}

void GatewayHost::restore(Keeper keeper) {
    keeper_ = std::move(keeper);
    for (const auto& gateway : keeper_.gateways) {
        auto child = adopt({gateway.pid, gateway.pid_started});
        options_.note(child ? Happening::adopted : Happening::lost,
                      fmt::format("pid {}", gateway.pid));
        if (!child) {
            inputs_.push_back(GatewayExited{gateway.pid, {}});
            continue;
        }
        watch(std::move(*child));
        if (!gateway.ready) ask_whether_ready(gateway.pid);
    }
}

void GatewayHost::hold(std::vector<Listening> sockets) { sockets_ = std::move(sockets); }

void GatewayHost::release() { sockets_.clear(); }

void GatewayHost::feed(KeeperInput input) {
    inputs_.push_back(std::move(input));
    if (feeding_) return;
    feeding_ = true;
    while (!inputs_.empty()) {
        const auto next = std::move(inputs_.front());
        inputs_.pop_front();
        const auto actions = decide(keeper_, next, steady_now());
        // Clients wait for a start; whoever is told of it can wait.
        for (const auto& action : actions)
            if (const auto* start = std::get_if<StartGateway>(&action)) perform(*start);
        for (const auto& action : actions)
            if (!std::holds_alternative<StartGateway>(action))
                std::visit([this](const auto& a) { perform(a); }, action);
    }
    feeding_ = false;
    set_timer();
}

void GatewayHost::set_timer() {
    loop_.cancel(timer_);
    timer_ = 0;
    const auto at = wake_at(keeper_);
    if (at == Tick::never()) return;
    timer_ = loop_.at(at, [this] {
        timer_ = 0;
        feed(TimePassed{});
    });
}

Result<Child> GatewayHost::start() {
    TRY(const Fd output, open_log(options_.layout.gateway_log()));
    Launch launch;
    launch.command = {options_.binary,      "gateway", "--config",
                      options_.config_file, "--state", options_.layout.state};
    launch.environment["NOTIFY_SOCKET"] = options_.layout.notify_socket();
    launch.environment["STREAMGATE_ACCEPTED_CONFIG"] = options_.accepted;
    launch.output = output.get();
    for (const auto& listening : sockets_) launch.listen_fds.push_back(listening.socket.get());
    return local::launch(launch);
}

void GatewayHost::perform(const StartGateway& what) {
    auto child = start();
    if (!child) {
        inputs_.push_back(GatewayNotStarted{what.role, child.error().message()});
        return;
    }
    const auto identity = child->identity;
    watch(std::move(*child));
    inputs_.push_back(GatewayStarted{identity.pid, identity.started, what.role, wall_now()});
}

void GatewayHost::watch(Child child) {
    const int pid = child.identity.pid;
    const int fd = child.exit.get();
    auto& process = processes_[pid];
    process.child = std::move(child);
    process.watch = loop_.watch(fd, EPOLLIN, [this, pid](std::uint32_t) { ended(pid); });
}

void GatewayHost::ended(int pid) {
    auto found = processes_.extract(pid);
    if (found.empty()) return;
    loop_.unwatch(found.mapped().watch);
    const auto at = std::ranges::find(keeper_.gateways, pid, &Gateway::pid);
    const bool never_ready = at != keeper_.gateways.end() && !at->ready;
    GatewayExited exited{pid, bury(found.mapped().child)};
    const auto kills = out_of_memory_kills();
    exited.exit.out_of_memory = exited.exit.signal == SIGKILL && kills > out_of_memory_seen_;
    out_of_memory_seen_ = kills;
    feed(exited);
    for (const char* kind : {"sock", "fds"})  // What it could not clean up itself.
        unlink(fmt::format("{}/gateway-{}.{}", options_.layout.run(), pid, kind).c_str());
    if (never_ready && !keeper_.stopping)
        options_.complain(fmt::format("the end of {}:\n{}", options_.layout.gateway_log(),
                                      tail(options_.layout.gateway_log(), 8)));
}

void GatewayHost::hear() {
    while (const auto message = notify_.receive()) {
        if (!processes_.contains(message->pid)) continue;  // Not one of ours.
        if (!message->status.empty()) status_ = message->status;
        if (message->ready) feed(GatewayReady{message->pid});
    }
}

// For a gateway whose predecessor of ours may have heard that it is ready, and can no longer say
// so.
void GatewayHost::ask_whether_ready(int pid) {
    if (!processes_.contains(pid)) return;
    ask(http_request("GET", "/status", "gateway"), 1s, [this, pid](const Result<Answer>& answer) {
        if (answer && answer->status == 200) {
            const auto json = nlohmann::json::parse(answer->body, nullptr, false);
            if (json.is_object() && json.contains("pid") && json["pid"] == pid)
                return feed(GatewayReady{pid});
        }
        loop_.at(steady_now() + ask_again, [this, pid] { ask_whether_ready(pid); });
    });
}

void GatewayHost::perform(const SignalGateway& signal) {
    const auto at = processes_.find(signal.pid);
    if (at == processes_.end()) return;
    signal_one(at->second.child, signal.signal);
    if (signal.signal == SIGKILL) signal_group(at->second.child.identity, SIGKILL);
}

void GatewayHost::perform(const NowServing&) { options_.serves(); }

void GatewayHost::perform(const UpgradeOver& over) {
    const auto done = std::exchange(upgrading_, nullptr);
    if (!done) return;
    if (over.done) done({});
    else
        done(fail(Errc::unavailable, "the gateway was not upgraded: " + over.why,
                  "the old one goes on; see streamgate logs gateway"));
}

void GatewayHost::upgrade(Done done) {
    if (upgrading_) return done(fail(Errc::conflict, "another upgrade is on its way"));
    upgrading_ = std::move(done);
    feed(Upgrade{});
}

void GatewayHost::ask(std::string request, Duration timeout, OnAnswer done) {
    const auto to = parse_socket_address("unix:" + options_.layout.gateway_socket());
    if (!to) return;  // layout_of has seen to it that the name is not too long.
    exchange(loop_, {*to, std::move(request), Until::whole, timeout}, std::move(done));
}

void GatewayHost::reload(Done done) {
    ask(http_request("POST", "/reload", "gateway"), reload_timeout,
        [this, done = std::move(done)](const Result<Answer>& answer) {
            if (!answer) {
                const auto why = "the gateway cannot be asked: " + answer.error().message();
                return done(fail(Errc::unavailable, why, "see streamgate ps"));
            }
            if (answer->status != 200) {
                const auto json = nlohmann::json::parse(answer->body, nullptr, false);
                const bool told =
                    json.is_object() && json.contains("error") && json["error"].is_string();
                const auto why = told ? json["error"].get<std::string>()
                                      : fmt::format("the gateway answered {}", answer->status);
                return done(fail(Errc::config_invalid, why));
            }
            fetch_sockets(done);
        });
}

void GatewayHost::fetch_sockets(Done done) {
    const auto to = parse_socket_address("unix:" + options_.layout.gateway_fds());
    if (!to) return;
    exchange(loop_, {*to, "", Until::closed, 5s}, [this, done](Result<Answer> answer) {
        if (!answer) return done(std::unexpected(answer.error()));
        std::vector<Listening> fetched;
        for (auto& fd : answer->descriptors) {
            auto address = address_of(fd.get());
            fetched.push_back({address, std::move(fd)});
        }
        if (fetched.empty())
            return done(fail(Errc::protocol_violation, "the gateway sent no listening socket"));
        hold(std::move(fetched));
        done({});
    });
}

}  // namespace sg::platform::local
