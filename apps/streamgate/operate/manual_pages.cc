#include "operate/manual_pages.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "base/text.h"

namespace sg::operate {

namespace {

// As text: nothing in it is a request or an escape, a hyphen is one that can be copied.
std::string plain(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == '\\') out += "\\e";
        else if (c == '-') out += "\\-";
        else if (c == '\n') out += ' ';
        else out += c;
    }
    if (out.starts_with('.') || out.starts_with('\'')) out.insert(0, "\\&");
    return out;
}

std::string paragraph(std::string_view text) { return plain(text) + "\n"; }

std::string heading(std::string_view name, int section, const std::string& version) {
    return fmt::format(".TH {} {} \"\" \"StreamGate {}\" \"StreamGate\"\n", plain(to_lower(name)),
                       section, plain(version));
}

std::string option_text(const OptionOf& option) {
    std::vector<std::string> names;
    for (const auto& name : option.names) names.push_back("\\fB" + plain(name) + "\\fR");
    auto text = fmt::format("{}", fmt::join(names, ", "));
    if (!option.argument.empty())
        text += (text.empty() ? "\\fI" : " \\fI") + plain(option.argument) + "\\fR";
    return text;
}

std::string options_text(const std::vector<OptionOf>& options) {
    std::string out;
    for (const auto& option : options) {
        out += ".TP\n" + option_text(option) + "\n";
        auto about = option.about;
        if (!option.choices.empty())
            about += fmt::format("{}one of {}", about.empty() ? "" : ": ",
                                 fmt::join(option.choices, ", "));
        if (!option.otherwise.empty())
            about += fmt::format("{}default {}", about.empty() ? "" : "; ", option.otherwise);
        out += about.empty() ? std::string("\\&\n") : paragraph(about);
    }
    return out;
}

std::string synopsis(const std::string& words, const Command& command) {
    std::string out = fmt::format(".B {}\n", plain(words));
    std::string arguments;
    for (const auto& option : command.options) {
        if (!option.names.empty()) continue;
        arguments += option.required ? fmt::format(" \\fI{}\\fR", plain(option.argument))
                                     : fmt::format(" [\\fI{}\\fR]", plain(option.argument));
    }
    const bool has_options = std::ranges::any_of(
        command.options, [](const OptionOf& option) { return !option.names.empty(); });
    if (has_options) out += "[\\fIOPTION\\fR]...\n";
    if (!command.subcommands.empty()) out += "[\\fICOMMAND\\fR]\n";
    if (!arguments.empty()) out += arguments.substr(1) + "\n";
    return out;
}

// A command within its page, and those below it.
void add_command(std::string& out, const std::string& words, const Command& command) {
    out += fmt::format(".SS \"{}\"\n", plain(words));
    out += synopsis(words, command) + ".PP\n" + paragraph(command.about);
    out += options_text(command.options);
    for (const auto& below : command.subcommands) add_command(out, words + " " + below.name, below);
}

ManualPage page_of(const Command& command, const Command& root, const std::string& version) {
    const auto name = root.name + "-" + command.name;
    const auto words = root.name + " " + command.name;
    std::string out = heading(name, 1, version);
    out += fmt::format(".SH NAME\n{} \\- {}\n", plain(name), plain(command.about));
    out += ".SH SYNOPSIS\n" + synopsis(words, command);
    if (!command.options.empty()) out += ".SH OPTIONS\n" + options_text(command.options);
    if (!command.subcommands.empty()) {
        out += ".SH COMMANDS\n";
        for (const auto& below : command.subcommands)
            add_command(out, words + " " + below.name, below);
    }
    out += ".SH SEE ALSO\n.BR streamgate (1),\n.BR streamgate.yaml (5)\n";
    return {name + ".1", std::move(out)};
}

ManualPage overview(const Command& root, const std::string& version) {
    std::string out = heading(root.name, 1, version);
    out += fmt::format(".SH NAME\n{} \\- {}\n", root.name, plain(root.about));
    out += ".SH SYNOPSIS\n" + synopsis(root.name, root);
    out += ".SH COMMANDS\nEach has a page of its own, such as\n.BR streamgate\\-status (1).\n";
    for (const auto& command : root.subcommands)
        out += fmt::format(".TP\n.B {}\n{}", plain(command.name), paragraph(command.about));
    out += ".SH OPTIONS\nThey may stand behind the command, too.\n" + options_text(root.options);
    out +=
        ".SH EXIT STATUS\n.TP\n.B 0\ndone\n.TP\n.B 1\nit failed\n.TP\n.B 2\nthe command line or "
        "the configuration is wrong\n"
        ".SH ENVIRONMENT\n.TP\n.B STREAMGATE_STATE\nthe state folder, as \\fB\\-\\-state\\fR\n"
        ".TP\n.B STREAMGATE_USER\nin whose name, as \\fB\\-\\-as\\fR\n"
        ".SH SEE ALSO\n.BR streamgate.yaml (5)\n";
    return {root.name + ".1", std::move(out)};
}

ManualPage configuration(const std::vector<Setting>& settings, const std::string& version) {
    std::string out = heading("streamgate.yaml", 5, version);
    out +=
        ".SH NAME\nstreamgate.yaml \\- the configuration of StreamGate\n"
        ".SH DESCRIPTION\nOne file in YAML. Names of services and numbers of routes are left out "
        "below:\n\\fBservices.retry.budget\\fR stands under each service.\n"
        ".SH SETTINGS\n";
    for (const auto& setting : settings) {
        out += fmt::format(".TP\n.B {}\n", plain(setting.path));
        auto line = setting.type;
        if (!setting.bounds.empty()) line += ", " + setting.bounds;
        if (!setting.default_value.empty()) line += "; default " + setting.default_value;
        if (setting.applies == Applies::restart) line += "; applies at a restart";
        out += paragraph(line) + ".br\n" + paragraph(setting.why);
    }
    out += ".SH SEE ALSO\n.BR streamgate (1)\n";
    return {"streamgate.yaml.5", std::move(out)};
}

}  // namespace

std::vector<ManualPage> manual_pages(const Command& root, const std::vector<Setting>& settings,
                                     const std::string& version) {
    std::vector<ManualPage> pages{overview(root, version)};
    for (const auto& command : root.subcommands) pages.push_back(page_of(command, root, version));
    pages.push_back(configuration(settings, version));
    return pages;
}

}  // namespace sg::operate
