#include "base/check.h"

#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>

namespace sg {

namespace {
std::atomic<std::uint64_t> total{0};
}

void check_failed(const char* condition, const char* file, int line) {
    fmt::print(stderr, "{}:{}: invariant does not hold: {}\n", file, line, condition);
    std::fflush(stderr);
    std::abort();
}

void note_oddity(std::atomic<std::uint64_t>& count, const char* condition, const char* file,
                 int line) {
    total.fetch_add(1, std::memory_order_relaxed);
    if (count.fetch_add(1, std::memory_order_relaxed) == 0)
        fmt::print(stderr, "{}:{}: oddity: {}\n", file, line, condition);
    if (std::getenv("SG_ODDITY_FATAL") != nullptr) std::abort();
}

std::uint64_t oddities() { return total.load(std::memory_order_relaxed); }

}  // namespace sg
