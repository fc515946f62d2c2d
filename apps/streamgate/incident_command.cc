// `streamgate incident`: what goes wrong, who looks, and what they say of it.
#include <fmt/format.h>

#include <cstdio>
#include <memory>

#include "operate/incidents_view.h"
#include "operate/people_view.h"
#include "operate/postmortem_text.h"
#include "ops_ask.h"

namespace sg::app {

namespace {

using operate::Json;
using operate::Screen;

constexpr const char* list_path = "/api/v1/incidents";

std::string path_of(std::int64_t id, std::string_view what = {}) {
    return fmt::format("{}/{}{}{}", list_path, id, what.empty() ? "" : "/", what);
}

std::string joined(const std::vector<std::string>& words) {
    std::string text;
    for (const auto& word : words) text += (text.empty() ? "" : " ") + word;
    return text;
}

// --- looking
// -------------------------------------------------------------------------------------

struct ListWish {
    bool all = false;
    bool live = false;
    std::string service;
    std::int64_t limit = 50;
};

std::string state_line(const Json& answer, const Screen& screen) {
    std::string out;
    for (const auto& incident : operate::list_at(answer, "incidents"))
        out +=
            fmt::format("{}  {} SEV-{} {} {}\n", operate::show_clock(screen.now),
                        operate::incident_name(operate::number_at(incident, "id")),
                        operate::number_at(incident, "severity"),
                        operate::text_at(incident, "state"), operate::text_at(incident, "title"));
    return out.empty() ? "no incident is open\n" : out;
}

int list(const Cli& cli, const ListWish& wish) {
    const bool all = wish.all || !wish.service.empty();
    const auto path = list_path + query({{"open", all ? "" : "true"},
                                         {"service", wish.service},
                                         {"limit", all ? std::to_string(wish.limit) : ""}});
    const View view = [all](const Json& answer, const Screen& screen) {
        if (!all && operate::list_at(answer, "incidents").empty())
            return std::string("no incident is open · earlier ones: streamgate incident list -a\n");
        return operate::incident_list(answer, screen);
    };
    return wish.live ? watch(cli, {path, view, state_line})
                     : ask_and_show(cli, {.path = path}, view);
}

enum class Look : std::uint8_t { once, live };

int show(const Cli& cli, const std::string& word, Look look) {
    const auto id = which_incident(cli, word);
    if (!id) return complain(cli, id.error());
    if (look == Look::live)
        return watch(cli, {path_of(*id), operate::incident_card, operate::incident_outcome});
    const int code = ask_and_show(cli, {.path = path_of(*id)}, operate::incident_card);
    if (code != 0 || cli.json) return code;
    // An older operations process does not know the question: the card is the answer all the same.
    if (const auto before = ask(cli, {.path = path_of(*id, "before")}))
        fmt::print("{}", operate::seen_before(*before));
    return 0;
}

int timeline(const Cli& cli, const std::string& word, Look look) {
    const auto id = which_incident(cli, word);
    if (!id) return complain(cli, id.error());
    const Question question{.path = path_of(*id, "timeline") + "?limit=5000"};
    if (look == Look::once) return ask_and_show(cli, question, operate::timeline);
    const auto answer = ask(cli, question);
    if (!answer) return complain(cli, answer.error());
    operate::Timeline lines(screen());
    std::int64_t last = 0;
    const auto say = [&](const Json& record) {
        last = std::max(last, operate::number_at(record, "seq"));
        return cli.json ? record.dump() + "\n" : lines.line(record);
    };
    for (const auto& record : operate::list_at(*answer, "records")) fmt::print("{}", say(record));
    std::fflush(stdout);  // What follows may take its time.
    return follow(cli, last, [&](const Json& record) {
        return operate::incident_of(record) == *id ? say(record) : std::string();
    });
}

// Everything that concerns incidents, as it happens.
int watch_all(const Cli& cli) {
    const auto head = ask(cli, {.path = "/api/v1/ledger/head"});
    if (!head) return complain(cli, head.error());
    if (!cli.json && on_terminal())
        fmt::print("what happens to incidents from now on; Ctrl-C ends\n");
    return follow(cli, operate::number_at(*head, "seq"), [&](const Json& record) {
        if (operate::incident_of(record) == 0) return std::string();
        return cli.json ? record.dump() + "\n" : operate::record_line(record, screen());
    });
}

// --- acting
// --------------------------------------------------------------------------------------

int declare(const Cli& cli, const Json& wish, const std::string& severity) {
    const auto number = operate::parse_severity(severity);
    if (!number) return complain(cli, number.error());
    Json body = wish;
    body["severity"] = *number;
    return ask_and_show(cli, {"POST", list_path, body.dump()}, operate::incident_outcome);
}

struct Act {
    std::string incident;
    std::vector<std::string> words;
    Json body = Json::object();
};

int act(const Cli& cli, const char* verb, const Act& wish) {
    const auto id = which_incident(cli, wish.incident);
    if (!id) return complain(cli, id.error());
    Json body = wish.body;
    if (!wish.words.empty()) body["text"] = joined(wish.words);
    return ask_and_show(cli, {"POST", path_of(*id, verb), body.dump()}, operate::incident_outcome);
}

enum class Words : std::uint8_t { none, optional, required };

struct ActRow {
    const char* name;
    const char* verb;
    const char* about;
    Words words;
};

constexpr ActRow acts[] = {
    {"ack", "acknowledge", "you are looking at it; without ID, the only one that is open",
     Words::none},
    {"note", "note", "write into its timeline", Words::required},
    {"tell", "tell", "an update for those who wait for one", Words::required},
    {"mitigate", "mitigate", "users no longer feel it; TEXT says what helped", Words::optional},
    {"relapse", "relapse", "users feel it again", Words::optional},
    {"resolve", "resolve", "its cause is gone; TEXT says what it was", Words::optional},
    {"close", "close", "nothing is left to be done", Words::optional},
    {"cancel", "cancel", "it was none; TEXT says why", Words::optional},
};

void add_acts(CLI::App* group, Cli& cli) {
    for (const ActRow& row : acts) {
        auto* const command = group->add_subcommand(row.name, row.about);
        const auto wish = std::make_shared<Act>();
        auto* const id = command->add_option("id", wish->incident, "204 or INC-204");
        if (row.words != Words::none) {
            id->required();
            auto* const words = command->add_option("text", wish->words, "in your words");
            if (row.words == Words::required) words->required();
        }
        command->callback([&cli, &row, wish] { cli.exit_code = act(cli, row.verb, *wish); });
    }
}

void add_declare(CLI::App* group, Cli& cli) {
    struct Wish {
        std::vector<std::string> title;
        std::string severity = "2";
        std::string service;
        std::string team;
    };
    auto* const command =
        group->add_subcommand("declare", "something is wrong: page who is on call");
    const auto wish = std::make_shared<Wish>();
    command->add_option("title", wish->title, "what users feel, in a few words")->required();
    command->add_option("--severity", wish->severity, "1 (worst) to 4")->capture_default_str();
    command->add_option("--service", wish->service, "which service");
    command->add_option("--team", wish->team, "whose; default: the team of the service");
    command->callback([&cli, wish] {
        Json body{{"title", joined(wish->title)}};
        if (!wish->service.empty()) body["service"] = wish->service;
        if (!wish->team.empty()) body["team"] = wish->team;
        cli.exit_code = declare(cli, body, wish->severity);
    });
}

void add_severity(CLI::App* group, Cli& cli) {
    struct Wish {
        Act act;
        std::string severity;
        std::string reason;
    };
    auto* const command = group->add_subcommand("severity", "change its severity, and its clocks");
    const auto wish = std::make_shared<Wish>();
    command->add_option("id", wish->act.incident, "204 or INC-204")->required();
    command->add_option("severity", wish->severity, "1 (worst) to 4")->required();
    command->add_option("--reason", wish->reason, "why, for those who read it later");
    command->callback([&cli, wish] {
        const auto number = operate::parse_severity(wish->severity);
        if (!number) {
            cli.exit_code = complain(cli, number.error());
            return;
        }
        wish->act.body = {{"severity", *number}};
        if (!wish->reason.empty()) wish->act.body["text"] = wish->reason;
        cli.exit_code = act(cli, "severity", wish->act);
    });
}

void add_escalate(CLI::App* group, Cli& cli) {
    auto* const command = group->add_subcommand("escalate", "page the next level, now");
    struct Wish {
        std::string incident;
        std::string why;
    };
    const auto wish = std::make_shared<Wish>();
    command->add_option("incident", wish->incident, "204 or INC-204; default: the only open one");
    command->add_option("--why", wish->why, "for whoever is paged");
    command->callback([&cli, wish] {
        const auto id = which_incident(cli, wish->incident);
        if (!id) {
            cli.exit_code = complain(cli, id.error());
            return;
        }
        const Json body{{"text", wish->why}};
        cli.exit_code = ask_and_show(
            cli, {"POST", fmt::format("/api/v1/incidents/{}/escalate", *id), body.dump()},
            operate::page_list);
    });
}

void add_role(CLI::App* group, Cli& cli) {
    struct Wish {
        Act act;
        std::string commander;
        std::string communications;
    };
    auto* const command =
        group->add_subcommand("role", "who leads, and who speaks to those outside");
    const auto wish = std::make_shared<Wish>();
    command->add_option("id", wish->act.incident, "204 or INC-204")->required();
    auto* const commander = command->add_option("--commander", wish->commander, "leads");
    auto* const speaker =
        command->add_option("--communications", wish->communications, "tells those who wait");
    commander->excludes(speaker);
    command->callback([&cli, wish] {
        if (wish->commander.empty() && wish->communications.empty()) {
            cli.exit_code = complain(cli, {Errc::invalid_argument, "which role, and who?",
                                           "--commander PERSON or --communications PERSON"});
            return;
        }
        const bool leads = !wish->commander.empty();
        wish->act.body = {{"role", leads ? "commander" : "communications"},
                          {"person", leads ? wish->commander : wish->communications}};
        cli.exit_code = act(cli, "role", wish->act);
    });
}

void add_merge(CLI::App* group, Cli& cli) {
    struct Wish {
        Act act;
        std::string into;
    };
    auto* const command = group->add_subcommand("merge", "it is part of another incident");
    const auto wish = std::make_shared<Wish>();
    command->add_option("id", wish->act.incident, "204 or INC-204")->required();
    command->add_option("--into", wish->into, "the incident that goes on")->required();
    command->callback([&cli, wish] {
        const auto into = operate::parse_incident(wish->into);
        if (!into) {
            cli.exit_code = complain(cli, into.error());
            return;
        }
        wish->act.body = {{"into", *into}};
        cli.exit_code = act(cli, "merge", wish->act);
    });
}

void add_list(CLI::App* group, Cli& cli) {
    auto* const command = group->add_subcommand("list", "those that are open, worst first");
    const auto wish = std::make_shared<ListWish>();
    command->add_flag("-a,--all", wish->all, "closed ones too, newest first");
    command->add_flag("-w,--watch", wish->live, "go on showing them");
    command->add_option("--service", wish->service, "all of this service");
    command->add_option("-n,--limit", wish->limit, "at most so many")->capture_default_str();
    command->callback([&cli, wish] { cli.exit_code = list(cli, *wish); });
}

struct LookRow {
    const char* name;
    const char* about;
    int (*look)(const Cli& cli, const std::string& word, Look look);
};

constexpr LookRow looks[] = {
    {"show", "one incident: impact, clocks, roles, the next step", show},
    {"timeline", "what happened, and what followed from what", timeline},
};

void add_looks(CLI::App* group, Cli& cli) {
    for (const LookRow& row : looks) {
        auto* const command = group->add_subcommand(row.name, row.about);
        const auto word = std::make_shared<std::string>();
        const auto live = std::make_shared<bool>(false);
        command->add_option("id", *word, "204 or INC-204; default: the only one that is open");
        command->add_flag("-w,--watch", *live, "go on as more happens");
        command->callback([&cli, &row, word, live] {
            cli.exit_code = row.look(cli, *word, *live ? Look::live : Look::once);
        });
    }
}

}  // namespace

void add_incident(Cli& cli) {
    auto* const group = add_group(cli, "incident", "what goes wrong, and who looks at it");
    add_list(group, cli);
    add_looks(group, cli);
    add_declare(group, cli);
    add_acts(group, cli);
    add_severity(group, cli);
    add_escalate(group, cli);
    add_role(group, cli);
    add_merge(group, cli);
    add_war_room(group, cli);
    add_clients(group, cli);
    group->add_subcommand("watch", "everything that happens to incidents, line by line")
        ->callback([&cli] { cli.exit_code = watch_all(cli); });
    group->callback([&cli, group] {
        if (group->get_subcommands().empty()) cli.exit_code = list(cli, {});
    });
}

}  // namespace sg::app
