// `streamgate status`: is it well, and what is not.
#include <fmt/format.h>

#include <memory>

#include "operate/status_view.h"
#include "ops_ask.h"

namespace sg::app {

void add_status(Cli& cli) {
    auto* const command = cli.app.add_subcommand("status", "is it well, and what is not");
    const auto live = std::make_shared<bool>(false);
    command->add_flag("-w,--watch", *live, "go on showing it");
    command->callback([&cli, live] {
        const std::string path = "/api/v1/status";
        cli.exit_code = *live ? watch(cli, {path, operate::status, operate::status_headline})
                              : ask_and_show(cli, {.path = path}, operate::status);
    });
}

}  // namespace sg::app
