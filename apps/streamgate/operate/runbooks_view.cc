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
    Table table(
        {"RUNBOOK", "SEVERITY", "FOR", "OWNER", ">STEPS", "FROM", "REVIEWED", ">RUNS", "STANDING"});
    for (const auto& runbook : list_at(answer, "runbooks"))
        table.row({text_at(runbook, "name"), fmt::format("SEV-{}", number_at(runbook, "severity")),
                   triggers_of(runbook), text_at(runbook, "owner"),
                   show_count(number_at(runbook, "steps")),
                   flag_at(runbook, "shipped") ? "shipped" : "yours", text_at(runbook, "reviewed"),
                   show_count(number_at(runbook, "runs")), standing_of(runbook)},
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

std::string run_list(const Json& answer, const Screen& screen) {
    Table table({"RUN", "RUNBOOK", "INCIDENT", "SERVICE", "STARTED", "BY", "STATE", "CAME TO"});
    for (const auto& run : list_at(answer, "runs")) {
        const auto incident = number_at(run, "incident");
        const auto started = moment_at(run, "started_at");
        const auto outcome = text_at(run, "outcome");
        table.row({fmt::to_string(number_at(run, "id")), text_at(run, "runbook"),
                   incident == 0 ? "-" : incident_name(incident), text_at(run, "service"),
                   started ? show_moment(*started, screen.now) : "-", text_at(run, "by"),
                   text_at(run, "state"), outcome == "none" ? text_at(run, "likely") : outcome},
                  News::plain);
    }
    return table.empty() ? "nothing was run\n" : table.text(screen.colour);
}

namespace {

std::string looks_of(const Json& run, const Screen& screen) {
    Table table({"CHECK", "STANDING", "FOUND"});
    for (const auto& look : list_at(run, "looks")) {
        const auto standing = text_at(look, "standing");
        table.row({text_at(look, "step"), standing, text_at(look, "title")},
                  standing == "bad" ? News::bad : News::plain);
    }
    return table.empty() ? "" : table.text(screen.colour);
}

std::string acts_of(const Json& run) {
    std::string text;
    for (const auto& question : list_at(run, "questions")) {
        const auto answer = text_at(question, "answer");
        text += fmt::format(
            "asked      {} ({}){}\n", text_at(question, "text"), words_at(question, "answers"),
            answer.empty() ? ""
                           : fmt::format(": {}, by {}", answer, text_at(question, "answered_by")));
    }
    for (const auto& reach : list_at(run, "reached")) {
        const auto outcome = text_at(reach, "outcome");
        text += fmt::format("came to    {}{}\n", text_at(reach, "what"),
                            outcome.empty() ? "" : ": " + outcome);
    }
    return text;
}

}  // namespace

std::string run_card(const Json& run, const Screen& screen) {
    std::string text = fmt::format("run {} of {}  {}\n", number_at(run, "id"),
                                   text_at(run, "runbook"), text_at(run, "state"));
    const auto say = [&](const char* name, const std::string& what) {
        if (!what.empty()) text += fmt::format("{:<11}{}\n", name, what);
    };
    if (const auto incident = number_at(run, "incident"); incident != 0)
        say("incident", incident_name(incident));
    say("service", text_at(run, "service"));
    say("likely", text_at(run, "likely"));
    for (const auto& cause : list_at(run, "causes"))
        say("cause", fmt::format("{} {}: {}", text_at(cause, "kind"), text_at(cause, "name"),
                                 text_at(cause, "evidence")));
    text += looks_of(run, screen) + acts_of(run);
    say("proposed", text_at(run, "proposed"));
    say("ended", text_at(run, "why"));
    return text;
}

}  // namespace sg::operate
