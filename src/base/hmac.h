// Codes that prove who wrote something: HMAC with SHA-256 (RFC 2104), and how to compare them.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace sg {

using Mac = std::array<std::uint8_t, 32>;

Mac hmac_sha256(std::string_view key, std::string_view text);
std::string to_hex(std::span<const std::uint8_t> bytes);  // Lower case.

// Whether they are the same, in a time that does not tell how much of them is.
bool equal_in_constant_time(std::string_view a, std::string_view b);

}  // namespace sg
