#include "demo/mail_text.h"

#include <fmt/format.h>

#include "base/base64.h"
#include "base/text.h"

namespace sg::demo {

namespace {

int hex(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    const char low = lower(c);
    return low >= 'a' && low <= 'f' ? low - 'a' + 10 : -1;
}

// `=C3=BC`; a `=` at the end of a line joins it with the next.
std::string from_quoted(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '=') {
            if (text[i] != '\r') out += text[i];
            continue;
        }
        if (i + 2 >= text.size()) break;
        const int high = hex(text[i + 1]), low = hex(text[i + 2]);
        if (high >= 0 && low >= 0) out += static_cast<char>(high * 16 + low);
        i += 2;
        if (text[i] == '\r' && i + 1 < text.size()) ++i;
    }
    return out;
}

std::string from_base64(std::string_view text) {
    std::string url;
    for (const char c : text)
        if (c != '=') url += c == '+' ? '-' : c == '/' ? '_' : c;
    return from_base64url(url).value_or("");
}

// `=?UTF-8?B?…?=`, several of them in a row without what stands between them.
std::string from_words(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        const auto begin = text.find("=?");
        if (begin != 0) {
            const auto plain = text.substr(0, begin);
            if (out.empty() || !trim(plain).empty()) out += plain;
            text.remove_prefix(plain.size());
            continue;
        }
        const auto charset = text.find('?', 2);
        const auto coding = charset == text.npos ? text.npos : text.find('?', charset + 1);
        const auto end = coding == text.npos ? text.npos : text.find("?=", coding + 1);
        if (end == text.npos) return out + std::string(text);
        const auto inside = text.substr(coding + 1, end - coding - 1);
        const bool is_base64 = lower(text[charset + 1]) == 'b';
        out += is_base64 ? from_base64(inside) : from_quoted(inside);
        text.remove_prefix(end + 2);
    }
    return out;
}

// A field of the head, unfolded; empty: it is not there.
std::string field(std::string_view head, std::string_view name) {
    std::string found;
    bool inside = false;
    for (auto line : split(head, '\n')) {
        if (line.ends_with('\r')) line.remove_suffix(1);
        if (inside && (line.starts_with(' ') || line.starts_with('\t'))) {
            found += ' ' + std::string(trim(line));
            continue;
        }
        if (inside) break;
        const auto colon = line.find(':');
        inside = colon != line.npos && equal_ignoring_case(line.substr(0, colon), name);
        if (inside) found = trim(line.substr(colon + 1));
    }
    return found;
}

struct Part {
    std::string_view head;
    std::string_view body;
};

Part part_of(std::string_view raw) {
    const auto end = raw.find("\r\n\r\n");
    if (end == raw.npos) return {raw, {}};
    return {raw.substr(0, end), raw.substr(end + 4)};
}

// Of a mail in several forms the plain one.
Part plain_of(const Part& whole) {
    const auto type = field(whole.head, "Content-Type");
    const auto at = type.find("boundary=");
    if (!type.starts_with("multipart/") || at == type.npos) return whole;
    auto boundary = type.substr(at + 9);
    if (boundary.starts_with('"')) boundary = boundary.substr(1, boundary.find('"', 1) - 1);
    const auto line = "--" + boundary + "\r\n";
    const auto begin = whole.body.find(line);
    if (begin == whole.body.npos) return whole;
    const auto inside = whole.body.substr(begin + line.size());
    return part_of(inside.substr(0, inside.find("\r\n--" + boundary)));
}

}  // namespace

Mail read_mail(std::string_view raw) {
    const auto whole = part_of(raw);
    const auto plain = plain_of(whole);
    const bool is_quoted =
        equal_ignoring_case(field(plain.head, "Content-Transfer-Encoding"), "quoted-printable");
    return {.subject = from_words(field(whole.head, "Subject")),
            .from = from_words(field(whole.head, "From")),
            .to = from_words(field(whole.head, "To")),
            .date = field(whole.head, "Date"),
            .text = is_quoted ? from_quoted(plain.body) : std::string(plain.body)};
}

std::string escaped_html(std::string_view text) {
    std::string out;
    for (const char c : text) switch (c) {
            case '&': out += "&amp;"; break;
            case '<': out += "&lt;"; break;
            case '>': out += "&gt;"; break;
            case '"': out += "&quot;"; break;
            default: out += c;
        }
    return out;
}

std::string linked_html(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        const auto at = std::min(text.find("http://"), text.find("https://"));
        out += escaped_html(text.substr(0, at));
        if (at == text.npos) break;
        text.remove_prefix(at);
        const auto url = escaped_html(text.substr(0, text.find_first_of(" \t\r\n<>\"")));
        out += fmt::format("<a href=\"{0}\" rel=\"noreferrer\">{0}</a>", url);
        const auto end = text.find_first_of(" \t\r\n<>\"");
        if (end == text.npos) break;
        text.remove_prefix(end);
    }
    return out;
}

}  // namespace sg::demo
