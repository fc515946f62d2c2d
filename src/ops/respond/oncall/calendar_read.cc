// The reading half of calendar.h: outside bytes, so every number is bounded before it is used.
#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>

#include "base/text.h"
#include "ops/respond/oncall/calendar.h"

namespace sg::oncall {

namespace {

using std::chrono::days;
using std::chrono::local_days;
using std::chrono::year_month_day;

constexpr std::size_t lines_max = 200'000;   // Bounds.
constexpr std::int64_t steps_max = 500'000;  // Of all rules, also what lies before the span.

std::unexpected<Error> refuse(std::string what, std::string hint = {}) {
    return fail(Errc::invalid_argument, std::move(what), std::move(hint));
}

// `DTSTART;TZID=Europe/Berlin:20260105T090000`
struct Property {
    std::string name;  // Upper case.
    std::vector<std::pair<std::string, std::string>> parameters;
    std::string value;

    std::string_view parameter(std::string_view key) const {
        for (const auto& [k, v] : parameters)
            if (equal_ignoring_case(k, key)) return v;
        return {};
    }
};

std::string upper(std::string_view text) {
    std::string out(text);
    for (char& c : out)
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 32);
    return out;
}

// The lines, unfolded; bare line feeds are borne with.
std::vector<std::string> lines_of(std::string_view text) {
    std::vector<std::string> lines;
    for (auto line : split(text, '\n')) {
        if (line.ends_with('\r')) line.remove_suffix(1);
        const bool folded = !line.empty() && (line[0] == ' ' || line[0] == '\t');
        if (folded && !lines.empty()) lines.back() += line.substr(1);
        else if (!line.empty()) lines.emplace_back(line);
    }
    return lines;
}

// Where the name and parameters end, outside of quotes.
std::size_t find_outside_quotes(std::string_view text, char what, std::size_t from) {
    bool quoted = false;
    for (std::size_t i = from; i < text.size(); ++i) {
        if (text[i] == '"') quoted = !quoted;
        else if (text[i] == what && !quoted) return i;
    }
    return std::string_view::npos;
}

Result<Property> property_of(const std::string& line) {
    const auto colon = find_outside_quotes(line, ':', 0);
    if (colon == std::string::npos)
        return refuse(fmt::format("a line without a colon: `{}`", line.substr(0, 40)));
    const std::string_view head = std::string_view(line).substr(0, colon);
    Property property;
    property.value = line.substr(colon + 1);
    std::size_t at = std::min(find_outside_quotes(head, ';', 0), head.size());
    property.name = upper(head.substr(0, at));
    while (at < head.size()) {
        const auto end = std::min(find_outside_quotes(head, ';', at + 1), head.size());
        const auto part = head.substr(at + 1, end - at - 1);
        const auto equals = std::min(part.find('='), part.size());
        auto value = part.substr(std::min(equals + 1, part.size()));
        if (value.size() >= 2 && value.front() == '"' && value.back() == '"')
            value = value.substr(1, value.size() - 2);
        property.parameters.emplace_back(part.substr(0, equals), value);
        at = end;
    }
    return property;
}

std::string unescaped(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '\\' || i + 1 == text.size()) {
            out += text[i];
            continue;
        }
        const char c = text[++i];
        out += c == 'n' || c == 'N' ? '\n' : c;
    }
    return out;
}

// Digits only, at most nine of them.
std::optional<std::int64_t> number_of(std::string_view text) {
    if (text.empty() || text.size() > 9) return {};
    std::int64_t value = 0;
    for (const char c : text) {
        if (c < '0' || c > '9') return {};
        value = value * 10 + (c - '0');
    }
    return value;
}

// A clock time and the zone whose clock it is of.
struct When {
    ClockTime clock;
    Zone zone;
    bool whole_day = false;
    Instant instant() const { return zone.instant(clock); }
};

Result<ClockTime> clock_of(std::string_view text) {
    const auto part = [&](std::size_t at, std::size_t size) {
        return at + size <= text.size() ? number_of(text.substr(at, size)) : std::nullopt;
    };
    const auto y = part(0, 4);
    const auto m = part(4, 2);
    const auto d = part(6, 2);
    const auto bad = [&] { return refuse(fmt::format("`{}` is no date", text.substr(0, 20))); };
    if (!y || !m || !d || *y < 1970 || *y > 2200) return bad();
    const year_month_day date{std::chrono::year{static_cast<int>(*y)},
                              std::chrono::month{static_cast<unsigned>(*m)},
                              std::chrono::day{static_cast<unsigned>(*d)}};
    if (!date.ok()) return bad();
    if (text.size() == 8) return ClockTime{local_days{date}};
    const auto hour = part(9, 2);
    const auto minute = part(11, 2);
    const auto second = part(13, 2);
    if (text.size() != 15 || text[8] != 'T' || !hour || !minute || !second || *hour > 23 ||
        *minute > 59 || *second > 60)
        return bad();
    return ClockTime{local_days{date}} + std::chrono::hours{*hour} + std::chrono::minutes{*minute} +
           std::chrono::seconds{std::min<std::int64_t>(*second, 59)};
}

Result<When> when_of(std::string_view text, std::string_view zone, const Zone& floating) {
    When when{{}, floating, text.size() == 8};
    if (text.ends_with('Z')) {
        when.zone = Zone{};
        text.remove_suffix(1);
    } else if (!zone.empty() && !when.whole_day) {
        TRY(when.zone, Zone::find(zone));
    }
    TRY(when.clock, clock_of(text));
    return when;
}

// P1D, PT8H30M, P1W: clock time, RFC 5545 §3.3.6.
Result<std::chrono::seconds> duration_of(std::string_view text) {
    const auto bad = [&] { return refuse(fmt::format("`{}` is no duration", text.substr(0, 20))); };
    if (!text.starts_with("P") && !text.starts_with("+P")) return bad();
    std::chrono::seconds sum{0};
    std::size_t digits = text.find('P') + 1;
    bool of_time = false;
    for (std::size_t i = digits; i < text.size(); ++i) {
        const char c = text[i];
        if (c >= '0' && c <= '9') continue;
        if (c == 'T' && i == digits && !of_time) {
            of_time = true;
            digits = i + 1;
            continue;
        }
        const auto count = number_of(text.substr(digits, i - digits));
        digits = i + 1;
        if (!count || *count > 1'000'000) return bad();
        if (c == 'W' && !of_time) sum += std::chrono::weeks{*count};
        else if (c == 'D' && !of_time) sum += days{*count};
        else if (c == 'H' && of_time) sum += std::chrono::hours{*count};
        else if (c == 'M' && of_time) sum += std::chrono::minutes{*count};
        else if (c == 'S' && of_time) sum += std::chrono::seconds{*count};
        else return bad();
    }
    if (digits != text.size() || sum <= std::chrono::seconds{0} || sum > days{3660}) return bad();
    return sum;
}

// --- repetition ---------------------------------------------------------------------------------

struct Rule {
    enum class Every : std::uint8_t { once, day, week, month, year };
    Every every = Every::once;
    std::int64_t interval = 1;
    std::optional<std::int64_t> count;
    std::optional<Instant> until;
    std::set<unsigned> weekdays;  // 0: Sunday.
};

std::optional<Rule::Every> frequency_of(std::string_view value) {
    if (value == "DAILY") return Rule::Every::day;
    if (value == "WEEKLY") return Rule::Every::week;
    if (value == "MONTHLY") return Rule::Every::month;
    if (value == "YEARLY") return Rule::Every::year;
    return {};
}

Result<void> read_weekdays(Rule& rule, std::string_view value) {
    constexpr std::string_view names[] = {"SU", "MO", "TU", "WE", "TH", "FR", "SA"};
    for (const auto day : split(value, ',')) {
        const auto found = std::ranges::find(names, day);
        if (found == std::end(names))
            return refuse(fmt::format("BYDAY={} is not supported", value));
        rule.weekdays.insert(static_cast<unsigned>(found - names));
    }
    return {};
}

Result<void> read_part(Rule& rule, std::string_view part, const When& start) {
    const auto equals = part.find('=');
    const auto key = part.substr(0, equals);
    const auto value = equals == std::string_view::npos ? "" : part.substr(equals + 1);
    const auto number = number_of(value);
    if (key == "FREQ" && frequency_of(value)) rule.every = *frequency_of(value);
    else if (key == "INTERVAL" && number && *number > 0 && *number <= 1000) rule.interval = *number;
    else if (key == "COUNT" && number && *number > 0) rule.count = number;
    else if (key == "BYDAY") return read_weekdays(rule, value);
    else if (key == "UNTIL") {
        TRY(When until, when_of(value, start.zone.name(), start.zone));
        // A date alone includes that whole day.
        if (until.whole_day) until.clock += days{1} - std::chrono::seconds{1};
        rule.until = until.instant();
    } else if (key != "WKST" || value != "MO")
        return refuse(fmt::format("the rule part `{}` is not supported", part.substr(0, 40)),
                      "simple rules only: FREQ, INTERVAL, COUNT, UNTIL, and BYDAY for weeks");
    return {};
}

Result<Rule> rule_of(const std::string& text, const When& start) {
    Rule rule;
    const auto value = upper(text);
    for (const auto part : split(value, ';')) TRY_VOID(read_part(rule, part, start));
    if (rule.every == Rule::Every::once) return refuse("a rule without FREQ");
    if (!rule.weekdays.empty() && rule.every != Rule::Every::week)
        return refuse("BYDAY is only supported with FREQ=WEEKLY");
    return rule;
}

// The n-th month or year from the start; nothing when it has no such day, as RFC 5545 §3.3.10
// wants.
std::optional<ClockTime> months_from(ClockTime start, std::int64_t months) {
    const auto day = std::chrono::floor<days>(start);
    const year_month_day date{day};
    const year_month_day next =
        date.year() / date.month() / date.day() + std::chrono::months{static_cast<int>(months)};
    if (!next.ok()) return {};
    return local_days{next} + (start - day);
}

// The repetitions of one period of the rule, n periods after the start, in order.
std::vector<ClockTime> repetitions(const Rule& rule, ClockTime first, std::int64_t n) {
    const auto periods = n * rule.interval;
    switch (rule.every) {
        case Rule::Every::once: return {first};
        case Rule::Every::day: return {first + days{periods}};
        case Rule::Every::week: break;
        case Rule::Every::month:
        case Rule::Every::year: {
            const auto months = rule.every == Rule::Every::year ? periods * 12 : periods;
            const auto clock = months_from(first, months);
            return clock ? std::vector{*clock} : std::vector<ClockTime>{};
        }
    }
    if (rule.weekdays.empty()) return {first + days{periods * 7}};
    std::vector<ClockTime> clocks;
    const auto first_day = std::chrono::floor<days>(first);
    const auto monday = first_day - (std::chrono::weekday{first_day} - std::chrono::Monday);
    for (auto day = monday + days{periods * 7}; clocks.size() < 7; day += days{1}) {
        if (day >= monday + days{periods * 7 + 7}) break;
        const auto clock = day + (first - first_day);
        if (clock >= first && rule.weekdays.contains(std::chrono::weekday{day}.c_encoding()))
            clocks.push_back(clock);
    }
    return clocks;
}

// The last period that begins before the clock time, or a few before it; 0 where they are counted.
std::int64_t skipped(const Rule& rule, ClockTime first, ClockTime before) {
    const bool by_days = rule.every == Rule::Every::day || rule.every == Rule::Every::week;
    if (!by_days || rule.count) return 0;
    const auto period = days{rule.interval * (rule.every == Rule::Every::week ? 7 : 1)};
    return std::max<std::int64_t>((before - first) / period - 2, 0);
}

// Years, as dates are understood: what lies after matters to nobody.
constexpr std::int64_t periods_max = 12 * 231;

// Calls `take` with every repetition from about `from` on in order, until it returns false. Takes
// the steps that it makes from `steps`.
template <class Take>
Result<void> repeat(const Rule& rule, ClockTime first, ClockTime from, std::int64_t& steps,
                    Take take) {
    const bool by_months = rule.every == Rule::Every::month || rule.every == Rule::Every::year;
    for (std::int64_t n = skipped(rule, first, from);; ++n) {
        if (rule.every == Rule::Every::once && n > 0) return {};
        if (by_months && n * rule.interval > periods_max) return {};
        if (--steps < 0)
            return fail(Errc::too_large, "rules with too many repetitions",
                        "export only the time that matters");
        for (const auto clock : repetitions(rule, first, n))
            if (!take(clock)) return {};
    }
}

// --- events -------------------------------------------------------------------------------------

struct Raw {
    std::vector<Property> properties;
    const Property* find(std::string_view name) const {
        for (const auto& p : properties)
            if (p.name == name) return &p;
        return nullptr;
    }
    std::string text(std::string_view name) const {
        const auto* p = find(name);
        return p == nullptr ? std::string() : unescaped(p->value);
    }
};

Result<std::chrono::seconds> length_of(const Raw& raw, const When& start, const Zone& floating) {
    if (const auto* end = raw.find("DTEND")) {
        TRY(const When when, when_of(end->value, end->parameter("TZID"), floating));
        // By the clock of the start, so that each repetition ends at the same time of day.
        const auto length = start.zone.clock(when.instant()) - start.clock;
        if (length <= std::chrono::seconds{0} || length > days{3660})
            return refuse("an event that ends before it begins, or ten years later");
        return length;
    }
    if (const auto* duration = raw.find("DURATION")) return duration_of(duration->value);
    if (start.whole_day) return days{1};
    return refuse("an event without DTEND and DURATION");
}

Result<std::set<Instant>> exceptions_of(const Raw& raw, const Zone& floating) {
    std::set<Instant> exceptions;
    for (const auto& property : raw.properties) {
        if (property.name != "EXDATE") continue;
        for (const auto text : split(property.value, ',')) {
            TRY(const When when, when_of(text, property.parameter("TZID"), floating));
            exceptions.insert(when.instant());
        }
    }
    return exceptions;
}

// Bound: of the texts that every repetition carries.
std::string shortened(const std::string& text) {
    constexpr std::size_t octets_max = 250;
    std::string_view rest = text;
    std::size_t size = 0;
    while (size < octets_max && !rest.empty()) {
        const auto length = std::max<std::size_t>(utf8_length(rest), 1);
        rest.remove_prefix(length);
        size += length;
    }
    return text.substr(0, size);
}

// What is read, and how many steps of rules may still be made for it.
struct Reading {
    Span span;
    Zone floating;
    std::vector<Occurrence> out;
    std::int64_t steps = steps_max;
};

Result<void> read_event(const Raw& raw, Reading& reading) {
    const Span span = reading.span;
    const Zone& floating = reading.floating;
    auto& out = reading.out;
    if (equal_ignoring_case(raw.text("STATUS"), "CANCELLED")) return {};
    const auto* begin = raw.find("DTSTART");
    if (begin == nullptr) return refuse("an event without DTSTART");
    for (const auto* name : {"RDATE", "EXRULE", "RECURRENCE-ID"})
        if (raw.find(name) != nullptr)
            return refuse(fmt::format("{} is not supported", name),
                          "export the calendar with every event by itself");
    TRY(const When start, when_of(begin->value, begin->parameter("TZID"), floating));
    TRY(const auto length, length_of(raw, start, floating));
    TRY(const auto exceptions, exceptions_of(raw, floating));
    Rule rule;
    if (const auto* text = raw.find("RRULE")) {
        TRY(rule, rule_of(text->value, start));
    }
    const auto uid = shortened(raw.text("UID"));
    const auto summary = shortened(raw.text("SUMMARY"));
    std::int64_t count = 0;
    // A day more: the clock may change in between.
    const auto from_about = start.zone.clock(span.from) - length - days{1};
    return repeat(rule, start.clock, from_about, reading.steps, [&](ClockTime clock) {
        const Instant from = start.zone.instant(clock);
        if (rule.until && from > *rule.until) return false;
        if (rule.count && ++count > *rule.count) return false;
        const Instant to = start.zone.instant(clock + length);
        if (from >= span.to) return false;
        if (to > span.from && from < to && !exceptions.contains(from))
            out.push_back({uid, summary, from, to});
        return out.size() <= occurrences_max;
    });
}

}  // namespace

Result<std::vector<Occurrence>> read_calendar(std::string_view text, Span span,
                                              const Zone& floating) {
    if (text.size() > calendar_bytes_max) return fail(Errc::too_large, "a calendar of over 4 MiB");
    const auto lines = lines_of(text);
    if (lines.size() > lines_max) return fail(Errc::too_large, "a calendar of too many lines");
    if (lines.empty() || !equal_ignoring_case(lines.front(), "BEGIN:VCALENDAR"))
        return refuse("not a calendar: it does not begin with BEGIN:VCALENDAR");
    Reading reading{.span = span, .floating = floating, .out = {}};
    auto& out = reading.out;
    std::vector<std::string> open;  // Components. Those within an event (alarms) are skipped.
    Raw raw;
    for (const auto& line : lines) {
        TRY(const Property property, property_of(line));
        const auto value = upper(property.value);
        if (property.name == "BEGIN") {
            if (open.size() > 8) return refuse("components nested too deep");
            open.push_back(value);
            if (value == "VEVENT") raw = {};
        } else if (property.name == "END") {
            if (open.empty() || open.back() != value)
                return refuse(fmt::format("END:{} without its BEGIN", value.substr(0, 40)));
            open.pop_back();
            if (value == "VEVENT") TRY_VOID(read_event(raw, reading));
            if (out.size() > occurrences_max)
                return fail(Errc::too_large, "too many events", "choose a shorter time");
        } else if (!open.empty() && open.back() == "VEVENT") {
            raw.properties.push_back(property);
        }
    }
    if (!open.empty()) return refuse(fmt::format("{} does not end", open.back().substr(0, 40)));
    std::ranges::sort(out, {}, [](const Occurrence& o) { return std::tie(o.from, o.uid); });
    return out;
}

}  // namespace sg::oncall
