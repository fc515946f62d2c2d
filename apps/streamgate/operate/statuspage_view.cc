#include "operate/statuspage_view.h"

#include <fmt/format.h>

#include <algorithm>

#include "platform/local/table.h"

namespace sg::operate {

namespace {

using platform::local::News;
using platform::local::Table;

std::string spoken(std::string text) {
    std::ranges::replace(text, '_', ' ');
    return text;
}

std::string moment_or(const Json& object, const char* key, const Screen& screen) {
    const auto moment = moment_at(object, key);
    return moment ? show_moment(*moment, screen.now) : "-";
}

std::string components(const Json& answer, const Screen& screen) {
    Table table({"COMPONENT", "SHOWN AS", "SINCE", "WHY"});
    for (const auto& one : list_at(answer, "components")) {
        const auto condition = text_at(one, "condition");
        auto why = text_at(one, "why");
        if (flag_at(one, "fixed"))
            why += fmt::format(" (fixed until {})", moment_or(one, "until", screen));
        table.row({text_at(one, "name"), spoken(condition), moment_or(one, "since", screen), why},
                  condition == "operational" || condition.empty() ? News::plain : News::bad);
    }
    return table.empty() ? "the page has no components\n" : table.text(screen.colour);
}

std::string draft_of(const Json& notice, const Screen& screen) {
    const auto& draft = at(notice, "draft");
    if (!draft.is_object()) return {};
    const auto when = moment_at(draft, "publish_at");
    return fmt::format(
        "    drafted ({}), {}: {}\n", text_at(draft, "stage"),
        when ? "goes out " + show_moment(*when, screen.now) : std::string("waits for you"),
        text_at(draft, "body"));
}

std::string notices(const Json& answer, const Screen& screen) {
    std::string out;
    for (const auto& one : list_at(answer, "notices")) {
        const auto& updates = list_at(one, "updates");
        out += fmt::format("{}  {}  {}\n", incident_name(number_at(one, "incident")),
                           text_at(one, "title"),
                           updates.empty() ? "not published" : text_at(one, "stage"));
        if (!updates.empty())
            out += fmt::format("    {}  {}\n", moment_or(updates.back(), "at", screen),
                               text_at(updates.back(), "body"));
        out += draft_of(one, screen);
    }
    return out;
}

std::string works(const Json& answer, const Screen& screen) {
    Table table({">MAINTENANCE", "TITLE", "PHASE", "FROM", "UNTIL", "COMPONENTS"});
    for (const auto& one : list_at(answer, "maintenances"))
        table.row({std::to_string(number_at(one, "id")), text_at(one, "title"),
                   spoken(text_at(one, "phase")), moment_or(one, "from", screen),
                   moment_or(one, "until", screen), words_at(one, "components")});
    return table.empty() ? "" : "\n" + table.text(screen.colour);
}

}  // namespace

std::string status_page(const Json& answer, const Screen& screen) {
    std::string out = components(answer, screen);
    if (const auto said = notices(answer, screen); !said.empty()) out += "\n" + said;
    out += works(answer, screen);
    for (const auto& doubt : list_at(answer, "doubts"))
        out += fmt::format("doubtful  {}\n", doubt.is_string() ? doubt.get<std::string>() : "");
    return out;
}

std::string subscribers(const Json& answer, const Screen& screen) {
    Table table({"ID", "ADDRESS", "TOLD OF", "CONFIRMED"});
    for (const auto& one : list_at(answer, "subscribers")) {
        const auto wanted = words_at(one, "components");
        table.row({text_at(one, "id"), text_at(one, "address"), wanted.empty() ? "all" : wanted,
                   flag_at(one, "confirmed") ? moment_or(one, "confirmed_at", screen) : "not yet"});
    }
    return table.empty() ? "nobody is told by mail\n" : table.text(screen.colour);
}

}  // namespace sg::operate
