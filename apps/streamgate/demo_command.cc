// `streamgate demo`: the services and the traffic of examples/streamgate.yaml. None of it is needed
// in production.
#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "base/units.h"
#include "commands.h"
#include "demo/catalog.h"
#include "demo/mail.h"
#include "demo/origin.h"
#include "demo/traffic.h"
#include "platform/local/table.h"

namespace sg::app {
namespace {

struct Wishes {
    std::uint16_t port = 0;
    std::string version = "v1";
    std::string folder = "state/demo/live";
    std::string to = "127.0.0.1:8080";
    std::string requests = "40/s";
    demo::TrafficOptions traffic;
    demo::MailOptions mail{.folder = "state/demo/mail"};
    int number = 0;
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

int list_mail(const Cli& cli, const std::string& folder) {
    const auto all = demo::kept_mail(folder);
    if (cli.json) {
        nlohmann::ordered_json list = nlohmann::ordered_json::array();
        for (const auto& one : all)
            list.push_back({{"number", one.number},
                            {"to", one.mail.to},
                            {"date", one.mail.date},
                            {"subject", one.mail.subject}});
        fmt::print("{}\n",
                   list.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace));
        return 0;
    }
    platform::local::Table table({">MAIL", "TO", "DATE", "SUBJECT"});
    for (const auto& one : all)
        table.row({fmt::to_string(one.number), one.mail.to, one.mail.date, one.mail.subject});
    fmt::print("{}", table.empty() ? fmt::format("no mail in {}\n", folder) : table.text(false));
    return 0;
}

int show_mail(const std::string& folder, int number) {
    for (const auto& one : demo::kept_mail(folder)) {
        if (one.number != number) continue;
        fmt::print("to {} · {}\n{}", one.mail.to, one.mail.date, one.mail.text);
        return 0;
    }
    fmt::print(stderr, "error: there is no mail {} in {}\nhint:  streamgate demo mail list\n",
               number, folder);
    return 1;
}

void add_mail(Cli& cli, CLI::App* group, const std::shared_ptr<Wishes>& wishes) {
    auto* mail = group->add_subcommand("mail", "takes the mail of operations, and shows it");
    mail->require_subcommand(0, 1);
    mail->fallthrough();
    mail->add_option("--port", wishes->mail.port, "where its page is, on loopback")
        ->envname("PORT");
    mail->add_option("--smtp", wishes->mail.smtp_port, "the port where mail comes in");
    mail->add_option("--folder", wishes->mail.folder, "where it is kept");
    auto* list = mail->add_subcommand("list", "what was kept, newest first");
    list->callback([&cli, wishes] { cli.exit_code = list_mail(cli, wishes->mail.folder); });
    auto* show = mail->add_subcommand("show", "one of them");
    show->add_option("number", wishes->number, "as in the list")->required();
    show->callback(
        [&cli, wishes] { cli.exit_code = show_mail(wishes->mail.folder, wishes->number); });
    mail->callback([&cli, wishes, mail] {
        if (mail->get_subcommands().empty()) cli.exit_code = demo::run_mail(wishes->mail);
    });
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

    add_mail(cli, group, wishes);

    auto* load = group->add_subcommand("traffic", "viewers and callers, through the gateway");
    load->add_option("--to", wishes->to, "host:port of the gateway");
    load->add_option("--viewers", wishes->traffic.viewers)->check(CLI::Range(0, 500));
    load->add_option("--requests", wishes->requests, "to the API: 40/s");
    load->callback([&cli, wishes] { cli.exit_code = traffic(*wishes); });
}

}  // namespace sg::app
