// `streamgate slo`: what is promised to users, and how much of the error budgets is left; promises
// from and for other programs.
#include <fmt/format.h>

#include <cstdio>
#include <memory>

#include "config/load.h"
#include "ops/detect/slo/exchange.h"
#include "ops_ask.h"
#include "platform/local/files.h"

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

void print_text(const Cli& cli, const std::string& text) {
    if (cli.json) fmt::print("{}\n", Json{{"text", text}}.dump());
    else fmt::print("{}", text);
}

// Of the file, without anybody to ask; with --server, what is in force there.
int export_all(const Cli& cli, const std::string& word) {
    const auto form = slo::form_of(word);
    if (!form) return complain(cli, form.error());
    if (!cli.server.empty()) {
        const auto answer =
            ask(cli, {.path = "/api/v1/objectives/export" + query({{"format", word}})});
        if (!answer) return complain(cli, answer.error());
        print_text(cli, operate::text_at(*answer, "text"));
        return 0;
    }
    const auto config = config::load_file(cli.config);
    if (!config) return complain(cli, config.error());
    print_text(cli, slo::exported(**config, *form));
    return 0;
}

int import_file(const Cli& cli, const std::string& file) {
    const auto text = platform::local::read_file(file);
    if (!text) return complain(cli, text.error());
    const auto ours = config::load_file(cli.config);
    const auto it = slo::imported(*text, ours ? ours->get() : nullptr);
    if (!it) return complain(cli, it.error());
    if (cli.json) {
        fmt::print("{}\n", Json{{"configuration", it->configuration}, {"odd", it->odd}}.dump());
        return 0;
    }
    for (const auto& odd : it->odd) fmt::print(stderr, "warning: {}\n", odd);
    fmt::print("# From {}. What a service does not say is as `objectives.all` says.\n{}", file,
               it->configuration);
    return 0;
}

void add_exchange(Cli& cli, CLI::App* group) {
    auto* const out = group->add_subcommand("export", "objectives for other programs");
    const auto format = std::make_shared<std::string>("openslo");
    out->add_option("--format", *format, "openslo, or prometheus: recording and alerting rules")
        ->capture_default_str();
    out->callback([&cli, format] { cli.exit_code = export_all(cli, *format); });

    auto* const in =
        group->add_subcommand("import", "an OpenSLO file as objectives of the configuration");
    const auto file = std::make_shared<std::string>();
    in->add_option("FILE", *file, "openslo/v1, any number of documents; nothing is changed")
        ->required();
    in->callback([&cli, file] { cli.exit_code = import_file(cli, *file); });
}

}  // namespace

void add_slo(Cli& cli) {
    auto* const command =
        add_group(cli, "slo", "objectives: what is promised, kept, and left of the budget");
    const auto live = std::make_shared<bool>(false);
    command->add_flag("-w,--watch", *live, "go on showing them");
    add_exchange(cli, command);
    command->callback([&cli, live, command] {
        if (!command->get_subcommands().empty()) return;
        const std::string path = "/api/v1/objectives";
        cli.exit_code =
            *live ? watch(cli, {path, table, line}) : ask_and_show(cli, {.path = path}, table);
    });
}

}  // namespace sg::app
