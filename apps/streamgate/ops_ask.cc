#include "ops_ask.h"

#include <fmt/format.h>
#include <pwd.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#include "base/text.h"
#include "platform/http/client.h"
#include "platform/local/client.h"
#include "platform/local/show.h"
#include "platform/local/table.h"

namespace sg::app {

using operate::Json;
using operate::Screen;

namespace {

// Who acts: --as, else $STREAMGATE_USER, else who is logged in.
std::string actor_of(const Cli& cli) {
    if (!cli.as.empty()) return cli.as;
    if (const char* told = std::getenv("STREAMGATE_USER"); told != nullptr && *told != '\0')
        return told;
    if (const char* login = ::getlogin(); login != nullptr) return login;
    const passwd* const entry = ::getpwuid(::geteuid());
    return entry == nullptr ? "operator" : entry->pw_name;
}

Json parsed(const std::string& body) { return Json::parse(body, nullptr, false); }

void print_body(std::string_view body) {
    while (body.ends_with('\n')) body.remove_suffix(1);
    fmt::print("{}\n", body);
}

// Lines that fit on the terminal; a long one is cut by the terminal itself.
std::string fitted(const std::string& text) {
    winsize size{};
    const bool known = ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row > 2;
    const std::size_t room = known ? size.ws_row - 1U : 1000U;
    auto lines = split(text, '\n');
    if (!lines.empty() && lines.back().empty()) lines.pop_back();
    std::string out;
    const std::size_t shown = lines.size() <= room ? lines.size() : room - 1;
    for (std::size_t i = 0; i < shown; ++i) out += fmt::format("{}\x1b[K\n", lines[i]);
    if (shown < lines.size()) out += fmt::format("… {} more lines\x1b[K\n", lines.size() - shown);
    return out;
}

// Without wrapping, so that a frame has as many rows as lines.
void draw(const std::string& text) { fmt::print("\x1b[?7l\x1b[H{}\x1b[J\x1b[?7h", fitted(text)); }

std::string unanswered(const Error& error, Instant last) {
    auto text = fmt::format("NO ANSWER from operations: {}\n", error.what);
    if (last != Instant{}) text += fmt::format("last heard at {}; ", operate::show_clock(last));
    return text + "asking again every second\n";
}

}  // namespace

bool on_terminal() { return ::isatty(STDOUT_FILENO) != 0; }

Screen screen() { return {.now = wall_now(), .colour = platform::local::colour_on(STDOUT_FILENO)}; }

Result<operate::Client> reach(const Cli& cli) {
    operate::Where where{
        .server = cli.server, .token_file = cli.token_file, .actor = actor_of(cli)};
    if (where.server.empty()) {
        TRY(const auto layout, platform::local::find_layout(cli.config, cli.state));
        where.socket = layout.run() + "/ops.sock";
    }
    return operate::Client::of(std::move(where));
}

Result<Json> ask(const Cli& cli, const Question& question) {
    TRY(const auto client, reach(cli));
    TRY(const auto body, client.ask(question.method, question.path, question.body));
    return parsed(body);
}

int ask_and_show(const Cli& cli, const Question& question, const View& view) {
    const auto client = reach(cli);
    if (!client) return complain(cli, client.error());
    const auto body = client->ask(question.method, question.path, question.body);
    if (!body) return complain(cli, body.error());
    if (cli.json) print_body(*body);
    else fmt::print("{}", view(parsed(*body), screen()));
    return 0;
}

int watch(const Cli& cli, const LiveView& view) {
    const auto client = reach(cli);
    if (!client) return complain(cli, client.error());
    const bool in_place = on_terminal() && !cli.json;
    Instant last;
    std::string said;
    if (in_place) fmt::print("\x1b[2J");
    for (;;) {
        const auto body = client->ask("GET", view.path);
        if (!body && (!in_place || last == Instant{})) return complain(cli, body.error());
        if (!body) {
            draw(unanswered(body.error(), last));
        } else if (in_place) {
            last = wall_now();
            draw(view.whole(parsed(*body), screen()) + "\nCtrl-C ends.\n");
        } else if (cli.json) {
            print_body(*body);
        } else if (auto line = view.line(parsed(*body), screen()); line != said) {
            fmt::print("{}", line);
            said = std::move(line);
        }
        std::fflush(stdout);
        ::sleep(1);
    }
}

int follow(const Cli& cli, std::int64_t after, const RecordLine& line) {
    const auto client = reach(cli);
    if (!client) return complain(cli, client.error());
    const auto done = client->follow(after, [&](const Json& record) {
        fmt::print("{}", line(record));
        std::fflush(stdout);
        return operate::Client::Go::on;
    });
    return done ? 0 : complain(cli, done.error());
}

std::string query(std::initializer_list<std::pair<std::string_view, std::string>> parameters) {
    std::string out;
    for (const auto& [name, value] : parameters)
        if (!value.empty())
            out += fmt::format("{}{}={}", out.empty() ? "?" : "&", name,
                               platform::http::percent_encoded(value));
    return out;
}

Result<std::int64_t> which_incident(const Cli& cli, const std::string& word) {
    if (!word.empty()) return operate::parse_incident(word);
    TRY(const Json answer, ask(cli, {.path = "/api/v1/incidents?open=true"}));
    const Json& open = operate::list_at(answer, "incidents");
    if (open.empty())
        return fail(Errc::not_found, "no incident is open", "`streamgate incident list -a`");
    if (open.size() == 1) return operate::number_at(open.front(), "id");
    std::string names;
    for (const auto& incident : open)
        names += (names.empty() ? "" : ", ") +
                 operate::incident_name(operate::number_at(incident, "id"));
    return fail(Errc::invalid_argument, fmt::format("which one? open are {}", names),
                "say its number");
}

CLI::App* add_group(Cli& cli, const std::string& name, const std::string& about) {
    auto* const group = cli.app.add_subcommand(name, about);
    group->fallthrough();
    group->require_subcommand(0, 1);
    return group;
}

void add_operations(Cli& cli) {
    constexpr const char* group = "Operations";
    cli.app
        .add_option("--server", cli.server,
                    "Operations elsewhere: https://…; default: those of this machine")
        ->group(group);
    cli.app.add_option("--token-file", cli.token_file, "File with the token for --server")
        ->group(group);
    cli.app
        .add_option("--as", cli.as, "In whose name; default: $STREAMGATE_USER, or who is logged in")
        ->group(group);
    add_status(cli);
    add_incident(cli);
    add_alert(cli);
    add_silence(cli);
    add_slo(cli);
    add_signals(cli);
    add_inspect(cli);
    add_kpis(cli);
    add_postmortem(cli);
    add_action(cli);
    add_oncall(cli);
    add_notify(cli);
    add_statuspage(cli);
    add_runbook(cli);
    add_mitigate(cli);
    add_drill(cli);
    add_ledger(cli);
}

}  // namespace sg::app
