// `streamgate kpis`: how well operations do, beside the targets.
#include <memory>

#include "ops_ask.h"

namespace sg::app {

namespace {

// The table is finished where the figures are reckoned: everybody shows the same.
std::string table(const operate::Json& answer, const operate::Screen&) {
    return operate::lines_at(answer, "table");
}

struct Wish {
    std::string service;
    std::string team;
    std::string since;
};

}  // namespace

void add_kpis(Cli& cli) {
    auto* const command = add_group(
        cli, "kpis", "key figures: time to detect, mitigate and resolve, uptime, clocks kept");
    const auto wish = std::make_shared<Wish>();
    command->add_option("--service", wish->service, "only of this service");
    command->add_option("--team", wish->team, "only of this team");
    command->add_option("--since", wish->since, "7d, or 2026-11-01T00:00:00Z; default: 30d");
    command->callback([&cli, wish] {
        const auto asked =
            query({{"service", wish->service}, {"team", wish->team}, {"since", wish->since}});
        cli.exit_code = ask_and_show(cli, {.path = "/api/v1/kpis" + asked}, table);
    });
}

}  // namespace sg::app
