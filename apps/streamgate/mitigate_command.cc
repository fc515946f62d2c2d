// `streamgate mitigate`: what is done to help users, who says yes to it, and how it is taken back.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <memory>

#include "base/units.h"
#include "operate/mitigations_view.h"
#include "ops_ask.h"

namespace sg::app {

namespace {

using operate::Json;

constexpr const char* path = "/api/v1/mitigations";
constexpr const char* policy_path = "/api/v1/mitigation";
constexpr Duration patience = 15s;  // For what the platform carries out.

struct Wish {
    std::int64_t id = 0;
    std::string verb;
    std::vector<std::string> with;
    std::string incident;
    std::string reason;
    std::string lasts;
    std::string within;
    std::string holds;
    std::vector<std::string> verbs;
    bool break_glass = false;
    bool dry_run = false;
    bool all = false;
    bool detach = false;
    bool watch = false;
};

std::string path_of(std::int64_t id) { return fmt::format("{}/{}", path, id); }

int show_json(const Json& answer) {
    fmt::print("{}\n", answer.dump());
    return 0;
}

// 1: it did not come to what was asked for.
int outcome_code(const Json& m) {
    const auto state = operate::text_at(m, "state");
    return state == "refused" || state == "failed" || state == "stuck" ? 1 : 0;
}

// What was ordered is soon done; people want to know that it was.
int order(const Cli& cli, const Wish& wish, const Question& question) {
    auto answer = ask(cli, question);
    if (!answer) return complain(cli, answer.error());
    const auto id = operate::number_at(*answer, "id");
    constexpr unsigned look_every_us = 100'000;
    const Tick until = steady_now() + patience;
    while (!wish.detach && operate::mitigation_settles(*answer) && steady_now() < until) {
        ::usleep(look_every_us);
        if (auto again = ask(cli, {.path = path_of(id)})) answer = std::move(again);
    }
    if (cli.json) show_json(*answer);
    else fmt::print("{}", operate::mitigation_card(*answer, screen()));
    // That it is refused may be what was asked for.
    return question.path.ends_with("/refuse") ? 0 : outcome_code(*answer);
}

Result<Json> body_of(const Cli& cli, const Wish& wish) {
    Json body{{"verb", wish.verb}, {"with", Json::object()}};
    for (const auto& one : wish.with) {
        const auto equals = one.find('=');
        if (equals == std::string::npos || equals == 0)
            return fail(Errc::invalid_argument, fmt::format("`{}` is no parameter", one),
                        "service=catalog version=v2; `streamgate mitigate verbs` names them");
        body["with"][one.substr(0, equals)] = one.substr(equals + 1);
    }
    if (!wish.incident.empty()) {
        TRY(body["incident"], which_incident(cli, wish.incident));
    }
    for (const auto& [key, text] :
         {std::pair("expires", &wish.lasts), {"within", &wish.within}, {"holds", &wish.holds}}) {
        if (text->empty()) continue;
        TRY_VOID(parse_duration(*text));
        body[key] = *text;
    }
    if (!wish.reason.empty()) body["reason"] = wish.reason;
    if (wish.break_glass) body["break_glass"] = true;
    return body;
}

// 0: it would be carried out, or wait for approval. 1: a safeguard would refuse it.
int try_out(const Cli& cli, const Json& body) {
    const auto answer = ask(cli, {"POST", std::string(path) + "/try", body.dump()});
    if (!answer) return complain(cli, answer.error());
    if (cli.json) show_json(*answer);
    else fmt::print("{}", operate::tried_mitigation(*answer, screen()));
    return operate::text_at(*answer, "outcome") == "refused" ? 1 : 0;
}

int propose(const Cli& cli, const Wish& wish) {
    const auto body = body_of(cli, wish);
    if (!body) return complain(cli, body.error());
    if (wish.dry_run) return try_out(cli, *body);
    return order(cli, wish, {"POST", path, body->dump()});
}

int answer_with(const Cli& cli, const Wish& wish, const char* verb) {
    const Json body{{"reason", wish.reason}};
    const bool approves = std::string_view(verb) == "approve";
    return order(cli, wish,
                 {"POST", fmt::format("{}/{}", path_of(wish.id), verb),
                  approves ? std::string() : body.dump()});
}

int list(const Cli& cli, const Wish& wish) {
    std::string incident;
    if (!wish.incident.empty()) {
        const auto id = which_incident(cli, wish.incident);
        if (!id) return complain(cli, id.error());
        incident = fmt::to_string(*id);
    }
    const bool whole = wish.all || !incident.empty();
    return ask_and_show(
        cli, {.path = path + query({{"incident", incident}, {"open", whole ? "" : "true"}})},
        operate::mitigation_list);
}

int show(const Cli& cli, const Wish& wish) {
    if (!wish.watch) return ask_and_show(cli, {.path = path_of(wish.id)}, operate::mitigation_card);
    return watch(cli, {.path = path_of(wish.id),
                       .whole = operate::mitigation_card,
                       .line = operate::mitigation_card});
}

int throw_switch(const Cli& cli, const char* to, const Wish& wish) {
    const Json body{{"to", to}, {"reason", wish.reason}};
    return ask_and_show(cli, {"POST", std::string(policy_path) + "/switch", body.dump()},
                        operate::switch_outcome);
}

int safeguards(const Cli& cli, const Wish& wish) {
    auto answer = ask(cli, {.path = policy_path});
    if (!answer) return complain(cli, answer.error());
    Json& verbs = (*answer)["verbs"];
    for (const auto& name : wish.verbs) {
        const auto is_it = [&](const Json& verb) { return operate::text_at(verb, "name") == name; };
        if (std::ranges::none_of(verbs, is_it))
            return complain(cli,
                            {Errc::invalid_argument, fmt::format("there is no verb `{}`", name),
                             "`streamgate mitigate verbs` names them"});
    }
    if (!wish.verbs.empty()) {
        Json kept = Json::array();
        for (const auto& verb : verbs)
            if (std::ranges::find(wish.verbs, operate::text_at(verb, "name")) != wish.verbs.end())
                kept.push_back(verb);
        verbs = std::move(kept);
    }
    if (cli.json) return show_json(*answer);
    fmt::print("{}", operate::safeguard_list(*answer, screen()));
    return 0;
}

using Shared = std::shared_ptr<Wish>;

void add_lists(CLI::App* group, Cli& cli) {
    const auto wish = std::make_shared<Wish>();
    auto* const lists = group->add_subcommand("list", "what is proposed or in force");
    lists->add_option("--incident", wish->incident, "all of this incident: 204 or INC-204");
    lists->add_flag("-a,--all", wish->all, "what was done before, too");
    lists->callback([&cli, wish] { cli.exit_code = list(cli, *wish); });
    const auto one = std::make_shared<Wish>();
    auto* const shows = group->add_subcommand("show", "one of them, with everything");
    shows->add_option("id", one->id, "its number")->required();
    shows->add_flag("-w,--watch", one->watch, "until Ctrl-C");
    shows->callback([&cli, one] { cli.exit_code = show(cli, *one); });
    const auto which = std::make_shared<Wish>();
    auto* const table = group->add_subcommand("safeguards", "what keeps it from doing harm");
    table->add_option("verbs", which->verbs, "only these verbs");
    table->callback([&cli, which] { cli.exit_code = safeguards(cli, *which); });
    group->add_subcommand("verbs", "what can be done")->callback([&cli] {
        cli.exit_code = ask_and_show(cli, {.path = policy_path}, operate::verb_list);
    });
}

void add_do(CLI::App* group, Cli& cli) {
    const auto wish = std::make_shared<Wish>();
    auto* const does = group->add_subcommand("do", "do something yourself, within the safeguards");
    does->add_option("verb", wish->verb, "one of `streamgate mitigate verbs`")->required();
    does->add_option("with", wish->with, "service=catalog version=v2 share=0%");
    does->add_option("--incident", wish->incident, "what it is for: 204 or INC-204");
    does->add_option("--reason", wish->reason, "why");
    does->add_option("--for", wish->lasts, "how long it lasts, then it is taken back: 30m");
    does->add_option("--within", wish->within, "by when it must begin to help: 60s");
    does->add_option("--holds", wish->holds, "how long it must help to count: 15s");
    does->add_flag("--break-glass", wish->break_glass,
                   "pass by the safeguards that let people pass; needs --reason");
    does->add_flag("--dry-run", wish->dry_run, "only say what each safeguard says");
    does->add_flag("--detach", wish->detach, "do not wait until it is done");
    does->callback([&cli, wish] { cli.exit_code = propose(cli, *wish); });
}

struct Word {
    const char* name;
    const char* about;
    bool reason;
};
constexpr Word words[] = {
    {"approve", "say yes to what is proposed", false},
    {"refuse", "say no to it", true},
    {"undo", "take back what is in force", true},
};

void add_words(CLI::App* group, Cli& cli) {
    for (const Word& word : words) {
        const auto wish = std::make_shared<Wish>();
        auto* const says = group->add_subcommand(word.name, word.about);
        says->add_option("id", wish->id, "its number")->required();
        if (word.reason) says->add_option("--reason", wish->reason, "why");
        says->add_flag("--detach", wish->detach, "do not wait until it is done");
        says->callback([&cli, &word, wish] { cli.exit_code = answer_with(cli, *wish, word.name); });
    }
    for (const char* to : {"off", "on"}) {
        const auto wish = std::make_shared<Wish>();
        auto* const throws = group->add_subcommand(
            to, std::string_view(to) == "off" ? "nothing more is carried out; taking back goes on"
                                              : "runbooks are trusted again");
        throws->add_option("--reason", wish->reason, "why");
        throws->callback([&cli, to, wish] { cli.exit_code = throw_switch(cli, to, *wish); });
    }
}

}  // namespace

void add_mitigate(Cli& cli) {
    auto* const group = add_group(cli, "mitigate", "what is done to help users, and its switch");
    add_lists(group, cli);
    add_do(group, cli);
    add_words(group, cli);
    group->callback([&cli, group] {
        if (group->get_subcommands().empty()) cli.exit_code = list(cli, {});
    });
}

}  // namespace sg::app
