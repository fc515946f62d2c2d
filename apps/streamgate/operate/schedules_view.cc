#include "operate/schedules_view.h"

#include <fmt/format.h>

#include "platform/local/table.h"

namespace sg::operate {

namespace {

using platform::local::Table;

std::string moment_or(const Json& object, const char* key, const Screen& screen) {
    const auto moment = moment_at(object, key);
    return moment ? show_moment(*moment, screen.now) : "-";
}

std::string span_or(const Json& object, const char* key) {
    const auto span = span_at(object, key);
    return span && *span > 0s ? show_span(*span) : "-";
}

}  // namespace

std::string temporary_list(const Json& answer, const Screen& screen) {
    Table table({">ID", "TEAM", "FROM", "TO", "SHIFTS", "WHY"});
    for (const auto& it : list_at(answer, "temporaries")) {
        std::string shifts;
        for (const auto& shift : list_at(it, "shifts"))
            shifts +=
                fmt::format("{}{} {} to {}", shifts.empty() ? "" : "; ", text_at(shift, "person"),
                            moment_or(shift, "from", screen), moment_or(shift, "to", screen));
        table.row({text_at(it, "id"), text_at(it, "team"), moment_or(it, "from", screen),
                   moment_or(it, "to", screen), shifts, text_at(it, "why")});
    }
    return table.empty() ? "the rotations hold: there is no temporary schedule\n"
                         : table.text(screen.colour);
}

std::string quality_report(const Json& answer, const Screen& screen) {
    auto out = fmt::format("{}: score {} · coverage {} · balance {} · the next 52 weeks\n",
                           text_at(answer, "team"), show_share(real_at(answer, "score")),
                           show_share(real_at(answer, "coverage")),
                           show_share(real_at(answer, "balance")));
    for (const auto& level : list_at(answer, "covered"))
        out += fmt::format("{:<10} covered {}\n", text_at(level, "level"),
                           show_share(real_at(level, "share")));
    if (const auto gap = span_at(answer, "gap_longest"); gap && *gap > 0s)
        out += fmt::format("longest time with nobody: {} from {}\n", show_span(*gap),
                           moment_or(answer, "gap_from", screen));
    Table table({"PERSON", ">ON CALL", ">PRIMARY", ">SHARE", ">BACK TO BACK", ">MOST IN 12 H"});
    for (const auto& load : list_at(answer, "loads"))
        table.row({text_at(load, "person"), span_or(load, "on_call"), span_or(load, "primary"),
                   show_share(real_at(load, "primary_share")), text_at(load, "back_to_back"),
                   show_count(number_at(load, "incidents_12h"))});
    if (!table.empty()) out += "\n" + table.text(screen.colour);
    const auto& warnings = list_at(answer, "warnings");
    if (!warnings.empty()) out += "\n";
    for (const auto& warning : warnings)
        out += fmt::format("warning  {}\n", warning.get<std::string>());
    return out;
}

std::string feed_list(const Json& answer, const Screen& screen) {
    Table table({">ID", "OF", "OPENED"});
    for (const auto& feed : list_at(answer, "feeds")) {
        const auto person = text_at(feed, "person");
        table.row({text_at(feed, "id"), person.empty() ? text_at(feed, "team") : person,
                   moment_or(feed, "opened_at", screen)});
    }
    return table.empty() ? "nobody reads a calendar\n"
                           "next  streamgate oncall feed open --person ana\n"
                         : table.text(screen.colour);
}

std::string feed_opened(const Json& answer, const Screen&) {
    const auto url = text_at(answer, "url");
    if (url.empty())
        return fmt::format(
            "{}\nSubscribe to it at the address of ops.listen; whoever has it can read it. It is\n"
            "shown this once. next  set ops.public_url for whole addresses\n",
            text_at(answer, "path"));
    return fmt::format("{}\nSubscribe to it; whoever has it can read it. It is shown this once.\n",
                       url);
}

std::string swap_outcome(const Json& answer, const Screen& screen) {
    Table table({">OVERRIDE", "LEVEL", "TAKES", "LEAVES", "FROM", "TO"});
    for (const auto& it : list_at(answer, "overrides"))
        table.row({text_at(it, "id"), text_at(it, "level"), text_at(it, "takes"),
                   text_at(it, "leaves"), moment_or(it, "from", screen),
                   moment_or(it, "to", screen)});
    return "swapped; the overrides that now hold:\n" + table.text(screen.colour);
}

}  // namespace sg::operate
