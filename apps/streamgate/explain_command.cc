// streamgate explain REQUEST-ID: what happened to one request, told from the access log.
#include <fmt/format.h>

#include <cstdio>
#include <memory>
#include <set>

#include "base/text.h"
#include "commands.h"
#include "config/load.h"
#include "gateway/telemetry/access_log.h"
#include "gateway/telemetry/log_search.h"
#include "gateway/telemetry/story.h"

namespace sg::app {

namespace {

using gateway::AccessLog;
using gateway::LogHit;
using gateway::LogSearch;

int complain(const Cli& cli, const Error& error) {
    if (cli.json) {
        std::string what;
        std::string hint;
        append_json_escaped(what, error.what);
        append_json_escaped(hint, error.hint);
        fmt::print("{{\"error\":\"{}\",\"hint\":\"{}\"}}\n", what, hint);
    } else {
        fmt::print(stderr, "error: {}\n", error.what);
        if (!error.hint.empty()) fmt::print(stderr, "hint:  {}\n", error.hint);
    }
    return error.code == Errc::invalid_argument || error.code == Errc::config_invalid ? 2 : 1;
}

// Where the gateway of this configuration writes. With --state a broken or missing file is no
// obstacle: at 3 a.m. the log must be readable whatever the configuration says.
Result<AccessLog::Options> find_log(const Cli& cli) {
    auto config = config::load_file(cli.config);
    config::Config changed;
    if (config) changed = **config;
    else if (cli.state.empty()) return std::unexpected(config.error());
    if (!cli.state.empty()) changed.state = cli.state;
    auto options = AccessLog::options_of(changed);
    if (options.file.path == "off")
        return fail(Errc::unavailable, "this gateway writes no access log",
                    "telemetry.access_log.path is off");
    if (options.file.path == "-")
        return fail(Errc::unavailable, "this gateway writes its access log to standard output",
                    "look where its service manager keeps that, such as journalctl");
    return options;
}

std::set<std::string> ids_of(const LogSearch& found) {
    std::set<std::string> ids;
    for (const auto& hit : found.hits) {
        const auto at = hit.line.find("\"id\":\"");
        ids.insert(hit.line.substr(at, 6 + 32));
    }
    return ids;
}

// Several lines of one id are the same request seen twice: its client chose the id, or a retry kept
// it.
int tell(const Cli& cli, const LogSearch& found) {
    for (const LogHit& hit : found.hits) {
        const auto story = cli.json ? gateway::story_json(hit) : gateway::tell_story(hit);
        if (!story) return complain(cli, story.error());
        fmt::print("{}{}", *story, cli.json ? "\n" : "");
        if (!cli.json && &hit != &found.hits.back()) fmt::print("\n");
    }
    return 0;
}

int missing(const Cli& cli, const LogSearch& found, const std::string& prefix, double sample) {
    if (!cli.json) {
        fmt::print(stderr, "{}", gateway::tell_missing(found, prefix, sample));
        return 1;
    }
    std::string files;
    for (const auto& file : found.searched) {
        files += files.empty() ? "\"" : ",\"";
        append_json_escaped(files, file.path);
        files += '"';
    }
    fmt::print("{{\"error\":\"not found\",\"id\":\"{}\",\"searched\":[{}],\"sample\":{}}}\n",
               prefix, files, sample);
    return 1;
}

int explain(const Cli& cli, const std::string& typed) {
    const auto prefix = gateway::id_prefix(typed);
    if (!prefix) return complain(cli, prefix.error());
    const auto options = find_log(cli);
    if (!options) return complain(cli, options.error());
    const auto found = gateway::search_log(options->file.path, *prefix);
    if (found.hits.empty()) return missing(cli, found, *prefix, options->sample.of_one);
    if (ids_of(found).size() == 1 || cli.json) return tell(cli, found);
    fmt::print("several requests begin with {}; give more digits\n{}", *prefix,
               gateway::list_hits(found));
    return 1;
}

}  // namespace

void add_explain(Cli& cli) {
    auto* command = cli.app.add_subcommand(
        "explain", "tell what happened to a request, by its id or the first digits of it");
    const auto id = std::make_shared<std::string>();
    command->add_option("REQUEST-ID", *id, "as in X-Request-Id, a problem's `instance`, the log")
        ->required();
    command->callback([&cli, id] { cli.exit_code = explain(cli, *id); });
}

}  // namespace sg::app
