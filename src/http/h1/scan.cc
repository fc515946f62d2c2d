// The head scan: a state machine over the few control bytes; all others are skipped sixteen at a
// time.
#include "http/h1/scan.h"

#include <algorithm>

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

}  // namespace

HeadVerdict scan_head(std::string_view bytes, const HeadLimits& limits, EmptyLine before,
                      HeadScan& scan) {
    const char* const begin = bytes.data();
    const char* const end = begin + std::min(bytes.size(), limits.head_bytes);
    const char* const first_end =
        begin + std::min({bytes.size(), limits.head_bytes, limits.target_bytes + first_line_extra});
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
                at = find_control(at, first_end);
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
                at = find_control(at, end);
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
