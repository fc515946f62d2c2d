// Endings: endings.def as an enum with its rows.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace sg::gateway {

enum class Ending : std::uint8_t {
#define E(name, status, blame, retry, token, sentence) name,
#include "gateway/endings.def"
#undef E
};

enum class BlameOf : std::uint8_t { none, client, us, upstream };
enum class RetryVerdict : std::uint8_t { never, same_or_other, other_endpoint };

struct EndingRow {
    std::string_view name;
    std::uint16_t status;
    BlameOf blame;
    RetryVerdict retry;
    std::string_view token;
    std::string_view sentence;
};

inline constexpr EndingRow endings[] = {
#define E(name, status, blame, retry, token, sentence) \
    {#name, status, BlameOf::blame, RetryVerdict::retry, token, sentence},
#include "gateway/endings.def"
#undef E
};
inline constexpr std::size_t ending_count = sizeof endings / sizeof endings[0];

constexpr const EndingRow& row_of(Ending ending) {
    return endings[static_cast<std::size_t>(ending)];
}
constexpr std::string_view name_of(BlameOf blame) {
    constexpr std::string_view names[] = {"none", "client", "us", "upstream"};
    return names[static_cast<std::size_t>(blame)];
}

}  // namespace sg::gateway
