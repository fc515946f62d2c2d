// People, teams, rotations and escalation.
#include <fmt/format.h>

#include "base/text.h"
#include "config/describe_operations.h"
#include "config/expand.h"
#include "config/formats.h"

namespace sg::config {

namespace {

constexpr std::string_view everyone = "everyone";

Result<void> parse_step(std::string_view text, void* value) {
    TRY(*static_cast<EscalationStep*>(value), parse_escalation_step(text));
    return {};
}

std::string print_step(const void* value) {
    return to_text(*static_cast<const EscalationStep*>(value));
}

constexpr auto people_list = R"({"type":"string"},{"type":"array","items":{"type":"string"}})";

}  // namespace

Result<EscalationStep> parse_escalation_step(std::string_view text) {
    constexpr auto hint =
        "write who, and after how long: primary, secondary after 5m, ana after 10m, everyone "
        "after 30m";
    const auto wrong = [&] {
        return fail(Errc::config_invalid, fmt::format("`{}` is not a step of an escalation", text),
                    hint);
    };
    EscalationStep step;
    const auto space = text.find(' ');
    const auto who = text.substr(0, space);
    if (space != std::string_view::npos) {
        const auto rest = trim(text.substr(space));
        if (!rest.starts_with("after ")) return wrong();
        TRY(step.after, parse_duration(trim(rest.substr(6))));
        if (step.after == no_timeout) return wrong();
    }
    if (!formats::name.check(who)) return wrong();
    const auto words = WordsOf<Level>::words;
    for (std::size_t i = 0; i < std::size(WordsOf<Level>::words); ++i)
        if (who == words[i]) {
            step.level = static_cast<Level>(i);
            return step;
        }
    step.to = who == everyone ? EscalationStep::To::everyone : EscalationStep::To::person;
    if (step.to == EscalationStep::To::person) step.person = who;
    return step;
}

std::string to_text(const EscalationStep& step) {
    std::string who = step.person;
    if (step.to == EscalationStep::To::everyone) who = everyone;
    if (step.to == EscalationStep::To::level)
        who = WordsOf<Level>::words[static_cast<std::size_t>(step.level)];
    return step.after == 0s ? who : fmt::format("{} after {}", who, to_text(step.after));
}

const Type& escalation_step_type() {
    static const Type it = {
        .kind = Type::Kind::scalar,
        .name = "a step such as `secondary after 5m`",
        .schema = R"({"type":"string","pattern":"^[^ ]+( +after +[0-9].*)?$"})",
        .parse = parse_step,
        .print = print_step,
        .make = [] { return std::shared_ptr<void>(std::make_shared<EscalationStep>()); }};
    return it;
}

void describe(Visitor& v, Person& person) {
    v.record({.name = "a person",
              .expand = expand::person,
              .short_schema = R"({"type":"string"})",
              .short_words = "a mail address, or { name: …, mail: … }"});
    v.place(person.place);
    v.field({.key = "name",
             .why = "The name that others see: in pages, in the war room, in the calendar.",
             .unset = "the key",
             .format = &formats::one_line},
            person.name);
    v.field({.key = "mail",
             .why = "Where channels of mail reach the person.",
             .unset = "none",
             .format = &formats::mail_address},
            person.mail);
    v.field({.key = "phone",
             .why = "Telephone number with its country, for channels that send text messages or "
                    "call.",
             .unset = "none",
             .format = &formats::phone},
            person.phone);
    v.field(
        {.key = "slack",
         .why = "Member id in Slack, such as U012AB3CD: then messages there mention the person.",
         .unset = "none",
         .format = &formats::one_line},
        person.slack);
    v.field({.key = "zone",
             .why = "Time zone of the person: times in pages and in the calendar are local ones.",
             .format = &formats::zone},
            person.zone);
    v.field({.key = "reach",
             .why = "By which channels, in this order; the next is tried when one fails.",
             .unset = "every channel of `notify`",
             .format = &formats::name},
            person.reach);
}

void describe(Visitor& v, Oncall& oncall) {
    v.record({.name = "an on-call rota",
              .expand = expand::oncall,
              .short_schema = people_list,
              .short_keys = R"("people":{"anyOf":[{"type":"string"},)"
                            R"({"type":"array","items":{"type":"string"}}]})",
              .short_words = "people in the order of their shifts: [ana, bo, cy]"});
    v.place(oncall.place);
    v.field({.key = "primary",
             .why = "Who is paged first, a shift each, in this order. `people: [ana, bo, cy]` "
                    "fills all three levels, so that the next in turn is secondary and the one "
                    "after backup.",
             .unset = "nobody",
             .format = &formats::name},
            oncall.levels[0]);
    v.field({.key = "secondary",
             .why = "Who is paged when the primary does not answer.",
             .unset = "nobody",
             .format = &formats::name},
            oncall.levels[1]);
    v.field({.key = "backup",
             .why = "Who is paged when the secondary does not answer either.",
             .unset = "nobody",
             .format = &formats::name},
            oncall.levels[2]);
    v.field({.key = "handover",
             .why = "When a shift ends and the next begins: a weekday and a clock time in `zone`, "
                    "or only a time. Choose an hour at which both are awake.",
             .format = &formats::handover},
            oncall.handover);
    v.field({.key = "shift",
             .why = "How long a shift is, in hours of the clock on the wall: a week is a week "
                    "also when the clocks change. Shorter ones suit teams around the world.",
             .least = 3600,
             .most = 366 * 86400.0},
            oncall.shift);
    v.field({.key = "zone", .why = "Time zone of the handover.", .format = &formats::zone},
            oncall.zone);
    v.field({.key = "since",
             .why = "The first person's first shift begins with the first handover from this day. "
                    "Move it to move everybody's turn.",
             .format = &formats::date},
            oncall.since);
}

void describe(Visitor& v, Team& team) {
    v.record({.name = "a team",
              .expand = expand::team,
              .short_schema = people_list,
              .short_words = "its people in the order of their shifts: [ana, bo, cy]"});
    v.place(team.place);
    v.field({.key = "oncall", .why = "Who is on call, in shifts."}, team.oncall);
    v.field({.key = "escalate",
             .why = "Who is paged when, counted from the beginning of the page, until somebody "
                    "acknowledges: a level, a person, or everyone. A SEV-1 pages primary and "
                    "secondary at once.",
             .unset = "[primary, secondary after 5m, backup after 15m, everyone after 30m]"},
            team.escalate);
    v.field({.key = "repeat",
             .why = "How often the whole walk is repeated before the fallback is paged.",
             .least = 0,
             .most = 10},
            team.repeat);
    v.field({.key = "fallback",
             .why = "Who is paged when nobody answered, such as the head of engineering.",
             .unset = "everyone of the team, by every channel",
             .format = &formats::name},
            team.fallback);
}

}  // namespace sg::config
