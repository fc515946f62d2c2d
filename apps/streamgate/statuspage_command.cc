// `streamgate statuspage`: what the public reads, and what is said there.
#include <fmt/format.h>

#include <memory>

#include "operate/statuspage_view.h"
#include "ops_ask.h"

namespace sg::app {

namespace {

using operate::Json;

constexpr const char* page_path = "/api/v1/statuspage";

std::string joined(const std::vector<std::string>& words) {
    std::string text;
    for (const auto& word : words) text += (text.empty() ? "" : " ") + word;
    return text;
}

int show(const Cli& cli) { return ask_and_show(cli, {.path = page_path}, operate::status_page); }

int post(const Cli& cli, const std::string& path, const Json& body) {
    return ask_and_show(cli, {"POST", page_path + path, body.dump()}, operate::status_page);
}

struct Saying {
    std::string incident;
    std::vector<std::string> words;
    std::string status;
    std::string title;
    std::vector<std::string> components;
    bool discard = false;
};

int say(const Cli& cli, const Saying& wish, const char* how) {
    const auto id = which_incident(cli, wish.incident);
    if (!id) return complain(cli, id.error());
    const auto path = fmt::format("/incidents/{}/{}", *id, how);
    if (wish.discard) return ask_and_show(cli, {"DELETE", page_path + path}, operate::status_page);
    Json body = Json::object();
    if (!wish.words.empty()) body["text"] = joined(wish.words);
    if (!wish.status.empty()) body["status"] = wish.status;
    if (!wish.title.empty()) body["title"] = wish.title;
    if (!wish.components.empty()) body["components"] = wish.components;
    return post(cli, path, body);
}

constexpr const char* stages = "investigating, identified, monitoring, resolved, postmortem";

void add_publish(CLI::App* group, Cli& cli) {
    auto* const command = group->add_subcommand(
        "publish", "tell the public about an incident; without TEXT, what is drafted");
    const auto wish = std::make_shared<Saying>();
    command->add_option("incident", wish->incident, "204 or INC-204")->required();
    command->add_option("text", wish->words, "in words for users");
    command->add_option("--status", wish->status, stages);
    command->add_option("--title", wish->title, "what it is called on the page");
    command->add_option("--component", wish->components, "whom it concerns, as on the page");
    command->callback([&cli, wish] { cli.exit_code = say(cli, *wish, "publish"); });
}

void add_draft(CLI::App* group, Cli& cli) {
    auto* const command = group->add_subcommand("draft", "reword what goes out next, or drop it");
    const auto wish = std::make_shared<Saying>();
    command->add_option("incident", wish->incident, "204 or INC-204")->required();
    command->add_option("text", wish->words, "in words for users");
    command->add_option("--status", wish->status, stages);
    command->add_flag("--discard", wish->discard, "say nothing");
    command->callback([&cli, wish] { cli.exit_code = say(cli, *wish, "draft"); });
}

void add_component(CLI::App* group, Cli& cli) {
    struct Wish {
        std::string component;
        std::string condition;
        std::string lasts;
        std::string why;
    };
    auto* const command = group->add_subcommand("component", "say how a component stands");
    const auto wish = std::make_shared<Wish>();
    command->add_option("component", wish->component, "as on the page")->required();
    command
        ->add_option("condition", wish->condition,
                     "operational, degraded_performance, partial_outage, major_outage, "
                     "under_maintenance; auto: as it is measured")
        ->required();
    command->add_option("--for", wish->lasts, "how long: 30m, 2h; then as it is measured");
    command->add_option("--why", wish->why, "for colleagues; it is not published");
    command->callback([&cli, wish] {
        Json body{{"component", wish->component}};
        if (wish->condition != "auto") body["condition"] = wish->condition;
        if (!wish->lasts.empty()) body["lasts"] = wish->lasts;
        if (!wish->why.empty()) body["why"] = wish->why;
        cli.exit_code = post(cli, "/components", body);
    });
}

struct WorkWish {
    std::int64_t id = 0;
    std::string title;
    std::string text;
    std::string from;
    std::string until;
    std::string phase;
    std::vector<std::string> components;
};

int announce(const Cli& cli, const WorkWish& wish) {
    const Instant now = screen().now;
    const auto from = operate::parse_moment(wish.from, now);
    if (!from) return complain(cli, from.error());
    const auto until = operate::parse_moment(wish.until, *from);
    if (!until) return complain(cli, until.error());
    Json body{{"title", wish.title}, {"from", to_rfc3339(*from)}, {"until", to_rfc3339(*until)}};
    if (!wish.text.empty()) body["text"] = wish.text;
    if (!wish.components.empty()) body["components"] = wish.components;
    return post(cli, "/maintenances", body);
}

void add_maintenance(CLI::App* group, Cli& cli) {
    auto* const works = group->add_subcommand("maintenance", "work that is announced");
    works->require_subcommand(1);
    auto* const adds = works->add_subcommand("add", "announce it; it begins and ends by itself");
    const auto wish = std::make_shared<WorkWish>();
    adds->add_option("title", wish->title, "what is done, in a few words")->required();
    adds->add_option("--from", wish->from, "18:00, `Mon 02:00`, `2026-12-01 02:00`, +2h")
        ->required();
    adds->add_option("--until", wish->until, "the same forms; +1h is an hour after its beginning")
        ->required();
    adds->add_option("--component", wish->components, "what it concerns, as on the page");
    adds->add_option("--text", wish->text, "what users will notice");
    adds->callback([&cli, wish] { cli.exit_code = announce(cli, *wish); });

    auto* const updates = works->add_subcommand("update", "how it goes on");
    const auto step = std::make_shared<WorkWish>();
    updates->add_option("id", step->id, "its number")->required();
    updates->add_option("phase", step->phase, "in_progress, verifying, completed")->required();
    updates->add_option("--text", step->text, "in words for users");
    updates->callback([&cli, step] {
        Json body{{"phase", step->phase}};
        if (!step->text.empty()) body["text"] = step->text;
        cli.exit_code = post(cli, fmt::format("/maintenances/{}", step->id), body);
    });
}

int subscribers_of(const Cli& cli, const Question& question) {
    return ask_and_show(cli, question, operate::subscribers);
}

struct Somebody {
    std::string who;
    std::vector<std::string> components;
};

void add_subscribers(CLI::App* group, Cli& cli) {
    static const std::string path = std::string(page_path) + "/subscribers";
    auto* const subscribers = group->add_subcommand("subscribers", "who is told by mail");
    const auto list = [&cli] { cli.exit_code = subscribers_of(cli, {.path = path}); };
    subscribers->add_subcommand("list", "who they are; addresses are masked")->callback(list);
    subscribers->add_subcommand("export", "the same with whole addresses")->callback([&cli] {
        cli.exit_code = subscribers_of(cli, {.path = path + "/export"});
    });
    auto* const add = subscribers->add_subcommand(
        "add", "ask somebody: nothing is sent until they confirm by mail");
    const auto wish = std::make_shared<Somebody>();
    add->add_option("address", wish->who, "ana@example.com")->required();
    add->add_option("--component", wish->components, "only what concerns this; repeatable");
    add->callback([&cli, wish] {
        const Json body{{"address", wish->who}, {"components", wish->components}};
        cli.exit_code = subscribers_of(cli, {"POST", path, body.dump()});
    });
    auto* const remove = subscribers->add_subcommand("remove", "forget somebody");
    const auto whom = std::make_shared<Somebody>();
    remove->add_option("who", whom->who, "their id or address")->required();
    remove->callback([&cli, whom] {
        const Json body{{"subscriber", whom->who}};
        cli.exit_code = subscribers_of(cli, {"POST", path + "/remove", body.dump()});
    });
    subscribers->callback([subscribers, list] {
        if (subscribers->get_subcommands().empty()) list();
    });
}

}  // namespace

void add_statuspage(Cli& cli) {
    auto* const group = add_group(cli, "statuspage", "what the public reads of how it stands");
    group->add_subcommand("show", "components, what is said, what is doubtful")->callback([&cli] {
        cli.exit_code = show(cli);
    });
    add_publish(group, cli);
    add_draft(group, cli);
    add_component(group, cli);
    add_maintenance(group, cli);
    add_subscribers(group, cli);
    group->callback([&cli, group] {
        if (group->get_subcommands().empty()) cli.exit_code = show(cli);
    });
}

}  // namespace sg::app
