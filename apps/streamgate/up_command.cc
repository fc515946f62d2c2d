// `streamgate up` and what is said to it as a whole: reload, upgrade, down.
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <poll.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <memory>

#include "base/text.h"
#include "commands.h"
#include "config/load.h"
#include "platform/local/client.h"
#include "platform/local/logs.h"
#include "platform/local/show.h"
#include "platform/local/supervisor.h"
#include "platform/local/table.h"

namespace sg::app {

namespace {

namespace local = platform::local;
using local::Json;

int complain(const Error& error) {
    fmt::print(stderr, "error: {}\n", error.what.empty() ? error.message() : error.what);
    if (!error.hint.empty()) fmt::print(stderr, "hint:  {}\n", error.hint);
    return error.code == Errc::config_invalid || error.code == Errc::invalid_argument ? 2 : 1;
}

// Configuration errors are rendered already, with line and caret.
int complain_of_config(const Error& error) {
    if (error.code != Errc::config_invalid) return complain(error);
    fmt::print(stderr, "{}{}", error.what, error.what.ends_with('\n') ? "" : "\n");
    return 2;
}

// --- the banner
// ------------------------------------------------------------------------------------

std::string url_of(const config::Listener& listener) {
    if (listener.address.starts_with("unix:")) return listener.address;
    auto address = listener.address;
    if (address.starts_with(':')) address = "localhost" + address;
    const auto scheme = listener.tls ? "https" : "http";
    const bool self_signed = listener.tls && listener.tls->self_signed;
    return fmt::format("{}://{}{}", scheme, address, self_signed ? " (self-signed)" : "");
}

std::string service_line(const std::string& name, const local::Service& service) {
    std::vector<std::string> versions;
    for (const auto& [version, group] : service.groups) {
        std::size_t healthy = 0;
        for (const auto& instance : group.instances)
            healthy += instance.phase == local::Phase::healthy ? 1 : 0;
        const auto count = group.instances.size();
        auto text = fmt::format("{}x{}", version == "default" ? "" : version + " ", count);
        if (healthy < count) text += fmt::format(" ({} healthy)", healthy);
        versions.push_back(std::move(text));
    }
    return fmt::format("{} {}", name, fmt::join(versions, ", "));
}

std::string banner(const local::Supervisor& supervisor) {
    const auto& config = supervisor.config();
    std::vector<std::string> urls, services;
    for (const auto& listener : config.listen) urls.push_back(url_of(listener));
    for (const auto& [name, service] : supervisor.services().services)
        services.push_back(service_line(name, service));
    const unsigned workers = config.workers != 0 ? config.workers : local::cores();

    auto text = fmt::format("StreamGate {} · {} · {} worker{}{}\n", supervisor.version(),
                            std::filesystem::path(config.file).filename().string(), workers,
                            workers == 1 ? "" : "s",
                            supervisor.adopted() ? " · took over what was running" : "");
    text += fmt::format("  gateway   {}\n", fmt::join(urls, "   "));
    if (config.telemetry.listen != "off")
        text += fmt::format("  metrics   http://{}/metrics\n", config.telemetry.listen);
    if (!services.empty()) text += fmt::format("  services  {}\n", fmt::join(services, " · "));
    text += fmt::format("  state     {}\n", supervisor.layout().state);

    std::vector<std::pair<std::string, std::string>> tries = {
        {"streamgate ps", "what runs, and is it well"}, {"streamgate top", "what it uses"}};
    for (const auto& [name, service] : supervisor.services().services) {
        tries.emplace_back("streamgate logs " + name + " -f", "what it says");
        tries.emplace_back("streamgate describe " + name, "what it is, and what happened to it");
        if (service.groups.size() > 1)
            tries.emplace_back(fmt::format("streamgate roll {} --version {}", name,
                                           service.groups.rbegin()->first),
                               "move it there, losing nothing");
        break;  // One is enough to get the idea.
    }
    std::size_t widest = 0;
    for (const auto& [command, why] : tries) widest = std::max(widest, command.size());
    for (std::size_t i = 0; i < tries.size(); ++i)
        text += fmt::format("{}{:<{}}   {}\n", i == 0 ? "\ntry   " : "      ", tries[i].first,
                            widest, tries[i].second);
    return text + "\nCtrl-C stops all of it.\n";
}

// --- up
// --------------------------------------------------------------------------------------------

// Never waits: somebody who stops a terminal with Ctrl-S must not stop the supervisor. What is left
// out here is in the journal.
void say(int fd, const std::string& text) {
    pollfd takes{fd, POLLOUT, 0};
    if (poll(&takes, 1, 0) != 1 || (takes.revents & POLLOUT) == 0) return;
    [[maybe_unused]] const auto written = write(fd, text.data(), text.size());
}

void print_entry(const local::Entry& entry) {
    const auto news = local::news_of(entry.note.what);
    const auto mark = news == local::News::bad ? "!" : news == local::News::good ? "+" : " ";
    const auto line = fmt::format("{} {} {}", local::show_clock(entry.at), mark, sentence(entry));
    say(STDOUT_FILENO, local::coloured(line, news, local::colour_on(STDOUT_FILENO)) + "\n");
}

Result<local::Accepted> load(const std::string& file) {
    TRY(std::string text, local::read_file(file));
    const auto loaded = config::load_text(text, file);
    if (!loaded.config) return fail(Errc::config_invalid, loaded.rendered);
    return local::Accepted{loaded.config, std::move(text)};
}

Result<local::Accepted> load_text(const std::string& text, const std::string& file) {
    const auto loaded = config::load_text(text, file);
    if (!loaded.config) return fail(Errc::config_invalid, loaded.rendered);
    return local::Accepted{loaded.config, text};
}

std::string absolute(const std::string& path) {
    std::error_code error;
    return std::filesystem::absolute(path, error).lexically_normal().string();
}

int up(const Cli& cli) {
    const auto file = absolute(cli.config);
    const auto layout = local::find_layout(file, cli.state);
    if (!layout) return complain(layout.error());

    std::unique_ptr<local::Supervisor> supervisor;
    local::Supervisor::Options options;
    options.layout = *layout;
    options.binary = local::own_binary();
    options.version = SG_VERSION;
    options.config_file = file;
    options.load = [file] { return load(file); };
    options.load_text = [file](const std::string& text) { return load_text(text, file); };
    options.complain = [](const std::string& text) {
        say(STDERR_FILENO, fmt::format("{} ! {}\n", local::show_clock(wall_now()), text));
    };
    options.happened = [&supervisor](const local::Entry& entry) {
        const bool bad = local::news_of(entry.note.what) == local::News::bad;
        if (bad || (supervisor && supervisor->up())) print_entry(entry);
    };
    options.up = [&supervisor] { say(STDOUT_FILENO, banner(*supervisor)); };
    auto made = local::Supervisor::make(std::move(options));
    if (!made) return complain_of_config(made.error());
    supervisor = std::move(*made);
    supervisor->run();
    say(STDOUT_FILENO, "everything is stopped\n");
    return 0;
}

// Waits until the one in the background is up, or has ended.
int wait_until_up(const local::Layout& layout, const local::Child& child) {
    for (const auto until = steady_now() + 30s; steady_now() < until;) {
        if (!local::identity_of(child.identity.pid)) {
            local::bury(child);
            fmt::print(stderr, "{}", local::tail(layout.supervisor_log(), 20));
            return 1;
        }
        auto caller = local::Caller::reach(layout);
        const auto reply = caller ? caller->ask({{"verb", "ps"}}) : std::unexpected(caller.error());
        if (reply && reply->value("up", false)) {
            fmt::print("up: pid {}, output in {}\n", child.identity.pid, layout.supervisor_log());
            fmt::print("      streamgate ps      what runs\n      streamgate down    stop it\n");
            return 0;
        }
        usleep(50'000);
    }
    fmt::print(stderr, "error: not up after 30 s\nhint:  see {}\n", layout.supervisor_log());
    return 1;
}

int up_in_background(const Cli& cli) {
    const auto file = absolute(cli.config);
    const auto layout = local::find_layout(file, cli.state);
    if (!layout) return complain(layout.error());
    if (const auto config = config::load_file(file); !config)
        return complain_of_config(config.error());
    if (const auto made = local::make_folder(layout->log()); !made) return complain(made.error());
    const auto output = local::open_log(layout->supervisor_log());
    if (!output) return complain(output.error());
    local::Launch launch;
    launch.command = {local::own_binary(), "up", "--config", file, "--state", layout->state};
    launch.output = output->get();
    const auto child = local::launch(launch);
    if (!child) return complain(child.error());
    return wait_until_up(*layout, *child);
}

// --- reload, upgrade, down
// -------------------------------------------------------------------------

Result<Json> ask(const Cli& cli, const Json& request) {
    TRY(const local::Layout layout, local::find_layout(cli.config, cli.state));
    TRY(auto caller, local::Caller::reach(layout));
    return caller.ask(request);
}

int tell(const Cli& cli, const Json& request, std::string_view done) {
    const auto reply = ask(cli, request);
    if (cli.json) {
        const Json error = reply ? Json{} : local::to_json(reply.error());
        fmt::print("{}", local::to_line(reply ? *reply : Json{{"ok", false}, {"error", error}}));
    } else if (!reply) {
        return complain_of_config(reply.error());
    } else {
        fmt::print("{}\n", done);
    }
    return reply ? 0 : 1;
}

int reload(const Cli& cli) {
    const auto file = absolute(cli.config);
    if (std::filesystem::exists(file))
        if (const auto config = config::load_file(file); !config && !cli.json)
            return complain_of_config(config.error());
    return tell(cli, {{"verb", "reload"}}, "reloaded: nothing was interrupted");
}

int down(const Cli& cli, bool now) {
    const auto reply = ask(cli, {{"verb", "down"}, {"at_once", now}});
    if (!reply) return complain(reply.error());
    const int pid = reply->value("pid", 0);
    while (local::identity_of(pid)) usleep(20'000);  // Bound: it kills what does not stop in time.
    if (cli.json) fmt::print("{}", local::to_line(*reply));
    else fmt::print("everything is stopped\n");
    return 0;
}

}  // namespace

void add_up(Cli& cli) {
    auto* command = cli.app.add_subcommand(
        "up", "start the gateway and the configured services, and keep them running");
    command->fallthrough();
    auto detach = std::make_shared<bool>(false);
    command->add_flag("--detach", *detach, "in the background; returns when all is up");
    command->callback(
        [&cli, detach] { cli.exit_code = *detach ? up_in_background(cli) : up(cli); });

    command = cli.app.add_subcommand("reload", "apply the configuration file as it is now");
    command->fallthrough();
    command->callback([&cli] { cli.exit_code = reload(cli); });

    command = cli.app.add_subcommand(
        "upgrade", "replace the gateway by the binary that is on disk now, losing nothing");
    command->fallthrough();
    command->callback([&cli] {
        cli.exit_code = tell(cli, {{"verb", "upgrade"}},
                             "upgraded: the new gateway serves, the old one ends with its last "
                             "stream");
    });

    command = cli.app.add_subcommand("down", "stop the gateway, then the services");
    command->fallthrough();
    auto now = std::make_shared<bool>(false);
    command->add_flag("--now", *now, "without waiting for requests in flight");
    command->callback([&cli, now] { cli.exit_code = down(cli, *now); });
}

}  // namespace sg::app
