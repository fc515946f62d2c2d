// `streamgate slo`: what is promised to users, and how much of the error budgets is left.
#include <fmt/format.h>

#include <memory>

#include "ops_ask.h"

namespace sg::app {

namespace {

using operate::Json;
using operate::Screen;

// The table is finished where the objectives are judged: everybody shows the same.
std::string table(const Json& answer, const Screen&) { return operate::lines_at(answer, "table"); }

// Those that are not well; nothing else is news.
std::string line(const Json& answer, const Screen& screen) {
    std::string out;
    for (const auto& objective : operate::list_at(answer, "objectives")) {
        const auto level = operate::text_at(objective, "level");
        if (level == "met") continue;
        out += fmt::format("{}  {}: {}\n", operate::show_clock(screen.now),
                           operate::text_at(objective, "id"), level);
    }
    return out.empty() ? "all objectives are met\n" : out;
}

}  // namespace

void add_slo(Cli& cli) {
    auto* const command =
        cli.app.add_subcommand("slo", "objectives: what is promised, kept, and left of the budget");
    const auto live = std::make_shared<bool>(false);
    command->add_flag("-w,--watch", *live, "go on showing them");
    command->callback([&cli, live] {
        const std::string path = "/api/v1/objectives";
        cli.exit_code =
            *live ? watch(cli, {path, table, line}) : ask_and_show(cli, {.path = path}, table);
    });
}

}  // namespace sg::app
