// Any bytes as a response: the same verdict however they arrive, views within the input, a
// consistent head.
#include <cstdint>
#include <cstdlib>

#include "http/h1/fuzzing.h"

using namespace sg::http;
using namespace sg::http::h1;

namespace {

void check_head(std::string_view bytes, std::size_t size, Method asked, const ResponseHead& head) {
    const std::string_view own = bytes.substr(0, size);
    require(own.ends_with("\r\n\r\n"));
    require(head.reason.empty() || within(own, head.reason));
    require(head.status >= 100 && head.status <= 599);
    check_fields(own, head.fields);

    const bool bodiless =
        head.status < 200 || head.status == 204 || head.status == 304 || asked == Method::head;
    require(!bodiless || head.framing == Framing::none);
    require(bodiless || asked == Method::connect || head.framing != Framing::none);
    require(head.framing != Framing::until_close || !head.keep_alive);
    require(head.framing == Framing::length || head.content_length == 0);
    require(
        !(head.fields.has(FieldId::transfer_encoding) && head.fields.has(FieldId::content_length)));
    require(head.upgrade == (head.status == 101));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
    const auto asked = static_cast<Method>(data[0] % 6);
    const auto whole = response_in_steps(bytes, bytes.size() + 1, asked);
    if (whole.verdict.progress == Progress::done)
        check_head(bytes, whole.verdict.bytes, asked, *whole.head);
    for (const std::size_t step : {1UL, 1UL + (data[0] >> 1)}) {
        const auto parts = response_in_steps(bytes, step, asked);
        require(same(parts.verdict, whole.verdict));
        if (whole.verdict.progress != Progress::done) continue;
        require(parts.head->status == whole.head->status);
        require(parts.head->framing == whole.head->framing);
    }
    return 0;
}
