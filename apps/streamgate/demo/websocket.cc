#include "demo/websocket.h"

#include <openssl/evp.h>

namespace sg::demo::websocket {
namespace {

constexpr std::string_view guid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

void append_big_endian(std::string& out, std::uint64_t value, int bytes) {
    for (int shift = (bytes - 1) * 8; shift >= 0; shift -= 8)
        out += static_cast<char>((value >> shift) & 0xff);
}

std::uint64_t big_endian(std::string_view bytes) {
    std::uint64_t value = 0;
    for (const char c : bytes) value = value << 8 | static_cast<std::uint8_t>(c);
    return value;
}

void scramble(const Mask& mask, std::string& payload) {
    for (std::size_t i = 0; i < payload.size(); ++i)
        payload[i] = static_cast<char>(static_cast<std::uint8_t>(payload[i]) ^ mask[i % 4]);
}

}  // namespace

std::string accept_key(std::string_view key) {
    const std::string text = std::string(key) + std::string(guid);
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned int size = 0;
    EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha1(), nullptr);
    std::array<unsigned char, 64> encoded{};
    const int length = EVP_EncodeBlock(encoded.data(), digest.data(), static_cast<int>(size));
    return {reinterpret_cast<const char*>(encoded.data()), static_cast<std::size_t>(length)};
}

std::string encode(const Frame& frame, std::optional<Mask> mask) {
    std::string out;
    out += static_cast<char>((frame.last ? 0x80 : 0) | static_cast<int>(frame.opcode));
    const int masked = mask ? 0x80 : 0;
    const auto size = frame.payload.size();
    if (size < 126) {
        out += static_cast<char>(masked | static_cast<int>(size));
    } else {
        const int bytes = size <= 0xffff ? 2 : 8;
        out += static_cast<char>(masked | (bytes == 2 ? 126 : 127));
        append_big_endian(out, size, bytes);
    }
    std::string payload = frame.payload;
    if (mask) {
        for (const auto byte : *mask) out += static_cast<char>(byte);
        scramble(*mask, payload);
    }
    return out + payload;
}

Result<std::optional<Frame>> take(std::string& bytes) {
    if (bytes.size() < 2) return std::nullopt;
    const auto first = static_cast<std::uint8_t>(bytes[0]);
    const auto second = static_cast<std::uint8_t>(bytes[1]);
    const bool masked = (second & 0x80) != 0;
    std::size_t size = second & 0x7f;
    std::size_t at = 2;
    if (size >= 126) {
        const std::size_t length_bytes = size == 126 ? 2 : 8;
        if (bytes.size() < at + length_bytes) return std::nullopt;
        size = big_endian(std::string_view(bytes).substr(at, length_bytes));
        at += length_bytes;
    }
    if (size > payload_max) return fail(Errc::too_large, "a WebSocket frame");
    const std::size_t start = at + (masked ? 4 : 0);
    if (bytes.size() < start + size) return std::nullopt;

    Frame frame{static_cast<Opcode>(first & 0x0f), (first & 0x80) != 0, bytes.substr(start, size)};
    if (masked) {
        Mask mask{};
        for (std::size_t i = 0; i < 4; ++i) mask[i] = static_cast<std::uint8_t>(bytes[at + i]);
        scramble(mask, frame.payload);
    }
    bytes.erase(0, start + size);
    return frame;
}

}  // namespace sg::demo::websocket
