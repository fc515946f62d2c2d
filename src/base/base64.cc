#include "base/base64.h"

#include <cstdint>

namespace sg {

namespace {

constexpr std::string_view plain_alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view url_alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

std::string encode(std::string_view bytes, std::string_view alphabet) {
    std::string out;
    out.reserve((bytes.size() + 2) / 3 * 4);
    std::uint32_t bits = 0;
    int count = 0;  // Of bits not written yet.
    for (const char c : bytes) {
        bits = bits << 8 | static_cast<std::uint8_t>(c);
        for (count += 8; count >= 6; count -= 6) out += alphabet[bits >> (count - 6) & 63];
    }
    if (count > 0) out += alphabet[bits << (6 - count) & 63];
    return out;
}

}  // namespace

std::string base64(std::string_view bytes) {
    std::string out = encode(bytes, plain_alphabet);
    while (out.size() % 4 != 0) out += '=';
    return out;
}

std::string base64url(std::string_view bytes) { return encode(bytes, url_alphabet); }

std::optional<std::string> from_base64url(std::string_view text) {
    std::string out;
    std::uint32_t bits = 0;
    int count = 0;
    for (const char c : text) {
        const auto index = url_alphabet.find(c);
        if (index == std::string_view::npos) return std::nullopt;
        bits = bits << 6 | static_cast<std::uint32_t>(index);
        count += 6;
        if (count >= 8) {
            count -= 8;
            out += static_cast<char>(bits >> count & 255);
        }
    }
    const bool rest_is_zero = (bits & ((1U << count) - 1)) == 0;
    if (count >= 6 || !rest_is_zero) return std::nullopt;
    return out;
}

}  // namespace sg
