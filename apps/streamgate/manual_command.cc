// `streamgate completion`, `streamgate manual`: what the command line knows of itself, for shells
// and for `man`.
#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "base/text.h"
#include "complain.h"
#include "config/document.h"
#include "operate/completion.h"
#include "operate/manual_pages.h"
#include "platform/local/files.h"

namespace sg::app {

namespace {

using operate::Command;
using operate::OptionOf;

// `FILE` where CLI11 says TEXT, or the name of the argument.
std::string argument_of(const CLI::Option& option) {
    if (option.get_items_expected_max() == 0) return {};
    const auto& name = option.get_single_name();
    if (option.get_positional()) {
        auto upper = name;
        std::ranges::transform(upper, upper.begin(),
                               [](char c) { return c >= 'a' && c <= 'z' ? char(c - 32) : c; });
        return upper;
    }
    for (const char* word : {"config", "file", "anchor", "to"})
        if (name == word) return "FILE";
    for (const char* word : {"state", "folder"})
        if (name == word) return "DIR";
    return option.get_type_name().starts_with("TEXT") ? "TEXT" : "VALUE";
}

// CLI11 says the set that a value must be of as `TEXT:{v1,v2}`.
std::vector<std::string> choices_of(const CLI::Option& option) {
    std::vector<std::string> choices;
    const auto type = option.get_type_name();
    const auto begin = type.find('{'), end = type.find('}');
    if (begin == std::string::npos || end == std::string::npos || end < begin) return choices;
    for (const auto word : split(type.substr(begin + 1, end - begin - 1), ','))
        choices.emplace_back(trim(word));
    return choices;
}

OptionOf option_of(const CLI::Option& option) {
    OptionOf it{.argument = argument_of(option),
                .about = option.get_description(),
                .otherwise = option.get_default_str(),
                .choices = choices_of(option),
                .required = option.get_required()};
    for (const auto& name : option.get_lnames()) it.names.push_back("--" + name);
    for (const auto& name : option.get_snames()) it.names.push_back("-" + name);
    return it;
}

Command command_of(const CLI::App& app) {
    Command command{.name = app.get_name(), .about = app.get_description()};
    for (const auto* option : app.get_options()) command.options.push_back(option_of(*option));
    for (const auto* below : app.get_subcommands([](const CLI::App*) { return true; }))
        if (!below->get_name().empty()) command.subcommands.push_back(command_of(*below));
    return command;
}

int print_completion(const Cli& cli, const std::string& shell) {
    const auto script = operate::completion_for(shell, command_of(cli.app));
    if (!script) return complain(cli, script.error());
    fmt::print("{}", *script);
    return 0;
}

int write_manual(const Cli& cli, const std::string& folder) {
    const auto pages =
        operate::manual_pages(command_of(cli.app), config::all_settings(), SG_VERSION);
    if (folder.empty()) {
        fmt::print("{}", pages.front().roff);
        return 0;
    }
    if (const auto made = platform::local::make_folder(folder); !made)
        return complain(cli, made.error());
    for (const auto& page : pages) {
        const auto done = platform::local::replace_file(folder + "/" + page.file, page.roff);
        if (!done) return complain(cli, done.error());
    }
    fmt::print("{} pages are in {}: man -l {}/{}\n", pages.size(), folder, folder,
               pages.front().file);
    return 0;
}

}  // namespace

void add_manual(Cli& cli) {
    auto* const completion =
        cli.app.add_subcommand("completion", "completion of this command line, for a shell");
    const auto shell = std::make_shared<std::string>();
    completion->add_option("shell", *shell, "which shell")
        ->required()
        ->check(CLI::IsMember({"bash", "zsh", "fish"}));
    completion->callback([&cli, shell] { cli.exit_code = print_completion(cli, *shell); });

    auto* const manual = cli.app.add_subcommand("manual", "manual pages, for man");
    const auto folder = std::make_shared<std::string>();
    manual->add_option("--folder", *folder, "writes all of them there; else prints the first");
    manual->callback([&cli, folder] { cli.exit_code = write_manual(cli, *folder); });
}

}  // namespace sg::app
