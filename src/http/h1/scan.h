// How the bytes of a head are looked at sixteen at a time: line ends, controls, the end of the
// head.
#pragma once

#include <cstddef>
#include <string_view>

#include "http/chars.h"
#include "http/h1/parse.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace sg::http::h1 {

// The first byte in [at, end) that may not stand within a line, CR and LF included; `end` if there
// is none.
inline const char* find_control(const char* at, const char* end) {
#if defined(__SSE2__)
    const __m128i highest = _mm_set1_epi8(0x1f);
    const __m128i tab = _mm_set1_epi8('\t');
    const __m128i del = _mm_set1_epi8(0x7f);
    for (; end - at >= 16; at += 16) {
        const __m128i block = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
        const __m128i low = _mm_cmpeq_epi8(_mm_min_epu8(block, highest), block);
        const __m128i bad = _mm_or_si128(_mm_andnot_si128(_mm_cmpeq_epi8(block, tab), low),
                                         _mm_cmpeq_epi8(block, del));
        const auto mask = static_cast<unsigned>(_mm_movemask_epi8(bad));
        if (mask != 0) return at + __builtin_ctz(mask);
    }
#endif
    while (at != end && !is(*at, char_control)) ++at;
    return at;
}

// The first CR in [at, end); `end` if there is none.
inline const char* find_cr(const char* at, const char* end) {
#if defined(__SSE2__)
    const __m128i cr = _mm_set1_epi8('\r');
    for (; end - at >= 16; at += 16) {
        const __m128i block = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
        const auto mask = static_cast<unsigned>(_mm_movemask_epi8(_mm_cmpeq_epi8(block, cr)));
        if (mask != 0) return at + __builtin_ctz(mask);
    }
#endif
    while (at != end && *at != '\r') ++at;
    return at;
}

enum class EmptyLine { skipped, refused };  // One before the first line (RFC 9112 §2.2).

// Finds the empty line that ends a head. When done, the bytes hold CRLF as line ends and no other
// control but tabs.
HeadVerdict scan_head(std::string_view bytes, const HeadLimits& limits, EmptyLine before,
                      HeadScan& scan);

}  // namespace sg::http::h1
