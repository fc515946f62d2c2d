#include "operate/postmortem_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "base/text.h"
#include "ops/learn/knowledge/model.h"

namespace sg::operate {

namespace {

using knowledge::section_rows;
using knowledge::SectionRow;
using Line = std::vector<std::string>;

std::string aligned(const std::vector<Line>& lines) {
    std::vector<std::size_t> widths(lines.front().size());
    for (const Line& line : lines)
        for (std::size_t i = 0; i < line.size(); ++i)
            widths[i] = std::max(widths[i], line[i].size());
    std::string out;
    for (const Line& line : lines) {
        std::string text;
        for (std::size_t i = 0; i < line.size(); ++i)
            text += fmt::format("{}{:<{}}", i > 0 ? "  " : "", line[i], widths[i]);
        text.erase(text.find_last_not_of(' ') + 1);
        out += text + "\n";
    }
    return out;
}

std::string or_dash(std::string text) { return text.empty() ? "-" : text; }

std::string due_of(const Json& postmortem, const Screen& screen) {
    const bool is_draft = text_at(postmortem, "state") == "draft";
    const auto due = moment_at(postmortem, "due");
    return is_draft && due ? show_due(*due, screen.now) : "-";
}

// The heading of a section: `## factors: why it could happen …`
const SectionRow* row_of(std::string_view line) {
    if (!line.starts_with("## ")) return nullptr;
    const auto key = line.substr(3, line.find(':') - 3);
    const auto row = std::ranges::find(section_rows, key, &SectionRow::key);
    return row == section_rows.end() || line.find(':') == std::string_view::npos ? nullptr : &*row;
}

std::string without_empty_ends(std::string text) {
    while (text.starts_with('\n')) text.erase(0, 1);
    const auto last = text.find_last_not_of(" \n\r\t");
    text.erase(last == std::string::npos ? 0 : last + 1);
    return text;
}

}  // namespace

std::string postmortem_list(const Json& answer, const Screen& screen) {
    std::vector<Line> lines{{"PM", "SEV", "STATE", "OWNER", "DUE", "SERVICE", "TITLE"}};
    for (const auto& p : list_at(answer, "postmortems"))
        lines.push_back({fmt::format("PM-{}", number_at(p, "incident")),
                         fmt::format("SEV-{}", number_at(p, "severity")), text_at(p, "state"),
                         or_dash(text_at(p, "owner")), due_of(p, screen),
                         or_dash(text_at(p, "service")), text_at(p, "title")});
    return lines.size() == 1 ? "there is no such post-mortem\n" : aligned(lines);
}

std::string action_list(const Json& answer, const Screen& screen) {
    std::vector<Line> lines{{"ITEM", "OF", "KIND", "PRIO", "OWNER", "DUE", "WHAT"}};
    for (const auto& item : list_at(answer, "action_items")) {
        const auto due = moment_at(item, "due");
        const bool is_open = text_at(item, "state") == "open";
        const auto again = number_at(item, "recurred");
        lines.push_back(
            {std::to_string(number_at(item, "id")),
             fmt::format("PM-{}", number_at(item, "incident")), text_at(item, "kind"),
             std::to_string(number_at(item, "priority")), text_at(item, "owner"),
             is_open && due ? show_due(*due, screen.now) : "done",
             text_at(item, "what") + (again > 0 ? fmt::format("  (again: INC-{})", again) : "")});
    }
    return lines.size() == 1 ? "nothing is to be done\n" : aligned(lines);
}

std::string action_card(const Json& item, const Screen& screen) {
    return action_list(Json{{"action_items", {item}}}, screen);
}

std::string seen_before(const Json& answer) {
    std::string out;
    for (const auto& p : list_at(answer, "before")) {
        const auto lessons = text_at(p, "lessons");
        const auto line = lessons.substr(0, lessons.find('\n'));
        out += fmt::format("{}INC-{}{}{}\n", out.empty() ? "seen before   " : "              ",
                           number_at(p, "incident"), line.empty() ? "" : ", lesson: ",
                           line.empty() ? ", " + text_at(p, "title") : line);
    }
    return out;
}

std::string editable(const Json& postmortem) {
    std::string out = fmt::format(
        "PM-{} at version {}. Write below the headings; what stands above the first is left out.\n",
        number_at(postmortem, "incident"), number_at(postmortem, "version"));
    for (const SectionRow& row : section_rows) {
        const auto text = text_at(at(postmortem, "sections"), row.key);
        out +=
            fmt::format("\n## {}: {}\n\n{}{}", row.key, row.hint, text, text.empty() ? "" : "\n");
    }
    return out;
}

std::map<std::string, std::string> edited(std::string_view text) {
    std::map<std::string, std::string> sections;
    std::string* here = nullptr;
    for (const auto line : split(text, '\n')) {
        if (const auto* row = row_of(line)) {
            here = &sections[std::string(row->key)];
        } else if (here != nullptr) {
            *here += std::string(line) + "\n";
        }
    }
    for (auto& [key, written] : sections) written = without_empty_ends(std::move(written));
    return sections;
}

std::map<std::string, std::string> changed(const Json& postmortem, std::string_view text) {
    auto sections = edited(text);
    std::erase_if(sections, [&](const auto& section) {
        return without_empty_ends(text_at(at(postmortem, "sections"), section.first)) ==
               section.second;
    });
    return sections;
}

Result<std::int64_t> parse_postmortem(std::string_view text) {
    if (text.starts_with("PM-") || text.starts_with("pm-")) text.remove_prefix(3);
    return parse_incident(text);
}

}  // namespace sg::operate
