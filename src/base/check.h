// CHECK: our own invariants, on in release. ODDITY: odd, should not be, survivable.
//
// No CHECK may be reachable from bytes that come from outside: the fuzzers prove it.
#pragma once

#include <atomic>
#include <cstdint>

namespace sg {

[[noreturn]] void check_failed(const char* condition, const char* file, int line);

// Counts, logs once per place. In tests (SG_ODDITY_FATAL set in the environment) it aborts.
void note_oddity(std::atomic<std::uint64_t>& count, const char* condition, const char* file,
                 int line);
std::uint64_t oddities();  // Since the process started.

}  // namespace sg

#define CHECK(condition) \
    (static_cast<bool>(condition) ? void() : ::sg::check_failed(#condition, __FILE__, __LINE__))

#define ODDITY(condition)                                                \
    do {                                                                 \
        if (condition) [[unlikely]] {                                    \
            static std::atomic<std::uint64_t> sg_count{0};               \
            ::sg::note_oddity(sg_count, #condition, __FILE__, __LINE__); \
        }                                                                \
    } while (false)
