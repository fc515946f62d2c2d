// The framing decision. Whatever two readers might understand differently has a defect here, so
// that no message is passed on whose end is a matter of opinion.
#include "http/h1/framing.h"

#include "base/text.h"
#include "http/chars.h"

namespace sg::http::h1 {
namespace {

Body refuse(Defect defect) { return {.defect = defect, .framing = Framing::none, .length = 0}; }

// 1*DIGIT, below 2^63. A list, also of equal numbers, is refused.
bool parse_length(std::string_view text, std::uint64_t& length) {
    constexpr std::uint64_t most = INT64_MAX;
    if (text.empty()) return false;
    length = 0;
    for (const char c : text) {
        if (!is(c, char_digit)) return false;
        const auto digit = static_cast<std::uint64_t>(c - '0');
        if (length > (most - digit) / 10) return false;
        length = length * 10 + digit;
    }
    return true;
}

// `gzip, chunked` is well formed, only not for us (501). Without a final `chunked` nobody knows the
// end (400).
Defect coding_defect(std::string_view value) {
    bool chunked_last = false;
    while (true) {
        const std::size_t comma = value.find(',');
        const std::string_view coding = trim(value.substr(0, comma));
        if (!is_token(coding) || chunked_last) return Defect::transfer_encoding_invalid;
        chunked_last = equal_ignoring_case(coding, "chunked");
        if (comma == std::string_view::npos) break;
        value.remove_prefix(comma + 1);
    }
    return chunked_last ? Defect::transfer_coding_unsupported : Defect::transfer_encoding_invalid;
}

Defect transfer_encoding_defect(const Facts& facts, unsigned minor) {
    if (facts.content_lengths != 0) return Defect::transfer_encoding_and_length;
    if (facts.transfer_encodings > 1) return Defect::transfer_encoding_repeated;
    if (minor == 0) return Defect::transfer_encoding_version;
    if (facts.tab_beside_framing) return Defect::transfer_encoding_invalid;
    if (equal_ignoring_case(facts.transfer_encoding, "chunked")) return Defect::none;
    return coding_defect(facts.transfer_encoding);
}

}  // namespace

Body body_by_fields(const Facts& facts, unsigned minor) {
    if (facts.transfer_encodings != 0) {
        const Defect defect = transfer_encoding_defect(facts, minor);
        if (defect != Defect::none) return refuse(defect);
        return {.defect = Defect::none, .framing = Framing::chunked, .length = 0};
    }
    if (facts.content_lengths == 0) return {};
    if (facts.content_lengths > 1) return refuse(Defect::content_length_repeated);
    Body body{.defect = Defect::none, .framing = Framing::length, .length = 0};
    if (facts.tab_beside_framing || !parse_length(facts.content_length, body.length))
        return refuse(Defect::content_length_invalid);
    return body;
}

Body body_of_request(const Facts& facts, unsigned minor, Method method) {
    const Body body = body_by_fields(facts, minor);
    if (body.defect != Defect::none) return body;
    // After CONNECT come the tunnel's bytes; what a length would mean there is anybody's guess.
    if (method == Method::connect && body.framing != Framing::none)
        return refuse(Defect::body_not_allowed);
    return body;
}

Body body_of_response(const Facts& facts, unsigned minor, unsigned status, Method asked) {
    const Body body = body_by_fields(facts, minor);
    if (body.defect != Defect::none) return body;
    const Body none{};
    if (status < 200 || status == 204) {
        // `Content-Length: 0` is wrong there (RFC 9110 §8.6) but common, and means what it says.
        const bool silent = body.framing != Framing::chunked && body.length == 0;
        return silent ? none : refuse(Defect::body_not_allowed);
    }
    if (asked == Method::head || status == 304)
        return none;  // The fields describe what GET would give.
    if (asked == Method::connect && status < 300) return none;
    if (body.framing != Framing::none) return body;
    return {.defect = Defect::none, .framing = Framing::until_close, .length = 0};
}

}  // namespace sg::http::h1
