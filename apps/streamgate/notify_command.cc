// `streamgate notify`: whether channels reach people, and what was sent to whom.
#include <fmt/format.h>

#include <memory>

#include "operate/people_view.h"
#include "ops_ask.h"

namespace sg::app {

namespace {

using operate::Json;
using operate::Screen;

int test(const Cli& cli, const std::string& channel, const std::string& person) {
    Json body{{"channel", channel}};
    if (!person.empty()) body["person"] = person;
    const View view = [&](const Json&, const Screen&) {
        return fmt::format(
            "a test is on its way{} by {}\n"
            "next  streamgate notify list    what came of it\n",
            person.empty() ? "" : " to " + person, channel);
    };
    return ask_and_show(cli, {"POST", "/api/v1/notifications/test", body.dump()}, view);
}

int list(const Cli& cli, const std::string& word) {
    std::string incident;
    if (!word.empty()) {
        const auto id = operate::parse_incident(word);
        if (!id) return complain(cli, id.error());
        incident = std::to_string(*id);
    }
    // Of an incident all that there is in one page: 500 is the most.
    const auto limit = incident.empty() ? "" : "500";
    const auto path = "/api/v1/notifications" + query({{"incident", incident}, {"limit", limit}});
    return ask_and_show(cli, {.path = path}, operate::notification_list);
}

int channels(const Cli& cli) {
    return ask_and_show(cli, {.path = "/api/v1/channels"}, operate::channel_list);
}

}  // namespace

void add_notify(Cli& cli) {
    auto* const group =
        add_group(cli, "notify", "how people are told: channels and what they took");
    auto* const tests = group->add_subcommand("test", "send a test page, marked as one");
    const auto channel = std::make_shared<std::string>();
    const auto person = std::make_shared<std::string>();
    tests->add_option("channel", *channel, "as in `notify:` of the configuration")->required();
    tests->add_option("person", *person, "as in `people:`; not for channels without addresses");
    tests->callback([&cli, channel, person] { cli.exit_code = test(cli, *channel, *person); });

    auto* const lists = group->add_subcommand("list", "what was sent to whom, newest first");
    const auto incident = std::make_shared<std::string>();
    lists->add_option("incident", *incident, "204 or INC-204; default: the latest of all");
    lists->callback([&cli, incident] { cli.exit_code = list(cli, *incident); });
    group->add_subcommand("channels", "whom they reach, and whether they work")->callback([&cli] {
        cli.exit_code = channels(cli);
    });
    group->callback([&cli, group] {
        if (group->get_subcommands().empty()) cli.exit_code = channels(cli);
    });
}

}  // namespace sg::app
