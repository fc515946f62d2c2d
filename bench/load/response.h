// Reads one HTTP/1.1 response from pieces of bytes and says when it is complete and how long its
// body was.
//
// Only what a benchmark's origin answers is understood: Content-Length, no chunked coding. Anything
// else is `broken`, so that a peer that changes the framing cannot look fast.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace sg::load {

class ResponseReader {
  public:
    enum class Step : std::uint8_t { more, done, broken };

    void reset();
    Step feed(std::string_view bytes);
    // Body bytes that are known to be missing; 0 while the head is incomplete.
    std::uint64_t body_left() const { return in_body_ ? length_ - seen_ : 0; }
    // The same as feeding `count` body bytes that nobody looked at. Requires: count <= body_left().
    Step skip(std::uint64_t count);

    int status() const { return status_; }
    std::uint64_t body_length() const { return seen_; }
    bool closes() const { return closes_; }  // `Connection: close` was said.
    bool begun() const { return in_body_ || !head_.empty(); }

  private:
    bool parse_head(std::string_view head);

    std::string head_;  // Only what came of a head that arrived in pieces.
    std::uint64_t length_ = 0;
    std::uint64_t seen_ = 0;
    int status_ = 0;
    bool in_body_ = false;
    bool closes_ = false;
};

}  // namespace sg::load
