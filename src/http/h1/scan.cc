// The head scan: a state machine over the few control bytes; all others are skipped sixteen at a
// time.
#include "http/h1/scan.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace sg::http::h1 {
namespace {

enum State : std::uint8_t {
    start,       // Nothing seen.
    skipped_cr,  // CR of an empty line before the message.
    first_line,
    first_cr,
    line_start,  // After a line's CRLF.
    line,
    line_cr,
    end_cr,  // CR at the start of a line.
};

HeadVerdict bad(Defect defect) { return {.progress = Progress::bad, .defect = defect, .bytes = 0}; }

Defect defect_of(char control) {
    if (control == '\n') return Defect::bare_lf;
    return control == '\r' ? Defect::bare_cr : Defect::control_byte;
}

// Room for the method, the version and an empty line beside a target of the longest length allowed.
constexpr std::size_t first_line_extra = 2 + 32 + 1 + 1 + 8 + 2;

#if defined(__SSSE3__)

// 64 bytes, a bit for each.
template <class Mask>
std::uint64_t mask_of(Mask mask, const char* block) {
    std::uint64_t bits = 0;
    for (int i = 3; i >= 0; --i) bits = bits << 16 | mask(detail::load(block + 16 * i));
    return bits;
}

// The size of a head that is whole and without anything wrong in it. Else 0, and nothing is said:
// the state machine below looks again and finds out what it is.
class CleanHead {
  public:
    CleanHead(std::string_view bytes, std::size_t first_line_max)
        : bytes_(bytes), first_line_max_(first_line_max) {}

    std::size_t size() {
        if (bytes_.starts_with('\r')) return 0;
        std::size_t at = 0;
        for (; bytes_.size() - at >= block_size; at += block_size)
            if (!goes_on(bytes_.data() + at, at)) return size_;
        if (at == bytes_.size()) return 0;
        char rest[block_size];
        std::memset(rest, ' ', sizeof rest);
        std::memcpy(rest, bytes_.data() + at, bytes_.size() - at);
        goes_on(rest, at);
        return size_;
    }

  private:
    static constexpr std::size_t block_size = 64;

    // False: the size is known, or something is wrong.
    bool goes_on(const char* block, std::size_t at) {
        const std::uint64_t cr = mask_of(detail::Equal{'\r'}, block);
        const std::uint64_t lf = mask_of(detail::Equal{'\n'}, block);
        const std::uint64_t controls = mask_of(detail::Control{}, block);
        const std::uint64_t after_cr = cr << 1 | cr_before_ >> 63;
        const std::uint64_t ends = cr & (cr << 2 | cr_before_ >> 62);  // The CR of an empty line.
        // What lies behind that CR is not the head any more.
        const std::uint64_t head = ends == 0 ? ~std::uint64_t{0} : ends ^ (ends - 1);
        if (((lf ^ after_cr) & head) != 0 || ((controls ^ (cr | lf)) & head) != 0) return false;
        if (first_ && cr != 0) {
            first_ = false;
            if (at + static_cast<std::size_t>(std::countr_zero(cr)) >= first_line_max_)
                return false;
        }
        cr_before_ = cr;
        if (ends == 0) return true;
        const std::size_t last = at + static_cast<std::size_t>(std::countr_zero(ends)) + 1;
        if (last < bytes_.size() && bytes_[last] == '\n') size_ = last + 1;
        return false;
    }

    std::string_view bytes_;
    std::size_t first_line_max_;
    std::size_t size_ = 0;
    std::uint64_t cr_before_ = 0;  // Of the block before.
    bool first_ = true;            // Still in the first line.
};

#endif

}  // namespace

HeadVerdict scan_head(std::string_view bytes, const HeadLimits& limits, EmptyLine before,
                      HeadScan& scan) {
    const char* const begin = bytes.data();
    const char* const end = begin + std::min(bytes.size(), limits.head_bytes);
    const char* const first_end =
        begin + std::min({bytes.size(), limits.head_bytes, limits.target_bytes + first_line_extra});
#if defined(__SSSE3__)
    if (scan.state == start) {
        const std::string_view allowed(begin, static_cast<std::size_t>(end - begin));
        CleanHead whole(allowed, static_cast<std::size_t>(first_end - begin));
        if (const std::size_t size = whole.size(); size != 0)
            return {.progress = Progress::done, .defect = Defect::none, .bytes = size};
    }
#endif
    const char* at = begin + std::min(scan.seen, bytes.size());
    std::uint8_t state = scan.state;

    while (at < end) {  // Bound: every turn takes a byte or leaves `start` or `line_start`.
        switch (state) {
            case start:
                if (*at == '\r' && before == EmptyLine::skipped) {
                    state = skipped_cr;
                    ++at;
                } else {
                    state = first_line;
                }
                continue;
            case first_line:
                at = find_control(at, first_end, {begin});
                if (at >= first_end) break;
                if (*at != '\r') return bad(defect_of(*at));
                state = first_cr;
                ++at;
                continue;
            case line_start:
                if (*at == '\r') {
                    state = end_cr;
                    ++at;
                    continue;
                }
                state = line;
                [[fallthrough]];
            case line:
                at = find_control(at, end, {begin});
                if (at == end) break;
                if (*at != '\r') return bad(defect_of(*at));
                state = line_cr;
                ++at;
                continue;
            default:  // After a CR only LF can come.
                if (*at != '\n') return bad(Defect::bare_cr);
                ++at;
                if (state == end_cr)
                    return {.progress = Progress::done,
                            .defect = Defect::none,
                            .bytes = static_cast<std::size_t>(at - begin)};
                state = state == skipped_cr ? first_line : line_start;
                continue;
        }
        break;
    }

    scan.seen = static_cast<std::size_t>(at - begin);
    scan.state = state;
    if (state == first_line &&
        scan.seen >= std::min(limits.head_bytes, limits.target_bytes + first_line_extra))
        return bad(Defect::target_too_long);
    if (scan.seen >= limits.head_bytes) return bad(Defect::head_too_large);
    return {};
}

}  // namespace sg::http::h1
