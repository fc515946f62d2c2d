// `streamgate ops`: the ops plane as a process.
#include <fmt/format.h>
#include <malloc.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <csignal>
#include <cstdio>

#include "commands.h"
#include "operations.h"
#include "platform/local/notify.h"

namespace sg::app {

namespace {

void run_ops(Cli& cli) {
    spdlog::set_default_logger(
        std::make_shared<spdlog::logger>("ops", std::make_shared<spdlog::sinks::stderr_sink_mt>()));
    spdlog::set_pattern("%Y-%m-%dT%H:%M:%S.%e %l ops[%P] %v");
    // Before any thread begins: all of them inherit the mask, and only this one waits.
    sigset_t signals;
    sigemptyset(&signals);
    for (const int one : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&signals, one);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    std::signal(SIGPIPE, SIG_IGN);
    std::signal(SIGXFSZ, SIG_IGN);  // A file that may not grow is an error, not the end.

    // Some fifteen threads that allocate little: an arena for each would only hold what it freed.
    ::mallopt(M_ARENA_MAX, 2);
    auto running = Operations::start(cli.config, cli.state);
    if (!running) {
        fmt::print(stderr, "error: {}\n", running.error().what);
        if (!running.error().hint.empty()) fmt::print(stderr, "hint:  {}\n", running.error().hint);
        cli.exit_code = running.error().code == Errc::config_invalid ? 2 : 1;
        return;
    }
    const platform::local::InitSystem init_system;
    init_system.tell("READY=1");
    for (int got = 0; sigwait(&signals, &got) == 0 && got == SIGHUP;) {
        const auto done = (*running)->reload();
        if (!done) spdlog::error("the configuration was not accepted: {}", done.error().message());
        else spdlog::info("the configuration was accepted");
    }
}

}  // namespace

void add_ops(Cli& cli) {
    auto* ops = cli.app.add_subcommand("ops", "Run the operations plane: decide, record, act");
    ops->callback([&cli] { run_ops(cli); });
}

}  // namespace sg::app
