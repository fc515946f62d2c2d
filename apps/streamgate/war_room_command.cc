// `streamgate incident join|leave|who|link|links|changes`: where those who work on an incident
// meet.
#include <fmt/format.h>

#include <memory>

#include "ops_ask.h"
#include "platform/local/table.h"

namespace sg::app {

namespace {

using operate::Json;
using operate::Screen;

std::string show_present(const Json& answer, const Screen&) {
    std::string out;
    for (const auto& one : operate::list_at(answer, "present"))
        out += fmt::format("{}  since {}\n", operate::text_at(one, "person"),
                           operate::text_at(one, "since"));
    return out.empty() ? "nobody is there\n" : out;
}

std::string show_links(const Json& answer, const Screen&) {
    std::string out;
    for (const auto& link : operate::list_at(answer, "links"))
        out += fmt::format("{}  {}  {}\n", operate::text_at(link, "title"),
                           operate::text_at(link, "url"), operate::text_at(link, "by"));
    return out.empty() ? "there are no links\n" : out;
}

std::string show_changes(const Json& answer, const Screen& screen) {
    platform::local::Table table({"AT", "WHAT", "WHERE"});
    for (const auto& change : operate::list_at(answer, "changes")) {
        const auto at = operate::moment_at(change, "at");
        table.row({at ? operate::show_moment(*at, screen.now) : "-",
                   operate::text_at(change, "what"), operate::text_at(change, "url")});
    }
    return table.empty() ? "nothing is known to have changed in the two hours before it\n"
                         : table.text(screen.colour);
}

struct Wish {
    std::string incident;
    std::string lasts = "1h";
    std::string url;
    std::vector<std::string> title;
};

struct Row {
    const char* name;
    const char* about;
    const char* method;
    const char* what;
    std::string (*view)(const Json& answer, const Screen& screen);
};

constexpr Row rows[] = {
    {"join", "you are there, for a while", "POST", "presence", show_present},
    {"leave", "you no longer are", "DELETE", "presence", show_present},
    {"who", "who is there now", "GET", "presence", show_present},
    {"link", "add something to look at: a graph, a ticket", "POST", "links", show_links},
    {"links", "what there is to look at", "GET", "links", show_links},
    {"changes", "what changed just before it", "GET", "changes", show_changes},
};

int meet(const Cli& cli, const Row& row, const Wish& wish) {
    const auto id = which_incident(cli, wish.incident);
    if (!id) return complain(cli, id.error());
    std::string title;
    for (const auto& word : wish.title) title += (title.empty() ? "" : " ") + word;
    const bool links = row.view == show_links;
    const Json body = links ? Json{{"url", wish.url}, {"title", title}} : Json{{"for", wish.lasts}};
    const bool says = std::string_view(row.method) == "POST";
    return ask_and_show(cli,
                        {row.method, fmt::format("/api/v1/incidents/{}/{}", *id, row.what),
                         says ? body.dump() : std::string()},
                        row.view);
}

}  // namespace

void add_war_room(CLI::App* incident, Cli& cli) {
    for (const Row& row : rows) {
        auto* const command = incident->add_subcommand(row.name, row.about);
        const auto wish = std::make_shared<Wish>();
        auto* const id = command->add_option("id", wish->incident, "204 or INC-204");
        const std::string_view name = row.name;
        if (name == "join")
            command->add_option("--for", wish->lasts, "how long")->capture_default_str();
        if (name == "link") {
            id->required();
            command->add_option("url", wish->url, "https://…")->required();
            command->add_option("title", wish->title, "what it is, in a few words");
        }
        command->callback([&cli, &row, wish] { cli.exit_code = meet(cli, row, *wish); });
    }
}

}  // namespace sg::app
