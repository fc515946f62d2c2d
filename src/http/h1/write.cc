// First lines and chunk lines. Sizes are lower-case hexadecimal without leading zeros.
#include "http/h1/write.h"

#include "http/status.h"

namespace sg::http::h1 {

void put_status_line(Out& out, int status) {
    if (status == 200) {
        out.put("HTTP/1.1 200 OK\r\n");
        return;
    }
    out.put("HTTP/1.1 ");
    out.put_number(static_cast<std::uint64_t>(status));
    out.put(' ');
    out.put(reason_of(status));
    out.put("\r\n");
}

void put_request_line(Out& out, std::string_view method, std::string_view target) {
    out.put(method);
    out.put(' ');
    out.put(target);
    out.put(" HTTP/1.1\r\n");
}

ChunkLine::ChunkLine(std::uint64_t size) {
    std::size_t at = text_.size();
    text_[--at] = '\n';
    text_[--at] = '\r';
    do {
        text_[--at] = "0123456789abcdef"[size & 15];
        size >>= 4;
    } while (size != 0);
    first_ = static_cast<std::uint8_t>(at);
}

}  // namespace sg::http::h1
