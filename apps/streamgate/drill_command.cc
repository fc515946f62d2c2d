// `streamgate drill`: break it on purpose, and watch what becomes of it.
#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <thread>

#include "config/problem.h"
#include "operate/drills_view.h"
#include "ops/learn/drills/scenario.h"
#include "ops_ask.h"
#include "platform/local/files.h"

namespace sg::app {

namespace {

using operate::Json;

constexpr const char* drills_path = "/api/v1/drills";

std::string path_of(std::int64_t id, std::string_view what = {}) {
    return fmt::format("{}/{}{}{}", drills_path, id, what.empty() ? "" : "/", what);
}

// Without a word: the newest.
Result<std::int64_t> which_drill(const Cli& cli, const std::string& word) {
    if (!word.empty()) return operate::parse_drill(word);
    TRY(const Json answer, ask(cli, {.path = std::string(drills_path) + "?limit=1"}));
    const auto& list = operate::list_at(answer, "drills");
    if (list.empty()) return fail(Errc::not_found, "there was no drill yet");
    return operate::number_at(list.front(), "id");
}

int with_drill(const Cli& cli, const std::string& word,
               const std::function<int(std::int64_t id)>& act) {
    const auto id = which_drill(cli, word);
    return id ? act(*id) : complain(cli, id.error());
}

// --- reports -------------------------------------------------------------------------------------

// `drills/2026-11-23-7-bad-release.html`, beside where one stands.
Result<std::string> write_report(const Json& drill) {
    const auto begun = operate::moment_at(drill, "begun_at").value_or(wall_now());
    const auto name = fmt::format("drills/{}-{}-{}", to_rfc3339(begun).substr(0, 10),
                                  operate::number_at(drill, "id"), operate::text_at(drill, "name"));
    TRY_VOID(platform::local::make_folder("drills"));
    TRY_VOID(platform::local::replace_file(name + ".html", operate::drill_html(drill)));
    TRY_VOID(platform::local::replace_file(name + ".json", drill.dump(2) + "\n"));
    return name + ".html";
}

struct ReportWish {
    std::string id;
    bool html = false;
};

int report(const Cli& cli, const ReportWish& wish) {
    return with_drill(cli, wish.id, [&](std::int64_t id) {
        if (!wish.html) return ask_and_show(cli, {.path = path_of(id)}, operate::drill_report);
        const auto drill = ask(cli, {.path = path_of(id)});
        if (!drill) return complain(cli, drill.error());
        fmt::print("{}", operate::drill_html(*drill));
        return 0;
    });
}

// --- running -------------------------------------------------------------------------------------

struct RunWish {
    std::string scenario;
    std::string on;
    std::int64_t seed = 1;
    bool live = false;
    bool table_top = false;
    bool detach = false;
};

std::string mode_of(const RunWish& wish) {
    return wish.table_top ? "table_top" : wish.live ? "live" : "automatic";
}

int verdict_code(const Json& drill) {
    return operate::text_at(drill, "verdict") == "passed" ? 0 : 1;
}

int end_of(const Cli& cli, const Json& drill) {
    if (cli.json) {
        fmt::print("{}\n", drill.dump());
        return verdict_code(drill);
    }
    const auto written = write_report(drill);
    fmt::print("{} · report {}\n", operate::drill_verdict(drill),
               written ? *written : "not written: " + written.error().what);
    return verdict_code(drill);
}

// Bound: operations may be away this long, as when they are restarted, before we give up.
constexpr Duration patience = 60s;

int watch_drill(const Cli& cli, std::int64_t id) {
    operate::DrillLines lines;
    Tick heard = steady_now();
    for (;;) {
        const auto drill = ask(cli, {.path = path_of(id)});
        if (!drill && steady_now() > heard + patience) return complain(cli, drill.error());
        if (drill) {
            heard = steady_now();
            if (!cli.json) fmt::print("{}", lines.next(*drill));
            std::fflush(stdout);
            if (operate::text_at(*drill, "state") == "ended") return end_of(cli, *drill);
        }
        std::this_thread::sleep_for(200ms);
    }
}

int run(const Cli& cli, const RunWish& wish) {
    const Json body{
        {"scenario", wish.scenario}, {"mode", mode_of(wish)}, {"on", wish.on}, {"seed", wish.seed}};
    const auto drill = ask(cli, {"POST", drills_path, body.dump()});
    if (!drill) return complain(cli, drill.error());
    const auto id = operate::number_at(*drill, "id");
    if (!cli.json) fmt::print("{}", operate::drill_title(*drill));
    if (wish.table_top) {
        fmt::print("at a table: nothing is injected. Say what you would see and do:\n");
        for (const auto& one : operate::list_at(*drill, "expect"))
            fmt::print("  streamgate drill answer --drill {} --about {} \"…\"\n", id,
                       operate::text_at(one, "what"));
        fmt::print("  streamgate drill end {}\n", id);
        return 0;
    }
    if (wish.detach) {
        fmt::print("drill {} · streamgate drill watch {} · streamgate drill abort {}\n", id, id,
                   id);
        return 0;
    }
    return watch_drill(cli, id);
}

void add_run(CLI::App* group, Cli& cli) {
    auto* const command = group->add_subcommand("run", "begins a drill and shows it as it goes");
    const auto wish = std::make_shared<RunWish>();
    command->add_option("scenario", wish->scenario, "its name, as `drill list` shows it")
        ->required();
    command->add_option("--on", wish->on, "what it is aimed at: catalog, catalog/v2, a dependency");
    command->add_option("--seed", wish->seed, "of a scenario that is made of the configuration");
    auto* const automatic =
        command->add_flag_callback("--auto", [] {}, "software alone is timed (the default)");
    auto* const live = command->add_flag("--live", wish->live, "a game day: people are timed");
    auto* const table = command->add_flag("--table-top", wish->table_top, "nothing is injected");
    live->excludes(automatic);
    table->excludes(live)->excludes(automatic);
    auto* const watches =
        command->add_flag_callback("--watch", [] {}, "shows it as it goes (the default)");
    command->add_flag("--detach", wish->detach, "does not wait for its end")->excludes(watches);
    command->callback([&cli, wish] { cli.exit_code = run(cli, *wish); });
}

// --- words ---------------------------------------------------------------------------------------

struct Word {
    std::string id;
    std::string about;
    std::string text;
};

void add_words(CLI::App* group, Cli& cli) {
    auto* const aborts = group->add_subcommand("abort", "lifts its fault, now");
    const auto why = std::make_shared<Word>();
    aborts->add_option("id", why->id, "its number; the newest without one");
    aborts->add_option("--reason", why->text, "why");
    aborts->callback([&cli, why] {
        cli.exit_code = with_drill(cli, why->id, [&](std::int64_t id) {
            return ask_and_show(cli,
                                {"POST", path_of(id, "abort"), Json{{"why", why->text}}.dump()},
                                operate::drill_report);
        });
    });
    auto* const answers = group->add_subcommand("answer", "what one would see or do");
    const auto said = std::make_shared<Word>();
    answers->add_option("text", said->text, "in words")->required();
    answers->add_option("--drill", said->id, "its number; the newest without one");
    answers->add_option("--about", said->about, "an expectation: paged, diagnosed…");
    answers->callback([&cli, said] {
        cli.exit_code = with_drill(cli, said->id, [&](std::int64_t id) {
            const Json body{{"expectation", said->about}, {"text", said->text}};
            return ask_and_show(cli, {"POST", path_of(id, "answer"), body.dump()},
                                operate::drill_report);
        });
    });
    auto* const ends = group->add_subcommand("end", "nothing more is to be said");
    const auto which = std::make_shared<std::string>();
    ends->add_option("id", *which, "its number; the newest without one");
    ends->callback([&cli, which] {
        cli.exit_code = with_drill(cli, *which, [&](std::int64_t id) {
            return ask_and_show(cli, {"POST", path_of(id, "end"), "{}"}, operate::drill_report);
        });
    });
}

// --- scenarios -----------------------------------------------------------------------------------

int list(const Cli& cli, const Word& wish) {
    const auto scenarios = ask(
        cli,
        {.path = "/api/v1/scenarios" + query({{"generated", wish.text}, {"seed", wish.about}})});
    if (!scenarios) return complain(cli, scenarios.error());
    const auto drills = ask(cli, {.path = drills_path});
    if (!drills) return complain(cli, drills.error());
    if (cli.json) {
        fmt::print("{}\n", Json{{"scenarios", operate::list_at(*scenarios, "scenarios")},
                                {"drills", operate::list_at(*drills, "drills")}}
                               .dump());
        return 0;
    }
    fmt::print("{}\n{}", operate::scenario_list(*scenarios, screen()),
               operate::drill_list(*drills, screen()));
    return 0;
}

int show(const Cli& cli, const Word& wish) {
    const auto answer = ask(cli, {.path = "/api/v1/scenarios?generated=1000" +
                                          (wish.about.empty() ? "" : "&seed=" + wish.about)});
    if (!answer) return complain(cli, answer.error());
    const auto card = operate::scenario_card(*answer, wish.id);
    if (card.empty())
        return complain(cli, {Errc::not_found, fmt::format("there is no scenario `{}`", wish.id),
                              "`streamgate drill list` names them"});
    fmt::print("{}", card);
    return 0;
}

bool lint_one(const drills::Read& read, const std::string& file) {
    if (read.problems.empty()) return true;
    auto problems = read.problems;
    config::put_in_order(problems, read.text);
    fmt::print("{}", config::render(problems, read.text, file));
    return false;
}

// Needs no operations. 0: no mistakes. 1: some. 2: a file cannot be read.
int lint(const std::vector<std::string>& files) {
    int wrong = 0;
    for (const auto& file : files) {
        std::ifstream in(file, std::ios::binary);
        if (!in) {
            fmt::print(stderr, "error: {} cannot be read\n", file);
            return 2;
        }
        const std::string text{std::istreambuf_iterator<char>(in), {}};
        const auto read = drills::read_scenario(text, std::filesystem::path(file).stem().string());
        if (!lint_one(read, file)) ++wrong;
    }
    std::size_t count = files.size();
    if (files.empty())
        for (const auto& read : drills::read_library("").scenarios) {
            ++count;
            if (!lint_one(read, read.scenario.name + ".yaml")) ++wrong;
        }
    fmt::print("{} scenarios, {} with mistakes\n", count, wrong);
    return wrong == 0 ? 0 : 1;
}

void add_scenarios(CLI::App* group, Cli& cli) {
    const auto all = std::make_shared<Word>();
    auto* const lists = group->add_subcommand("list", "what can be practised, and what was");
    lists->add_option("--generated", all->text, "so many that are made of the configuration too");
    lists->add_option("--seed", all->about, "what decides which of those");
    lists->callback([&cli, all] { cli.exit_code = list(cli, *all); });
    const auto one = std::make_shared<Word>();
    auto* const shows = group->add_subcommand("show", "one scenario");
    shows->add_option("scenario", one->id, "its name")->required();
    shows->add_option("--seed", one->about, "of one that is made of the configuration");
    shows->callback([&cli, one] { cli.exit_code = show(cli, *one); });
    const auto files = std::make_shared<std::vector<std::string>>();
    auto* const lints = group->add_subcommand("lint", "what is wrong with scenario files");
    lints->add_option("files", *files, "YAML files; without any: the shipped ones");
    lints->callback([&cli, files] { cli.exit_code = lint(*files); });
}

}  // namespace

void add_drill(Cli& cli) {
    auto* const group = add_group(cli, "drill", "break it on purpose, and watch it heal");
    add_scenarios(group, cli);
    add_run(group, cli);
    add_words(group, cli);
    const auto which = std::make_shared<std::string>();
    auto* const watches = group->add_subcommand("watch", "one that runs, as it goes");
    watches->add_option("id", *which, "its number; the newest without one");
    watches->callback([&cli, which] {
        cli.exit_code =
            with_drill(cli, *which, [&](std::int64_t id) { return watch_drill(cli, id); });
    });
    const auto wish = std::make_shared<ReportWish>();
    auto* const reports = group->add_subcommand("report", "how one went");
    reports->add_option("id", wish->id, "its number; the newest without one");
    reports->add_flag("--html", wish->html, "as a page");
    reports->callback([&cli, wish] { cli.exit_code = report(cli, *wish); });
    group->callback([group, &cli] {
        if (group->get_subcommands().empty()) cli.exit_code = list(cli, {});
    });
}

}  // namespace sg::app
