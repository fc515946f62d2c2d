// `streamgate postmortem` and `streamgate action`: what is learnt, and what is done about it.
#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <memory>

#include "base/units.h"
#include "operate/postmortem_text.h"
#include "ops_ask.h"
#include "platform/local/files.h"

namespace sg::app {

namespace {

using operate::Json;
using operate::Screen;

std::string path_of(std::int64_t id, std::string_view what = {}) {
    return fmt::format("/api/v1/postmortems/{}{}{}", id, what.empty() ? "" : "/", what);
}

std::string markdown(const Json& answer, const Screen&) {
    return operate::text_at(answer, "markdown");
}

std::string in_short(const Json& answer, const Screen& screen) {
    return operate::postmortem_list(Json{{"postmortems", {answer}}}, screen);
}

// With the number of the post-mortem that `word` means.
int with_number(const Cli& cli, const std::string& word,
                const std::function<int(std::int64_t id)>& act) {
    const auto id = operate::parse_postmortem(word);
    return id ? act(*id) : complain(cli, id.error());
}

// --- writing -------------------------------------------------------------------------------------

// As the shell would start it: an editor may be several words.
Result<void> run_editor(const std::string& file) {
    const char* editor = std::getenv("VISUAL");
    if (editor == nullptr || *editor == 0) editor = std::getenv("EDITOR");
    if (editor == nullptr || *editor == 0) editor = "vi";
    const auto command = fmt::format("{} \"$1\"", editor);
    const auto child = ::fork();
    if (child < 0) return fail_system("fork");
    if (child == 0) {
        ::execl("/bin/sh", "sh", "-c", command.c_str(), "sh", file.c_str(), nullptr);
        ::_exit(127);
    }
    int status = 0;
    if (::waitpid(child, &status, 0) < 0) return fail_system("waitpid");
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return {};
    return fail(Errc::cancelled, fmt::format("`{}` did not end well: nothing was sent", editor),
                "$EDITOR says which editor is used");
}

Result<std::string> edited_text(const std::string& text, const std::string& file) {
    TRY_VOID(platform::local::replace_file(file, text));
    TRY_VOID(run_editor(file));
    return platform::local::read_file(file);
}

int send(const Cli& cli, const Json& postmortem,
         const std::map<std::string, std::string>& sections) {
    const Json body{{"version", operate::number_at(postmortem, "version")}, {"sections", sections}};
    return ask_and_show(
        cli, {"POST", path_of(operate::number_at(postmortem, "incident"), "edit"), body.dump()},
        in_short);
}

// What was written is kept until it was taken: nobody types it twice.
int edit_all(const Cli& cli, const Json& postmortem) {
    char name[] = "/tmp/streamgate-postmortem-XXXXXX.md";
    const int file = ::mkstemps(name, 3);
    if (file < 0) return complain(cli, {Errc::io_failed, "no file to write in can be made", ""});
    ::close(file);
    const auto text = edited_text(operate::editable(postmortem), name);
    if (!text) return complain(cli, text.error());
    const auto sections = operate::changed(postmortem, *text);
    if (sections.empty()) {
        fmt::print("nothing was changed\n");
        ::unlink(name);
        return 0;
    }
    const int code = send(cli, postmortem, sections);
    if (code == 0) ::unlink(name);
    else fmt::print(stderr, "what you wrote is in {}\n", name);
    return code;
}

struct EditWish {
    std::string id;
    std::string section;
    std::string text;
};

int edit(const Cli& cli, const EditWish& wish) {
    return with_number(cli, wish.id, [&](std::int64_t id) {
        const auto postmortem = ask(cli, {.path = path_of(id)});
        if (!postmortem) return complain(cli, postmortem.error());
        if (wish.section.empty()) return edit_all(cli, *postmortem);
        return send(cli, *postmortem, {{wish.section, wish.text}});
    });
}

void add_edit(CLI::App* group, Cli& cli) {
    auto* const command = group->add_subcommand("edit", "writes its sections, in $EDITOR");
    const auto wish = std::make_shared<EditWish>();
    command->add_option("id", wish->id, "PM-204 or 204")->required();
    auto* const section =
        command->add_option("--section", wish->section, "only this one, as --text");
    command->add_option("--text", wish->text, "what it says from now on")->needs(section);
    command->callback([&cli, wish] { cli.exit_code = edit(cli, *wish); });
}

// --- states --------------------------------------------------------------------------------------

struct VerbRow {
    const char* name;
    const char* about;
};
constexpr VerbRow verbs[] = {
    {"publish", "puts it up for review: the clock of 24 hours is met"},
    {"return", "it is not finished after all"},
    {"review", "you agree with it"},
    {"close", "nothing more is written"},
};

void add_verbs(CLI::App* group, Cli& cli) {
    for (const VerbRow& row : verbs) {
        auto* const command = group->add_subcommand(row.name, row.about);
        const auto id = std::make_shared<std::string>();
        const auto remark = std::make_shared<std::string>();
        command->add_option("id", *id, "PM-204 or 204")->required();
        command->add_option("remark", *remark, "for those who read it later");
        command->callback([&cli, &row, id, remark] {
            cli.exit_code = with_number(cli, *id, [&](std::int64_t number) {
                const Json body{{"text", *remark}};
                return ask_and_show(cli, {"POST", path_of(number, row.name), body.dump()},
                                    in_short);
            });
        });
    }
}

void add_owner(CLI::App* group, Cli& cli) {
    auto* const command = group->add_subcommand("owner", "says whose it is");
    const auto id = std::make_shared<std::string>();
    const auto owner = std::make_shared<std::string>();
    command->add_option("id", *id, "PM-204 or 204")->required();
    command->add_option("person", *owner, "who writes it")->required();
    command->callback([&cli, id, owner] {
        cli.exit_code = with_number(cli, *id, [&](std::int64_t number) {
            const Json body{{"owner", *owner}};
            return ask_and_show(cli, {"POST", path_of(number, "owner"), body.dump()}, in_short);
        });
    });
}

// --- looking -------------------------------------------------------------------------------------

void add_list(CLI::App* group, Cli& cli) {
    struct Wish {
        std::string service;
        std::vector<std::string> words;
        std::int64_t limit = 50;
    };
    auto* const command = group->add_subcommand("list", "newest first");
    const auto wish = std::make_shared<Wish>();
    command->add_option("words", wish->words, "only those in which all of them are");
    command->add_option("--service", wish->service, "only of this service");
    command->add_option("-n,--limit", wish->limit, "at most so many")->capture_default_str();
    command->callback([&cli, wish] {
        std::string words;
        for (const auto& word : wish->words) words += (words.empty() ? "" : " ") + word;
        const auto asked = query(
            {{"service", wish->service}, {"words", words}, {"limit", std::to_string(wish->limit)}});
        cli.exit_code =
            ask_and_show(cli, {.path = "/api/v1/postmortems" + asked}, operate::postmortem_list);
    });
}

void add_looks(CLI::App* group, Cli& cli) {
    for (const VerbRow& row : {VerbRow{"show", "one post-mortem, with timeline and graph"},
                               VerbRow{"export", "the same as a file: Markdown"}}) {
        auto* const command = group->add_subcommand(row.name, row.about);
        const auto id = std::make_shared<std::string>();
        command->add_option("id", *id, "PM-204 or 204")->required();
        command->callback([&cli, id] {
            cli.exit_code = with_number(cli, *id, [&](std::int64_t number) {
                return ask_and_show(cli, {.path = path_of(number)}, markdown);
            });
        });
    }
    auto* const draft = group->add_subcommand("draft", "of an incident that needs none by policy");
    const auto id = std::make_shared<std::string>();
    draft->add_option("id", *id, "INC-204 or 204")->required();
    draft->callback([&cli, id] {
        cli.exit_code = with_number(cli, *id, [&](std::int64_t number) {
            return ask_and_show(
                cli, {"POST", fmt::format("/api/v1/incidents/{}/postmortem", number)}, in_short);
        });
    });
}

// --- action items --------------------------------------------------------------------------------

struct ItemWish {
    std::string postmortem;
    std::string what;
    std::string owner;
    std::string due = "14d";
    std::string kind = "prevent";
    std::int64_t priority = 2;
    std::string verified_by;
};

// `14d` from now, or a day.
Result<Instant> due_of(const std::string& word) {
    const auto now = wall_now();
    if (const auto span = parse_duration(word); span && *span < 3650 * 24h) return now + *span;
    return operate::parse_moment(word, now);
}

int add_item(const Cli& cli, const ItemWish& wish) {
    const auto due = due_of(wish.due);
    if (!due) return complain(cli, due.error());
    Json body{{"what", wish.what},
              {"owner", wish.owner},
              {"due", to_rfc3339(*due)},
              {"kind", wish.kind},
              {"priority", wish.priority}};
    if (!wish.verified_by.empty()) body["verification"] = wish.verified_by;
    return with_number(cli, wish.postmortem, [&](std::int64_t id) {
        return ask_and_show(cli, {"POST", path_of(id, "actions"), body.dump()},
                            operate::action_card);
    });
}

void add_item_add(CLI::App* group, Cli& cli) {
    auto* const command = group->add_subcommand("add", "something that is to be done");
    const auto wish = std::make_shared<ItemWish>();
    command->add_option("postmortem", wish->postmortem, "PM-204 or 204")->required();
    command->add_option("what", wish->what, "in a few words")->required();
    command->add_option("--owner", wish->owner, "who does it")->required();
    command->add_option("--due", wish->due, "14d, or 2026-12-01")->capture_default_str();
    command->add_option("--kind", wish->kind, "prevent, mitigate, detect or process")
        ->capture_default_str();
    command->add_option("--priority", wish->priority, "1 (first) to 4")->capture_default_str();
    command->add_option("--verified-by", wish->verified_by, "how one sees that it is done");
    command->callback([&cli, wish] { cli.exit_code = add_item(cli, *wish); });
}

void add_item_done(CLI::App* group, Cli& cli) {
    auto* const command = group->add_subcommand("done", "it is done");
    const auto item = std::make_shared<std::int64_t>(0);
    const auto shown = std::make_shared<std::string>();
    command->add_option("item", *item, "its number")->required();
    command->add_option("--verified-by", *shown, "how one sees it: a test, a drill, a graph");
    command->callback([&cli, item, shown] {
        const Json body{{"verification", *shown}};
        cli.exit_code =
            ask_and_show(cli, {"POST", fmt::format("/api/v1/actions/{}/done", *item), body.dump()},
                         operate::action_card);
    });
}

}  // namespace

void add_postmortem(Cli& cli) {
    auto* const group = add_group(cli, "postmortem", "what is learnt from incidents");
    add_list(group, cli);
    add_looks(group, cli);
    add_edit(group, cli);
    add_owner(group, cli);
    add_verbs(group, cli);
    group->require_subcommand(1);
}

void add_action(Cli& cli) {
    auto* const group = add_group(cli, "action", "what is done about what was learnt");
    auto* const list = group->add_subcommand("list", "what is open, by date");
    const auto postmortem = std::make_shared<std::string>();
    list->add_option("--postmortem", *postmortem, "all of PM-204");
    list->callback([&cli, postmortem] {
        const auto show = [&](const std::string& number) {
            return ask_and_show(cli, {.path = "/api/v1/actions" + query({{"incident", number}})},
                                operate::action_list);
        };
        cli.exit_code =
            postmortem->empty() ? show("") : with_number(cli, *postmortem, [&](std::int64_t id) {
                return show(std::to_string(id));
            });
    });
    add_item_add(group, cli);
    add_item_done(group, cli);
    group->require_subcommand(1);
}

}  // namespace sg::app
