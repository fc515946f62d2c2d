// What people ask of the services that `streamgate up` runs: ps, top, logs, describe, scale,
// restart, roll, stop, start.
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <map>
#include <memory>

#include "base/text.h"
#include "commands.h"
#include "complain.h"
#include "platform/local/client.h"
#include "platform/local/logs.h"
#include "platform/local/show.h"
#include "platform/local/table.h"
#include "platform/local/usage.h"

namespace sg::app {

namespace {

namespace local = platform::local;
using local::Json;
using local::News;

Result<local::Caller> reach(const Cli& cli) {
    TRY(const local::Layout layout, local::find_layout(cli.config, cli.state));
    return local::Caller::reach(layout);
}

Result<Json> ask(const Cli& cli, const Json& request) {
    TRY(auto caller, reach(cli));
    return caller.ask(request);
}

bool colour() { return local::colour_on(STDOUT_FILENO); }

std::string age_of(const Json& process) {
    if (!process.contains("started_at_ns")) return "-";
    return local::show_duration(wall_now() - Instant{process["started_at_ns"]});
}

// Calls `each(service, version, instance)`.
template <class Each>
void for_each_instance(const Json& status, Each each) {
    for (const auto& service : status["services"])
        for (const auto& version : service["versions"]) {
            std::map<int, const Json*> by_replica;
            for (const auto& instance : version["instances"])
                by_replica[instance["replica"]] = &instance;
            for (const auto& [replica, instance] : by_replica) each(service, version, *instance);
        }
}

std::string name_of(const Json& service, const Json& version, const Json& instance) {
    const std::string name = service["name"], v = version["version"];
    const int replica = instance["replica"];
    return v == "default" ? fmt::format("{} {}", name, replica)
                          : fmt::format("{} {}/{}", name, v, replica);
}

// --- ps
// --------------------------------------------------------------------------------------------

std::string state_of(const Json& instance) {
    std::string text = instance["phase"];
    if (instance.contains("waits_for"))
        return "waits for " + fmt::to_string(fmt::join(
                                  instance["waits_for"].get<std::vector<std::string>>(), ", "));
    if (text == "waiting") {
        const auto in =
            local::show_duration(Duration(instance["next_start_ns"].get<std::int64_t>()));
        text = instance["crash_loop"].get<bool>() ? fmt::format("crash loop ({}x), starts in {}",
                                                                instance["failures"].get<int>(), in)
                                                  : fmt::format("starts in {}", in);
    }
    if (instance.contains("why") && !instance["why"].get<std::string>().empty())
        text += ": " + instance["why"].get<std::string>();
    if (instance.contains("in_flight"))
        text += fmt::format(", {} in flight", instance["in_flight"].get<std::uint64_t>());
    if (instance["outdated"].get<bool>() && text == "healthy") text += ", old";
    return text;
}

News news_of(const Json& instance) {
    if (instance["phase"] == "healthy") return News::good;
    const bool bad = instance["crash_loop"].get<bool>() || instance["phase"] == "unwell";
    return bad ? News::bad : News::plain;
}

void print_processes(const Json& status) {
    local::Table table({"PROCESS", "STATE", ">PID", ">UP", ">RESTARTS"});
    const auto& gateway = status["gateway"];
    const auto restarts = std::to_string(gateway["restarts"].get<int>());
    for (const auto& process : gateway["processes"]) {
        std::string state = process["role"];
        if (!process["ready"].get<bool>()) state += ", not ready yet";
        const bool well = process["role"] == "serving" && process["ready"].get<bool>();
        table.row({"gateway", state, std::to_string(process["pid"].get<int>()), age_of(process),
                   process["role"] == "serving" ? restarts : ""},
                  well ? News::good : News::plain);
    }
    if (gateway["processes"].empty())
        table.row({"gateway", fmt::format("down, {} failed starts", gateway["failures"].get<int>()),
                   "", "", restarts},
                  News::bad);
    const auto& supervisor = status["supervisor"];
    table.row({"supervisor", status["stopping"].get<bool>() ? "stopping" : "running",
               std::to_string(supervisor["pid"].get<int>()), age_of(supervisor), ""});
    fmt::print("{}", table.text(colour()));
}

local::Table instance_table(const Json& services) {
    local::Table table({"SERVICE", "VERSION", ">REPLICA", "STATE", ">PID", ">PORT", ">UP",
                        ">RESTARTS", "LAST EXIT"});
    for_each_instance(
        {{"services", services}}, [&](const Json& service, const Json& version, const Json& i) {
            const int pid = i["pid"], port = i["port"];
            table.row({service["name"], version["version"], std::to_string(i["replica"].get<int>()),
                       state_of(i), pid == 0 ? "-" : std::to_string(pid),
                       port == 0 ? "-" : std::to_string(port), age_of(i),
                       std::to_string(i["restarts"].get<int>()), i["last_exit"]},
                      news_of(i));
        });
    return table;
}

int ps(const Cli& cli) {
    const auto reply = ask(cli, {{"verb", "ps"}});
    if (!reply) return complain(cli, reply.error());
    if (cli.json) {
        fmt::print("{}", local::to_line(*reply));
        return 0;
    }
    print_processes(*reply);
    const auto table = instance_table((*reply)["services"]);
    if (!table.empty()) fmt::print("\n{}", table.text(colour()));
    for (const auto& service : (*reply)["services"]) {
        for (const auto& version : service["versions"])
            if (version["held"].get<bool>())
                fmt::print(
                    "\n{} {} is stopped: streamgate start {}/{}\n",
                    service["name"].get<std::string>(), version["version"].get<std::string>(),
                    service["name"].get<std::string>(), version["version"].get<std::string>());
        if (service.contains("roll"))
            fmt::print("\n{} is {} to {} by command: streamgate roll {} --configured goes back\n",
                       service["name"].get<std::string>(),
                       service["roll"]["done"].get<bool>() ? "rolled" : "rolling",
                       service["roll"]["to"].get<std::string>(),
                       service["name"].get<std::string>());
    }
    return 0;
}

// --- top
// -------------------------------------------------------------------------------------------

using CpuTimes = std::map<int, std::int64_t>;  // By pid.

struct TopRow {
    std::string name;
    const Json* process;
};

std::vector<TopRow> top_rows(const Json& status) {
    std::vector<TopRow> rows;
    for (const auto& process : status["gateway"]["processes"])
        rows.push_back({process["role"] == "serving"
                            ? std::string("gateway")
                            : fmt::format("gateway ({})", process["role"].get<std::string>()),
                        &process});
    rows.push_back({"supervisor", &status["supervisor"]});
    for_each_instance(status, [&](const Json& service, const Json& version, const Json& instance) {
        rows.push_back({name_of(service, version, instance), &instance});
    });
    return rows;
}

CpuTimes cpu_times(const Json& status) {
    CpuTimes times;
    for (const auto& row : top_rows(status))
        if (row.process->contains("usage"))
            times[(*row.process)["pid"]] = (*row.process)["usage"]["cpu_ns"];
    return times;
}

std::string top_text(const Json& status, const CpuTimes& before, double elapsed_ns) {
    local::Table table({"NAME", ">PID", ">CPU", ">MEMORY", ">THREADS", ">FILES", ">CONNECTIONS",
                        ">PROCESSES", ">UP"});
    for (const auto& [name, process] : top_rows(status)) {
        const int pid = (*process)["pid"];
        if (!process->contains("usage")) {
            table.row(
                {name, pid == 0 ? "-" : std::to_string(pid), "-", "-", "-", "-", "-", "-", "-"});
            continue;
        }
        const auto& usage = (*process)["usage"];
        const auto at = before.find(pid);
        std::string cpu = "-";
        if (at != before.end() && elapsed_ns > 0)
            cpu = fmt::format(
                "{:.1f} %",
                100 * static_cast<double>(usage["cpu_ns"].get<std::int64_t>() - at->second) /
                    elapsed_ns);
        table.row(
            {name, std::to_string(pid), cpu, local::show_bytes(usage["memory_bytes"]),
             std::to_string(usage["threads"].get<int>()),
             std::to_string(usage["descriptors"].get<int>()),
             usage.contains("connections") ? std::to_string(usage["connections"].get<int>()) : "",
             std::to_string(usage["processes"].get<int>()), age_of(*process)});
    }
    return table.text(colour());
}

// Counted here, not by the supervisor, which has to be free to replace a gateway at any moment.
void add_connections(Json& status) {
    const auto open = local::connections_by_port();
    const auto count = [&](const Json& process) {
        const auto port = process.find("port");
        const auto at = port == process.end() ? open.end() : open.find(port->get<std::uint16_t>());
        return at == open.end() ? 0 : at->second;
    };
    for (auto& service : status["services"])
        for (auto& version : service["versions"])
            for (auto& instance : version["instances"])
                if (instance.contains("usage")) instance["usage"]["connections"] = count(instance);
}

int top(const Cli& cli) {
    auto caller = reach(cli);
    if (!caller) return complain(cli, caller.error());
    auto before = caller->ask({{"verb", "usage"}});
    const bool refreshing = isatty(STDOUT_FILENO) != 0 && !cli.json;
    for (;;) {
        if (!before) return complain(cli, before.error());
        usleep(refreshing ? 1'000'000 : 500'000);
        auto now = caller->ask({{"verb", "usage"}});
        if (!now) return complain(cli, now.error());
        add_connections(*now);
        const double elapsed =
            (*now)["steady_ns"].get<double>() - (*before)["steady_ns"].get<double>();
        if (cli.json) {
            (*now)["sampled_ns"] = elapsed;
            (*now)["cpu_ns_before"] = Json::object();
            for (const auto& [pid, cpu] : cpu_times(*before))
                (*now)["cpu_ns_before"][std::to_string(pid)] = cpu;
            fmt::print("{}", local::to_line(*now));
            return 0;
        }
        if (refreshing) fmt::print("\x1b[H\x1b[2J");
        fmt::print("{}", top_text(*now, cpu_times(*before), elapsed));
        if (refreshing) fmt::print("\nCPU: 100 % is one core. Ctrl-C ends.\n");
        std::fflush(stdout);
        if (!refreshing) return 0;
        before = std::move(now);
    }
}

// --- logs
// ------------------------------------------------------------------------------------------

struct LogWish {
    std::string service;
    std::string version;
    int replica = 0;
    std::size_t lines = 50;
    bool follow = false;
};

struct LogFile {
    std::string name;  // v1/2
    std::string path;
    local::Follow follow;
    std::string rest;  // A line that is not yet whole.
};

Result<std::vector<LogFile>> log_files(const local::Layout& layout, const LogWish& wish) {
    std::vector<LogFile> files;
    if (wish.service == "gateway" || wish.service == "supervisor") {
        const auto path =
            wish.service == "gateway" ? layout.gateway_log() : layout.supervisor_log();
        files.push_back({wish.service, path, local::Follow(path), ""});
        return files;
    }
    std::error_code error;
    const auto folder = layout.service_logs(wish.service);
    for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
        if (entry.path().extension() != ".log") continue;
        const auto stem = entry.path().stem().string();  // v1.2
        const auto dot = stem.rfind('.');
        if (dot == std::string::npos) continue;
        const auto version = stem.substr(0, dot), replica = stem.substr(dot + 1);
        if (!wish.version.empty() && version != wish.version) continue;
        if (wish.replica != 0 && replica != std::to_string(wish.replica)) continue;
        const auto path = entry.path().string();
        files.push_back({version == "default" ? replica : version + "/" + replica, path,
                         local::Follow(path), ""});
    }
    if (files.empty())
        return fail(Errc::not_found,
                    fmt::format("nothing is kept for `{}` in {}", wish.service, folder),
                    "`streamgate ps` lists services; `gateway` and `supervisor` have logs too");
    std::ranges::sort(files, {}, &LogFile::path);
    return files;
}

void print_lines(LogFile& file, const std::string& text, bool named, bool json) {
    file.rest += text;
    for (auto end = file.rest.find('\n'); end != std::string::npos; end = file.rest.find('\n')) {
        const auto line = file.rest.substr(0, end);
        if (json) fmt::print("{}", local::to_line({{"instance", file.name}, {"line", line}}));
        else if (named) fmt::print("{} | {}\n", file.name, line);
        else fmt::print("{}\n", line);
        file.rest.erase(0, end + 1);
    }
}

int logs(const Cli& cli, LogWish wish) {
    const auto layout = local::find_layout(cli.config, cli.state);
    if (!layout) return complain(cli, layout.error());
    const auto target = local::target_of(wish.service);
    wish.service = target.service;
    if (wish.version.empty()) wish.version = target.version;
    auto files = log_files(*layout, wish);
    if (!files) return complain(cli, files.error());
    const bool named = files->size() > 1;
    for (auto& file : *files)
        print_lines(file, local::tail(file.path, wish.lines), named, cli.json);
    while (wish.follow) {
        std::fflush(stdout);
        usleep(200'000);
        for (auto& file : *files) print_lines(file, file.follow.more(), named, cli.json);
    }
    return 0;
}

// --- describe
// --------------------------------------------------------------------------------------

void print_version(const Json& version) {
    const auto& health = version["health"];
    std::string check = "a TCP connection";
    if (health["kind"] == "http")
        check =
            fmt::format("GET {} every {}, within {}", health["path"].get<std::string>(),
                        health["every"].get<std::string>(), health["timeout"].get<std::string>());
    if (health["kind"] == "tcp")
        check = fmt::format("a TCP connection every {}", health["every"].get<std::string>());
    auto replicas = std::to_string(version["wanted"].get<int>());
    if (version["wanted"] != version["configured_replicas"])
        replicas += fmt::format(" by command (the file says {})",
                                version["configured_replicas"].get<int>());
    fmt::print("  {}\n", version["version"].get<std::string>());
    fmt::print("    runs         {}\n", version["command"].get<std::string>());
    fmt::print("    in           {}\n", version["directory"].get<std::string>());
    if (!version["environment"].empty())
        fmt::print("    environment  {}\n",
                   fmt::join(version["environment"].get<std::vector<std::string>>(), ", "));
    if (!version["after"].empty())
        fmt::print("    starts       after {}\n",
                   fmt::join(version["after"].get<std::vector<std::string>>(), ", "));
    fmt::print("    replicas     {}\n", replicas);
    fmt::print("    weight       {}\n", version["weight"].get<int>());
    fmt::print("    health       {}\n", check);
    fmt::print("    time-outs    start {}, stop {}\n", version["start_timeout"].get<std::string>(),
               version["stop_timeout"].get<std::string>());
}

void print_events(const Json& events, std::size_t most) {
    local::Table table({"WHEN", ">AGO", "", "EVENT"});
    for (std::size_t i = 0; i < std::min(most, events.size()); ++i) {
        const auto& event = events[events.size() - 1 - i];
        const Instant at{event["at_ns"]};
        const auto what = local::happening_named(event["what"].get<std::string>());
        const auto news = what ? local::news_of(*what) : News::plain;
        table.row({local::show_clock(at), local::show_duration(wall_now() - at),
                   news == News::bad    ? "!"
                   : news == News::good ? "+"
                                        : "",
                   event["sentence"]},
                  news);
    }
    if (!table.empty()) fmt::print("\n{}", table.text(colour()));
}

int describe(const Cli& cli, const std::string& service, std::size_t events) {
    const auto reply = ask(cli, {{"verb", "describe"}, {"service", service}});
    if (!reply) return complain(cli, reply.error());
    if (cli.json) {
        fmt::print("{}", local::to_line(*reply));
        return 0;
    }
    if (reply->contains("service")) {
        const auto& what = (*reply)["service"];
        fmt::print("{} · {}\n", service,
                   what["settled"].get<bool>() ? "as it should be" : "on its way");
        for (const auto& version : what["versions"]) print_version(version);
        const auto table = instance_table(Json::array({what}));
        if (!table.empty()) fmt::print("\n{}", table.text(colour()));
    } else {
        const auto& gateway = (*reply)["gateway"];
        fmt::print("gateway · listens on {}\n",
                   fmt::join(gateway["listens"].get<std::vector<std::string>>(), ", "));
    }
    print_events((*reply)["events"], events);
    return 0;
}

// --- changes
// ---------------------------------------------------------------------------------------

struct ChangeWish {
    std::string target;
    std::string version;
    std::uint32_t replicas = 1;
    bool configured = false;
    bool no_wait = false;
    int timeout_s = 300;
};

// Prints what follows from a change until all is as it should be.
int follow_change(const Cli& cli, local::Caller& caller, const Json& change, int timeout_s) {
    const auto until = steady_now() + std::chrono::seconds(timeout_s);
    std::uint64_t after = change["after"];
    const std::string service = change["service"];
    for (;;) {
        const auto reply = caller.ask({{"verb", "events"}, {"service", service}, {"after", after}});
        if (!reply) return complain(cli, reply.error());
        for (const auto& event : (*reply)["events"]) {
            after = event["number"];
            if (cli.json) fmt::print("{}", local::to_line(event));
            else
                fmt::print("{}  {}\n", local::show_clock(Instant{event["at_ns"]}),
                           event["sentence"].get<std::string>());
            std::fflush(stdout);
            if (event["what"] == "crash_loop")
                return complain(
                    cli, Error{Errc::unavailable, fmt::format("{} does not come up", service),
                               fmt::format("what served before still serves; see "
                                           "streamgate logs {}",
                                           service)});
        }
        if ((*reply)["settled"].get<bool>()) return 0;
        if (steady_now() > until)
            return complain(cli,
                            Error{Errc::timed_out, fmt::format("not done after {} s", timeout_s),
                                  fmt::format("it goes on; see streamgate describe {}", service)});
        usleep(50'000);
    }
}

int change(const Cli& cli, const std::string& verb, const ChangeWish& wish) {
    const auto target = local::target_of(wish.target);
    Json request = {{"verb", verb},
                    {"service", target.service},
                    {"version", wish.version.empty() ? target.version : wish.version},
                    {"replicas", wish.replicas}};
    if (verb == "roll" && request["version"].get<std::string>().empty() != wish.configured)
        return complain(cli,
                        Error{Errc::invalid_argument, "to which version?",
                              fmt::format("streamgate roll {} --version V, or --configured for "
                                          "what the file says",
                                          target.service)});
    auto caller = reach(cli);
    if (!caller) return complain(cli, caller.error());
    const auto reply = caller->ask(request);
    if (!reply) return complain(cli, reply.error());
    if (wish.no_wait) {
        if (cli.json) fmt::print("{}", local::to_line(*reply));
        return 0;
    }
    return follow_change(cli, *caller, *reply, wish.timeout_s);
}

CLI::App* add_change(Cli& cli, const std::string& verb, const std::string& about,
                     const std::shared_ptr<ChangeWish>& wish) {
    auto* command = cli.app.add_subcommand(verb, about);
    command->fallthrough();
    command->add_option("service", wish->target, "SERVICE or SERVICE/VERSION")->required();
    command->add_flag("--no-wait", wish->no_wait, "return at once");
    command->add_option("--timeout", wish->timeout_s, "seconds to wait")->capture_default_str();
    command->callback([&cli, verb, wish] { cli.exit_code = change(cli, verb, *wish); });
    return command;
}

}  // namespace

void add_services(Cli& cli) {
    auto* command = cli.app.add_subcommand("ps", "what `streamgate up` runs, and is it well");
    command->fallthrough();
    command->callback([&cli] { cli.exit_code = ps(cli); });

    command = cli.app.add_subcommand("top", "CPU, memory, threads, files and connections in use");
    command->fallthrough();
    command->callback([&cli] { cli.exit_code = top(cli); });

    command = cli.app.add_subcommand("logs", "what a service, the gateway or the supervisor wrote");
    command->fallthrough();
    auto log = std::make_shared<LogWish>();
    command->add_option("service", log->service, "SERVICE, SERVICE/VERSION, gateway or supervisor")
        ->required();
    command->add_flag("-f,--follow", log->follow, "go on as more is written");
    command->add_option("--version", log->version, "only of this version");
    command->add_option("--replica", log->replica, "only of this replica");
    command->add_option("-n,--lines", log->lines, "of each instance")->capture_default_str();
    command->callback([&cli, log] { cli.exit_code = logs(cli, *log); });

    command = cli.app.add_subcommand("describe", "what a service is, and what happened to it");
    command->fallthrough();
    auto name = std::make_shared<std::string>();
    auto events = std::make_shared<std::size_t>(30);
    command->add_option("service", *name, "SERVICE or gateway")->required();
    command->add_option("-n,--events", *events, "how many, newest first")->capture_default_str();
    command->callback([&cli, name, events] { cli.exit_code = describe(cli, *name, *events); });

    auto wish = std::make_shared<ChangeWish>();
    add_change(cli, "scale", "run so many instances", wish)
        ->add_option("replicas", wish->replicas, "how many")
        ->required();
    add_change(cli, "restart", "replace the instances one after the other, losing nothing", wish);
    command = add_change(cli, "roll", "move a service to a version, losing nothing", wish);
    command->add_option("--version", wish->version, "the version that shall serve");
    command->add_flag("--configured", wish->configured, "back to what the file says");
    add_change(cli, "stop", "drain and stop a service or a version", wish);
    add_change(cli, "start", "start what was stopped", wish);
}

}  // namespace sg::app
