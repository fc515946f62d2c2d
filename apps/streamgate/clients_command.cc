// `streamgate incident clients`: whose requests failed.
#include <fmt/format.h>

#include <memory>

#include "operate/incidents_view.h"
#include "ops_ask.h"

namespace sg::app {

namespace {

struct Wish {
    std::string incident;
    bool csv = false;
    std::int64_t limit = 50;
};

int list_clients(const Cli& cli, const Wish& wish) {
    const auto id = which_incident(cli, wish.incident);
    if (!id) return complain(cli, id.error());
    const auto path = fmt::format("/api/v1/incidents/{}/clients", *id);
    if (!wish.csv)
        return ask_and_show(cli, {.path = path + query({{"limit", std::to_string(wish.limit)}})},
                            operate::client_list);
    const auto client = reach(cli);
    if (!client) return complain(cli, client.error());
    const auto file = client->ask("GET", path + query({{"format", "csv"}}));
    if (!file) return complain(cli, file.error());
    fmt::print("{}", *file);
    return 0;
}

}  // namespace

void add_clients(CLI::App* incident, Cli& cli) {
    auto* const command =
        incident->add_subcommand("clients", "whose requests failed, most affected first");
    const auto wish = std::make_shared<Wish>();
    command->add_option("id", wish->incident, "204 or INC-204; default: the only one that is open");
    command->add_flag("--csv", wish->csv, "all of them, for a spreadsheet");
    command->add_option("-n,--limit", wish->limit, "at most so many")->capture_default_str();
    command->callback([&cli, wish] { cli.exit_code = list_clients(cli, *wish); });
}

}  // namespace sg::app
