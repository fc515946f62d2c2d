// Quantities with their unit, and how they are read and written: `2s`, `64MiB`, `100/s`, `20%`.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"

namespace sg {

struct Bytes {
    std::uint64_t count = 0;
    auto operator<=>(const Bytes&) const = default;
};

constexpr Bytes operator""_KiB(unsigned long long n) { return {n << 10}; }
constexpr Bytes operator""_MiB(unsigned long long n) { return {n << 20}; }
constexpr Bytes operator""_GiB(unsigned long long n) { return {n << 30}; }

// A share of one: 0.2 is written `20%`.
struct Share {
    double of_one = 0;
    auto operator<=>(const Share&) const = default;
};

// Events per second.
struct Rate {
    double per_second = 0;
    auto operator<=>(const Rate&) const = default;
};

// `off` in a configuration: a time-out that never comes.
inline constexpr Duration no_timeout = Duration::max();

Result<Duration> parse_duration(std::string_view text);  // 250ms, 2s, 1.5h, 1d; `off` is no_timeout
Result<Bytes> parse_bytes(std::string_view text);        // 512, 4KiB, 64MiB, 1.5GiB, 10MB
Result<Share> parse_share(std::string_view text);        // 20%, 0.5%, 0.2
Result<Rate> parse_rate(std::string_view text);          // 100/s, 30/m, 5000/h

std::string to_text(Duration duration);  // The shortest exact form: 90s is 90s, 120s is 2m.
std::string to_text(Bytes bytes);
std::string to_text(Share share);
std::string to_text(Rate rate);

}  // namespace sg
