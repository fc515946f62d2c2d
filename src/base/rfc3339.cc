// RFC 3339 read back, strictly: the counterpart of to_rfc3339.
#include "base/time.h"

#include <chrono>

namespace sg {

namespace {

// Digits at `at`, -1 if there are none.
int number(std::string_view text, std::size_t at, std::size_t digits) {
    if (at + digits > text.size()) return -1;
    int value = 0;
    for (const char c : text.substr(at, digits)) {
        if (c < '0' || c > '9') return -1;
        value = value * 10 + (c - '0');
    }
    return value;
}

std::optional<std::chrono::minutes> parse_offset(std::string_view text) {
    if (text == "Z" || text == "z") return std::chrono::minutes{0};
    if (text.size() != 6 || (text[0] != '+' && text[0] != '-') || text[3] != ':') return {};
    const int hours = number(text, 1, 2);
    const int minutes = number(text, 4, 2);
    if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59) return {};
    const auto offset = std::chrono::minutes{hours * 60 + minutes};
    return text[0] == '-' ? -offset : offset;
}

}  // namespace

std::optional<Instant> parse_rfc3339(std::string_view text) {
    using namespace std::chrono;
    if (text.size() < 20 || text[4] != '-' || text[7] != '-' || text[13] != ':' || text[16] != ':')
        return {};
    if (text[10] != 'T' && text[10] != 't' && text[10] != ' ') return {};
    const int y = number(text, 0, 4);
    const int hour = number(text, 11, 2);
    const int minute = number(text, 14, 2);
    const int second = number(text, 17, 2);
    if (y < 1970 || y > 2200 || hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 ||
        second > 59)
        return {};
    const year_month_day date{year{y}, month{static_cast<unsigned>(number(text, 5, 2))},
                              day{static_cast<unsigned>(number(text, 8, 2))}};
    if (!date.ok()) return {};

    std::size_t at = 19;
    std::int64_t fraction = 0;
    if (text[at] == '.') {
        std::int64_t unit = 100'000'000;
        const auto first = ++at;
        for (; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at, unit /= 10)
            fraction += (text[at] - '0') * unit;
        if (at == first || at - first > 9) return {};
    }
    const auto offset = parse_offset(text.substr(at));
    if (!offset) return {};
    const auto whole = sys_days{date} + hours{hour} + minutes{minute} + seconds{second} - *offset;
    return Instant{nanoseconds{whole.time_since_epoch()}.count() + fraction};
}

}  // namespace sg
