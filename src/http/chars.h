// Character classes of HTTP (RFC 9110 §5.6.2, RFC 3986) as one table: a byte, a load, a bit test.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace sg::http {

enum : std::uint8_t {
    char_token = 1,  // tchar
    char_path = 2,   // In a path as we accept it: visible ASCII but `#`, `?` and `\`.
    char_query = 4,  // In a query as we accept it: visible ASCII but `#`.
    char_host = 8,   // In a registered name or IPv4 address: no `%`, no `,`.
    char_digit = 16,
    char_hex = 32,
    char_control = 64,  // Never within a line: controls but the tab, and DEL.
};

namespace detail {

constexpr bool one_of(char c, std::string_view set) {
    return set.find(c) != std::string_view::npos;
}

constexpr std::uint8_t classes_of(unsigned byte) {
    const char c = static_cast<char>(byte);
    const bool digit = c >= '0' && c <= '9';
    const bool alpha = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    const bool visible = byte > 0x20 && byte < 0x7f;
    unsigned classes = 0;
    if (digit || alpha || one_of(c, "!#$%&'*+-.^_`|~")) classes |= char_token;
    if (visible && !one_of(c, "#?\\")) classes |= char_path;
    if (visible && c != '#') classes |= char_query;
    if (digit || alpha || one_of(c, "-._~!$&'()*+;=")) classes |= char_host;
    if (digit) classes |= char_digit;
    if (digit || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F')) classes |= char_hex;
    if ((byte < 0x20 && c != '\t') || byte == 0x7f) classes |= char_control;
    return static_cast<std::uint8_t>(classes);
}

constexpr std::array<std::uint8_t, 256> make_classes() {
    std::array<std::uint8_t, 256> table{};
    for (unsigned byte = 0; byte < 256; ++byte)
        table[byte] = byte < 0x80 ? classes_of(byte) : std::uint8_t{0};
    return table;
}

inline constexpr std::array<std::uint8_t, 256> classes = make_classes();

}  // namespace detail

constexpr std::uint8_t classes_of(char c) { return detail::classes[static_cast<unsigned char>(c)]; }
constexpr bool is(char c, std::uint8_t wanted) { return (classes_of(c) & wanted) != 0; }

constexpr bool all(std::string_view text, std::uint8_t wanted) {
    for (const char c : text)
        if (!is(c, wanted)) return false;
    return true;
}
constexpr bool is_token(std::string_view text) { return !text.empty() && all(text, char_token); }

constexpr unsigned hex_value(char c) {  // Requires: is(c, char_hex).
    return c <= '9' ? static_cast<unsigned>(c - '0') : static_cast<unsigned>((c | 0x20) - 'a' + 10);
}

}  // namespace sg::http
