#include "base/units.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <span>

#include "base/text.h"

namespace sg {

namespace {

struct Unit {
    std::string_view word;
    double size;  // In the base unit.
};

// Larger first, so that the first that divides a value exactly gives the shortest form.
constexpr std::array duration_units = {
    Unit{"d", 86400e9}, Unit{"h", 3600e9}, Unit{"m", 60e9}, Unit{"s", 1e9},
    Unit{"ms", 1e6},    Unit{"us", 1e3},   Unit{"ns", 1},   Unit{"min", 60e9},
};
constexpr std::array byte_units = {
    Unit{"TiB", 0x1p40}, Unit{"GiB", 0x1p30}, Unit{"MiB", 0x1p20}, Unit{"KiB", 0x1p10},
    Unit{"TB", 1e12},    Unit{"GB", 1e9},     Unit{"MB", 1e6},     Unit{"KB", 1e3},
    Unit{"kB", 1e3},     Unit{"B", 1},        Unit{"", 1},
};
constexpr std::array rate_units = {
    Unit{"/s", 1},          Unit{"/m", 1.0 / 60},    Unit{"/min", 1.0 / 60},
    Unit{"/h", 1.0 / 3600}, Unit{"/d", 1.0 / 86400},
};

constexpr double largest_exact = 0x1p63;  // Beyond it neither nanoseconds nor bytes fit.

// Takes a plain decimal number off the front of `text`: digits, perhaps a point and digits.
bool take_number(std::string_view& text, double& number) {
    std::size_t length = 0;
    while (length < text.size() && text[length] >= '0' && text[length] <= '9') ++length;
    if (length == 0) return false;
    if (length + 1 < text.size() && text[length] == '.' && text[length + 1] >= '0' &&
        text[length + 1] <= '9') {
        ++length;
        while (length < text.size() && text[length] >= '0' && text[length] <= '9') ++length;
    }
    const auto digits = text.substr(0, length);
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (error != std::errc{} || end != digits.data() + digits.size()) return false;
    text.remove_prefix(length);
    return true;
}

const Unit* unit_of(std::string_view word, std::span<const Unit> units) {
    for (const Unit& unit : units)
        if (unit.word == word) return &unit;
    for (const Unit& unit : units)  // `64mib` is understood: no two units differ in case only.
        if (equal_ignoring_case(unit.word, word)) return &unit;
    return nullptr;
}

std::unexpected<Error> not_a(std::string_view text, std::string_view what, std::string_view hint) {
    return fail(Errc::invalid_argument, fmt::format("`{}` is not {}", text, what),
                std::string(hint));
}

// The shortest decimal without an exponent that reads back as the same number.
std::string number_text(double number) {
    char buffer[400];  // 5e-324 has some 330 digits when written out.
    const auto end =
        std::to_chars(buffer, buffer + sizeof buffer, number, std::chars_format::fixed);
    return {buffer, end.ptr};
}

// A percentage as a share. The decimal point moves in the text: 99.9 / 100 is not quite 0.999.
double share_of_percent(std::string_view digits) {
    const auto shifted = std::string(digits) + "e-2";
    double share = 0;
    std::from_chars(shifted.data(), shifted.data() + shifted.size(), share);
    return share;
}

}  // namespace

Result<Duration> parse_duration(std::string_view text) {
    constexpr auto hint =
        "write a number and a unit (ns, us, ms, s, m, h, d), such as 250ms or 1m30s";
    const auto wrong = [&] { return not_a(text, "a duration", hint); };
    if (text == "off") return no_timeout;
    if (text != "0" && !text.empty() &&
        text.find_first_not_of("0123456789.") == std::string_view::npos)
        return not_a(text, "a duration",
                     fmt::format("it needs a unit: did you mean `{0}s` or `{0}ms`?", text));
    if (text == "0") return Duration::zero();
    auto rest = text;
    double total = 0;
    double smaller_than = std::numeric_limits<double>::infinity();
    do {  // Bound: every round takes at least two bytes; units must become smaller.
        double number = 0;
        if (!take_number(rest, number)) return wrong();
        std::size_t length = 0;
        while (length < rest.size() && lower(rest[length]) >= 'a' && lower(rest[length]) <= 'z')
            ++length;
        const Unit* unit = unit_of(rest.substr(0, length), duration_units);
        if (!unit || unit->size >= smaller_than) return wrong();
        smaller_than = unit->size;
        total += number * unit->size;
        rest.remove_prefix(length);
    } while (!rest.empty());
    if (!(total < largest_exact))
        return fail(Errc::invalid_argument, fmt::format("`{}` is too long a time", text),
                    "write `off` for a time that never comes");
    return Duration{std::llround(total)};
}

Result<Bytes> parse_bytes(std::string_view text) {
    auto rest = text;
    double number = 0;
    const bool is_number = take_number(rest, number);
    const Unit* unit = is_number ? unit_of(trim(rest), byte_units) : nullptr;
    if (!unit)
        return not_a(text, "a size", "write a number of bytes, or one with KiB, MiB or GiB: 64MiB");
    const double total = number * unit->size;
    if (!(total < largest_exact))
        return fail(Errc::invalid_argument, fmt::format("`{}` is too large a size", text),
                    "sizes go up to 8388607TiB");
    return Bytes{static_cast<std::uint64_t>(std::llround(total))};
}

Result<Share> parse_share(std::string_view text) {
    auto rest = text;
    double number = 0;
    const bool is_number = take_number(rest, number);
    const bool percent = trim(rest) == "%";
    if (!is_number || (!percent && !rest.empty()))
        return not_a(text, "a share", "write a percentage such as 20%, or a fraction such as 0.2");
    const double of_one =
        percent ? share_of_percent(text.substr(0, text.size() - rest.size())) : number;
    if (!(of_one <= 1))
        return fail(Errc::invalid_argument, fmt::format("`{}` is more than the whole", text),
                    percent ? std::string("a share is at most 100%")
                            : fmt::format("did you mean `{}%`? a share is at most 100%", text));
    return Share{of_one};
}

Result<Rate> parse_rate(std::string_view text) {
    auto rest = text;
    double number = 0;
    const bool is_number = take_number(rest, number);
    const Unit* unit = is_number ? unit_of(trim(rest), rate_units) : nullptr;
    if (!unit || number > 1e15)
        return not_a(text, "a rate",
                     "write a number per second, minute or hour: 100/s, 30/m, 5000/h");
    return Rate{number * unit->size};
}

std::string to_text(Duration duration) {
    if (duration == no_timeout) return "off";
    if (duration == Duration::zero()) return "0s";
    for (const Unit& unit : duration_units) {
        const auto size = static_cast<std::int64_t>(unit.size);
        if (duration.count() % size == 0)
            return fmt::format("{}{}", duration.count() / size, unit.word);
    }
    return fmt::format("{}ns", duration.count());
}

std::string to_text(Bytes bytes) {
    if (bytes.count == 0) return "0B";
    for (const Unit& unit : byte_units) {
        const auto size = static_cast<std::uint64_t>(unit.size);
        if (bytes.count % size == 0) return fmt::format("{}{}", bytes.count / size, unit.word);
    }
    return fmt::format("{}B", bytes.count);
}

std::string to_text(Share share) {
    // 0.07 * 100 is 7.000000000000001: keep the percentage only if it reads back as the same share.
    const auto percent = number_text(std::round(share.of_one * 100 * 1e9) / 1e9);
    if (share_of_percent(percent) == share.of_one) return percent + "%";
    return number_text(share.of_one);
}

std::string to_text(Rate rate) {
    for (const Unit& unit : rate_units) {
        const double number = std::round(rate.per_second / unit.size * 1e6) / 1e6;
        const bool whole = number == std::floor(number) && number < 1e15;
        if (whole && number * unit.size == rate.per_second)
            return fmt::format("{:.0f}{}", number, unit.word);
    }
    return number_text(rate.per_second) + "/s";
}

}  // namespace sg
