#include "config/problem.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "base/text.h"
#include "config/yaml.h"

namespace sg::config {

namespace {

constexpr std::size_t message_max = 400;  // A value may be as long as the file.
constexpr std::size_t line_max = 160;     // Of the excerpt.

// The characters of a text; what is not UTF-8 counts byte by byte.
std::size_t characters(std::string_view text) {
    std::size_t count = 0;
    for (std::size_t i = 0; i < text.size(); ++count)
        i += std::max<std::size_t>(1, utf8_length(text.substr(i)));
    return count;
}

// Control characters as \xNN, so that no value can speak to the terminal; cut at `most` bytes.
std::string printable(std::string_view text, std::size_t most) {
    std::string out;
    for (std::size_t i = 0; i < text.size();) {
        const auto length = utf8_length(text.substr(i));
        const auto c = static_cast<unsigned char>(text[i]);
        // C1 controls, U+0080 to U+009F, are two bytes, C2 80 to C2 9F.
        const bool c1 = c == 0xC2 && length == 2 && static_cast<unsigned char>(text[i + 1]) < 0xA0;
        if (out.size() >= most) return out + "…";
        if (length == 0 || c < 0x20 || c == 0x7F || c1) {
            out += fmt::format("\\x{:02x}", c);
            i += c1 ? 2 : 1;
        } else {
            out += text.substr(i, length);
            i += length;
        }
    }
    return out;
}

std::size_t quoted_length(std::string_view rest) {
    const char quote = rest.front();
    for (std::size_t i = 1; i < rest.size(); ++i) {
        if (quote == '"' && rest[i] == '\\') ++i;
        else if (rest[i] == quote) return i + 1;
    }
    return rest.size();
}

std::size_t bracketed_length(std::string_view rest) {
    std::size_t depth = 0;
    for (std::size_t i = 0; i < rest.size(); ++i) {
        if (rest[i] == '"' || rest[i] == '\'') {
            i += quoted_length(rest.substr(i)) - 1;
        } else if (rest[i] == '[' || rest[i] == '{') {
            ++depth;
        } else if (rest[i] == ']' || rest[i] == '}') {
            if (--depth == 0) return i + 1;
        }
    }
    return rest.size();
}

// Bytes to underline from the beginning of `rest`.
std::size_t length_of(std::string_view rest) {
    if (rest.empty()) return 1;
    if (rest.front() == '"' || rest.front() == '\'') return quoted_length(rest);
    if (rest.front() == '[' || rest.front() == '{') return bracketed_length(rest);
    auto end = std::min({rest.find(": "), rest.find(" #"), rest.find_first_of(",]}")});
    if (end == std::string_view::npos) end = rest.size();
    auto word = rest.substr(0, end);
    if (word.ends_with(':')) word.remove_suffix(1);
    return std::max<std::size_t>(1, trim(word).size());
}

}  // namespace

void put_in_order(std::vector<Problem>& problems, std::string_view text) {
    const auto lines = lines_of(text);
    std::vector<std::size_t> order(problems.size());
    std::iota(order.begin(), order.end(), 0U);
    std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        return std::pair(problems[a].place, a) < std::pair(problems[b].place, b);
    });
    std::vector<Problem> sorted;
    sorted.reserve(problems.size());
    for (const auto index : order) {
        Problem problem = std::move(problems[index]);
        problem.what = printable(problem.what, message_max);
        problem.hint = printable(problem.hint, message_max);
        if (problem.place.line == 0) problem.place = {1, 1};
        const auto line =
            problem.place.line <= lines.size() ? lines[problem.place.line - 1] : std::string_view();
        const auto before = std::min<std::size_t>(problem.place.column - 1, line.size());
        const auto rest = line.substr(before);
        if (problem.length == 0 || problem.length > rest.size()) problem.length = length_of(rest);
        problem.length = std::max<std::size_t>(1, characters(rest.substr(0, problem.length)));
        problem.place.column = static_cast<std::uint32_t>(characters(line.substr(0, before)) + 1);
        sorted.push_back(std::move(problem));
    }
    problems = std::move(sorted);
}

std::string render(const std::vector<Problem>& problems, std::string_view text,
                   std::string_view file_name) {
    const auto lines = lines_of(text);
    std::string out;
    for (const Problem& problem : problems) {
        if (!out.empty()) out += '\n';
        const auto [line, column] = problem.place;
        fmt::format_to(std::back_inserter(out), "{}:{}:{}: error: {}\n", file_name, line, column,
                       problem.what);
        if (line <= lines.size() && column <= line_max) {
            std::string excerpt(lines[line - 1]);
            std::replace(excerpt.begin(), excerpt.end(), '\t', ' ');
            const auto most = line_max + 40;
            const auto marks = std::min<std::size_t>(problem.length - 1, line_max - column + 1);
            fmt::format_to(std::back_inserter(out), "{:>5} | {}\n      | {:>{}}{}\n", line,
                           printable(excerpt, most), '^', column, std::string(marks, '~'));
        }
        if (!problem.hint.empty())
            fmt::format_to(std::back_inserter(out), "hint: {}\n", problem.hint);
    }
    return out;
}

}  // namespace sg::config
