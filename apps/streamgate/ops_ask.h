// What the commands of operations share: they ask the API, and show what it said.
#pragma once

#include <functional>
#include <string>

#include "commands.h"
#include "complain.h"
#include "operate/client.h"

namespace sg::app {

struct Question {
    std::string method = "GET";
    std::string path;
    std::string body = {};
};

using View = std::function<std::string(const operate::Json& answer, const operate::Screen& screen)>;

Result<operate::Client> reach(const Cli& cli);  // Where --server, --state or --config say.
operate::Screen screen();                       // Standard output, now.
bool on_terminal();

// Asks and prints the answer: with --json as it came, else as `view` says. The exit code.
int ask_and_show(const Cli& cli, const Question& question, const View& view);

// The answer, for commands that need it to go on.
Result<operate::Json> ask(const Cli& cli, const Question& question);

// The number of the incident that is meant; without a word, of the only one that is open.
Result<std::int64_t> which_incident(const Cli& cli, const std::string& word);

// `-w`: on a terminal `whole` once a second, in place; else `line`, each time that it is another.
struct LiveView {
    std::string path;
    View whole;
    View line;
};
int watch(const Cli& cli, const LiveView& view);

// Records of the ledger as they come, until Ctrl-C; `line` of those that it has something to say
// of.
using RecordLine = std::function<std::string(const operate::Json& record)>;
int follow(const Cli& cli, std::int64_t after, const RecordLine& line);

// `?a=1&b=2`, values encoded; what is empty is left out.
std::string query(std::initializer_list<std::pair<std::string_view, std::string>> parameters);

// A group of commands: `streamgate incident …`.
CLI::App* add_group(Cli& cli, const std::string& name, const std::string& about);

void add_status(Cli& cli);
void add_incident(Cli& cli);
void add_war_room(CLI::App* incident, Cli& cli);  // Those of `incident` about meeting.
void add_clients(CLI::App* incident, Cli& cli);   // And about whose requests failed.
void add_alert(Cli& cli);
void add_silence(Cli& cli);
void add_slo(Cli& cli);
void add_signals(Cli& cli);
void add_inspect(Cli& cli);
void add_kpis(Cli& cli);
void add_postmortem(Cli& cli);
void add_action(Cli& cli);
void add_oncall(Cli& cli);
void add_schedules(CLI::App* group, Cli& cli);  // More of `streamgate oncall`.
void add_notify(Cli& cli);
void add_ledger(Cli& cli);
void add_statuspage(Cli& cli);
void add_runbook(Cli& cli);
void add_mitigate(Cli& cli);
void add_drill(Cli& cli);

}  // namespace sg::app
