// How the bytes of a head are looked at sixteen at a time: line ends, controls, the end of the
// head.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "http/chars.h"
#include "http/h1/parse.h"

#if defined(__SSSE3__)
#include <tmmintrin.h>
#endif

namespace sg::http::h1 {

// Where bytes may be read: all of what was received, though only a part of it is searched. With
// sixteen bytes before the end of a search its last few are looked at in one go, too.
struct Received {
    const char* begin;
};

#if defined(__SSSE3__)

namespace detail {

// A class of ASCII characters as two lookups, by the halves of the byte: a set bit in both, and it
// belongs. A byte beyond ASCII finds nothing in the first one. Source: Langdale and Lemire,
// "Parsing Gigabytes of JSON per Second", 2019, §3.1.2.
struct Halves {
    alignas(
        16) std::array<std::uint8_t, 16> by_low{};  // Bit h: the character with the high half h.
};
consteval Halves halves_of(std::uint8_t wanted) {
    Halves halves;
    for (unsigned byte = 0; byte < 128; ++byte)
        if (is(static_cast<char>(byte), wanted))
            halves.by_low[byte & 15] =
                static_cast<std::uint8_t>(halves.by_low[byte & 15] | 1U << (byte >> 4));
    return halves;
}
template <std::uint8_t wanted>
inline constexpr Halves halves = halves_of(wanted);

inline __m128i load(const char* at) {
    return _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
}

// Bit n: byte n is not of the class.
template <std::uint8_t wanted>
struct Not {
    unsigned operator()(__m128i block) const {
        const __m128i by_low =
            _mm_load_si128(reinterpret_cast<const __m128i*>(halves<wanted>.by_low.data()));
        const __m128i by_high = _mm_setr_epi8(1, 2, 4, 8, 16, 32, 64, -128, 0, 0, 0, 0, 0, 0, 0, 0);
        const __m128i high = _mm_and_si128(_mm_srli_epi16(block, 4), _mm_set1_epi8(15));
        const __m128i both =
            _mm_and_si128(_mm_shuffle_epi8(by_low, block), _mm_shuffle_epi8(by_high, high));
        return static_cast<unsigned>(_mm_movemask_epi8(_mm_cmpeq_epi8(both, _mm_setzero_si128())));
    }
};

// Bit n: byte n may not stand within a line.
struct Control {
    unsigned operator()(__m128i block) const {
        const __m128i highest = _mm_set1_epi8(0x1f);
        const __m128i low = _mm_cmpeq_epi8(_mm_min_epu8(block, highest), block);
        const __m128i tab = _mm_cmpeq_epi8(block, _mm_set1_epi8('\t'));
        const __m128i del = _mm_cmpeq_epi8(block, _mm_set1_epi8(0x7f));
        return static_cast<unsigned>(
            _mm_movemask_epi8(_mm_or_si128(_mm_andnot_si128(tab, low), del)));
    }
};

struct Equal {
    char wanted;
    unsigned operator()(__m128i block) const {
        return static_cast<unsigned>(
            _mm_movemask_epi8(_mm_cmpeq_epi8(block, _mm_set1_epi8(wanted))));
    }
};

// The first byte in [at, end) that the mask names; null if the bytes before `end` are too few to
// tell, and then `at` has moved to where nothing was found yet.
template <class Mask>
const char* find_by(Mask mask, const char*& at, const char* end, Received received) {
    for (; end - at >= 16; at += 16)
        if (const unsigned found = mask(load(at)); found != 0) return at + __builtin_ctz(found);
    if (at == end) return end;
    if (end - received.begin < 16) return nullptr;
    const unsigned found = mask(load(end - 16)) >> (16 - (end - at));
    return found == 0 ? end : at + __builtin_ctz(found);
}

}  // namespace detail

#endif

// The first byte in [at, end) that is not of the class; `end` if there is none.
template <std::uint8_t wanted>
const char* find_not(const char* at, const char* end, [[maybe_unused]] Received received) {
#if defined(__SSSE3__)
    if (const char* const found = detail::find_by(detail::Not<wanted>{}, at, end, received))
        return found;
#endif
    while (at != end && is(*at, wanted)) ++at;
    return at;
}

// The first byte in [at, end) that may not stand within a line, CR and LF included; `end` if there
// is none.
inline const char* find_control(const char* at, const char* end,
                                [[maybe_unused]] Received received) {
#if defined(__SSSE3__)
    if (const char* const found = detail::find_by(detail::Control{}, at, end, received))
        return found;
#endif
    while (at != end && !is(*at, char_control)) ++at;
    return at;
}

// The first CR in [at, end); `end` if there is none.
inline const char* find_cr(const char* at, const char* end, [[maybe_unused]] Received received) {
#if defined(__SSSE3__)
    if (const char* const found = detail::find_by(detail::Equal{'\r'}, at, end, received))
        return found;
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
