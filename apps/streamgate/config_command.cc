// streamgate config check|default|explain|diff|schema: what the file says, before anything runs on
// it.
#include <fmt/format.h>

#include <cstdio>
#include <memory>

#include "base/text.h"
#include "commands.h"
#include "config/document.h"
#include "config/load.h"

namespace sg::app {

namespace {

constexpr int wrong = 2;  // The command line or the configuration.

std::string json_text(std::string_view text) {
    std::string out = "\"";
    append_json_escaped(out, text);
    return out + "\"";
}

std::string problems_json(const std::string& file, const std::vector<config::Problem>& problems) {
    std::string out;
    for (const auto& problem : problems)
        out += fmt::format(
            R"({}{{"file":{},"line":{},"column":{},"length":{},"error":{},"hint":{}}})",
            out.empty() ? "" : ",", json_text(file), problem.place.line, problem.place.column,
            problem.length, json_text(problem.what), json_text(problem.hint));
    return "[" + out + "]";
}

// The snapshot of a file; without one, what is wrong is said and the exit code set.
config::Snapshot load(Cli& cli, const std::string& file) {
    auto loaded = config::read_file(file);
    if (!loaded) {
        cli.exit_code = wrong;
        if (cli.json)
            fmt::print("{{\"valid\":false,\"file\":{},\"error\":{},\"hint\":{}}}\n",
                       json_text(file), json_text(loaded.error().what),
                       json_text(loaded.error().hint));
        else fmt::print(stderr, "{}\nhint: {}\n", loaded.error().what, loaded.error().hint);
        return nullptr;
    }
    if (loaded->config) return loaded->config;
    cli.exit_code = wrong;
    if (cli.json) {
        fmt::print("{{\"valid\":false,\"file\":{},\"problems\":{}}}\n", json_text(file),
                   problems_json(file, loaded->problems));
        return nullptr;
    }
    const auto count = loaded->problems.size();
    fmt::print(stderr, "{}\n{}: {} mistake{}, nothing is applied\n", loaded->rendered, file, count,
               count == 1 ? "" : "s");
    return nullptr;
}

std::string counted(std::size_t count, std::string_view what) {
    return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

void check(Cli& cli, const std::string& file) {
    const auto config = load(cli, file);
    if (!config) return;
    if (cli.json)
        fmt::print(
            "{{\"valid\":true,\"file\":{},\"listeners\":{},\"services\":{},\"routes\":{}}}\n",
            json_text(file), config->listen.size(), config->services.size(), config->routes.size());
    else
        fmt::print("{} is valid: {}, {}, {}\n", file, counted(config->listen.size(), "listener"),
                   counted(config->services.size(), "service"),
                   counted(config->routes.size(), "route"));
}

void print_default(const Cli& cli) {
    const auto text = config::default_file();
    if (!cli.json) return fmt::print("{}", text);
    const auto loaded = config::load_text(text, "streamgate.yaml", {.look_outside = false});
    fmt::print("{}\n", config::to_json(config::to_document(*loaded.config)));
}

std::string setting_json(const Setting& setting) {
    return fmt::format(R"({{"key":{},"type":{},"bounds":{},"default":{},"applies":{},"why":{}}})",
                       json_text(setting.path), json_text(setting.type), json_text(setting.bounds),
                       json_text(setting.default_value),
                       json_text(setting.applies == Applies::reload ? "reload" : "restart"),
                       json_text(setting.why));
}

void list_settings(const Cli& cli) {
    std::string out;
    for (const Setting& setting : config::all_settings()) {
        if (cli.json) out += (out.empty() ? "" : ",") + setting_json(setting);
        else out += fmt::format("{:<42} {}\n", setting.path, setting.default_value);
    }
    if (cli.json) fmt::print("[{}]\n", out);
    else fmt::print("{:<42} {}\n{}", "key", "default", out);
}

// In lines of at most `width` columns.
std::string wrapped(std::string_view text, std::size_t width) {
    std::string out;
    while (text.size() > width) {
        const auto at = text.rfind(' ', width);
        if (at == std::string_view::npos) break;
        out += std::string(text.substr(0, at)) + "\n";
        text = text.substr(at + 1);
    }
    return out + std::string(text) + "\n";
}

void print_setting(const Setting& setting) {
    fmt::print("{}\n\n", setting.path);
    fmt::print("  type     {}\n", setting.type);
    if (!setting.bounds.empty()) fmt::print("  bounds   {}\n", setting.bounds);
    if (!setting.default_value.empty()) fmt::print("  default  {}\n", setting.default_value);
    fmt::print("  applies  {}\n\n", setting.applies == Applies::reload
                                        ? "at a reload, and no stream is cut"
                                        : "at the next restart; a reload leaves it as it is");
    fmt::print("{}", wrapped(setting.why, 90));
    std::string below;
    for (const Setting& other : config::all_settings())
        if (other.path.starts_with(setting.path + ".") &&
            !other.path.substr(setting.path.size() + 1).contains('.'))
            below += fmt::format("  {:<40} {}\n", other.path, other.default_value);
    if (!below.empty()) fmt::print("\nsettings within:\n{}", below);
}

void explain(Cli& cli, const std::string& key) {
    if (key.empty()) return list_settings(cli);
    const auto& settings = config::all_settings();
    if (const Setting* setting = find_setting(settings, key)) {
        if (cli.json) return fmt::print("{}\n", setting_json(*setting));
        return print_setting(*setting);
    }
    cli.exit_code = wrong;
    const auto near = nearest_setting(settings, key);
    const auto hint = near.empty() ? "`streamgate config explain` lists them all"
                                   : fmt::format("did you mean `{}`?", near);
    if (cli.json)
        fmt::print("{{\"error\":{},\"hint\":{}}}\n", json_text(fmt::format("no setting `{}`", key)),
                   json_text(hint));
    else fmt::print(stderr, "there is no setting `{}`\nhint: {}\n", key, hint);
}

void diff(Cli& cli, const std::string& before_file, const std::string& after_file) {
    const auto before = load(cli, before_file);
    const auto after = load(cli, after_file);
    if (!before || !after) return;
    const auto found = config::differences(*before, *after);
    if (cli.json) {
        std::string out;
        for (const auto& difference : found)
            out += fmt::format(R"({}{{"key":{},"before":{},"after":{}}})", out.empty() ? "" : ",",
                               json_text(difference.path), json_text(difference.before),
                               json_text(difference.after));
        return fmt::print("[{}]\n", out);
    }
    const auto said = [](const std::string& text) {
        if (text.empty()) return std::string("(nothing)");
        return text.size() <= 100 ? text : text.substr(0, text.rfind(' ', 97)) + " …";
    };
    for (const auto& difference : found)
        fmt::print("{}: {} → {}\n", difference.path, said(difference.before),
                   said(difference.after));
    if (found.empty()) fmt::print("both say the same\n");
}

}  // namespace

void add_config(Cli& cli) {
    auto* config =
        cli.app.add_subcommand("config", "check, explain and compare configuration files");
    config->require_subcommand(1);
    const auto words = std::make_shared<std::array<std::string, 2>>();  // Arguments of the command.

    auto* check_it = config->add_subcommand("check", "check a file; nothing is applied");
    check_it->add_option("FILE", (*words)[0], "the file; else that of --config");
    check_it->callback(
        [&cli, words] { check(cli, (*words)[0].empty() ? cli.config : (*words)[0]); });

    auto* default_it = config->add_subcommand("default", "print a file with every default");
    default_it->callback([&cli] { print_default(cli); });

    auto* explain_it =
        config->add_subcommand("explain", "explain a setting; without KEY, list all");
    explain_it->add_option("KEY", (*words)[0], "such as services.retry.budget");
    explain_it->callback([&cli, words] { explain(cli, (*words)[0]); });

    auto* diff_it = config->add_subcommand("diff", "what is different between two files");
    diff_it->add_option("BEFORE", (*words)[0])->required();
    diff_it->add_option("AFTER", (*words)[1])->required();
    diff_it->callback([&cli, words] { diff(cli, (*words)[0], (*words)[1]); });

    auto* schema_it = config->add_subcommand("schema", "print the JSON Schema, for editors");
    schema_it->callback([] { fmt::print("{}\n", config::schema()); });
}

}  // namespace sg::app
