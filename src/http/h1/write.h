// The few pieces of HTTP/1 syntax that are written: first lines and chunk framing.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "http/out.h"

namespace sg::http::h1 {

void put_status_line(Out& out, int status);  // HTTP/1.1 404 Not Found

// Requires: both without blanks and controls, as the parser guarantees.
void put_request_line(Out& out, std::string_view method, std::string_view target);

// The line before a chunk's data: its size in hexadecimal and CRLF. After the data comes
// `chunk_end`.
class ChunkLine {
  public:
    explicit ChunkLine(std::uint64_t size);  // Requires: size > 0; a size of 0 would end the body.
    std::string_view text() const { return {text_.data() + first_, text_.size() - first_}; }

  private:
    std::array<char, 18> text_;  // 16 digits and CRLF, flush right.
    std::uint8_t first_;
};

inline constexpr std::string_view chunk_end = "\r\n";
inline constexpr std::string_view last_chunk = "0\r\n\r\n";  // Without trailers.
inline constexpr std::string_view last_chunk_line =
    "0\r\n";  // Then trailer lines, then an empty line.

}  // namespace sg::http::h1
