// `streamgate oncall`: who answers now and later, what changes that for a while, who was paged.
#include <fmt/format.h>

#include <memory>

#include "base/units.h"
#include "operate/people_view.h"
#include "ops_ask.h"

namespace sg::app {

namespace {

using operate::Json;
using operate::Screen;

constexpr Duration schedule_span = 28 * 24h;

// `otherwise` when nothing is said.
Result<std::string> moment_text(const std::string& text, const std::string& otherwise) {
    if (text.empty()) return otherwise;
    TRY(const Instant moment, operate::parse_moment(text, wall_now()));
    return to_rfc3339(moment);
}

struct NowWish {
    std::string team;
    std::string at;
};

int now(const Cli& cli, const NowWish& wish) {
    const auto at = moment_text(wish.at, "");
    if (!at) return complain(cli, at.error());
    const auto path = "/api/v1/oncall" + query({{"team", wish.team}, {"at", *at}});
    return ask_and_show(cli, {.path = path}, operate::on_call);
}

struct Span {
    std::string team;
    std::string from;
    std::string to;
    std::string length;  // --for, instead of `to`.
};

struct Between {
    std::string from;
    std::string to;
};

Result<Between> between(const Span& span, Duration otherwise) {
    const Instant here = wall_now();
    Instant from = here;
    if (!span.from.empty()) {
        TRY(from, operate::parse_moment(span.from, here));
    }
    Instant to = from + otherwise;
    if (!span.length.empty()) {
        TRY(const Duration length, parse_duration(span.length));
        to = from + length;
    } else if (!span.to.empty()) {
        TRY(to, operate::parse_moment(span.to, from));
    }
    if (to <= from)
        return fail(Errc::invalid_argument, "it would end before it begins",
                    "give --from and --to in this order, or --for 4h");
    return Between{to_rfc3339(from), to_rfc3339(to)};
}

int schedule(const Cli& cli, const Span& span) {
    const auto times = between(span, schedule_span);
    if (!times) return complain(cli, times.error());
    const auto path = "/api/v1/oncall/schedule" +
                      query({{"team", span.team}, {"from", times->from}, {"to", times->to}});
    return ask_and_show(cli, {.path = path}, operate::shift_list);
}

struct OverrideWish {
    Span span;
    std::string level;
    std::string takes;
    std::string leaves;
    std::string why;
};

int add_override(const Cli& cli, const OverrideWish& wish) {
    if (wish.takes.empty() && wish.leaves.empty())
        return complain(cli, {Errc::invalid_argument, "who takes over, or leaves?",
                              "--takes bo --leaves ana: bo stands in for ana"});
    if (wish.span.to.empty() && wish.span.length.empty())
        return complain(cli, {Errc::invalid_argument, "until when?", "--for 4h, or --to 22:00"});
    const auto times = between(wish.span, 0s);
    if (!times) return complain(cli, times.error());
    Json body{{"from", times->from}, {"to", times->to}};
    const auto put = [&](const char* key, const std::string& value) {
        if (!value.empty()) body[key] = value;
    };
    put("team", wish.span.team);
    put("level", wish.level);
    put("takes", wish.takes);
    put("leaves", wish.leaves);
    put("why", wish.why);
    const View view = [&body](const Json& answer, const Screen& screen) {
        Json added = body;
        added["id"] = operate::number_at(answer, "id");
        return operate::override_outcome(added, screen);
    };
    return ask_and_show(cli, {"POST", "/api/v1/oncall/overrides", body.dump()}, view);
}

int remove_override(const Cli& cli, std::int64_t id) {
    const View view = [id](const Json&, const Screen&) {
        return fmt::format("override {} is taken back; what it did before stays\n", id);
    };
    return ask_and_show(cli, {"DELETE", fmt::format("/api/v1/oncall/overrides/{}", id)}, view);
}

int pages(const Cli& cli, const std::string& word) {
    const auto id = which_incident(cli, word);
    if (!id) return complain(cli, id.error());
    return ask_and_show(cli, {.path = fmt::format("/api/v1/pages?incident={}", *id)},
                        operate::page_list);
}

void add_span(CLI::App* command, Span& span) {
    command->add_option("--team", span.team, "which team; default: the only one");
    command->add_option("--from", span.from, "18:00, `Mon 09:00`, `2026-11-23 18:00`, +2h, now");
    auto* const to = command->add_option("--to", span.to, "the same forms");
    command->add_option("--for", span.length, "how long: 4h, 7d")->excludes(to);
}

void add_overrides(CLI::App* group, Cli& cli) {
    auto* const overrides =
        group->add_subcommand("override", "for a while somebody takes over, or leaves");
    overrides->require_subcommand(1);
    auto* const add = overrides->add_subcommand("add", "from now, or --from, until --to or --for");
    const auto wish = std::make_shared<OverrideWish>();
    add_span(add, wish->span);
    add->add_option("--takes", wish->takes, "who is on call instead, or as well");
    add->add_option("--leaves", wish->leaves, "who is not");
    add->add_option("--level", wish->level,
                    "primary, secondary or backup; default: wherever --leaves stands");
    add->add_option("--why", wish->why, "for those who wonder");
    add->callback([&cli, wish] { cli.exit_code = add_override(cli, *wish); });
    auto* const remove = overrides->add_subcommand("remove", "take an override back");
    const auto id = std::make_shared<std::int64_t>(0);
    remove->add_option("id", *id, "its number")->required();
    remove->callback([&cli, id] { cli.exit_code = remove_override(cli, *id); });
}

}  // namespace

void add_oncall(Cli& cli) {
    auto* const group = add_group(cli, "oncall", "who answers, now and later");
    const auto wish = std::make_shared<NowWish>();
    auto* const at = group->add_subcommand("now", "who is on call, and until when");
    at->add_option("--team", wish->team, "which team; default: all");
    at->add_option("--at", wish->at, "at another time: 18:00, `Mon 09:00`, +2h");
    at->callback([&cli, wish] { cli.exit_code = now(cli, *wish); });

    auto* const plan = group->add_subcommand("schedule", "the shifts of the next four weeks");
    const auto span = std::make_shared<Span>();
    add_span(plan, *span);
    plan->callback([&cli, span] { cli.exit_code = schedule(cli, *span); });

    add_overrides(group, cli);
    add_schedules(group, cli);
    auto* const paged = group->add_subcommand("pages", "who was paged, and who answered");
    const auto incident = std::make_shared<std::string>();
    paged->add_option("incident", *incident, "204 or INC-204; default: the only one that is open");
    paged->callback([&cli, incident] { cli.exit_code = pages(cli, *incident); });
    group->callback([&cli, group] {
        if (group->get_subcommands().empty()) cli.exit_code = now(cli, {});
    });
}

}  // namespace sg::app
