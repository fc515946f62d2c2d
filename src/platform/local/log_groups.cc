#include "platform/local/log_groups.h"

#include <algorithm>
#include <tuple>

#include "base/text.h"
#include "platform/inspect/text.h"

namespace sg::platform::local {

namespace {

constexpr std::size_t line_most = 4000;  // Bound: of what is looked at of one line.

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }
bool in_word(char c) {
    return is_digit(c) || is_letter(c) || c == '_' || c == '-' || c == '.' || c == ':';
}

// What a word stands for: itself, or what changes in it.
std::string_view shape_of(std::string_view word) {
    const auto digits = std::ranges::count_if(word, is_digit);
    if (digits == 0) return {};
    const auto count = [&](char c) { return std::ranges::count(word, c); };
    const bool all_hex =
        std::ranges::all_of(word, [](char c) { return is_hex(c) || c == '-' || c == ':'; });
    // 2026-11-23T06:22:31.042Z, 2026-11-23, 06:22:31.042
    const bool clock = count(':') >= 2 && is_digit(word[0]) && digits >= 4 && count('.') <= 1;
    const bool day = count('-') == 2 && digits >= 8 && is_digit(word[0]) && word.size() <= 32;
    if ((day && word.size() >= 10 && word[4] == '-') || (clock && word.size() <= 32))
        return "<time>";
    if (count('.') == 3 &&
        std::ranges::all_of(word, [](char c) { return is_digit(c) || c == '.' || c == ':'; }))
        return "<ip>";
    if (all_hex && count(':') >= 2) return "<ip>";
    constexpr std::size_t id_least = 12;  // Hex of that length is nobody's word.
    if (all_hex && word.size() >= id_least && digits >= 2 && count(':') == 0) return "<id>";
    return {};
}

// Runs of digits within a word are one `<n>`; `10.5` is one number.
void append_numbers(std::string& out, std::string_view word) {
    for (std::size_t at = 0; at < word.size();) {
        if (!is_digit(word[at])) {
            out += word[at++];
            continue;
        }
        while (at < word.size() &&
               (is_digit(word[at]) ||
                (word[at] == '.' && at + 1 < word.size() && is_digit(word[at + 1]))))
            ++at;
        out += "<n>";
    }
}

// Long mixtures of letters and digits: request ids, tokens.
bool is_mixture(std::string_view word) {
    constexpr std::size_t least = 16;
    if (word.size() < least) return false;
    const auto digits = std::ranges::count_if(word, is_digit);
    const auto letters = std::ranges::count_if(word, is_letter);
    return digits >= 3 && letters >= 3 && digits + letters >= static_cast<int>(word.size()) - 4;
}

bool has_word(std::string_view text, std::string_view word) {
    for (std::size_t at = 0; (at = text.find(word, at)) != std::string_view::npos; ++at) {
        const auto end = at + word.size();
        const bool begins = at == 0 || !is_letter(text[at - 1]);
        const bool ends = end == text.size() || !is_letter(text[end]);
        if (begins && ends) return true;
    }
    return false;
}

// What follows a key such as `level=` or `"level":"`.
std::string_view value_at(std::string_view text, std::string_view key) {
    for (std::size_t at = 0; (at = text.find(key, at)) != std::string_view::npos; ++at) {
        auto from = at + key.size();
        if (at > 0 && is_letter(text[at - 1])) continue;
        if (from < text.size() && text[from] == '"') ++from;
        if (from >= text.size() || (text[from] != '=' && text[from] != ':')) continue;
        ++from;
        while (from < text.size() && (text[from] == '"' || text[from] == ' ')) ++from;
        auto to = from;
        while (to < text.size() && in_word(text[to])) ++to;
        return text.substr(from, to - from);
    }
    return {};
}

}  // namespace

std::string template_of(std::string_view raw) {
    const auto line = inspect::shown(raw.substr(0, line_most), line_most);
    std::string out;
    for (std::size_t at = 0; at < line.size() && out.size() < template_most;) {
        const char c = line[at];
        if (c == '"' || c == '\'') {  // A quoted text is somebody's value, unless it is a key.
            const auto end = line.find(c, at + 1);
            const bool key =
                end != std::string::npos && end + 1 < line.size() && line[end + 1] == ':';
            if (end != std::string::npos && end - at > 1) {
                out += key ? line.substr(at, end + 1 - at) : "<text>";
                at = end + 1;
                continue;
            }
        }
        if (!is_digit(c) && !is_letter(c)) {
            out += c;
            ++at;
            continue;
        }
        auto end = at;
        while (end < line.size() && in_word(line[end])) ++end;
        while (end > at + 1 && (line[end - 1] == ':' || line[end - 1] == '.')) --end;
        const auto word = std::string_view(line).substr(at, end - at);
        if (const auto shape = shape_of(word); !shape.empty()) out += shape;
        else if (is_mixture(word)) out += "<id>";
        else append_numbers(out, word);
        at = end;
    }
    return inspect::shown(out, template_most);
}

bool is_error(std::string_view raw) {
    const auto line = to_lower(raw.substr(0, line_most));
    constexpr std::string_view bad[] = {"error", "err",   "fatal", "critical", "crit",
                                        "panic", "emerg", "alert", "severe"};
    constexpr std::string_view good[] = {"info", "debug", "trace", "notice", "warn", "warning"};
    const auto is_one_of = [](std::string_view word, auto& list) {
        return std::ranges::find(list, word) != std::end(list);
    };
    for (const auto key : {"level", "severity", "lvl"}) {
        const auto level = value_at(line, key);
        if (is_one_of(level, bad)) return true;
        if (is_one_of(level, good)) return false;
    }
    // `… INFO …` near the beginning is a level too.
    const auto head = std::string_view(line).substr(0, 60);
    for (const auto word : good)
        if (word != "alert" && has_word(head, word) && !has_word(head, "error")) return false;
    constexpr std::string_view words[] = {"error",     "fatal",   "panic",     "exception",
                                          "traceback", "failed",  "failure",   "critical",
                                          "refused",   "timeout", "timed out", "cannot"};
    return std::ranges::any_of(words, [&](auto word) { return has_word(line, word); });
}

Instant moment_of(std::string_view line) {
    const auto read = [](std::string_view text) -> Instant {
        std::string candidate(text.substr(0, 35));
        if (candidate.size() > 10 && candidate[10] == ' ') candidate[10] = 'T';
        auto end = candidate.find_first_of(" ]\",");
        candidate.resize(std::min(end, candidate.size()));
        if (const auto comma = candidate.find(','); comma != std::string::npos)
            candidate.resize(comma);
        if (const auto at = parse_rfc3339(candidate)) return *at;
        if (const auto at = parse_rfc3339(candidate + "Z")) return *at;
        return {};
    };
    while (line.starts_with('[') || line.starts_with(' ')) line.remove_prefix(1);
    if (!line.empty() && is_digit(line.front()))
        if (const auto at = read(line); at != Instant{}) return at;
    for (const auto key : {"time", "ts", "timestamp", "@timestamp", "at"})
        if (const auto value = value_at(line, key); !value.empty())
            if (const auto at = read(value); at != Instant{}) return at;
    return {};
}

void LogGroups::add(std::string_view line, std::string_view from) {
    if (trim(line).empty()) return;
    ++lines_;
    if (!is_error(line)) return;
    ++errors_;
    auto shape = template_of(line);
    if (groups_.size() >= groups_most && !groups_.contains(shape)) shape = "other errors";
    auto& group = groups_[shape];
    const auto at = moment_of(line);
    if (group.count == 0) group.first = at;
    ++group.count;
    group.shape = shape;
    group.sample = inspect::shown(line, sample_most);
    group.from = from;
    if (at != Instant{}) {
        group.first = group.first == Instant{} ? at : std::min(group.first, at);
        group.last = std::max(group.last, at);
    }
    group.newest_at = lines_;
}

std::vector<LogGroup> LogGroups::newest() const {
    std::vector<LogGroup> list;
    for (const auto& [shape, group] : groups_) list.push_back(group);
    std::ranges::sort(list, std::greater{},
                      [](const LogGroup& g) { return std::tuple(g.last, g.newest_at); });
    return list;
}

}  // namespace sg::platform::local
