// `streamgate alert`: what fires, and why.
#include <fmt/format.h>

#include <memory>

#include "base/units.h"
#include "operate/alerts_view.h"
#include "ops_ask.h"
#include "platform/local/files.h"

namespace sg::app {

namespace {

using operate::Json;
using operate::Screen;

constexpr const char* alerts_now = "/api/v1/alerts";
constexpr const char* all_alerts = "/api/v1/alerts?all=true";

std::string line(const Json& answer, const Screen& screen) {
    std::string out;
    for (const auto& alert : operate::list_at(answer, "alerts"))
        out += fmt::format("{}  {} {}: {}\n", operate::show_clock(screen.now),
                           operate::text_at(alert, "name"), operate::text_at(alert, "state"),
                           operate::text_at(alert, "title"));
    return out.empty() ? "no alert fires\n" : out;
}

struct ListWish {
    bool all = false;
    bool live = false;
};

int list(const Cli& cli, const ListWish& wish) {
    const std::string path = wish.all ? all_alerts : alerts_now;
    const View view = [all = wish.all](const Json& answer, const Screen& screen) {
        if (!all && operate::list_at(answer, "alerts").empty())
            return std::string("no alert fires · earlier ones: streamgate alert list -a\n");
        return operate::alert_list(answer, screen);
    };
    return wish.live ? watch(cli, {path, view, line}) : ask_and_show(cli, {.path = path}, view);
}

int show(const Cli& cli, const std::string& key) {
    const auto answer = ask(cli, {.path = all_alerts});
    if (!answer) return complain(cli, answer.error());
    const Json* const alert = operate::find_alert(*answer, key);
    if (alert == nullptr)
        return complain(cli, {Errc::not_found, fmt::format("no one alert is `{}`", key),
                              "a key, or its first characters: `streamgate alert list -a`"});
    if (cli.json) fmt::print("{}\n", alert->dump());
    else fmt::print("{}", operate::alert_card(*alert, screen()));
    return 0;
}

struct TryWish {
    std::string file;
    std::string condition;
    std::string past = "24h";
};

int try_rule(const Cli& cli, const TryWish& wish) {
    if (wish.file.empty() == wish.condition.empty())
        return complain(cli, {Errc::invalid_argument, "which rule?",
                              "a file with rules, or --expr 'errors > 1%'"});
    std::string text = wish.condition;
    if (text.empty()) {
        const auto read = platform::local::read_file(wish.file);
        if (!read) return complain(cli, read.error());
        text = *read;
    }
    const auto past = parse_duration(wish.past);
    if (!past) return complain(cli, past.error());
    const auto file = wish.file.empty() ? std::string("--expr") : wish.file;
    const Json body{{"rules", text}, {"file", file}, {"past", to_text(*past)}};
    return ask_and_show(cli, {.method = "POST", .path = "/api/v1/alerts/try", .body = body.dump()},
                        operate::alert_trial);
}

void add_try(Cli& cli, CLI::App* group) {
    auto* const tries = group->add_subcommand(
        "try", "when a new rule would have fired, over what is stored of the past");
    const auto wish = std::make_shared<TryWish>();
    tries->add_option("FILE", wish->file, "a rule, or several, as under `alerts:` in the file");
    tries->add_option("--expr", wish->condition, "a condition: 'errors > 1%'");
    tries->add_option("--past", wish->past, "how far back")->capture_default_str();
    tries->callback([&cli, wish] { cli.exit_code = try_rule(cli, *wish); });
}

}  // namespace

void add_alert(Cli& cli) {
    auto* const group = add_group(cli, "alert", "what fires, and why");
    auto* const lists = group->add_subcommand("list", "alerts that fire or are about to");
    const auto wish = std::make_shared<ListWish>();
    lists->add_flag("-a,--all", wish->all, "those that cleared, too");
    lists->add_flag("-w,--watch", wish->live, "go on showing them");
    lists->callback([&cli, wish] { cli.exit_code = list(cli, *wish); });

    auto* const shows = group->add_subcommand("show", "one alert: value, threshold, labels");
    const auto key = std::make_shared<std::string>();
    shows->add_option("key", *key, "as in the list; or its name, if it is the only one")
        ->required();
    shows->callback([&cli, key] { cli.exit_code = show(cli, *key); });
    add_try(cli, group);
    group->callback([&cli, group] {
        if (group->get_subcommands().empty()) cli.exit_code = list(cli, {});
    });
}

}  // namespace sg::app
