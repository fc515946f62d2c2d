// `streamgate demo`: the services and the traffic of examples/streamgate.yaml. None of it is needed
// in production.
#include <fmt/format.h>

#include <memory>

#include "base/units.h"
#include "commands.h"
#include "demo/catalog.h"
#include "demo/origin.h"
#include "demo/traffic.h"

namespace sg::app {
namespace {

struct Wishes {
    std::uint16_t port = 0;
    std::string version = "v1";
    std::string folder = "state/demo/live";
    std::string to = "127.0.0.1:8080";
    std::string requests = "40/s";
    demo::TrafficOptions traffic;
};

int traffic(Wishes& wishes) {
    const auto to = parse_host_port(wishes.to);
    const auto rate = parse_rate(wishes.requests);
    if (!to || !rate || rate->per_second <= 0) {
        const std::string why = !to     ? to.error().message()
                                : !rate ? rate.error().message()
                                        : "no rate";
        fmt::print(stderr, "error: {}\n", why);
        return 2;
    }
    wishes.traffic.to = *to;
    wishes.traffic.requests = *rate;
    return demo::run_traffic(wishes.traffic);
}

}  // namespace

void add_demo(Cli& cli) {
    auto* group =
        cli.app.add_subcommand("demo", "what `make run` shows: services, a stream, traffic");
    group->require_subcommand(1);
    auto wishes = std::make_shared<Wishes>();
    const auto with_port = [wishes](CLI::App* command) {
        command->add_option("--port", wishes->port, "where it listens, on loopback")
            ->envname("PORT")
            ->required();
    };

    auto* catalog =
        group->add_subcommand("catalog", "an API of titles, with events and a WebSocket");
    with_port(catalog);
    catalog->add_option("--release", wishes->version, "which one it plays")
        ->check(CLI::IsMember({"v1", "v2"}));
    catalog->callback(
        [&cli, wishes] { cli.exit_code = demo::run_catalog(wishes->port, wishes->version); });

    auto* origin =
        group->add_subcommand("origin", "a live HLS stream made by ffmpeg, and its page");
    with_port(origin);
    origin->add_option("--folder", wishes->folder, "where the clip is kept");
    origin->callback(
        [&cli, wishes] { cli.exit_code = demo::run_origin(wishes->port, wishes->folder); });

    auto* load = group->add_subcommand("traffic", "viewers and callers, through the gateway");
    load->add_option("--to", wishes->to, "host:port of the gateway");
    load->add_option("--viewers", wishes->traffic.viewers)->check(CLI::Range(0, 500));
    load->add_option("--requests", wishes->requests, "to the API: 40/s");
    load->callback([&cli, wishes] { cli.exit_code = traffic(*wishes); });
}

}  // namespace sg::app
