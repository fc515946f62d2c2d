// `streamgate alert`: what fires, and why.
#include <fmt/format.h>

#include <memory>

#include "operate/alerts_view.h"
#include "ops_ask.h"

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
    group->callback([&cli, group] {
        if (group->get_subcommands().empty()) cli.exit_code = list(cli, {});
    });
}

}  // namespace sg::app
