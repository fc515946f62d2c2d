#include "bench/load/response.h"

#include <charconv>

#include "base/check.h"
#include "base/text.h"

namespace sg::load {

namespace {

constexpr std::size_t head_max = 64 << 10;

template <class Number>
bool read_number(std::string_view text, Number& out) {
    const auto end = text.data() + text.size();
    const auto [at, error] = std::from_chars(text.data(), end, out);
    return error == std::errc{} && at == end;
}

}  // namespace

void ResponseReader::reset() {
    head_.clear();
    length_ = seen_ = 0;
    status_ = 0;
    in_body_ = closes_ = false;
}

ResponseReader::Step ResponseReader::skip(std::uint64_t count) {
    CHECK(count <= body_left());
    seen_ += count;
    return seen_ == length_ ? Step::done : Step::more;
}

ResponseReader::Step ResponseReader::feed(std::string_view bytes) {
    if (!in_body_) {
        const bool whole = head_.empty();
        if (!whole) {
            head_.append(bytes);
            bytes = head_;
        }
        const auto end = bytes.find("\r\n\r\n");
        if (end == std::string_view::npos) {
            if (whole) head_.assign(bytes);
            return head_.size() > head_max ? Step::broken : Step::more;
        }
        if (!parse_head(bytes.substr(0, end + 2))) return Step::broken;
        in_body_ = true;
        bytes.remove_prefix(end + 4);
    }
    if (bytes.size() > body_left()) return Step::broken;  // More than was promised.
    return skip(bytes.size());
}

// `head` is the status line and the field lines, each with its CRLF.
bool ResponseReader::parse_head(std::string_view head) {
    if (head.size() < 14 || !head.starts_with("HTTP/1.1 ")) return false;
    if (!read_number(head.substr(9, 3), status_)) return false;
    bool has_length = false;
    for (auto line_end = head.find("\r\n"); line_end + 2 < head.size();) {
        head.remove_prefix(line_end + 2);
        line_end = head.find("\r\n");
        const auto line = head.substr(0, line_end);
        const auto colon = line.find(':');
        if (colon == std::string_view::npos) return false;
        const auto value = trim(line.substr(colon + 1));
        if (colon == 14 && equal_ignoring_case(line.substr(0, colon), "content-length")) {
            if (has_length || !read_number(value, length_)) return false;
            has_length = true;
        } else if (colon == 10 && equal_ignoring_case(line.substr(0, colon), "connection")) {
            closes_ = equal_ignoring_case(value, "close");
        }
    }
    return has_length;
}

}  // namespace sg::load
