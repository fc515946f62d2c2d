// WebSocket frames, as far as an echo needs them. Source: RFC 6455. Pure: bytes in, frames out.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace sg::demo::websocket {

enum class Opcode : std::uint8_t { more = 0, text = 1, binary = 2, close = 8, ping = 9, pong = 10 };

struct Frame {
    Opcode opcode = Opcode::text;
    bool last = true;
    std::string payload;
};

using Mask = std::array<std::uint8_t, 4>;  // Clients mask what they send, servers do not.

inline constexpr std::size_t payload_max = 1 << 20;

// What answers the client's Sec-WebSocket-Key (§4.2.2).
std::string accept_key(std::string_view key);

std::string encode(const Frame& frame, std::optional<Mask> mask = std::nullopt);

// Takes one frame from the front of the bytes; none when it is not all there yet.
Result<std::optional<Frame>> take(std::string& bytes);

}  // namespace sg::demo::websocket
