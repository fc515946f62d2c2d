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
    group->callback([&cli, group] {
        if (group->get_subcommands().empty()) cli.exit_code = list(cli);
    });
}

}  // namespace sg::app
