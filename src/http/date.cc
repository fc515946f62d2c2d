// Days and months are English whatever the locale says.
#include "http/date.h"

#include <ctime>

#include "http/out.h"

namespace sg::http {
namespace {

constexpr std::string_view days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::string_view months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

void put_two(Out& out, int value) {
    out.put(static_cast<char>('0' + value / 10 % 10));
    out.put(static_cast<char>('0' + value % 10));
}

}  // namespace

std::string_view DateCache::at(Instant now) {
    constexpr std::int64_t second_ns = 1'000'000'000;
    const std::int64_t second = now.ns / second_ns - (now.ns % second_ns < 0 ? 1 : 0);
    if (second != second_) {
        const std::time_t time = second;
        std::tm utc{};
        gmtime_r(&time, &utc);
        Out out(text_.data(), text_.size());
        out.put(days[utc.tm_wday]);
        out.put(", ");
        put_two(out, utc.tm_mday);
        out.put(' ');
        out.put(months[utc.tm_mon]);
        out.put(' ');
        put_two(out, (utc.tm_year + 1900) / 100);
        put_two(out, utc.tm_year + 1900);
        out.put(' ');
        put_two(out, utc.tm_hour);
        out.put(':');
        put_two(out, utc.tm_min);
        out.put(':');
        put_two(out, utc.tm_sec);
        out.put(" GMT");
        second_ = second;
    }
    return {text_.data(), text_.size()};
}

}  // namespace sg::http
