#include "platform/redis/texts.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "platform/inspect/text.h"

namespace sg::platform::redis {

namespace {

constexpr std::size_t facts_most = 5000;  // Bound: a server that talks without end.
constexpr std::size_t word_most = 60;
constexpr std::size_t words_most = 8;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Whose arguments are passwords, or may be. HELLO and MIGRATE log in as well.
bool is_secret(std::string_view command, const std::vector<std::string>& words) {
    for (const auto one : {"auth", "hello", "acl", "migrate"})
        if (equal_ignoring_case(command, one)) return true;
    constexpr std::string_view settings[] = {"requirepass", "masterauth", "masteruser",
                                             "tls-key-file-pass"};
    return equal_ignoring_case(command, "config") &&
           std::ranges::any_of(words, [&](const auto& word) {
               return std::ranges::any_of(settings, [&](std::string_view setting) {
                   return equal_ignoring_case(word, setting);
               });
           });
}

}  // namespace

Facts Facts::of(std::string_view text) {
    Facts facts;
    for (auto line : split(text, '\n')) {
        if (line.ends_with('\r')) line.remove_suffix(1);
        const auto colon = line.find(':');
        if (line.starts_with('#') || colon == std::string_view::npos) continue;
        if (facts.facts_.size() >= facts_most) break;
        facts.facts_[std::string(line.substr(0, colon))] = line.substr(colon + 1);
    }
    return facts;
}

std::string Facts::text(const std::string& name) const {
    const auto at = facts_.find(name);
    return at == facts_.end() ? std::string() : at->second;
}

double Facts::number(const std::string& name) const { return inspect::number_of(text(name)); }

std::string field_of(std::string_view fields, std::string_view name) {
    for (const auto field : split(fields, ','))
        if (field.size() > name.size() && field.starts_with(name) && field[name.size()] == '=')
            return std::string(field.substr(name.size() + 1));
    return {};
}

std::vector<Facts::Database> Facts::databases() const {
    std::vector<Database> found;
    for (auto at = facts_.lower_bound("db"); at != facts_.end() && at->first.starts_with("db");
         ++at)
        if (at->first.size() > 2 && std::ranges::all_of(at->first.substr(2), is_digit))
            found.push_back({at->first, inspect::number_of(field_of(at->second, "keys")),
                             inspect::number_of(field_of(at->second, "expires"))});
    return found;
}

std::vector<Facts::Replica> Facts::replicas() const {
    std::vector<Replica> found;
    // Rule Zero: the word of Redis' INFO.
    constexpr std::string_view prefix = "slave";
    for (auto at = facts_.lower_bound(std::string(prefix));
         at != facts_.end() && at->first.starts_with(prefix); ++at)
        if (at->first.size() > 5 && is_digit(at->first[5]))
            found.push_back({field_of(at->second, "ip") + ":" + field_of(at->second, "port"),
                             field_of(at->second, "state"),
                             inspect::number_of(field_of(at->second, "offset")),
                             inspect::number_of(field_of(at->second, "lag"))});
    return found;
}

std::string prefix_of(std::string_view key) {
    const auto colon = key.find(':');
    const auto head = key.substr(0, colon);
    std::string prefix;
    for (const char c : head)
        if (!is_digit(c)) prefix += c;
        else if (!prefix.ends_with('#')) prefix += '#';
    if (colon != std::string_view::npos) prefix += ":*";
    return inspect::shown(prefix, word_most);
}

std::string command_text(const std::vector<std::string>& words) {
    if (words.empty()) return {};
    if (is_secret(words.front(), words)) return inspect::shown(words.front(), word_most) + " ***";
    std::string text;
    for (std::size_t n = 0; n < words.size() && n < words_most; ++n)
        text += (n == 0 ? "" : " ") + inspect::shown(words[n], word_most);
    if (words.size() > words_most) text += fmt::format(" … {} more", words.size() - words_most);
    return text;
}

}  // namespace sg::platform::redis
