#include "operate/text.h"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <ctime>

#include "base/text.h"
#include "base/units.h"
#include "base/whole.h"

namespace sg::operate {

namespace {

constexpr std::array<std::string_view, 7> weekdays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::array<std::string_view, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                  "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

std::tm local_of(Instant at) {
    const std::time_t seconds = std::chrono::floor<std::chrono::seconds>(Duration(at.ns)).count();
    std::tm local{};
    localtime_r(&seconds, &local);
    return local;
}

std::string_view weekday(const std::tm& t) { return weekdays[static_cast<std::size_t>(t.tm_wday)]; }
std::string_view month(const std::tm& t) { return months[static_cast<std::size_t>(t.tm_mon)]; }

// Out-of-range days are carried over; an hour that the clocks skip becomes the one after it.
Instant instant_of(std::tm local) {
    local.tm_isdst = -1;
    return {static_cast<std::int64_t>(std::mktime(&local)) * 1'000'000'000};
}

std::optional<int> digits(std::string_view text, int most) {
    const auto value = parse_whole<int>(text);
    return value && text.size() <= 4 && *value >= 0 && *value <= most ? value : std::nullopt;
}

bool read_clock(std::string_view text, std::tm& local) {
    const auto parts = split(text, ':');
    if (parts.size() < 2 || parts.size() > 3) return false;
    const auto hour = digits(parts[0], 23), minute = digits(parts[1], 59);
    const auto second = parts.size() == 3 ? digits(parts[2], 59) : 0;
    if (!hour || !minute || !second) return false;
    local.tm_hour = *hour;
    local.tm_min = *minute;
    local.tm_sec = *second;
    return true;
}

bool read_date(std::string_view text, std::tm& local) {
    const auto parts = split(text, '-');
    if (parts.size() != 3 || parts[0].size() != 4) return false;
    const auto y = digits(parts[0], 9999), m = digits(parts[1], 12), d = digits(parts[2], 31);
    if (!y || !m || !d || *m == 0 || *d == 0) return false;
    const std::chrono::year_month_day date{std::chrono::year(*y),
                                           std::chrono::month(static_cast<unsigned>(*m)),
                                           std::chrono::day(static_cast<unsigned>(*d))};
    if (!date.ok()) return false;
    local.tm_year = *y - 1900;
    local.tm_mon = *m - 1;
    local.tm_mday = *d;
    return true;
}

// Days from today until the weekday of this name, 0 to 6.
std::optional<int> days_until(std::string_view name, const std::tm& today) {
    for (std::size_t i = 0; i < weekdays.size(); ++i)
        if (equal_ignoring_case(name, weekdays[i]))
            return (static_cast<int>(i) - today.tm_wday + 7) % 7;
    return std::nullopt;
}

std::optional<Instant> local_moment(std::string_view text, Instant now) {
    std::tm local = local_of(now);
    const auto today = local;
    local.tm_hour = local.tm_min = local.tm_sec = 0;
    const auto space = text.find(' ');
    const auto first = text.substr(0, space);
    const auto second =
        space == std::string_view::npos ? std::string_view() : trim(text.substr(space));
    if (second.empty() && read_clock(first, local)) {
        const Instant at = instant_of(local);
        if (at >= now) return at;
        ++local.tm_mday;
        return instant_of(local);
    }
    if (read_date(first, local)) {
        if (!second.empty() && !read_clock(second, local)) return std::nullopt;
        return instant_of(local);
    }
    const auto days = days_until(first, today);
    if (!days || second.empty() || !read_clock(second, local)) return std::nullopt;
    local.tm_mday += *days;
    const Instant at = instant_of(local);
    if (at >= now) return at;
    local.tm_mday += 7;
    return instant_of(local);
}

}  // namespace

std::string show_clock(Instant at) {
    const auto t = local_of(at);
    return fmt::format("{:02}:{:02}:{:02}", t.tm_hour, t.tm_min, t.tm_sec);
}

std::string show_day(Instant at) {
    const auto t = local_of(at);
    return fmt::format("{} {} {} {}", weekday(t), t.tm_mday, month(t), t.tm_year + 1900);
}

std::string show_moment(Instant at, Instant now) {
    const auto t = local_of(at), today = local_of(now);
    if (t.tm_year == today.tm_year && t.tm_yday == today.tm_yday) return show_clock(at);
    if (std::abs((at - now).count()) < Duration(180 * 24h).count())
        return fmt::format("{} {} {} {:02}:{:02}", weekday(t), t.tm_mday, month(t), t.tm_hour,
                           t.tm_min);
    return fmt::format("{}-{:02}-{:02} {:02}:{:02}", t.tm_year + 1900, t.tm_mon + 1, t.tm_mday,
                       t.tm_hour, t.tm_min);
}

std::string show_span(Duration span) {
    const double s = std::max(0.0, std::chrono::duration<double>(span).count());
    if (s < 0.9995) return fmt::format("{:.0f} ms", s * 1000);
    if (s < 9.95) return fmt::format("{:.1f} s", s);
    if (s < 119.5) return fmt::format("{:.0f} s", s);
    const auto minutes = std::llround(s / 60);
    if (minutes < 120) return fmt::format("{} min", minutes);
    const auto pair = [](long long big, const char* unit, long long small, const char* of) {
        return small == 0 ? fmt::format("{} {}", big, unit)
                          : fmt::format("{} {} {} {}", big, unit, small, of);
    };
    if (minutes < 48 * 60) return pair(minutes / 60, "h", minutes % 60, "min");
    const auto hours = std::llround(s / 3600);
    return pair(hours / 24, "d", hours % 24, "h");
}

std::string show_due(Instant due, Instant now) {
    return due >= now ? "due in " + show_span(due - now) : "LATE by " + show_span(now - due);
}

std::string show_count(std::int64_t count) {
    std::string text = std::to_string(count);
    const std::size_t first = text.starts_with('-') ? 1 : 0;
    for (std::size_t i = text.size(); i > first + 3; i -= 3) text.insert(i - 3, ",");
    return text;
}

std::string show_share(double of_one) {
    const double percent = of_one * 100;
    const double size = std::abs(percent);
    if (size >= 9.95) return fmt::format("{:.0f} %", percent);
    if (size >= 0.995) return fmt::format("{:.1f} %", percent);
    return fmt::format("{:.2f} %", size < 0.005 ? 0.0 : percent);
}

std::string incident_name(std::int64_t id) { return fmt::format("INC-{}", id); }

Result<Instant> parse_moment(std::string_view text, Instant now) {
    text = trim(text);
    if (text == "now") return now;
    if (text.starts_with('+')) {
        TRY(const Duration after, parse_duration(text.substr(1)));
        if (after <= Duration(366 * 24h)) return now + after;
    } else if (const auto exact = parse_rfc3339(text)) {
        return *exact;
    } else if (const auto local = local_moment(text, now)) {
        return *local;
    }
    return fail(Errc::invalid_argument, fmt::format("`{}` is not a time", text),
                "write 18:00, `Mon 09:00`, `2026-11-23 18:00`, +2h, now, or RFC 3339");
}

Result<std::int64_t> parse_incident(std::string_view text) {
    auto number = text;
    if (number.size() > 4 && equal_ignoring_case(number.substr(0, 4), "inc-"))
        number.remove_prefix(4);
    const auto id = parse_whole<std::int64_t>(number);
    if (id && *id >= 1) return *id;
    return fail(Errc::invalid_argument, fmt::format("`{}` is not an incident", text),
                "write its number: 204 or INC-204; `streamgate incident list` shows them");
}

Result<std::int64_t> parse_severity(std::string_view text) {
    auto number = text;
    if (number.size() > 3 && equal_ignoring_case(number.substr(0, 3), "sev"))
        number.remove_prefix(number[3] == '-' ? 4 : 3);
    if (number.size() == 1 && number[0] >= '1' && number[0] <= '4') return number[0] - '0';
    return fail(Errc::invalid_argument, fmt::format("`{}` is not a severity", text),
                "1 (users cannot use the service) to 4 (an inconvenience)");
}

// -------------------------------------------------------------------------------------------------

const Json& at(const Json& object, std::string_view key) {
    static const Json null;
    if (!object.is_object()) return null;
    const auto found = object.find(key);
    return found == object.end() ? null : *found;
}

const Json& list_at(const Json& object, std::string_view key) {
    static const Json none = Json::array();
    const Json& value = at(object, key);
    return value.is_array() ? value : none;
}

std::string text_at(const Json& object, std::string_view key) {
    const Json& value = at(object, key);
    if (value.is_string()) return value.get<std::string>();
    return value.is_number() ? value.dump() : std::string();
}

std::int64_t number_at(const Json& object, std::string_view key) {
    const Json& value = at(object, key);
    return value.is_number_integer() ? value.get<std::int64_t>() : 0;
}

double real_at(const Json& object, std::string_view key, double otherwise) {
    const Json& value = at(object, key);
    return value.is_number() ? value.get<double>() : otherwise;
}

bool flag_at(const Json& object, std::string_view key) {
    const Json& value = at(object, key);
    return value.is_boolean() && value.get<bool>();
}

std::optional<Instant> moment_at(const Json& object, std::string_view key) {
    const Json& value = at(object, key);
    if (!value.is_string()) return std::nullopt;
    const auto moment = parse_rfc3339(value.get<std::string>());
    if (!moment || moment->ns == 0) return std::nullopt;
    return moment;
}

std::optional<Duration> span_at(const Json& object, std::string_view key) {
    const Json& value = at(object, key);
    if (!value.is_string()) return std::nullopt;
    const auto span = parse_duration(value.get<std::string>());
    if (!span) return std::nullopt;
    return *span;
}

std::string lines_at(const Json& object, std::string_view key) {
    auto text = text_at(object, key);
    for (const auto& line : list_at(object, key))
        if (line.is_string()) text += line.get<std::string>() + "\n";
    return text;
}

std::string words_at(const Json& object, std::string_view key) {
    std::string out;
    for (const auto& word : list_at(object, key))
        if (word.is_string()) out += (out.empty() ? "" : ", ") + word.get<std::string>();
    return out;
}

}  // namespace sg::operate
