#include "operate/runbooks_view.h"

#include <fmt/format.h>

#include "platform/local/table.h"

namespace sg::operate {

namespace {

using platform::local::News;
using platform::local::Table;

std::string triggers_of(const Json& runbook) {
    std::string text;
    for (const auto& trigger : list_at(runbook, "triggers"))
        for (const auto& [kind, name] : trigger.items())
            if (name.is_string())
                text +=
                    fmt::format("{}{} {}", text.empty() ? "" : ", ", kind, name.get<std::string>());
    return text.empty() ? "when named" : text;
}

// `fine`, `2 mistakes`, `review due`.
std::string standing_of(const Json& runbook) {
    const auto mistakes = list_at(runbook, "mistakes").size();
    if (mistakes > 0) return fmt::format("{} mistake{}", mistakes, mistakes == 1 ? "" : "s");
    const auto& doubts = list_at(runbook, "doubts");
    return doubts.empty() ? "fine" : text_at(doubts.front(), "what");
}

News news_of(const Json& runbook) {
    if (!list_at(runbook, "mistakes").empty()) return News::bad;
    return News::plain;
}

std::string problem_lines(const Json& runbook, std::string_view key, std::string_view word) {
    std::string text;
    for (const auto& problem : list_at(runbook, key))
        text += fmt::format("line {}: {}: {}\nhint: {}\n", number_at(problem, "line"), word,
                            text_at(problem, "what"), text_at(problem, "hint"));
    return text;
}

}  // namespace

std::string runbook_list(const Json& answer, const Screen& screen) {
    Table table({"RUNBOOK", "SEVERITY", "FOR", "OWNER", ">STEPS", "FROM", "REVIEWED", "STANDING"});
    for (const auto& runbook : list_at(answer, "runbooks"))
        table.row({text_at(runbook, "name"), fmt::format("SEV-{}", number_at(runbook, "severity")),
                   triggers_of(runbook), text_at(runbook, "owner"),
                   show_count(number_at(runbook, "steps")),
                   flag_at(runbook, "shipped") ? "shipped" : "yours", text_at(runbook, "reviewed"),
                   standing_of(runbook)},
                  news_of(runbook));
    auto text = table.text(screen.colour);
    for (const auto& error : list_at(answer, "unreadable"))
        if (error.is_string()) text += fmt::format("error: {}\n", error.get<std::string>());
    return text;
}

std::string runbook_card(const Json& runbook, const Screen&) {
    std::string text = text_at(runbook, "text");
    if (!text.ends_with('\n')) text += '\n';
    const auto problems =
        problem_lines(runbook, "mistakes", "error") + problem_lines(runbook, "doubts", "doubt");
    return problems.empty() ? text : text + "\n" + problems;
}

}  // namespace sg::operate
