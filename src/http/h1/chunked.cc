// The chunked coding (RFC 9112 §7.1), strictly: CRLF only, no white space around a size, bounded
// extensions.
#include <algorithm>

#include "http/chars.h"
#include "http/field_names.h"
#include "http/h1/fields.h"
#include "http/h1/parse.h"
#include "http/h1/scan.h"

namespace sg::http::h1 {
namespace {

enum State : std::uint8_t {
    size_first,  // The first digit of a size must come.
    size_more,
    extension,
    size_lf,
    data,
    data_cr,
    data_lf,
    trailers,
    ended,
};

constexpr std::string_view never_trailing[] = {
    "age",
    "cache-control",
    "content-encoding",
    "content-language",
    "content-location",
    "content-range",
    "expires",
    "if-match",
    "if-modified-since",
    "if-none-match",
    "if-range",
    "if-unmodified-since",
    "max-forwards",
    "pragma",
    "proxy-authentication-info",
    "range",
    "retry-after",
    "strict-transport-security",
    "vary",
    "www-authenticate",
};

}  // namespace

bool may_trail(const Field& field) {
    if (field.id != FieldId::other) return false;
    std::array<char, 32> lower;
    if (field.name.size() > lower.size()) return true;
    std::transform(field.name.begin(), field.name.end(), lower.begin(), [](char c) {
        if (c == '_') return '-';
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    });
    const std::string_view name(lower.data(), field.name.size());
    return lookup_field(name) == FieldId::other &&
           std::ranges::find(never_trailing, name) == std::ranges::end(never_trailing);
}

// Size, extensions and CRLF, as far as the bytes go; the state says whether the line is complete.
Defect ChunkedReader::take_size_line(const char*& at, const char* end) {
    for (; at != end && state_ <= size_lf; ++at) {  // Bound: line_max bytes, then it is a defect.
        const char c = *at;
        if (++line_bytes_ > line_max) return Defect::chunk_line_too_long;
        switch (state_) {
            case size_first:
                if (!is(c, char_hex)) return Defect::chunk_size;
                left_ = hex_value(c);
                state_ = size_more;
                break;
            case size_more:
                if (is(c, char_hex)) {
                    if (left_ > (std::uint64_t{INT64_MAX} >> 4))
                        return Defect::chunk_size_too_large;
                    left_ = left_ << 4 | hex_value(c);
                    break;
                }
                if (c != ';' && c != '\r')
                    return is(c, char_control) ? Defect::chunk_line : Defect::chunk_size;
                state_ = c == ';' ? extension : size_lf;
                break;
            case extension:
                if (c == '\r') state_ = size_lf;
                else if (is(c, char_control)) return Defect::chunk_line;
                else if (++extension_bytes_ > extensions_max)
                    return Defect::chunk_extensions_too_large;
                break;
            default:  // size_lf
                if (c != '\n') return Defect::chunk_line;
                state_ = left_ == 0 ? trailers : data;
                line_bytes_ = 0;
                break;
        }
    }
    return Defect::none;
}

// One whole trailer line, or the empty line that ends the body. Leaves `at` alone when the line is
// not complete.
Defect ChunkedReader::take_trailer(const char*& at, const char* end, Field& trailer) {
    const std::size_t room = trailers_max - trailer_bytes_;
    const char* const last = at + std::min(room, static_cast<std::size_t>(end - at));
    const char* const cr = find_control(at, last, {at});
    if (cr == last) {
        const bool full = static_cast<std::size_t>(last - at) == room;
        return full ? Defect::trailers_too_large : Defect::none;
    }
    if (*cr != '\r') return Defect::trailer;
    if (cr + 1 == end) return Defect::none;
    if (cr[1] != '\n') return Defect::trailer;

    const std::string_view line(at, static_cast<std::size_t>(cr - at));
    if (line.empty()) {
        state_ = ended;
        at = cr + 2;
        return Defect::none;
    }
    if (line.size() + 2 > room) return Defect::trailers_too_large;
    Field field;
    if (parse_field_line(line, field) != Defect::none) return Defect::trailer;
    trailer_bytes_ += static_cast<std::uint32_t>(line.size()) + 2;
    at = cr + 2;
    if (may_trail(field)) trailer = field;
    return Defect::none;
}

ChunkedReader::Step ChunkedReader::step(std::string_view bytes) {
    Step step;
    const char* const begin = bytes.data();
    const char* const end = begin + bytes.size();
    const char* at = begin;
    while (at != end && state_ != ended) {  // Bound: every turn takes bytes or returns.
        Defect defect = Defect::none;
        if (state_ <= size_lf) {
            // A defect behind data is told by the next step: this one keeps what was good.
            const ChunkedReader before = *this;
            const char* next = at;
            defect = take_size_line(next, end);
            if (defect != Defect::none && !step.data.empty()) {
                *this = before;
                break;
            }
            at = next;
        } else if (state_ == data) {
            if (!step.data.empty()) break;
            const auto size = std::min<std::uint64_t>(left_, static_cast<std::uint64_t>(end - at));
            step.data = {at, static_cast<std::size_t>(size)};
            at += size;
            left_ -= size;
            if (left_ == 0) state_ = data_cr;
        } else if (state_ == trailers) {
            if (!step.data.empty()) break;
            const char* const line = at;
            defect = take_trailer(at, end, step.trailer);
            if (defect == Defect::none && (at == line || !step.trailer.name.empty())) break;
        } else {
            const bool cr = state_ == data_cr;
            if (*at != (cr ? '\r' : '\n')) {
                if (!step.data.empty()) break;
                defect = Defect::chunk_data_end;
            } else {
                state_ = cr ? data_lf : size_first;
                ++at;
            }
        }
        if (defect != Defect::none) {
            step.progress = Progress::bad;
            step.defect = defect;
            break;
        }
    }
    step.consumed = static_cast<std::size_t>(at - begin);
    if (state_ == ended) step.progress = Progress::done;
    return step;
}

}  // namespace sg::http::h1
