// HTTP/1 bytes to heads and bodies. Pure and resumable: bytes in, verdict out; no socket, no
// allocation.
//
// Strict (RFC 9112 with every leniency refused): what two parties might read differently is an
// error here, so that no ambiguity is ever passed on. Every row of the framing checklist is a test
// in tests/wire.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "http/message.h"

namespace sg::http::h1 {

// What is wrong with a head or a body. One row each in defects.def: status to answer, sentence.
enum class Defect : std::uint8_t {
    none,
#define D(name, status, sentence) name,
#include "http/h1/defects.def"
#undef D
};

int status_of(Defect defect);  // 400, 414, 417, 431, 501 or 505.
std::string_view name_of(Defect defect);
std::string_view sentence_of(Defect defect);  // "two Content-Length fields differ"

struct HeadLimits {
    std::size_t head_bytes = 32768;
    std::size_t fields = 100;  // At most Fields::capacity.
    std::size_t target_bytes = 8192;
};

enum class Progress : std::uint8_t { more, done, bad };

struct HeadVerdict {
    Progress progress = Progress::more;
    Defect defect = Defect::none;
    std::size_t bytes = 0;  // Of the head with its empty line, when done.
};

// Finds the end of a head as bytes arrive, looking at each byte once. Keep one per message, feed
// the whole buffer each time; refuses a bare LF or CR, NUL and an over-long head without waiting
// for the end.
struct HeadScan {
    std::size_t seen = 0;
    std::uint8_t state = 0;
};

// Requires: `bytes` starts at the first byte of the message and only grows between calls with the
// same scan. On `done`, `head` holds views into `bytes`. An empty line before the request line is
// skipped (RFC 9112 §2.2): its bytes count.
HeadVerdict parse_request(std::string_view bytes, const HeadLimits& limits, HeadScan& scan,
                          RequestHead& head);

// `method` is that of the request answered: it decides about the body (RFC 9112 §6.3).
// Limits here are what we take from endpoints.
HeadVerdict parse_response(std::string_view bytes, const HeadLimits& limits, HeadScan& scan,
                           Method method, ResponseHead& head);

// Reads a chunked body as bytes arrive. Extensions are dropped, trailers are handed out one by one.
class ChunkedReader {
  public:
    struct Step {
        Progress progress = Progress::more;  // `done`: the body and its trailers have ended.
        Defect defect = Defect::none;
        std::size_t consumed = 0;  // Bytes of the input used by this step.
        std::string_view data;     // Body bytes found, within the input; empty when `done`.
        Field trailer;             // A trailer field that may be passed on; else its name is empty.
    };
    // Call again with the unused rest while something was consumed. Nothing was: more input is
    // needed, after the unused rest (a trailer line is used only when all of it is there).
    Step step(std::string_view bytes);

    // Bounds: what nobody sends honestly.
    static constexpr std::uint32_t line_max = 256;          // Of a chunk's size line.
    static constexpr std::uint32_t extensions_max = 16384;  // In one body.
    static constexpr std::uint32_t trailers_max = 8192;

  private:
    Defect take_size_line(const char*& at, const char* end);
    Defect take_trailer(const char*& at, const char* end, Field& trailer);

    std::uint64_t left_ =
        0;  // Of the chunk: its size while that is read, then what is still to come.
    std::uint32_t line_bytes_ = 0;
    std::uint32_t extension_bytes_ = 0;
    std::uint32_t trailer_bytes_ = 0;
    std::uint8_t state_ = 0;
};

// Whether a field may stand in a trailer (RFC 9110 §6.5.1): not if it frames, routes,
// authenticates, or changes how the message is understood. Others are dropped.
bool may_trail(const Field& field);

}  // namespace sg::http::h1
