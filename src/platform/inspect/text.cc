#include "platform/inspect/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>

#include "base/text.h"
#include "platform/local/show.h"

namespace sg::platform::inspect {

namespace {

constexpr std::string_view hidden = "***";

// Of what people write into logs, statements and commands. Lower case.
constexpr std::string_view announcers[] = {
    "password", "passwd",  "pwd",    "secret",      "token",       "authorization", "api_key",
    "apikey",   "api-key", "cookie", "requirepass", "masterauth",  "access_key",    "private_key",
    "auth",     "bearer",  "basic",  "pass",        "credentials", "session_id",    "signature"};

bool is_word(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

// The length of an announcing word at `at`, as a word of its own or the end of one (`db_password`).
std::size_t announcer_at(std::string_view text, std::size_t at) {
    std::size_t best = 0;
    for (const auto word : announcers) {
        if (text.size() - at < word.size() || word.size() <= best) continue;
        if (!equal_ignoring_case(text.substr(at, word.size()), word)) continue;
        const auto end = at + word.size();
        if (end == text.size() || !is_word(text[end])) best = word.size();
    }
    if (best < 6 && at > 0 && is_word(text[at - 1]) && text[at - 1] != '_') return 0;
    return best;
}

// Those that announce a secret with no more than a space between: `Bearer x`.
bool speaks(std::string_view word) {
    constexpr std::string_view words[] = {"requirepass", "masterauth", "bearer", "basic"};
    return std::ranges::any_of(words, [&](auto one) { return equal_ignoring_case(one, word); });
}

// Past what stands between the word and its secret: `": "`, `=`, ` '`; npos: nothing does, as in
// "password authentication failed".
std::size_t secret_begins(std::string_view text, std::size_t word, std::size_t length) {
    auto at = word + length;
    bool assigned = speaks(text.substr(word, length));
    bool quoted = false, spaced = false;
    const auto from = at;
    for (; at < text.size(); ++at) {
        const char c = text[at];
        if (c == '=' || c == ':') assigned = true;
        else if (is_space(c)) spaced = true;
        else if (c == '"' || c == '\'') quoted = quoted || spaced;  // `PASSWORD 'x'`
        else if (c != '\\') break;
    }
    return at == from || !(assigned || quoted) ? std::string_view::npos : at;
}

std::size_t secret_ends(std::string_view text, std::size_t at) {
    constexpr std::string_view ends = "\"'\\,;&)}]";
    while (at < text.size() && !is_space(text[at]) && ends.find(text[at]) == ends.npos) ++at;
    return at;
}

// Of `scheme://user:secret@host`: where the secret is; npos: there is none.
std::pair<std::size_t, std::size_t> in_url(std::string_view text, std::size_t at) {
    constexpr auto none = std::string_view::npos;
    if (!text.substr(at).starts_with("://")) return {none, none};
    const auto stop = std::min(text.find_first_of(" \t\r\n\"'/", at + 3), text.size());
    const auto sign = text.substr(0, stop).rfind('@');
    const auto colon = text.find(':', at + 3);
    if (sign == none || sign < at || colon == none || colon > sign) return {none, none};
    return {colon + 1, sign};
}

std::string plain(double value, std::string_view unit) {
    return fmt::format("{:.{}f} {}", value, value < 9.95 ? 1 : 0, unit);
}

}  // namespace

std::string without_secrets(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    std::size_t at = 0;
    while (at < text.size()) {
        if (const auto [from, to] = in_url(text, at); from != std::string_view::npos) {
            out += text.substr(at, from - at);
            out += hidden;
            at = to;
            continue;
        }
        const auto length = announcer_at(text, at);
        const auto begin = length == 0 ? std::string_view::npos : secret_begins(text, at, length);
        if (begin == std::string_view::npos || begin >= text.size()) {
            out += text[at++];
            continue;
        }
        out += text.substr(at, begin - at);
        // `Authorization: Bearer x`: the next word announces too.
        if (announcer_at(text, begin) == 0) {
            const auto end = secret_ends(text, begin);
            if (end > begin) out += hidden;
            at = end;
        } else {
            at = begin;
        }
    }
    return out;
}

std::string shown(std::string_view raw, std::size_t most) {
    const auto text = without_secrets(raw.substr(0, most * 4));
    std::string out;
    std::string_view rest = text;
    while (!rest.empty()) {
        const auto length = utf8_length(rest);
        const auto c = static_cast<unsigned char>(rest.front());
        // U+0080 to U+009F are control characters too, and U+202A and its like turn text around.
        const bool turns =
            length == 3 &&
            (rest.starts_with("\xe2\x80\xaa") ||
             (rest.starts_with("\xe2\x80") && rest[2] >= '\xaa' && rest[2] <= '\xae') ||
             (rest.starts_with("\xe2\x81") && rest[2] >= '\xa6' && rest[2] <= '\xa9'));
        const bool control =
            c < 0x20 || c == 0x7f ||
            (c == 0xc2 && length == 2 && static_cast<unsigned char>(rest[1]) < 0xa0);
        if (is_space(rest.front())) {
            if (!out.empty() && out.back() != ' ') out += ' ';
            rest.remove_prefix(1);
        } else if (length == 0 || control || turns) {
            const auto bytes = std::max<std::size_t>(length, 1);
            for (const char byte : rest.substr(0, bytes))
                out += fmt::format("\\x{:02x}", static_cast<unsigned char>(byte));
            rest.remove_prefix(bytes);
        } else {
            out += rest.substr(0, length);
            rest.remove_prefix(length);
        }
        if (out.size() > most) break;
    }
    while (out.ends_with(' ')) out.pop_back();
    if (out.size() <= most && rest.empty() && raw.size() <= most * 4) return out;
    if (out.size() > most) {
        auto end = most;
        while (end > 0 && (static_cast<unsigned char>(out[end]) & 0xC0) == 0x80) --end;
        out.resize(end);
    }
    return out + "…";
}

std::string show_count(double count) {
    auto text = fmt::format("{:.0f}", std::abs(count));
    for (auto at = static_cast<std::ptrdiff_t>(text.size()) - 3; at > 0; at -= 3)
        text.insert(static_cast<std::size_t>(at), ",");
    return count < 0 ? "-" + text : text;
}

std::string show_share(double of_one) {
    const double percent = of_one * 100;
    if (percent != 0 && percent < 1) return fmt::format("{:.2f} %", percent);
    if (percent > 99 && percent < 99.995) return fmt::format("{:.2f} %", percent);  // Not 100 %.
    if (percent != 0 && percent < 10) return fmt::format("{:.1f} %", percent);
    return fmt::format("{:.0f} %", percent);
}

std::string show_seconds(double seconds) {
    if (seconds < 1) return plain(seconds * 1000, "ms");
    if (seconds < 120) return plain(seconds, "s");
    if (seconds < 7200) return plain(seconds / 60, "min");
    if (seconds < 172'800) return plain(seconds / 3600, "h");
    return plain(seconds / 86'400, "d");
}

std::string show_size(double bytes) {
    return local::show_bytes(static_cast<std::uint64_t>(std::max(bytes, 0.0)));
}

double number_of(std::string_view text) {
    const std::string copy(text.substr(0, 64));
    const double value = std::strtod(copy.c_str(), nullptr);
    return std::isfinite(value) ? value : 0;
}

}  // namespace sg::platform::inspect
