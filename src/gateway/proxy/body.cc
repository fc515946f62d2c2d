#include "gateway/proxy/body.h"

#include <algorithm>
#include <cstring>

namespace sg::gateway {

using http::Framing;
using http::h1::Progress;

void BodyReader::start(Framing framing, std::uint64_t length) {
    framing_ = framing == Framing::length && length == 0 ? Framing::none : framing;
    left_ = length;
    taken_ = 0;
    chunks_ = {};
    trailers_.clear();
}

BodyReader::Taken BodyReader::take(runtime::Buffer& buffer) {
    if (framing_ == Framing::chunked) return take_chunks(buffer);
    Taken result;
    if (framing_ == Framing::none) return result;
    result.consumed = buffer.size();
    if (framing_ == Framing::length) {
        result.consumed = static_cast<std::size_t>(std::min<std::uint64_t>(left_, result.consumed));
        left_ -= result.consumed;
        if (left_ == 0) framing_ = Framing::none;
    }
    result.data = buffer.text().substr(0, result.consumed);
    taken_ += result.consumed;
    return result;
}

void BodyReader::skip(std::uint64_t bytes) {
    taken_ += bytes;
    left_ -= bytes;
    if (left_ == 0) framing_ = Framing::none;
}

BodyReader::Taken BodyReader::take_chunks(runtime::Buffer& buffer) {
    Taken result;
    char* const begin = buffer.data();
    std::size_t size = 0;  // Of the joined data, at the front of the buffer.
    for (;;) {
        const auto rest = buffer.text().substr(result.consumed);
        const auto step = chunks_.step(rest);
        result.consumed += step.consumed;
        if (!step.data.empty()) {
            if (begin + size != step.data.data())
                std::memmove(begin + size, step.data.data(), step.data.size());
            size += step.data.size();
        }
        if (!step.trailer.name.empty()) {
            trailers_.append(step.trailer.name).append(": ");
            trailers_.append(step.trailer.value).append("\r\n");
        }
        if (step.progress == Progress::bad) {
            result.defect = step.defect;
            break;
        }
        if (step.progress == Progress::done) {
            framing_ = Framing::none;
            break;
        }
        if (step.consumed == 0) break;
    }
    result.data = {begin, size};
    taken_ += size;
    return result;
}

}  // namespace sg::gateway
