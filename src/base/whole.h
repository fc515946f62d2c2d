// A whole number in decimal, and nothing else: no blank, no `+`, nothing behind it, and what does
// not fit the type is none.
#pragma once

#include <charconv>
#include <concepts>
#include <optional>
#include <string_view>

namespace sg {

template <std::integral Integer>
std::optional<Integer> parse_whole(std::string_view text) {
    Integer value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

}  // namespace sg
