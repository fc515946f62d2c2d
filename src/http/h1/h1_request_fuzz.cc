// Any bytes as a request: the same verdict however they arrive, views within the input, a
// consistent head.
#include <cstdint>
#include <cstdlib>

#include "http/h1/fuzzing.h"
#include "http/h1/request_line.h"

using namespace sg::http;
using namespace sg::http::h1;

namespace {

void check_head(std::string_view bytes, std::size_t size, const RequestHead& head) {
    const std::string_view own = bytes.substr(0, size);
    require(own.ends_with("\r\n\r\n"));
    for (const auto view : {head.method_text, head.target, head.query, head.authority})
        require(view.empty() || within(own, view));
    require(within(own, head.path) || head.path.empty() || head.path == "/" || head.path == "*");
    require(head.path.empty() == (head.method == Method::connect));
    require(head.authority.empty() ? head.minor == 0 : is_authority(head.authority));
    check_fields(own, head.fields);

    const bool chunked = head.framing == Framing::chunked;
    const bool length = head.framing == Framing::length;
    require(head.framing != Framing::until_close);
    require(head.fields.has(FieldId::transfer_encoding) == chunked);
    require(head.fields.has(FieldId::content_length) == length);
    require(length || head.content_length == 0);
    require(!head.upgrade || (!chunked && head.content_length == 0));
    require(!head.expects_continue || chunked || head.content_length != 0);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
    // Small limits now and then, so that they are met.
    const HeadLimits limits = (data[0] & 1) != 0
                                  ? HeadLimits{}
                                  : HeadLimits{.head_bytes = 200, .fields = 4, .target_bytes = 40};
    const auto whole = request_in_steps(bytes, bytes.size() + 1, limits);
    if (whole.verdict.progress == Progress::done)
        check_head(bytes, whole.verdict.bytes, *whole.head);
    for (const std::size_t step : {1UL, 1UL + (data[0] >> 1)}) {
        const auto parts = request_in_steps(bytes, step, limits);
        require(same(parts.verdict, whole.verdict));
        if (whole.verdict.progress != Progress::done) continue;
        require(parts.head->target == whole.head->target);
        require(parts.head->framing == whole.head->framing);
        require(parts.head->fields.size() == whole.head->fields.size());
    }
    return 0;
}
