// BodyReader: where a message's body is in the bytes of its connection. Works in place, allocates
// nothing but the text of trailers, which are rare.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "http/h1/parse.h"
#include "http/message.h"
#include "runtime/buffer.h"

namespace sg::gateway {

class BodyReader {
  public:
    void start(http::Framing framing, std::uint64_t length);

    struct Taken {
        std::string_view data;  // Body bytes, in the buffer; valid until it is consumed or filled.
        std::size_t consumed = 0;  // Call buffer.consume() with this once `data` has been used.
        http::h1::Defect defect = http::h1::Defect::none;
    };
    // What of the body is in the buffer. Chunks are joined in place.
    Taken take(runtime::Buffer& buffer);

    // Bytes of a body with a length went past without our seeing them.
    void skip(std::uint64_t bytes);

    // The end of the stream was met. False: in the middle of the body.
    bool may_end_here() const { return framing_ == http::Framing::until_close || done(); }
    void end() { framing_ = http::Framing::none; }

    bool done() const { return framing_ == http::Framing::none; }
    http::Framing framing() const { return framing_; }
    std::uint64_t left() const { return left_; }  // Of a body with a length.
    std::uint64_t taken() const { return taken_; }
    const std::string& trailers() const { return trailers_; }  // As lines, each with its CRLF.

  private:
    Taken take_chunks(runtime::Buffer& buffer);

    http::Framing framing_ = http::Framing::none;
    std::uint64_t left_ = 0;
    std::uint64_t taken_ = 0;
    http::h1::ChunkedReader chunks_;
    std::string trailers_;
};

}  // namespace sg::gateway
