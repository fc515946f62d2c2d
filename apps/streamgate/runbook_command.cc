// `streamgate runbook`: what to do when it is on fire, and whether it could be done.
#include <fmt/format.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>

#include "base/text.h"
#include "config/problem.h"
#include "operate/runbooks_view.h"
#include "ops/respond/runbooks/library.h"
#include "ops/respond/runbooks/lint.h"
#include "ops_ask.h"

namespace sg::app {

namespace {

constexpr const char* path = "/api/v1/runbooks";

int list(const Cli& cli) { return ask_and_show(cli, {.path = path}, operate::runbook_list); }

int show(const Cli& cli, const std::string& name) {
    return ask_and_show(cli, {.path = fmt::format("{}/{}", path, name)}, operate::runbook_card);
}

struct Count {
    int files = 0;
    std::size_t mistakes = 0;
    std::size_t doubts = 0;
};

void tell(std::vector<Problem> problems, const runbooks::Runbook& runbook,
          const std::string& file) {
    config::put_in_order(problems, runbook.text);
    fmt::print("{}", config::render(problems, runbook.text, file));
}

void tell_doubts(const std::vector<Problem>& doubts, const std::string& file) {
    for (const auto& doubt : doubts)
        fmt::print("{}: doubt: {}\nhint: {}\n", file, doubt.what, doubt.hint);
}

void lint(const runbooks::Runbook& runbook, std::vector<Problem> problems, const std::string& file,
          Count& count) {
    ++count.files;
    std::vector<Problem> doubts;
    if (problems.empty()) {
        auto linted = runbooks::lint(
            runbook, {.inspections = runbooks::known_inspections(), .now = wall_now()});
        problems = std::move(linted.mistakes);
        doubts = std::move(linted.doubts);
    }
    count.mistakes += problems.size();
    count.doubts += doubts.size();
    if (!problems.empty()) tell(std::move(problems), runbook, file);
    tell_doubts(doubts, file);
}

bool lint_file(const std::string& file, Count& count) {
    std::ifstream in(file, std::ios::binary);
    if (!in) {
        fmt::print(stderr, "error: {} cannot be read\nhint: name a runbook, a Markdown file\n",
                   file);
        return false;
    }
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    auto read = runbooks::read_runbook(text, std::filesystem::path(file).stem().string());
    read.runbook.text = text;
    lint(read.runbook, std::move(read.problems), file, count);
    return true;
}

// Needs no operations, so that it can stand in a check of the repository that the files are kept
// in. 0: no mistakes. 1: some. 2: a file cannot be read.
int lint_all(const std::vector<std::string>& files) {
    Count count;
    bool all_read = true;
    for (const auto& file : files) all_read = lint_file(file, count) && all_read;
    if (files.empty())
        for (const auto& [runbook, problems, file] : runbooks::read_library("").runbooks)
            lint(runbook, problems, runbook.name + ".md", count);
    fmt::print("{} runbook{}, {} mistake{}, {} doubt{}\n", count.files, count.files == 1 ? "" : "s",
               count.mistakes, count.mistakes == 1 ? "" : "s", count.doubts,
               count.doubts == 1 ? "" : "s");
    if (!all_read) return 2;
    return count.mistakes == 0 ? 0 : 1;
}

struct RunWish {
    std::string runbook;
    std::string service;
    std::string incident;
    std::string step;
    std::string answer;
    std::int64_t run = 0;
    bool observe = false;
    bool watch = false;
};

constexpr const char* runs_path = "/api/v1/runs";

int watch_run(const Cli& cli, std::int64_t run) {
    return watch(cli, {.path = fmt::format("{}/{}", runs_path, run),
                       .whole = operate::run_card,
                       .line = operate::run_card});
}

int run(const Cli& cli, const RunWish& wish) {
    operate::Json body{{"service", wish.service}, {"mode", wish.observe ? "observe" : "act"}};
    if (!wish.incident.empty()) {
        const auto incident = which_incident(cli, wish.incident);
        if (!incident) return complain(cli, incident.error());
        body["incident"] = *incident;
    }
    const Question question{"POST", fmt::format("{}/{}/runs", path, wish.runbook), body.dump()};
    if (!wish.watch) return ask_and_show(cli, question, operate::run_card);
    const auto begun = ask(cli, question);
    if (!begun) return complain(cli, begun.error());
    return watch_run(cli, operate::number_at(*begun, "id"));
}

int runs(const Cli& cli, const RunWish& wish) {
    std::string incident;
    if (!wish.incident.empty()) {
        const auto id = which_incident(cli, wish.incident);
        if (!id) return complain(cli, id.error());
        incident = fmt::to_string(*id);
    }
    return ask_and_show(
        cli, {.path = runs_path + query({{"incident", incident}, {"runbook", wish.runbook}})},
        operate::run_list);
}

int show_run(const Cli& cli, const RunWish& wish) {
    if (wish.watch) return watch_run(cli, wish.run);
    return ask_and_show(cli, {.path = fmt::format("{}/{}", runs_path, wish.run)},
                        operate::run_card);
}

int answer(const Cli& cli, const RunWish& wish) {
    const operate::Json body{{"step", wish.step}, {"answer", wish.answer}};
    return ask_and_show(cli,
                        {"POST", fmt::format("{}/{}/answer", runs_path, wish.run), body.dump()},
                        operate::run_card);
}

void add_runs(CLI::App* group, Cli& cli) {
    const auto wish = std::make_shared<RunWish>();
    auto* const runs_it = group->add_subcommand("run", "look, and say what follows");
    runs_it->add_option("name", wish->runbook, "its name")->required();
    runs_it->add_option("--service", wish->service, "of which; else that of the incident");
    runs_it->add_option("--incident", wish->incident, "204 or INC-204; without one it only looks");
    runs_it->add_flag("--observe", wish->observe, "only look, and say what would be done");
    runs_it->add_flag("-w,--watch", wish->watch, "until Ctrl-C");
    runs_it->callback([&cli, wish] { cli.exit_code = run(cli, *wish); });
    auto* const lists = group->add_subcommand("runs", "what was run, newest first");
    lists->add_option("name", wish->runbook, "of this runbook only");
    lists->add_option("--incident", wish->incident, "of this incident only");
    lists->callback([&cli, wish] { cli.exit_code = runs(cli, *wish); });
    auto* const shows = group->add_subcommand("show-run", "what a run found, and what it proposes");
    shows->add_option("run", wish->run, "its number")->required();
    shows->add_flag("-w,--watch", wish->watch, "until Ctrl-C");
    shows->callback([&cli, wish] { cli.exit_code = show_run(cli, *wish); });
    auto* const answers = group->add_subcommand("answer", "what a run asks");
    answers->add_option("run", wish->run, "its number")->required();
    answers->add_option("answer", wish->answer, "one of those that it names")->required();
    answers->add_option("--step", wish->step, "the question; else the one that is open");
    answers->callback([&cli, wish] { cli.exit_code = answer(cli, *wish); });
}

}  // namespace

void add_runbook(Cli& cli) {
    auto* const group = add_group(cli, "runbook", "what to do about an incident, step by step");
    group->add_subcommand("list", "the runbooks there are")->callback([&cli] {
        cli.exit_code = list(cli);
    });
    const auto name = std::make_shared<std::string>();
    auto* const shows = group->add_subcommand("show", "one of them");
    shows->add_option("name", *name, "its name")->required();
    shows->callback([&cli, name] { cli.exit_code = show(cli, *name); });
    const auto files = std::make_shared<std::vector<std::string>>();
    auto* const lints = group->add_subcommand("lint", "what is wrong with these files");
    lints->add_option("files", *files, "Markdown files; none: the shipped runbooks");
    lints->callback([&cli, files] { cli.exit_code = lint_all(*files); });
    add_runs(group, cli);
    group->callback([&cli, group] {
        if (group->get_subcommands().empty()) cli.exit_code = list(cli);
    });
}

}  // namespace sg::app
