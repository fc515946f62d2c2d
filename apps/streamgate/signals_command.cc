// `streamgate signals`: what happens this second, service by service.
#include <fmt/format.h>

#include <memory>

#include "ops_ask.h"

namespace sg::app {

namespace {

using operate::Json;
using operate::Screen;

std::string table(const Json& answer, const Screen&) { return operate::lines_at(answer, "table"); }

}  // namespace

void add_signals(Cli& cli) {
    auto* const command =
        cli.app.add_subcommand("signals", "traffic, errors, durations and resources, this second");
    const auto live = std::make_shared<bool>(false);
    command->add_flag("-w,--watch", *live, "every second");
    command->callback([&cli, live] {
        const std::string path = "/api/v1/signals";
        cli.exit_code =
            *live ? watch(cli, {path, table, table}) : ask_and_show(cli, {.path = path}, table);
    });
}

}  // namespace sg::app
