// Small questions about text. ASCII only, independent of the locale.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sg {

constexpr char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }
bool equal_ignoring_case(std::string_view a, std::string_view b);
std::string to_lower(std::string_view text);
std::string_view trim(std::string_view text);  // Spaces and tabs at both ends.
std::vector<std::string_view> split(std::string_view text, char at);  // Keeps empty parts.

// The candidate closest to `name` by edit distance if one is close enough to be meant, else empty.
std::string_view nearest(std::string_view name, std::span<const std::string> candidates);

// Length of the valid UTF-8 sequence at the front of a text that is not empty; 0: there is none.
std::size_t utf8_length(std::string_view text);

// The text as the inside of a JSON string: quotes, control characters and invalid UTF-8 escaped.
void append_json_escaped(std::string& out, std::string_view text);

}  // namespace sg
