#include "operate/inspections_view.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "base/text.h"
#include "platform/local/table.h"

namespace sg::operate {

namespace {

using platform::local::coloured;
using platform::local::News;
using platform::local::Table;

// Bad first, then what could not be looked at.
int rank_of(const Json& object) {
    const auto standing = text_at(object, "standing");
    constexpr std::string_view order[] = {"bad", "unknown", "odd", "fine"};
    return static_cast<int>(std::ranges::find(order, standing) - std::begin(order));
}

News news_of(const Json& object) {
    switch (rank_of(object)) {
        case 0: return News::bad;
        case 3: return News::good;
        default: return News::plain;
    }
}

std::string word_of(const Json& object) {
    auto word = text_at(object, "standing");
    return word == "bad" ? "BAD" : word;
}

std::vector<const Json*> sorted(const Json& list) {
    std::vector<const Json*> found;
    for (const auto& one : list) found.push_back(&one);
    std::vector<const Json*> out;
    for (int rank = 0; rank <= 4; ++rank)
        std::ranges::copy_if(found, std::back_inserter(out),
                             [rank](const Json* one) { return rank_of(*one) == rank; });
    return out;
}

std::string upper(std::string text) {
    for (char& c : text) c = static_cast<char>(c >= 'a' && c <= 'z' ? c - 32 : c);
    return text;
}

std::string indented(const std::string& text, std::string_view by) {
    std::string out;
    for (const auto line : split(text, '\n'))
        if (!line.empty()) out += fmt::format("{}{}\n", by, line);
    return out;
}

std::string evidence_of(const Json& finding) {
    const Json& evidence = at(finding, "evidence");
    const Json& rows = list_at(evidence, "rows");
    if (rows.empty()) return {};
    std::vector<std::string> columns;
    for (const auto& column : list_at(evidence, "columns"))
        columns.push_back(upper(column.is_string() ? column.get<std::string>() : ""));
    Table table(columns);
    for (const auto& row : rows) {
        std::vector<std::string> cells;
        for (const auto& cell : row)
            cells.push_back(cell.is_string() ? cell.get<std::string>() : "");
        cells.resize(columns.size());
        table.row(std::move(cells));
    }
    auto text = indented(table.text(false), "      ");
    if (const auto more = number_at(evidence, "left_out"); more > 0)
        text += fmt::format("      … {} more\n", show_count(more));
    return text;
}

std::string of_target(const Json& target, const Screen& screen, Evidence evidence) {
    auto text = fmt::format("{}  {}\n", text_at(target, "target"),
                            coloured(word_of(target), news_of(target), screen.colour));
    std::size_t widest = 0;
    for (const auto& finding : list_at(target, "findings"))
        widest = std::max(widest, text_at(finding, "what").size());
    for (const Json* const finding : sorted(list_at(target, "findings"))) {
        // Padded before it is coloured: colour takes no room.
        const auto word = fmt::format("{:<7}", word_of(*finding));
        text += fmt::format("  {}  {:<{}}  {}\n", coloured(word, news_of(*finding), screen.colour),
                            text_at(*finding, "what"), widest, text_at(*finding, "title"));
        if (const auto hint = text_at(*finding, "hint"); !hint.empty())
            text += fmt::format("    do: {}\n", hint);
        if (evidence == Evidence::all || rank_of(*finding) != 3) text += evidence_of(*finding);
    }
    return text;
}

}  // namespace

std::string inspection_findings(const Json& answer, const Screen& screen, Evidence evidence) {
    std::string text;
    for (const Json* const target : sorted(list_at(answer, "targets")))
        text += (text.empty() ? "" : "\n") + of_target(*target, screen, evidence);
    return text;
}

std::string inspection_list(const Json& answer, const Screen&) {
    Table targets({"TARGET", "KIND"});
    for (const auto& target : list_at(answer, "targets"))
        targets.row({text_at(target, "name"), text_at(target, "subject")});
    Table inspections({"INSPECTION", "SAYS"});
    for (const auto& one : list_at(answer, "inspections"))
        inspections.row({text_at(one, "name"), text_at(one, "sentence")});
    return targets.text(false) + "\n" + inspections.text(false);
}

int exit_code_of(const Json& answer) {
    const auto standing = text_at(answer, "standing");
    if (standing == "bad") return 1;
    return standing == "unknown" ? 3 : 0;
}

std::string target_of(const Json& catalogue, const std::string& word) {
    std::vector<std::string> found;
    for (const auto& target : list_at(catalogue, "targets")) {
        const auto name = text_at(target, "name");
        if (name == word) return word;
        if (name.ends_with(":" + word)) found.push_back(name);
    }
    return found.size() == 1 ? found.front() : word;
}

std::string inspection_of(const Json& catalogue, const std::string& target,
                          const std::string& word) {
    for (const auto& one : list_at(catalogue, "targets"))
        if (text_at(one, "name") == target && word.find('.') == std::string::npos)
            return text_at(one, "subject") + "." + word;
    return word;
}

}  // namespace sg::operate
