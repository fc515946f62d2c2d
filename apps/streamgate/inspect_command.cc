// `streamgate inspect`: a close look at a need, a service or the gateway, that changes nothing.
#include <fmt/format.h>

#include <memory>

#include "base/units.h"
#include "operate/inspections_view.h"
#include "ops_ask.h"

namespace sg::app {

namespace {

using operate::Json;

constexpr const char* path = "/api/v1/inspections";
constexpr int could_not_look = 3;

struct Wish {
    std::string target;
    std::string what;
    std::string deadline;
    std::string window;
    std::string before;
    std::string slow;
    std::uint32_t rows = 0;
    bool list = false;
    bool all = false;
};

// What the command line got wrong is 2, as everywhere; whatever else keeps us from looking is 3.
int not_looked(const Cli& cli, const Error& error) {
    const int code = complain(cli, error);
    return code == 2 || error.code == Errc::not_found ? 2 : could_not_look;
}

Result<Json> question_of(const Wish& wish, const Json& catalogue) {
    Json question = Json::object(), extent = Json::object();
    const auto target = operate::target_of(catalogue, wish.target);
    if (!target.empty()) question["target"] = target;
    if (!wish.what.empty())
        question["what"] = {operate::inspection_of(catalogue, target, wish.what)};
    for (const auto& [key, text] : {std::pair("window", wish.window),
                                    std::pair("before", wish.before), std::pair("slow", wish.slow)})
        if (!text.empty()) {
            TRY_VOID(parse_duration(text));
            extent[key] = text;
        }
    if (wish.rows > 0) extent["rows"] = wish.rows;
    if (!extent.empty()) question["extent"] = extent;
    if (!wish.deadline.empty()) {
        TRY_VOID(parse_duration(wish.deadline));
        question["deadline"] = wish.deadline;
    }
    return question;
}

int run(const Cli& cli, const Wish& wish) {
    const auto catalogue = ask(cli, {.path = path});
    if (!catalogue) return not_looked(cli, catalogue.error());
    if (wish.list) return ask_and_show(cli, {.path = path}, operate::inspection_list);
    const auto question = question_of(wish, *catalogue);
    if (!question) return not_looked(cli, question.error());
    const auto answer = ask(cli, {"POST", path, question->dump()});
    if (!answer) return not_looked(cli, answer.error());
    const auto evidence =
        wish.all || !wish.what.empty() ? operate::Evidence::all : operate::Evidence::of_trouble;
    if (cli.json) fmt::print("{}\n", answer->dump());
    else fmt::print("{}", operate::inspection_findings(*answer, screen(), evidence));
    return operate::exit_code_of(*answer);
}

}  // namespace

void add_inspect(Cli& cli) {
    auto* const command = cli.app.add_subcommand(
        "inspect", "A close look at a need, a service or the gateway; it changes nothing");
    const auto wish = std::make_shared<Wish>();
    command->add_option("target", wish->target, "need:NAME, service:NAME, gateway; default: all");
    command->add_option("what", wish->what, "one inspection: postgres.locks, or locks");
    command->add_flag("-l,--list", wish->list, "what there is to look at, and how");
    command->add_flag("-a,--all", wish->all, "evidence of what is fine, too");
    command->add_option("--deadline", wish->deadline, "of each target; default: 5s");
    command->add_option("--window", wish->window, "what counts as now; default: 1m");
    command->add_option("--before", wish->before, "what it is compared with; default: 10m");
    command->add_option("--slow", wish->slow, "from here a query is slow; default: 1s");
    command->add_option("--rows", wish->rows, "of each table of evidence; default: 10");
    command->callback([&cli, wish] { cli.exit_code = run(cli, *wish); });
}

}  // namespace sg::app
