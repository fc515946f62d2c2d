// `streamgate oncall swap|temporary|note|quality|import|feed`: what changes a schedule, and what is
// said of it.
#include <fmt/format.h>

#include <fstream>
#include <iterator>
#include <memory>

#include "base/text.h"
#include "base/units.h"
#include "operate/schedules_view.h"
#include "ops_ask.h"

namespace sg::app {

namespace {

using operate::Json;
using operate::Screen;

void put(Json& body, const char* key, const std::string& value) {
    if (!value.empty()) body[key] = value;
}

// `now`: one for a whole command, or `+2h` would be two moments.
Result<std::string> moment(const std::string& text, Instant now) {
    TRY(const Instant at, operate::parse_moment(text, now));
    return to_rfc3339(at);
}

// --- swap ----------------------------------------------------------------------------------------

struct SwapWish {
    std::string team, level, one, other, why;
};

int swap(const Cli& cli, const SwapWish& wish) {
    const Instant now = wall_now();
    const auto one = moment(wish.one, now), other = moment(wish.other, now);
    if (!one) return complain(cli, one.error());
    if (!other) return complain(cli, other.error());
    Json body{{"one", *one}, {"other", *other}};
    put(body, "team", wish.team);
    put(body, "level", wish.level);
    put(body, "why", wish.why);
    return ask_and_show(cli, {"POST", "/api/v1/oncall/swaps", body.dump()}, operate::swap_outcome);
}

void add_swap(CLI::App* group, Cli& cli) {
    auto* const command = group->add_subcommand("swap", "two shifts of one level change hands");
    const auto wish = std::make_shared<SwapWish>();
    command->add_option("one", wish->one, "a moment in the one: `Mon 12:00`")->required();
    command->add_option("other", wish->other, "a moment in the other: 2026-11-30")->required();
    command->add_option("--level", wish->level, "primary (default), secondary, backup");
    command->add_option("--team", wish->team, "which team; default: the only one");
    command->add_option("--why", wish->why, "for those who wonder");
    command->callback([&cli, wish] { cli.exit_code = swap(cli, *wish); });
}

// --- temporary schedules -------------------------------------------------------------------------

struct TemporaryWish {
    std::string team, from, to, why;
    std::vector<std::string> shifts;
};

// `primary=ana,18:00,22:00`
Result<Json> shift_of(const std::string& text, Instant now) {
    const auto parts = split(text, ',');
    const auto equals = text.find('=');
    if (parts.size() != 3 || equals == std::string::npos || equals > parts[0].size())
        return fail(Errc::invalid_argument, fmt::format("`{}` is not a shift", text),
                    "write LEVEL=PERSON,FROM,TO: `primary=ana,Mon 09:00,Mon 21:00`");
    TRY(const auto from, moment(std::string(parts[1]), now));
    TRY(const auto to, moment(std::string(parts[2]), now));
    return Json{{"level", text.substr(0, equals)},
                {"person", text.substr(equals + 1, parts[0].size() - equals - 1)},
                {"from", from},
                {"to", to}};
}

int add_temporary(const Cli& cli, const TemporaryWish& wish) {
    Json body{{"shifts", Json::array()}};
    put(body, "team", wish.team);
    put(body, "why", wish.why);
    const Instant now = wall_now();
    const auto to = moment(wish.to, now), from = moment(wish.from.empty() ? "now" : wish.from, now);
    if (!from) return complain(cli, from.error());
    if (!to) return complain(cli, to.error());
    body["from"] = *from;
    body["to"] = *to;
    for (const auto& text : wish.shifts) {
        const auto shift = shift_of(text, now);
        if (!shift) return complain(cli, shift.error());
        body["shifts"].push_back(*shift);
    }
    const View view = [](const Json& answer, const Screen&) {
        const auto id = operate::number_at(answer, "id");
        return fmt::format(
            "temporary schedule {} stands in for the rotations\n"
            "next  streamgate oncall temporary remove {}    takes it back\n",
            id, id);
    };
    return ask_and_show(cli, {"POST", "/api/v1/oncall/temporaries", body.dump()}, view);
}

void add_temporaries(CLI::App* group, Cli& cli) {
    auto* const all = group->add_subcommand("temporary", "fixed shifts instead of the rotations");
    all->require_subcommand(1);
    const auto team = std::make_shared<std::string>();
    auto* const list = all->add_subcommand("list", "those that hold or are to come");
    list->add_option("--team", *team, "which team; default: the only one");
    list->callback([&cli, team] {
        const auto path = "/api/v1/oncall/temporaries" + query({{"team", *team}});
        cli.exit_code = ask_and_show(cli, {.path = path}, operate::temporary_list);
    });
    auto* const add = all->add_subcommand("add", "for a while, each shift by name");
    const auto wish = std::make_shared<TemporaryWish>();
    add->add_option("--from", wish->from, "18:00, `Mon 09:00`, +2h; default: now");
    add->add_option("--to", wish->to, "the same forms")->required();
    add->add_option("--shift", wish->shifts, "LEVEL=PERSON,FROM,TO; as often as needed")
        ->required();
    add->add_option("--team", wish->team, "which team; default: the only one");
    add->add_option("--why", wish->why, "for those who wonder");
    add->callback([&cli, wish] { cli.exit_code = add_temporary(cli, *wish); });
    auto* const remove = all->add_subcommand("remove", "the rotations hold again");
    const auto id = std::make_shared<std::int64_t>(0);
    remove->add_option("id", *id, "its number")->required();
    remove->callback([&cli, id] {
        const View view = [id](const Json&, const Screen&) {
            return fmt::format("temporary schedule {} is over: the rotations hold again\n", *id);
        };
        cli.exit_code =
            ask_and_show(cli, {"DELETE", fmt::format("/api/v1/oncall/temporaries/{}", *id)}, view);
    });
}

// --- note, quality -------------------------------------------------------------------------------

struct NoteWish {
    std::string team, level, text;
};

void add_note(CLI::App* group, Cli& cli) {
    auto* const command = group->add_subcommand("note", "what the next shift should know");
    const auto wish = std::make_shared<NoteWish>();
    command->add_option("text", wish->text, "what to tell")->required();
    command->add_option("--level", wish->level, "primary (default), secondary, backup");
    command->add_option("--team", wish->team, "which team; default: the only one");
    command->callback([&cli, wish] {
        Json body{{"text", wish->text}};
        put(body, "team", wish->team);
        put(body, "level", wish->level);
        const View view = [](const Json&, const Screen&) {
            return std::string("whoever comes next is told with the hand-over\n");
        };
        cli.exit_code = ask_and_show(cli, {"POST", "/api/v1/oncall/notes", body.dump()}, view);
    });
}

void add_quality(CLI::App* group, Cli& cli) {
    auto* const command =
        group->add_subcommand("quality", "coverage, balance, gaps and load of a schedule");
    const auto team = std::make_shared<std::string>();
    command->add_option("--team", *team, "which team; default: the only one");
    command->callback([&cli, team] {
        const auto path = "/api/v1/oncall/quality" + query({{"team", *team}});
        cli.exit_code = ask_and_show(cli, {.path = path}, operate::quality_report);
    });
}

// --- calendars -----------------------------------------------------------------------------------

struct ImportWish {
    std::string file, team, level, takes, leaves, why;
};

int import(const Cli& cli, const ImportWish& wish) {
    std::ifstream in(wish.file, std::ios::binary);
    const std::string calendar{std::istreambuf_iterator<char>(in), {}};
    if (!in && calendar.empty())
        return complain(cli, {Errc::not_found, fmt::format("{} cannot be read", wish.file), ""});
    Json body{{"calendar", calendar}};
    put(body, "team", wish.team);
    put(body, "level", wish.level);
    put(body, "takes", wish.takes);
    put(body, "leaves", wish.leaves);
    put(body, "why", wish.why);
    const View view = [](const Json& answer, const Screen&) {
        return fmt::format("{} overrides\n", operate::number_at(answer, "count"));
    };
    return ask_and_show(cli, {"POST", "/api/v1/oncall/imports", body.dump()}, view);
}

void add_import(CLI::App* group, Cli& cli) {
    auto* const command =
        group->add_subcommand("import", "overrides from the events of an iCalendar file");
    const auto wish = std::make_shared<ImportWish>();
    command->add_option("file", wish->file, "whose events of the coming year count")->required();
    command->add_option("--takes", wish->takes, "who is on call meanwhile");
    command->add_option("--leaves", wish->leaves, "who is not: their holidays");
    command->add_option("--level", wish->level, "default: wherever --leaves stands");
    command->add_option("--team", wish->team, "which team; default: the only one");
    command->add_option("--why", wish->why, "for those who wonder");
    command->callback([&cli, wish] { cli.exit_code = import(cli, *wish); });
}

void add_feeds(CLI::App* group, Cli& cli) {
    auto* const all = group->add_subcommand("feed", "shifts as a calendar to subscribe to");
    all->require_subcommand(1);
    all->add_subcommand("list", "those that can be read")->callback([&cli] {
        cli.exit_code = ask_and_show(cli, {.path = "/api/v1/oncall/feeds"}, operate::feed_list);
    });
    auto* const open = all->add_subcommand("open", "of a person, or of a team");
    const auto whose = std::make_shared<std::pair<std::string, std::string>>();
    auto* const person = open->add_option("--person", whose->first, "their shifts in every team");
    open->add_option("--team", whose->second, "everybody's shifts")->excludes(person);
    open->callback([&cli, whose] {
        Json body = Json::object();
        put(body, "person", whose->first);
        put(body, "team", whose->second);
        cli.exit_code =
            ask_and_show(cli, {"POST", "/api/v1/oncall/feeds", body.dump()}, operate::feed_opened);
    });
    auto* const revoke = all->add_subcommand("revoke", "its address ends to work");
    const auto id = std::make_shared<std::int64_t>(0);
    revoke->add_option("id", *id, "its number")->required();
    revoke->callback([&cli, id] {
        const View view = [id](const Json&, const Screen&) {
            return fmt::format("calendar {} can no longer be read\n", *id);
        };
        cli.exit_code =
            ask_and_show(cli, {"DELETE", fmt::format("/api/v1/oncall/feeds/{}", *id)}, view);
    });
}

}  // namespace

void add_schedules(CLI::App* group, Cli& cli) {
    add_swap(group, cli);
    add_temporaries(group, cli);
    add_note(group, cli);
    add_quality(group, cli);
    add_import(group, cli);
    add_feeds(group, cli);
}

}  // namespace sg::app
