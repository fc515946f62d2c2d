#include "platform/local/ops_host.h"

#include <fmt/format.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>

#include "platform/local/logs.h"

namespace sg::platform::local {

OpsHost::OpsHost(Loop& loop, Options options) : loop_(loop), options_(std::move(options)) {}

void OpsHost::begin() {
    const auto text = read_file(options_.layout.ops_pid());
    Identity known;
    unsigned long long started = 0;
    if (text && std::sscanf(text->c_str(), "%d %llu", &known.pid, &started) == 2) {
        known.started = started;
        if (auto child = adopt(known)) {
            watch(std::move(*child));
            options_.note(Happening::adopted, fmt::format("pid {}", known.pid));
            return;
        }
    }
    start();
}

void OpsHost::start() {
    timer_ = 0;
    auto output = open_log(options_.layout.ops_log());
    Launch launch;
    launch.command = {options_.binary,      "ops",     "--config",
                      options_.config_file, "--state", options_.layout.state};
    if (output) launch.output = output->get();
    auto child = local::launch(launch);
    if (!child) {
        options_.note(Happening::start_failed, child.error().message());
        timer_ = loop_.at(steady_now() + pause_most, [this] { start(); });
        return;
    }
    const auto identity = child->identity;
    const auto kept = replace_file(options_.layout.ops_pid(),
                                   fmt::format("{} {}\n", identity.pid, identity.started));
    if (!kept)
        options_.note(Happening::start_failed, kept.error().message());  // Cannot be adopted.
    watch(std::move(*child));
    options_.note(Happening::started, fmt::format("pid {}", identity.pid));
}

void OpsHost::watch(Child child) {
    started_ = steady_now();
    child_ = std::move(child);
    watch_ = loop_.watch(child_.exit.get(), EPOLLIN, [this](std::uint32_t) { ended(); });
}

void OpsHost::ended() {
    loop_.unwatch(watch_);
    const auto exit = bury(child_);
    const int pid = child_.identity.pid;
    child_ = {};
    unlink(options_.layout.ops_pid().c_str());
    if (stopping_) {
        loop_.cancel(timer_);
        options_.note(Happening::stopped, fmt::format("pid {}", pid));
        return;
    }
    if (steady_now() - started_ >= well_after) pause_ = pause_first;
    options_.note(Happening::crashed,
                  fmt::format("pid {}, {}; again in {}", pid, exit.text(), sg::to_text(pause_)));
    timer_ = loop_.at(steady_now() + pause_, [this] { start(); });
    pause_ = std::min(pause_ * 2, pause_most);
}

void OpsHost::reload() {
    if (is_running()) signal_one(child_, SIGHUP);
}

void OpsHost::stop(bool at_once) {
    stopping_ = true;
    loop_.cancel(timer_);
    timer_ = 0;
    if (!is_running()) return;
    signal_one(child_, at_once ? SIGKILL : SIGTERM);
    timer_ = loop_.at(steady_now() + stop_within, [this] {
        if (is_running()) signal_one(child_, SIGKILL);
    });
}

}  // namespace sg::platform::local
