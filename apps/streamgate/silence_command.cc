// `streamgate silence`: alerts that nobody shall be told of for a while.
#include <fmt/format.h>

#include <memory>

#include "base/units.h"
#include "operate/alerts_view.h"
#include "ops_ask.h"

namespace sg::app {

namespace {

using operate::Json;
using operate::Screen;

constexpr const char* path = "/api/v1/silences";

struct Wish {
    std::vector<std::string> matchers;
    std::string from;
    std::string to;
    std::string length;
    std::string comment;
    std::string during;
    bool until_clear = false;
};

Result<Json> body_of(const Wish& wish) {
    if (wish.length.empty() && wish.to.empty() && !wish.until_clear && wish.during.empty())
        return fail(Errc::invalid_argument, "a silence without an end is forgotten",
                    "--for 2h, --to 18:00, --until-clear, or --during INTERVAL");
    const Instant now = wall_now();
    Json body{{"matchers", wish.matchers}};
    Instant from = now;
    if (!wish.from.empty()) {
        TRY(from, operate::parse_moment(wish.from, now));
        body["starts_at"] = to_rfc3339(from);
    }
    if (!wish.to.empty()) {
        TRY(const Instant to, operate::parse_moment(wish.to, from));
        body["ends_at"] = to_rfc3339(to);
    }
    if (!wish.length.empty()) {
        TRY_VOID(parse_duration(wish.length));
        body["for"] = wish.length;
    }
    if (!wish.comment.empty()) body["comment"] = wish.comment;
    if (!wish.during.empty()) body["recurrence"] = wish.during;
    if (wish.until_clear) body["until_clear"] = true;
    return body;
}

int add(const Cli& cli, const Wish& wish) {
    const auto body = body_of(wish);
    if (!body) return complain(cli, body.error());
    const View view = [&](const Json& answer, const Screen& screen) {
        Json added = *body;
        added["number"] = operate::number_at(answer, "number");
        added["interval"] = wish.during;
        const auto from = operate::moment_at(added, "starts_at").value_or(screen.now);
        if (const auto lasts = operate::span_at(added, "for"))
            added["ends_at"] = to_rfc3339(from + *lasts);
        return operate::silence_outcome(added, screen);
    };
    return ask_and_show(cli, {"POST", path, body->dump()}, view);
}

int list(const Cli& cli) { return ask_and_show(cli, {.path = path}, operate::silence_list); }

int expire(const Cli& cli, std::int64_t id) {
    const View view = [id](const Json&, const Screen&) {
        return fmt::format("silence {} has ended: what still fires is told\n", id);
    };
    return ask_and_show(cli, {"DELETE", fmt::format("{}/{}", path, id)}, view);
}

}  // namespace

void add_silence(Cli& cli) {
    auto* const group = add_group(cli, "silence", "alerts that nobody is told of for a while");
    group->add_subcommand("list", "silences in force or to come")->callback([&cli] {
        cli.exit_code = list(cli);
    });
    auto* const adds = group->add_subcommand("add", "silence what matches all of these");
    const auto wish = std::make_shared<Wish>();
    adds->add_option("matchers", wish->matchers,
                     "service=catalog, alertname!=errors, severity=~\"sev3|sev4\"")
        ->required();
    auto* const length = adds->add_option("--for", wish->length, "how long: 30m, 2h");
    adds->add_option("--from", wish->from, "18:00, `Mon 09:00`, `2026-11-23 18:00`, +2h");
    adds->add_option("--to", wish->to, "the same forms")->excludes(length);
    adds->add_flag("--until-clear", wish->until_clear, "until nothing that it matches fires");
    adds->add_option("--during", wish->during, "only within this of the configured `intervals`");
    adds->add_option("--comment", wish->comment, "why, for those who wonder");
    adds->callback([&cli, wish] { cli.exit_code = add(cli, *wish); });

    auto* const expires = group->add_subcommand("expire", "end a silence early");
    const auto id = std::make_shared<std::int64_t>(0);
    expires->add_option("id", *id, "its number")->required();
    expires->callback([&cli, id] { cli.exit_code = expire(cli, *id); });
    group->callback([&cli, group] {
        if (group->get_subcommands().empty()) cli.exit_code = list(cli);
    });
}

}  // namespace sg::app
