#include "operate/completion.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <functional>

namespace sg::operate {

namespace {

// Within single quotes of a shell.
std::string quoted(std::string_view text) {
    std::string out = "'";
    for (const char c : text) {
        if (c == '\'') out += "'\\''";
        else out += c;
    }
    return out + "'";
}

// With its path from the root: `` for the root itself, `incident/ack`.
using Visit = std::function<void(const std::string& path, const Command& command)>;

void walk(const Command& command, const std::string& path, const Visit& visit) {
    visit(path, command);
    for (const auto& below : command.subcommands)
        walk(below, path.empty() ? below.name : path + "/" + below.name, visit);
}

void all_paths(const Command& root, std::vector<std::string>& out) {
    walk(root, "", [&](const auto& path, const auto&) {
        if (!path.empty()) out.push_back(path);
    });
}

bool is_file(const OptionOf& option) {
    return option.argument == "FILE" || option.argument == "DIR" || option.argument == "BEFORE" ||
           option.argument == "AFTER";
}

// What may stand at a place: subcommands, then options. Those of the root may stand anywhere.
std::vector<std::string> words_of(const Command& command, const Command& root) {
    std::vector<std::string> words;
    for (const auto& below : command.subcommands) words.push_back(below.name);
    for (const auto& option : command.options) {
        if (option.names.empty())
            words.insert(words.end(), option.choices.begin(), option.choices.end());
        words.insert(words.end(), option.names.begin(), option.names.end());
    }
    if (&command != &root)
        for (const auto& option : root.options)
            if (!option.names.empty()) words.push_back(option.names.front());
    return words;
}

// `case` arms for options whose value is known, or is a file. Those of a command, then the root's.
std::string values_of_options(const Command& root) {
    std::string arms;
    walk(root, "", [&](const std::string& path, const Command& command) {
        for (const auto& option : command.options) {
            if (option.names.empty() || option.argument.empty()) continue;
            const auto pattern = [&](const std::string& name) {
                return path.empty() ? fmt::format("*\" {}\"", name)
                                    : fmt::format("\"{} {}\"", path, name);
            };
            std::vector<std::string> patterns;
            for (const auto& name : option.names) patterns.push_back(pattern(name));
            const auto values =
                !option.choices.empty()
                    ? fmt::format("COMPREPLY=($(compgen -W {} -- \"$now\"))",
                                  quoted(fmt::format("{}", fmt::join(option.choices, " "))))
                : is_file(option) ? std::string("COMPREPLY=($(compgen -f -- \"$now\"))")
                                  : std::string("COMPREPLY=()");
            arms += fmt::format("    {}) {}; return;;\n", fmt::join(patterns, "|"), values);
        }
    });
    return arms;
}

std::string for_bash(const Command& root) {
    std::vector<std::string> paths;
    all_paths(root, paths);
    std::string words;
    std::string files;
    walk(root, "", [&](const std::string& path, const Command& command) {
        words += fmt::format("    {}) words={};;\n", quoted(path),
                             quoted(fmt::format("{}", fmt::join(words_of(command, root), " "))));
        for (const auto& option : command.options)
            if (option.names.empty() && is_file(option))
                files +=
                    fmt::format("    {}) COMPREPLY+=($(compgen -f -- \"$now\"));;\n", quoted(path));
    });
    return fmt::format(
        "# Completion of streamgate for bash: eval \"$(streamgate completion bash)\"\n"
        "_streamgate() {{\n"
        "  local now=\"${{COMP_WORDS[COMP_CWORD]}}\" before=\"${{COMP_WORDS[COMP_CWORD-1]}}\"\n"
        "  local path='' words='' i next\n"
        "  for ((i = 1; i < COMP_CWORD; i++)); do\n"
        "    next=\"${{path:+$path/}}${{COMP_WORDS[i]}}\"\n"
        "    case \"$next\" in\n"
        "    {}) path=$next;;\n"
        "    esac\n"
        "  done\n"
        "  case \"$path $before\" in\n{}  esac\n"
        "  case \"$path\" in\n{}  esac\n"
        "  COMPREPLY=($(compgen -W \"$words\" -- \"$now\"))\n"
        "  case \"$path\" in\n{}  esac\n"
        "}}\n"
        "complete -F _streamgate streamgate\n",
        fmt::join(paths, "|"), values_of_options(root), words, files);
}

std::string for_zsh(const Command& root) {
    std::vector<std::string> paths;
    all_paths(root, paths);
    std::string arms;
    walk(root, "", [&](const std::string& path, const Command& command) {
        std::string items;
        const auto add = [&](std::string_view name, std::string_view about) {
            items += " " + quoted(fmt::format("{}:{}", name, about));
        };
        for (const auto& below : command.subcommands) add(below.name, below.about);
        for (const auto& option : command.options) {
            for (const auto& choice : option.choices)
                if (option.names.empty()) add(choice, option.about);
            for (const auto& name : option.names) add(name, option.about);
        }
        arms += fmt::format("    {}) known=({});;\n", quoted(path), items);
    });
    return fmt::format(
        "#compdef streamgate\n"
        "# Completion of streamgate for zsh: eval \"$(streamgate completion zsh)\"\n"
        "_streamgate() {{\n"
        "  local where='' next word\n"
        "  local -a known\n"
        "  for word in ${{words[2,CURRENT-1]}}; do\n"
        "    next=\"${{where:+$where/}}$word\"\n"
        "    case \"$next\" in\n"
        "    {}) where=$next;;\n"
        "    esac\n"
        "  done\n"
        "  case \"$where\" in\n{}  esac\n"
        "  _describe -o 'streamgate' known\n"
        "  _files\n"
        "}}\n"
        "compdef _streamgate streamgate\n",
        fmt::join(paths, "|"), arms);
}

std::string for_fish(const Command& root) {
    std::vector<std::string> paths;
    all_paths(root, paths);
    std::string out = fmt::format(
        "# Completion of streamgate for fish: streamgate completion fish | source\n"
        "function __streamgate_path\n"
        "  set -l where ''\n"
        "  for word in (commandline -opc)[2..-1]\n"
        "    set -l next (string trim --left --chars=/ -- \"$where/$word\")\n"
        "    if contains -- $next {}\n"
        "      set where $next\n"
        "    end\n"
        "  end\n"
        "  echo $where\n"
        "end\n"
        "function __streamgate_at\n"
        "  test (__streamgate_path) = \"$argv[1]\"\n"
        "end\n",
        fmt::join(paths, " "));
    walk(root, "", [&](const std::string& path, const Command& command) {
        const auto at = path.empty() ? std::string("__streamgate_at ''")
                                     : fmt::format("__streamgate_at {}", path);
        for (const auto& below : command.subcommands)
            out += fmt::format("complete -c streamgate -f -n {} -a {} -d {}\n", quoted(at),
                               quoted(below.name), quoted(below.about));
        for (const auto& option : command.options) {
            std::string names;
            for (const auto& name : option.names)
                names += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
            if (names.empty() && option.choices.empty()) continue;
            const bool is_flag = option.argument.empty();
            if (!option.names.empty() && !is_flag) names += is_file(option) ? " -r -F" : " -x";
            if (!option.choices.empty())
                names += " -a " + quoted(fmt::format("{}", fmt::join(option.choices, " ")));
            const auto where = path.empty() ? "" : " -n " + quoted(at);
            out += fmt::format("complete -c streamgate{}{} -d {}\n", where, names,
                               quoted(option.about));
        }
    });
    return out;
}

}  // namespace

Result<std::string> completion_for(std::string_view shell, const Command& root) {
    if (shell == "bash") return for_bash(root);
    if (shell == "zsh") return for_zsh(root);
    if (shell == "fish") return for_fish(root);
    return fail(Errc::invalid_argument, fmt::format("`{}` is not a shell that is known", shell),
                "bash, zsh or fish");
}

}  // namespace sg::operate
