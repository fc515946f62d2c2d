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

std::string people_of(const Json& team, std::string_view level) {
    for (const auto& one : list_at(team, "levels"))
        if (text_at(one, "level") == level) return words_at(one, "people");
    return {};
}

void add_overrides(Table& table, const Json& team, const Screen& screen) {
    for (const auto& it : list_at(team, "overrides"))
        table.row({text_at(it, "id"), text_at(it, "team"), or_dash(text_at(it, "level")),
                   or_dash(text_at(it, "takes")), or_dash(text_at(it, "leaves")),
                   moment_or(it, "from", screen), moment_or(it, "to", screen), text_at(it, "why")});
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
    Table table({"TEAM", "PRIMARY", "SECONDARY", "BACKUP"});
    Table changes({">OVERRIDE", "TEAM", "LEVEL", "TAKES", "LEAVES", "FROM", "TO", "WHY"});
    std::string notes;
    for (const auto& team : list_at(answer, "teams")) {
        const auto primary = people_of(team, "primary");
        table.row({text_at(team, "team"), or_nobody(primary),
                   or_nobody(people_of(team, "secondary")), or_nobody(people_of(team, "backup"))},
                  primary.empty() ? News::bad : News::plain);
        add_overrides(changes, team, screen);
        for (const auto& note : list_at(team, "notes"))
            notes +=
                fmt::format("note from {} for the next {} of {}: {}\n", text_at(note, "by"),
                            text_at(note, "level"), text_at(team, "team"), text_at(note, "text"));
    }
    if (table.empty())
        return "nobody is on call: there is no team\n"
               "next  write `people` and `teams` into the configuration\n";
    auto out = table.text(screen.colour);
    if (!changes.empty()) out += "\n" + changes.text(screen.colour);
    return notes.empty() ? out : out + "\n" + notes;
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
    return table.empty() ? "nobody is on call in this time\n" : table.text(screen.colour);
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
    return table.empty() ? "nobody was notified\n" : table.text(screen.colour);
}

std::string channel_list(const Json& answer, const Screen& screen) {
    Table table({"CHANNEL", "KIND", "REACHES", ">UNDER WAY", "LAST TAKEN", "NEXT TEST", "STATE"});
    for (const auto& channel : list_at(answer, "channels")) {
        std::string broken;
        for (const auto& it : list_at(channel, "broken")) {
            const auto person = text_at(it, "person");
            broken += fmt::format("{}broken{}: {}", broken.empty() ? "" : "; ",
                                  person.empty() ? "" : " for " + person, text_at(it, "detail"));
        }
        table.row(
            {text_at(channel, "channel"), text_at(channel, "kind"),
             or_dash(words_at(channel, "people")), show_count(number_at(channel, "under_way")),
             moment_or(channel, "taken_at", screen), moment_or(channel, "test_due", screen),
             broken.empty() ? "works" : broken},
            broken.empty() ? News::plain : News::bad);
    }
    return table.empty() ? "there is no channel: nobody can be told anything\n"
                           "next  write `notify` into the configuration\n"
                         : table.text(screen.colour);
}

}  // namespace sg::operate
