#include "operate/people_view.h"

#include <fmt/format.h>

#include "platform/local/table.h"

namespace sg::operate {

namespace {

using platform::local::News;
using platform::local::Table;

std::string moment_or(const Json& object, const char* key, const Screen& screen) {
    const auto moment = moment_at(object, key);
    return moment ? show_moment(*moment, screen.now) : "-";
}

std::string or_dash(std::string text) { return text.empty() ? "-" : text; }

std::string or_nobody(std::string text) { return text.empty() ? "nobody" : text; }

// Overrides that hold or are to come, below what they change.
std::string override_list(const Json& answer, const Screen& screen) {
    Table table({">OVERRIDE", "TEAM", "LEVEL", "TAKES", "LEAVES", "FROM", "TO", "WHY"});
    for (const auto& it : list_at(answer, "overrides"))
        table.row({text_at(it, "id"), text_at(it, "team"), or_dash(text_at(it, "level")),
                   or_dash(text_at(it, "takes")), or_dash(text_at(it, "leaves")),
                   moment_or(it, "from", screen), moment_or(it, "to", screen), text_at(it, "why")});
    return table.empty() ? "" : "\n" + table.text(screen.colour);
}

std::string state_of_page(const Json& page) {
    const auto state = text_at(page, "state");
    const auto begun = moment_at(page, "begun_at"), taken = moment_at(page, "acknowledged_at");
    if (state != "acknowledged" || !begun || !taken) return state;
    return fmt::format("acknowledged after {}", show_span(*taken - *begun));
}

News news_of_page(const std::string& state) {
    if (state == "walking" || state == "unanswered") return News::bad;
    return state == "acknowledged" ? News::good : News::plain;
}

News news_of_notification(const std::string& state) {
    if (state == "refused") return News::bad;
    return state == "delivered" ? News::good : News::plain;
}

}  // namespace

std::string on_call(const Json& answer, const Screen& screen) {
    Table table({"TEAM", "PRIMARY", "SECONDARY", "BACKUP", "UNTIL"});
    for (const auto& team : list_at(answer, "teams")) {
        const auto primary = words_at(team, "primary");
        table.row(
            {text_at(team, "team"), or_nobody(primary), or_nobody(words_at(team, "secondary")),
             or_nobody(words_at(team, "backup")), moment_or(team, "until", screen)},
            primary.empty() ? News::bad : News::plain);
    }
    if (table.empty())
        return "nobody is on call: there is no team\n"
               "next  write `people` and `teams` into the configuration\n";
    return table.text(screen.colour) + override_list(answer, screen);
}

std::string shift_list(const Json& answer, const Screen& screen) {
    Table table({"LEVEL", "PERSON", "FROM", "TO", ">FOR"});
    for (const auto& shift : list_at(answer, "shifts")) {
        const auto from = moment_at(shift, "from"), to = moment_at(shift, "to");
        const bool is_now = from && to && *from <= screen.now && screen.now < *to;
        table.row({text_at(shift, "level"), text_at(shift, "person") + (is_now ? " (now)" : ""),
                   moment_or(shift, "from", screen), moment_or(shift, "to", screen),
                   from && to ? show_span(*to - *from) : "-"});
    }
    if (table.empty()) return "nobody is on call in this time\n" + override_list(answer, screen);
    return table.text(screen.colour) + override_list(answer, screen);
}

std::string override_outcome(const Json& it, const Screen& screen) {
    const auto takes = text_at(it, "takes"), leaves = text_at(it, "leaves");
    std::string who = or_nobody(takes);
    if (takes.empty()) who = leaves + " is not on call";
    else if (leaves.empty()) who += " is on call too";
    else who += " is on call for " + leaves;
    return fmt::format(
        "override {}: {} · {} · {} to {}\n"
        "next  streamgate oncall override remove {}    takes it back\n",
        text_at(it, "id"), who, text_at(it, "team"), moment_or(it, "from", screen),
        moment_or(it, "to", screen), text_at(it, "id"));
}

std::string page_list(const Json& answer, const Screen& screen) {
    Table table(
        {">PAGE", "INCIDENT", "SEVERITY", "STATE", "BEGUN", ">SENT", "PEOPLE", "WHO", "WHAT"});
    for (const auto& page : list_at(answer, "pages"))
        table.row({text_at(page, "id"), incident_name(number_at(page, "incident")),
                   fmt::format("SEV-{}", number_at(page, "severity")), state_of_page(page),
                   moment_or(page, "begun_at", screen), show_count(number_at(page, "sent")),
                   or_nobody(words_at(page, "people")), or_dash(text_at(page, "acknowledged_by")),
                   text_at(page, "title")},
                  news_of_page(text_at(page, "state")));
    return table.empty() ? "nobody was paged\n" : table.text(screen.colour);
}

std::string notification_list(const Json& answer, const Screen& screen) {
    Table table({"AT", "PERSON", "CHANNEL", "STATE", ">ATTEMPT", "WHAT", "DETAIL"});
    for (const auto& it : list_at(answer, "notifications")) {
        const auto state = text_at(it, "state");
        table.row({moment_or(it, "begun_at", screen), or_dash(text_at(it, "person")),
                   text_at(it, "channel"), state, text_at(it, "attempt"), text_at(it, "told"),
                   text_at(it, "detail")},
                  news_of_notification(state));
    }
    std::string out = table.empty() ? "nobody was notified\n" : table.text(screen.colour);
    for (const auto& it : list_at(answer, "channels"))
        if (flag_at(it, "broken"))
            out += platform::local::coloured(
                       fmt::format("{} is broken for {} since {}: {}", text_at(it, "channel"),
                                   or_dash(text_at(it, "person")), moment_or(it, "since", screen),
                                   text_at(it, "detail")),
                       News::bad, screen.colour) +
                   "\n";
    return out;
}

}  // namespace sg::operate
