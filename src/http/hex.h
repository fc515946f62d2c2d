// Sixteen hexadecimal digits of a number: ids of requests and traces are several of these with
// every request.
#pragma once

#include <cstdint>
#include <cstring>

#if defined(__SSSE3__)
#include <tmmintrin.h>
#endif

namespace sg::http {

inline constexpr std::size_t hex_size = 16;

// Lower case, with leading zeros. Requires: room for hex_size.
inline void write_hex_plainly(char* to, std::uint64_t value) {
    for (std::size_t i = hex_size; i-- > 0; value >>= 4) to[i] = "0123456789abcdef"[value & 15];
}

inline void write_hex(char* to, std::uint64_t value) {
#if defined(__SSSE3__)
    // Both halves of all eight bytes at once, each then the index of its digit.
    const __m128i bytes = _mm_cvtsi64_si128(static_cast<long long>(__builtin_bswap64(value)));
    const __m128i low = _mm_set1_epi8(15);
    const __m128i halves =
        _mm_unpacklo_epi8(_mm_and_si128(_mm_srli_epi64(bytes, 4), low), _mm_and_si128(bytes, low));
    const __m128i digits = _mm_setr_epi8('0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b',
                                         'c', 'd', 'e', 'f');
    _mm_storeu_si128(reinterpret_cast<__m128i*>(to), _mm_shuffle_epi8(digits, halves));
#else
    write_hex_plainly(to, value);
#endif
}

}  // namespace sg::http
