// The parser's few messages, in words of people who wrote the file: what is there, and what to
// write instead. It looks at the lines around the place, because the parser stops where it noticed,
// not where the mistake is.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <optional>
#include <set>

#include "base/text.h"
#include "config/yaml.h"

namespace sg::config {

namespace {

struct Stop {
    std::vector<std::string_view> lines;
    Place at;  // Within the lines; lines is not empty.

    std::string_view line(std::uint32_t n) const { return lines[n - 1]; }
    std::string_view here() const { return line(at.line); }
};

std::size_t indent_of(std::string_view line) {
    return std::min(line.find_first_not_of(' '), line.size());
}

bool is_blank(std::string_view line) {
    const auto rest = trim(line);
    return rest.empty() || rest.front() == '#';
}

// The last line above `n` that says something; 0: none.
std::uint32_t said_above(const Stop& stop, std::uint32_t n) {
    while (n > 1)
        if (!is_blank(stop.line(--n))) return n;
    return 0;
}

std::string_view word_at(std::string_view line, std::uint32_t column) {
    if (column == 0 || column > line.size()) return {};
    const auto rest = line.substr(column - 1);
    return rest.substr(0, rest.find_first_of(" ,]}\t"));
}

std::optional<Problem> tab_in_indentation(const Stop& stop) {
    for (std::uint32_t n = 1; n <= stop.at.line; ++n) {
        const auto line = stop.line(n);
        const auto tab = line.find_first_not_of(' ');
        if (tab == std::string_view::npos || line[tab] != '\t') continue;
        if (is_blank(line)) continue;
        return Problem{{n, static_cast<std::uint32_t>(tab + 1)},
                       "there is a tab in the indentation",
                       "replace the tab by spaces: YAML is indented with spaces only",
                       1};
    }
    return {};
}

// Where a quoted value begins in `line` that is not closed in it; npos: none.
std::size_t unclosed_quote(std::string_view line) {
    char before = ' ';  // The last character that is not a space.
    for (std::size_t i = 0; i < line.size(); ++i) {
        const char c = line[i];
        if (c == '#' && (i == 0 || line[i - 1] == ' ')) break;
        const bool begins = (c == '"' || c == '\'') && std::string_view(" :-[{,").contains(before);
        if (begins) {
            std::size_t end = i + 1;
            while (end < line.size() && line[end] != c)
                end += c == '"' && line[end] == '\\' ? 2 : 1;
            if (end >= line.size()) return i;
            i = end;
        }
        if (c != ' ') before = c;
    }
    return std::string_view::npos;
}

std::optional<Problem> quote_not_closed(const Stop& stop) {
    for (std::uint32_t n = 1; n <= stop.at.line; ++n) {
        const auto quote = unclosed_quote(stop.line(n));
        if (quote == std::string_view::npos) continue;
        const char c = stop.line(n)[quote];
        return Problem{{n, static_cast<std::uint32_t>(quote + 1)},
                       "a quote is opened here and not closed in this line",
                       fmt::format("close it with {} at the end of the value", c),
                       1};
    }
    return {};
}

// The last bracket that is still open before the parser stopped.
std::optional<Problem> bracket_not_closed(const Stop& stop) {
    std::vector<Place> open;
    for (std::uint32_t n = 1; n <= stop.at.line; ++n) {
        const auto line = stop.line(n);
        char quote = 0;
        for (std::size_t i = 0; i < line.size(); ++i) {
            const char c = line[i];
            if (n == stop.at.line && i + 1 >= stop.at.column) break;
            if (quote) {
                if (c == quote) quote = 0;
            } else if (c == '"' || c == '\'') {
                quote = c;
            } else if (c == '#' && (i == 0 || line[i - 1] == ' ')) {
                break;
            } else if (c == '[' || c == '{') {
                open.push_back({n, static_cast<std::uint32_t>(i + 1)});
            } else if ((c == ']' || c == '}') && !open.empty()) {
                open.pop_back();
            }
        }
    }
    if (open.empty()) return {};
    const Place at = open.back();
    const char c = stop.line(at.line)[at.column - 1];
    return Problem{at, fmt::format("`{}` is opened here and never closed", c),
                   fmt::format("close it with `{}`", c == '[' ? ']' : '}'), 1};
}

Problem reference_by_accident(const Stop& stop) {
    auto at = stop.at;
    const auto star = stop.here().rfind('*', at.column - 1);
    if (star != std::string_view::npos) at.column = static_cast<std::uint32_t>(star + 1);
    const auto word = word_at(stop.here(), at.column);
    const auto name = word.substr(std::min<std::size_t>(1, word.size()));
    const auto is_name_part = [](char c) {
        return std::isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '-';
    };
    if (!name.empty() && std::ranges::all_of(name, is_name_part))
        return {
            at, fmt::format("there is no anchor `{}` above", name),
            fmt::format(
                "write `&{0}` before the value that is meant, or put it in quotes: \"*{0}\"", name),
            word.size()};
    return {at, fmt::format("`{}` begins with `*`, as a reference to an anchor does", word),
            fmt::format("put it in quotes: \"{}\"", word), word.size()};
}

Problem second_colon(Place at) {
    return {at, "there is a second colon in this line",
            "put the value in quotes if the colon belongs to it; else begin a new line", 1};
}

// `b` or `a:1` where `key: value` should stand; reported at the line, not where the parser noticed.
std::optional<Problem> not_a_pair(const Stop& stop, std::uint32_t n) {
    if (n == 0) return {};
    const auto text = trim(stop.line(n));
    if (text.ends_with(':') || text.contains(": ") || text.starts_with("- ")) return {};
    const Place at{n, static_cast<std::uint32_t>(indent_of(stop.line(n)) + 1)};
    const auto colon = text.find(':');
    if (colon == std::string_view::npos || colon == 0)
        return Problem{at, fmt::format("`{}` is not `key: value`", text),
                       fmt::format("write `{}: ` and its value, or remove the line", text),
                       text.size()};
    return Problem{at, fmt::format("there is no space after the colon of `{}`", text),
                   fmt::format("write `{}: {}`", text.substr(0, colon), text.substr(colon + 1)),
                   text.size()};
}

// 0, 4 or 6
std::string listed(const std::set<std::size_t>& numbers) {
    std::string out;
    for (const auto number : numbers) {
        const bool last = number == *numbers.rbegin();
        out += (out.empty() ? "" : last ? " or " : ", ") + std::to_string(number);
    }
    return out;
}

Problem indentation(const Stop& stop) {
    const auto indent = indent_of(stop.here());
    std::set<std::size_t> above;
    std::size_t most = std::string_view::npos;
    for (auto n = said_above(stop, stop.at.line); n > 0; n = said_above(stop, n)) {
        if (indent_of(stop.line(n)) >= most) continue;
        most = indent_of(stop.line(n));
        above.insert(most);  // The blocks that are open here.
    }
    const Place at{stop.at.line, static_cast<std::uint32_t>(indent + 1)};
    return {at, fmt::format("this line is indented by {}, which fits no line above", indent),
            fmt::format("indent it like the lines that it belongs with: by {}", listed(above)), 0};
}

Problem in_own_words(const Stop& stop, std::string_view message) {
    const auto says = [&](std::string_view part) { return message.contains(part); };
    const auto above = said_above(stop, stop.at.line);
    const auto here = stop.here();
    const auto before = here.substr(0, std::min<std::size_t>(stop.at.column - 1, here.size()));
    if (says("anchor is not defined") || says("alias")) return reference_by_accident(stop);
    if (says("unknown escape"))
        return {stop.at, fmt::format("a backslash in double quotes begins an escape: {}", message),
                "use single quotes, where a backslash is only a backslash", 1};
    if (auto quote = quote_not_closed(stop)) return *quote;
    if (says("map value")) {
        if (before.contains(": ")) {
            const auto colon = here.find(": ", here.find(": ") + 1);
            const auto column = colon == std::string_view::npos ? stop.at.column - 1 : colon;
            return second_colon({stop.at.line, static_cast<std::uint32_t>(column + 1)});
        }
        if (auto pair = not_a_pair(stop, above)) return *pair;
        return indentation(stop);
    }
    if (says("flow not found")) {
        const auto bracket = bracket_not_closed(stop);
        const bool here_too = bracket && bracket->place.line == stop.at.line;
        if (here_too && here.substr(stop.at.column - 1).starts_with(':'))
            return second_colon(stop.at);
        if (bracket) return *bracket;
    }
    if (says("flow end"))
        return {stop.at, fmt::format("`{}` closes nothing", here.substr(stop.at.column - 1, 1)),
                "remove it, or put the value in quotes", 1};
    if (says("unknown token"))
        return {stop.at,
                fmt::format("a value cannot begin with `{}`", here.substr(stop.at.column - 1, 1)),
                fmt::format("put it in quotes: \"{}\"", word_at(here, stop.at.column)), 0};
    if (says("block entry"))
        return {stop.at, "a list cannot begin behind a key in the same line",
                "write it as [a, b], or begin each `- ` in a line of its own", 1};
    if (says("end of map") || says("end of sequence")) {
        if (!trim(before).empty())
            return {stop.at, "this follows a value that is already complete",
                    "put the whole value in quotes, or remove what follows", 0};
        if (auto pair = not_a_pair(stop, stop.at.line)) return *pair;
        return indentation(stop);
    }
    return {stop.at, fmt::format("this is not valid YAML: {}", message),
            "look for a missing quote, bracket or space here or in the line above", 0};
}

}  // namespace

Problem explain_syntax_error(std::string_view text, std::string_view message, Place at) {
    Stop stop{lines_of(text), at};
    const auto count = static_cast<std::uint32_t>(stop.lines.size());
    if (at.line > count || (at.line == count && stop.lines.back().empty() && count > 1)) {
        stop.at.line = std::max(1U, count - 1);  // The end of the file: its last line.
        stop.at.column = static_cast<std::uint32_t>(stop.here().size() + 1);
    }
    stop.at.column = std::clamp<std::uint32_t>(
        stop.at.column, 1,
        static_cast<std::uint32_t>(std::max<std::size_t>(1, stop.here().size())));
    if (auto tab = tab_in_indentation(stop)) return *tab;
    return in_own_words(stop, message);
}

}  // namespace sg::config
