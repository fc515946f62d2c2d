// sgload: a load generator that checks every response. Prints one line of JSON.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <map>

#include "bench/load/generator.h"
#include "bench/load/idle.h"

namespace {

using sg::load::Mode;

struct Flags {
    std::string address = "127.0.0.1:8080";
    std::string host = "bench.test";
    std::string path = "/";
    Mode mode = Mode::closed;
    bool tls = false;
    double seconds = 4;
    double warmup = 0.5;
    std::uint64_t upload = 0;
};

void declare(CLI::App& app, Flags& flags, sg::load::Plan& plan) {
    const std::map<std::string, Mode> modes = {{"closed", Mode::closed},
                                               {"rate", Mode::rate},
                                               {"handshakes", Mode::handshakes},
                                               {"idle", Mode::idle}};
    app.add_option("address", flags.address, "ADDRESS:PORT or unix:/path")->required();
    app.add_option("--mode", flags.mode)->transform(CLI::CheckedTransformer(modes));
    app.add_option("--connections", plan.connections)->check(CLI::Range(1, 1'000'000));
    app.add_option("--rate", plan.per_second, "requests a second of --mode rate")
        ->check(CLI::Range(0.1, 1e7));
    app.add_option("--seconds", flags.seconds, "what is counted")->check(CLI::Range(0.05, 3600.0));
    app.add_option("--warmup", flags.warmup, "seconds before that")->check(CLI::Range(0.0, 600.0));
    app.add_option("--host", flags.host, "Host field and TLS server name");
    app.add_option("--path", flags.path);
    app.add_option("--upload", flags.upload, "send this many bytes with each request");
    app.add_option("--status", plan.status, "that each response must have");
    app.add_option("--body", plan.body, "length that each response must have; -1: any");
    app.add_flag("--tls", flags.tls, "TLS 1.3");
    app.add_option("--watch", plan.watch, "processes whose CPU time is reported");
}

std::string request_of(const Flags& flags) {
    auto head = fmt::format("{} {} HTTP/1.1\r\nHost: {}\r\nUser-Agent: sgload\r\nAccept: */*\r\n{}",
                            flags.upload > 0 ? "POST" : "GET", flags.path, flags.host,
                            flags.mode == Mode::handshakes ? "Connection: close\r\n" : "");
    if (flags.upload > 0) head += fmt::format("Content-Length: {}\r\n", flags.upload);
    return head + "\r\n" + std::string(flags.upload, 'u');
}

std::int64_t to_ns(double seconds) { return static_cast<std::int64_t>(seconds * 1e9); }

}  // namespace

int main(int argc, char** argv) {
    CLI::App app{"HTTP/1.1 load that checks every response"};
    Flags flags;
    sg::load::Plan plan;
    declare(app, flags, plan);
    CLI11_PARSE(app, argc, argv);

    const auto address = sg::parse_socket_address(flags.address);
    if (!address) {
        fmt::print(stderr, "sgload: {}\n", address.error().message());
        return 2;
    }
    const auto tls = flags.tls ? sg::load::make_tls_context() : sg::load::TlsContext{};
    plan.mode = flags.mode;
    plan.endpoint = {.address = *address, .tls = tls.get(), .server_name = flags.host};
    plan.request = request_of(flags);
    plan.warmup_ns = to_ns(flags.warmup);
    plan.window_ns = to_ns(flags.seconds);
    if (plan.mode == Mode::idle) return sg::load::hold_idle(plan);

    const auto report = sg::load::Generator(plan).run();
    fmt::print("{}\n", report.json());
    return report.errors + report.wrong == 0 ? 0 : 1;
}
