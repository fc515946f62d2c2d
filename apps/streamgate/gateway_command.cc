// `streamgate gateway`: the data plane as a process; `gateway ctl`: talking to one that runs.
#include <fmt/format.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <cstdio>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <vector>

#include "commands.h"
#include "config/load.h"
#include "gateway/gateway.h"
#include "operate/directives_view.h"
#include "platform/local/exchange.h"
#include "platform/local/table.h"

namespace sg::app {

namespace {

void run_gateway(Cli& cli) {
    // Without colour or threads of its own: what the log says must be there when the process ends.
    spdlog::set_default_logger(spdlog::stderr_logger_st("gateway"));
    spdlog::set_default_logger(std::make_shared<spdlog::logger>(
        "gateway", std::make_shared<spdlog::sinks::stderr_sink_mt>()));
    spdlog::set_pattern("%Y-%m-%dT%H:%M:%S.%e %l gateway[%P] %v");
    auto made = gateway::Gateway::make(
        {.config_file = cli.config, .state = cli.state, .version = SG_VERSION});
    if (!made) {
        fmt::print(stderr, "{}\n", made.error().what);
        if (!made.error().hint.empty()) fmt::print(stderr, "hint: {}\n", made.error().hint);
        cli.exit_code = 2;
        return;
    }
    (*made)->run();
}

// --- ctl -----------------------------------------------------------------------------------------

using platform::local::Answer;

struct Question {
    const char* method;
    std::string path;
    std::string body = {};
};
// What people see of an answer; programs get it as it came.
using Show = std::string (*)(const nlohmann::json& answer, const nlohmann::json& sent);

// Over the Unix socket of the gateway that runs on this state.
Result<Answer> ask(const std::string& state, const Question& question) {
    const std::string socket = state + "/run/gateway.sock";
    TRY(const SocketAddress address, parse_socket_address("unix:" + socket));
    TRY(const auto loop, platform::local::Loop::make());
    std::optional<Result<Answer>> answer;
    platform::local::exchange(*loop,
                              {.to = address,
                               .send = platform::local::http_request(question.method, question.path,
                                                                     "gateway", question.body),
                               .timeout = 30s},
                              [&](Result<Answer> result) { answer.emplace(std::move(result)); });
    while (!answer) loop->turn();
    if (!*answer)
        return fail(Errc::unavailable,
                    fmt::format("no gateway answers at {}: {}", socket, answer->error().what),
                    "is it running, and with this --state or --config?");
    return std::move(*answer);
}

Result<std::string> state_of(const Cli& cli) {
    if (!cli.state.empty()) return cli.state;
    TRY(const config::Snapshot config, config::load_file(cli.config));
    return config->state;
}

void say_and_judge(Cli& cli, const Question& question, Show show = nullptr) {
    const auto state = state_of(cli);
    const auto answer =
        state ? ask(*state, question) : Result<Answer>(std::unexpected(state.error()));
    if (!answer) {
        fmt::print(stderr, "error: {}\n", answer.error().what);
        if (!answer.error().hint.empty()) fmt::print(stderr, "hint:  {}\n", answer.error().hint);
        cli.exit_code = 1;
        return;
    }
    if (answer->status < 400) {
        const auto said = nlohmann::json::parse(answer->body, nullptr, false);
        const auto sent = nlohmann::json::parse(question.body, nullptr, false);
        fmt::print("{}", cli.json || show == nullptr ? answer->body : show(said, sent));
        return;
    }
    cli.exit_code = 1;
    const auto said = nlohmann::json::parse(answer->body, nullptr, false);
    if (cli.json || said.is_discarded()) {
        fmt::print(stderr, "{}", answer->body);
        return;
    }
    fmt::print(stderr, "error: {}\n", said.value("error", answer->body));
    if (said.contains("hint")) fmt::print(stderr, "hint:  {}\n", said.value("hint", ""));
}

// What all directives have in common.
struct Saying {
    std::string id;
    std::string reason;
    std::string for_how_long;
    nlohmann::json what = nlohmann::json::object();
};

void say_directive(Cli& cli, const Saying& saying, const std::string& kind) {
    const char* const user = ::getlogin();
    nlohmann::json body{{"origin", user == nullptr ? "command line" : user},
                        {"reason", saying.reason},
                        {kind, saying.what}};
    body["id"] = saying.id.empty() ? fmt::format("{}-{}", kind, ::getpid()) : saying.id;
    if (!saying.for_how_long.empty()) body["expires_in"] = saying.for_how_long;
    say_and_judge(cli, {"POST", "/directives", body.dump()},
                  [](const auto&, const auto& sent) { return operate::directive_taken(sent); });
}

void add_saying(CLI::App* command, Saying& saying) {
    command->add_option("--id", saying.id,
                        "Name of the directive; a second one replaces the first");
    command->add_option("--reason", saying.reason, "Why, for those who find it");
    command->add_option("--for", saying.for_how_long, "How long it holds: 90s, 10m, 2h");
}

void add_weights(CLI::App* ctl, Cli& cli) {
    struct Options : Saying {
        std::string service;
        std::vector<std::string> weights;
    };
    auto* const command = ctl->add_subcommand("weights", "Set the weights of a service's versions");
    const auto o = std::make_shared<Options>();
    command->add_option("service", o->service)->required();
    command->add_option("version=weight", o->weights)->required();
    add_saying(command, *o);
    command->callback([&cli, o] {
        o->what = {{"service", o->service}, {"weights", nlohmann::json::object()}};
        for (const auto& pair : o->weights) {
            const auto at = pair.find('=');
            if (at == std::string::npos) throw CLI::ValidationError(pair, "write version=weight");
            try {
                o->what["weights"][pair.substr(0, at)] = std::stoul(pair.substr(at + 1));
            } catch (const std::exception&) {
                throw CLI::ValidationError(pair, "the weight is a number");
            }
        }
        if (o->id.empty()) o->id = "weights-" + o->service;
        say_directive(cli, *o, "set_weights");
    });
}

void add_drain_endpoint(CLI::App* ctl, Cli& cli) {
    struct Options : Saying {
        std::string service;
        std::string endpoint;
    };
    auto* const command = ctl->add_subcommand("drain-endpoint", "Send nothing new to an endpoint");
    const auto o = std::make_shared<Options>();
    command->add_option("service", o->service)->required();
    command->add_option("endpoint", o->endpoint, "host:port")->required();
    add_saying(command, *o);
    command->callback([&cli, o] {
        o->what = {{"service", o->service}, {"endpoint", o->endpoint}};
        if (o->id.empty()) o->id = "drain-" + o->endpoint;
        say_directive(cli, *o, "drain_endpoint");
    });
}

void add_circuit(CLI::App* ctl, Cli& cli) {
    struct Options : Saying {
        std::string service;
        std::optional<std::uint32_t> requests;
        std::optional<std::uint32_t> connections;
        std::optional<std::uint32_t> queue;
    };
    auto* const command = ctl->add_subcommand("circuit", "Set the circuit limits of a service");
    const auto o = std::make_shared<Options>();
    command->add_option("service", o->service)->required();
    command->add_option("--requests", o->requests, "In flight to the service, at most");
    command->add_option("--connections", o->connections, "To each endpoint, at most");
    command->add_option("--queue", o->queue, "Waiting for a place, at most");
    add_saying(command, *o);
    command->callback([&cli, o] {
        o->what = {{"service", o->service}};
        if (o->requests) o->what["requests_max"] = *o->requests;
        if (o->connections) o->what["connections_max"] = *o->connections;
        if (o->queue) o->what["queue_max"] = *o->queue;
        if (o->id.empty()) o->id = "circuit-" + o->service;
        say_directive(cli, *o, "set_circuit");
    });
}

void add_fault(CLI::App* ctl, Cli& cli) {
    struct Options : Saying {
        std::string route;
        std::string service;
        std::string version;
        std::string endpoint;
        std::string share;
        std::string delay;
        std::string bandwidth;
        std::uint16_t abort = 0;
        bool reset = false;
    };
    auto* const command =
        ctl->add_subcommand("fault", "Inject a fault, for a drill; always expires");
    const auto o = std::make_shared<Options>();
    command->add_option("--route", o->route, "Requests of this route, or");
    command->add_option("--service", o->service, "of this service");
    command->add_option("--version", o->version, "Only those that go to this version of it");
    command->add_option("--endpoint", o->endpoint, "Only those that go to this endpoint of it");
    command->add_option("--share", o->share, "Share of them: 20%");
    command->add_option("--delay", o->delay, "Wait before forwarding: 250ms");
    command->add_option("--abort", o->abort, "Answer with this status");
    command->add_flag("--reset", o->reset, "Close the connection without an answer");
    command->add_option("--bandwidth", o->bandwidth, "Bytes a second of each response: 64KiB");
    add_saying(command, *o);
    command->callback([&cli, o] {
        o->what = nlohmann::json::object();
        const auto put = [&](const char* key, const std::string& value) {
            if (!value.empty()) o->what[key] = value;
        };
        put("route", o->route);
        put("service", o->service);
        put("version", o->version);
        put("endpoint", o->endpoint);
        put("share", o->share);
        put("delay", o->delay);
        put("bytes_per_second", o->bandwidth);
        if (o->abort != 0) o->what["abort"] = o->abort;
        if (o->reset) o->what["reset"] = true;
        say_directive(cli, *o, "inject_fault");
    });
}

// A kind whose members are all texts: those without `--` are required.
struct TextKind {
    struct Member {
        const char* key;
        const char* option;  // As CLI11 reads it.
        const char* what;
    };
    const char* command;
    const char* what;
    const char* kind;
    std::vector<Member> members;
};

const std::vector<TextKind>& text_kinds() {
    static const std::vector<TextKind> kinds = {
        {"shed",
         "Refuse a share of what comes anew to a service",
         "shed",
         {{"service", "service", ""},
          {"share", "share", "Of the requests: 20%"},
          {"retry_after", "--retry-after", "What the refused are told to wait: 5s"}}},
        {"open-breaker",
         "Take an endpoint out as if its breaker had opened",
         "open_breaker",
         {{"service", "service", ""}, {"endpoint", "endpoint", "host:port"}}},
        {"block-client",
         "Refuse the requests of a client",
         "block_client",
         {{"client", "client", "An address or a block: 203.0.113.7, 203.0.113.0/24"},
          {"service", "--service", "Only to this one"}}},
        {"switch-off",
         "Tell a service to do without one of its needs",
         "switch_off",
         {{"service", "service", ""}, {"need", "need", "What it is to do without"}}},
        {"show-expired",
         "Answer TLS handshakes with a certificate that has ended, for a drill",
         "show_expired",
         {{"listener", "--listener", "Only this one, as it is configured: 0.0.0.0:8443"}}},
    };
    return kinds;
}

void add_text_kind(CLI::App* ctl, Cli& cli, const TextKind& kind) {
    struct Options : Saying {
        std::map<std::string, std::string> with;
    };
    auto* const command = ctl->add_subcommand(kind.command, kind.what);
    const auto o = std::make_shared<Options>();
    for (const auto& member : kind.members) {
        auto* const option = command->add_option(member.option, o->with[member.key], member.what);
        if (*member.option != '-') option->required();
    }
    add_saying(command, *o);
    command->callback([&cli, &kind, o] {
        std::string id = kind.command;
        for (const auto& member : kind.members) {
            const auto& value = o->with[member.key];
            if (value.empty()) continue;
            o->what[member.key] = value;
            if (*member.option != '-' && std::string_view("share") != member.key) id += "-" + value;
        }
        if (o->id.empty()) o->id = id;
        say_directive(cli, *o, kind.kind);
    });
}

void add_ctl(CLI::App* gateway, Cli& cli) {
    auto* const ctl = gateway->add_subcommand("ctl", "Talk to a running gateway");
    ctl->require_subcommand(1);
    const auto simple = [&](const char* name, const char* what, const Question& question,
                            Show show = nullptr) {
        ctl->add_subcommand(name, what)->callback([&cli, question, show] {
            say_and_judge(cli, question, show);
        });
    };
    simple("status", "What it serves, and how its endpoints are", {"GET", "/status"});
    simple("metrics", "Its counters, as Prometheus reads them", {"GET", "/metrics"});
    simple("snapshot", "Its counters, as operations reads them", {"GET", "/snapshot"});
    simple("directives", "The directives in force", {"GET", "/directives"},
           [](const auto& answer, const auto&) {
               return operate::directive_list(
                   answer, {wall_now(), platform::local::colour_on(STDOUT_FILENO)});
           });
    simple("reload", "Read the configuration again", {"POST", "/reload"},
           [](const auto&, const auto&) {
               return std::string("the configuration was read again and is in force\n");
           });
    simple("drain", "Accept nothing new and end when the last connection has", {"POST", "/drain"},
           [](const auto&, const auto&) {
               return std::string("it accepts nothing new, and ends with its last connection\n");
           });
    add_weights(ctl, cli);
    add_drain_endpoint(ctl, cli);
    add_circuit(ctl, cli);
    add_fault(ctl, cli);
    for (const auto& kind : text_kinds()) add_text_kind(ctl, cli, kind);
    auto* const lift = ctl->add_subcommand("lift", "End a directive before its time");
    const auto id = std::make_shared<std::string>();
    lift->add_option("id", *id)->required();
    lift->callback([&cli, id] {
        say_and_judge(cli, {"DELETE", "/directives/" + *id}, [](const auto& answer, const auto&) {
            return operate::text_at(answer, "lifted") + " is lifted\n";
        });
    });
}

}  // namespace

void add_gateway(Cli& cli) {
    auto* const command = cli.app.add_subcommand("gateway", "Carry traffic: the data plane alone");
    add_ctl(command, cli);
    command->callback([&cli, command] {
        if (command->get_subcommands().empty()) run_gateway(cli);
    });
}

}  // namespace sg::app
