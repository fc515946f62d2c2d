// What the texts of operations look like: people, times, addresses, matchers.
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <filesystem>
#include <fstream>

#include "base/address.h"
#include "base/text.h"
#include "config/formats.h"

namespace sg::config::formats {

namespace {

constexpr auto zones_folder = "/usr/share/zoneinfo";

std::unexpected<Error> wrong(std::string what, std::string hint) {
    return fail(Errc::config_invalid, std::move(what), std::move(hint));
}

bool fits(std::string_view text, const RE2& form) {
    return RE2::FullMatch(re2::StringPiece(text.data(), text.size()), form);
}

int number(std::string_view text) {
    int value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

// --- people -------------------------------------------------------------------------------------

Result<void> check_person(std::string_view text) {
    static constexpr std::array<std::string_view, 4> taken = {"primary", "secondary", "backup",
                                                              "everyone"};
    TRY_VOID(name.check(text));
    if (std::ranges::find(taken, text) == taken.end()) return {};
    return wrong(fmt::format("nobody can be called `{}`: it is a word of `escalate`", text),
                 "give the person another name, such as their first name");
}

Result<void> check_mail(std::string_view text) {
    static const RE2 form(R"([A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9.-]{1,253})");
    if (fits(text, form) && !text.contains("..") && !text.contains("@.")) return {};
    return wrong(fmt::format("`{}` is not a mail address", text), "write it as ana@example.com");
}

Result<void> check_phone(std::string_view text) {
    static const RE2 form(R"(\+[1-9][0-9]{6,14})");
    if (fits(text, form)) return {};
    return wrong(fmt::format("`{}` is not a telephone number", text),
                 "write it with its country, without spaces: \"+34600000000\"");
}

// --- times --------------------------------------------------------------------------------------

// Every zone the system knows; only looked up for a hint.
std::vector<std::string> zones() {
    std::vector<std::string> known;
    std::error_code error;
    const std::string top = zones_folder;
    for (std::filesystem::recursive_directory_iterator it(top, error), end; !error && it != end;
         it.increment(error)) {
        const auto path = it->path().string().substr(top.size() + 1);
        if (path.starts_with("posix") || path.starts_with("right")) it.disable_recursion_pending();
        else if (path.front() >= 'A' && path.front() <= 'Z') known.push_back(path);
    }
    return known;
}

bool is_zone(std::string_view text) {
    static const RE2 form(R"([A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9][A-Za-z0-9_+-]*){0,2})");
    if (text == "UTC") return true;  // Also where no time zones are installed.
    if (!fits(text, form)) return false;
    const auto path = std::filesystem::path(zones_folder) / text;
    std::error_code error;
    if (!std::filesystem::is_regular_file(path, error)) return false;
    std::ifstream file(path, std::ios::binary);
    char magic[4] = {};
    file.read(magic, sizeof magic);
    return std::string_view(magic, sizeof magic) == "TZif";  // Source: RFC 8536 §3.1.
}

Result<void> check_zone(std::string_view text) {
    if (is_zone(text)) return {};
    const auto known = zones();
    if (known.empty())
        return wrong(fmt::format("the time zone `{}` is not known to this system", text),
                     "write UTC, or install the system's time zones (package tzdata)");
    auto near = std::string(nearest(text, known));
    for (const auto& zone : known)  // `Madrid` is Europe/Madrid.
        if (near.empty() && to_lower(zone).ends_with("/" + to_lower(text))) near = zone;
    return wrong(fmt::format("`{}` is not a time zone", text),
                 fmt::format("write UTC or a name such as Europe/Madrid{}",
                             near.empty() ? "" : fmt::format("; did you mean `{}`?", near)));
}

Result<void> check_handover(std::string_view text) {
    static const RE2 form(R"(((Mon|Tue|Wed|Thu|Fri|Sat|Sun) )?([01][0-9]|2[0-3]):[0-5][0-9])");
    if (fits(text, form)) return {};
    return wrong(fmt::format("`{}` is not a time to hand over", text),
                 "write a weekday and a clock time such as Mon 09:00, or 09:00 for every day");
}

Result<void> check_clock_time(std::string_view text) {
    static const RE2 form("([01][0-9]|2[0-3]):[0-5][0-9]");
    if (text == "off" || fits(text, form)) return {};
    return wrong(fmt::format("`{}` is not a time of day", text), "write it as 10:00, or off");
}

Result<void> check_date(std::string_view text) {
    static const RE2 form("[0-9]{4}-[0-9]{2}-[0-9]{2}");
    using namespace std::chrono;
    if (fits(text, form) &&
        year_month_day{year{number(text.substr(0, 4))}, month{unsigned(number(text.substr(5, 2)))},
                       day{unsigned(number(text.substr(8, 2)))}}
            .ok())
        return {};
    return wrong(fmt::format("`{}` is not a date", text), "write it as 2026-01-05");
}

Result<void> check_clock_range(std::string_view text) {
    static const RE2 form("([01][0-9]|2[0-3]):[0-5][0-9]-(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)");
    constexpr auto hint = "write a beginning and an end such as 22:00-24:00; the end is not in it";
    if (!fits(text, form)) return wrong(fmt::format("`{}` is not a range of times", text), hint);
    if (text.substr(0, 5) < text.substr(6)) return {};
    return wrong(fmt::format("`{}` ends before it begins", text),
                 fmt::format("over midnight write two: [{}-24:00, 00:00-{}]", text.substr(0, 5),
                             text.substr(6)));
}

// A range of words: the first may not come after the second; 0: no such word.
Result<void> check_words(std::string_view text, std::span<const std::string_view> words,
                         std::string_view what, std::string_view example) {
    const auto dash = text.find('-');
    const auto index = [&](std::string_view word) {
        return std::ranges::find(words, word) - words.begin();
    };
    const auto from = index(text.substr(0, dash));
    const auto to = dash == std::string_view::npos ? from : index(text.substr(dash + 1));
    const auto none = std::ssize(words);
    if (from == none || to == none)
        return wrong(
            fmt::format("`{}` is not {}", text, what),
            fmt::format("one of {}, or a range such as {}", fmt::join(words, ", "), example));
    if (from <= to) return {};
    return wrong(fmt::format("`{}` ends before it begins", text),
                 fmt::format("write two ranges: [{}-{}, {}-{}]", text.substr(0, dash), words.back(),
                             words.front(), text.substr(dash + 1)));
}

Result<void> check_weekdays(std::string_view text) {
    static constexpr std::array<std::string_view, 7> days = {"mon", "tue", "wed", "thu",
                                                             "fri", "sat", "sun"};
    return check_words(text, days, "a day of the week", "mon-fri");
}

// A range of numbers from -last to last without 0; negative ones count from the end.
Result<void> check_days(std::string_view text) {
    static const RE2 form("(-?[0-9]{1,2})(?:-(-?[0-9]{1,2}))?");
    constexpr auto hint = "write 1, 1-7, or -1 for the last day of the month, -7--1 for its last 7";
    int from = 0;
    std::string end;
    const bool reads =
        RE2::FullMatch(re2::StringPiece(text.data(), text.size()), form, &from, &end);
    const int to = end.empty() ? from : number(end);
    const auto in_month = [](int day) { return day != 0 && day >= -31 && day <= 31; };
    if (reads && in_month(from) && in_month(to) && ((from < 0) != (to < 0) || from <= to))
        return {};
    return wrong(fmt::format("`{}` is not a day of the month", text), hint);
}

Result<void> check_months(std::string_view text) {
    static constexpr std::array<std::string_view, 12> names = {
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"};
    static constexpr std::array<std::string_view, 12> numbers = {"1", "2", "3", "4",  "5",  "6",
                                                                 "7", "8", "9", "10", "11", "12"};
    if (!text.empty() && text.front() >= '0' && text.front() <= '9')
        return check_words(text, numbers, "a month", "6-8");
    return check_words(text, names, "a month", "jun-aug");
}

Result<void> check_years(std::string_view text) {
    static const RE2 form("(20[0-9]{2})(-20[0-9]{2})?");
    if (fits(text, form) && (text.size() == 4 || text.substr(0, 4) <= text.substr(5))) return {};
    return wrong(fmt::format("`{}` is not a year", text), "write 2026, or a range: 2026-2028");
}

// --- addresses ----------------------------------------------------------------------------------

// What stands between `://` and the first `/`, without credentials; empty: it is no URL of these.
std::string_view host_of(std::string_view text, std::span<const std::string_view> schemes) {
    for (const auto scheme : schemes) {
        if (!text.starts_with(scheme)) continue;
        const auto rest = text.substr(scheme.size());
        const auto authority = rest.substr(0, rest.find_first_of("/?#"));
        const auto at = authority.rfind('@');
        return at == std::string_view::npos ? authority : authority.substr(at + 1);
    }
    return {};
}

bool is_url(std::string_view text, std::span<const std::string_view> schemes) {
    const auto host = host_of(text, schemes);
    if (host.empty() || text.find_first_of(" \t\r\n\"<>") != std::string_view::npos) return false;
    const auto parts = parse_host_port(host, 1);
    return parts && !parts->host.empty() && parts->port != 0;
}

constexpr std::array<std::string_view, 2> http_schemes = {"http://", "https://"};

Result<void> check_url(std::string_view text) {
    if (is_url(text, http_schemes)) return {};
    return wrong(fmt::format("`{}` is not a URL", text),
                 text.contains("://") || !text.contains('.') || text.contains(' ')
                     ? "write it with http:// or https://, such as https://example.com/health"
                     : fmt::format("write `https://{}`", text));
}

Result<void> check_origin(std::string_view text) {
    TRY_VOID(check_url(text));
    const auto rest = text.substr(text.find("://") + 3);
    const auto end = rest.find_first_of("/?#@");
    if (end == std::string_view::npos || end + 1 == rest.size()) return {};
    return wrong(fmt::format("`{}` has more than a host and a port", text),
                 fmt::format("write `{}`", text.substr(0, text.find("://") + 3 + end)));
}

Result<void> check_smtp(std::string_view text) {
    static constexpr std::array<std::string_view, 2> schemes = {"smtp://", "smtps://"};
    const auto host = host_of(text, schemes);
    if (text.contains('@') && !host.empty())
        return wrong("there are credentials in the address of the mail server",
                     "write them as `user:` and `password: ${env:NAME}`");
    if (is_url(text, schemes) && text.ends_with(host)) return {};
    return wrong(fmt::format("`{}` is not a mail server", text),
                 "write smtp://mail.internal:587, or smtps://mail.internal");
}

// What names the user and no password: that is what the key is for.
Result<void> check_sftp(std::string_view text) {
    static constexpr std::array<std::string_view, 1> schemes = {"sftp://"};
    if (text.empty()) return {};
    const auto rest = text.substr(std::min(text.size(), schemes[0].size()));
    const auto user = rest.substr(0, rest.find_first_of("@/"));
    const bool named = user.size() < rest.size() && rest[user.size()] == '@' && !user.empty();
    if (is_url(text, schemes) && named && !user.contains(':') && text.ends_with('/')) return {};
    return wrong(fmt::format("`{}` is not a folder over SFTP", text),
                 "write sftp://user@host/folder/, with the private key as `key:`");
}

Result<void> check_store(std::string_view text) {
    static constexpr std::array<std::string_view, 2> schemes = {"postgres://", "postgresql://"};
    if (text.empty() || is_url(text, schemes)) return {};
    return wrong("this is not a place to keep the state of operations",
                 "write postgres://user@host/database; without `store` it is SQLite in `state`");
}

Result<void> check_gateway(std::string_view text) {
    if (text.starts_with("unix:") && text.size() > 5) return {};
    const auto parts = parse_host_port(text);
    if (parts && !parts->host.empty() && parts->port != 0) return {};
    return wrong(fmt::format("`{}` is not the address of a gateway", text),
                 "write what its `telemetry.snapshot_listen` says: host:port, or unix:/path");
}

Result<void> check_link(std::string_view text) {
    if (bits_per_second(text)) return {};
    return wrong(fmt::format("`{}` is not the speed of a link", text),
                 "write bits per second, such as 10Gbit/s or 100Mbit/s");
}

// --- alerts -------------------------------------------------------------------------------------

Result<void> check_label(std::string_view text) {
    static const RE2 form("[A-Za-z_][A-Za-z0-9_]{0,63}");
    if (fits(text, form)) return {};
    return wrong(fmt::format("`{}` is not the name of a label", text),
                 "letters, digits and `_`, not beginning with a digit; at most 64");
}

Result<void> check_matcher(std::string_view text) {
    static const RE2 form(R"(([^=!~ ]+) *(=~|!~|!=|=) *("?)([^"]*)("?))");
    std::string label;
    std::string sign;
    std::string open;
    std::string value;
    std::string close;
    const bool reads = RE2::FullMatch(re2::StringPiece(text.data(), text.size()), form, &label,
                                      &sign, &open, &value, &close);
    if (!reads || open != close)
        return wrong(fmt::format("`{}` does not match labels", text),
                     "write label=value, label!=value, label=~\"regex\" or label!~\"regex\"");
    TRY_VOID(check_label(label));
    return sign.ends_with('~') ? regex.check(value) : Result<void>{};
}

Result<void> check_message(std::string_view text) {
    static const std::vector<std::string> known = {"subject", "text", "to", "ack", "severity"};
    for (auto at = text.find("${"); at != std::string_view::npos; at = text.find("${", at + 2)) {
        const auto end = text.find('}', at);
        const auto variable =
            text.substr(at + 2, end == std::string_view::npos ? 40 : end - at - 2);
        if (end != std::string_view::npos && std::ranges::find(known, variable) != known.end())
            continue;
        const auto near = nearest(variable, known);
        return wrong(
            fmt::format("`${{{}}}` is nothing that a message knows", variable),
            fmt::format("it knows ${{{}}}{}", fmt::join(known, "}, ${"),
                        near.empty() ? "" : fmt::format("; did you mean `${{{}}}`?", near)));
    }
    return {};
}

// Source: ports/verbs; a test of `mitigation` keeps the two equal.
Result<void> check_verb(std::string_view text) {
    static const std::vector<std::string> verbs = {
        "scale",       "restart",    "roll_back",    "shift",        "drain",
        "shed",        "limit",      "open_breaker", "block_client", "switch_off",
        "clear_cache", "grow_cache", "cancel_query"};
    if (std::ranges::find(verbs, text) != verbs.end()) return {};
    const auto meant = nearest(std::string(text), verbs);
    return fail(Errc::invalid_argument, fmt::format("`{}` is no verb", text),
                meant.empty() ? fmt::format("one of {}", fmt::join(verbs, ", "))
                              : fmt::format("did you mean `{}`?", meant));
}

Result<void> check_mapped(std::string_view text) {
    static const std::vector<std::string> known = {"title", "service", "severity", "key", "status"};
    if (std::ranges::find(known, text) != known.end()) return {};
    const auto near = nearest(text, known);
    return wrong(fmt::format("`{}` is nothing that an alert has", text),
                 fmt::format("known are {}{}", fmt::join(known, ", "),
                             near.empty() ? "" : fmt::format("; did you mean `{}`?", near)));
}

Result<void> check_pointer(std::string_view text) {
    static const RE2 form("(/([^~/]|~[01])*)+");  // Source: RFC 6901 §3.
    if (fits(text, form)) return {};
    return wrong(fmt::format("`{}` is not a JSON pointer", text),
                 "write where the value stands, such as /alert/labels/service");
}

}  // namespace

std::optional<double> bits_per_second(std::string_view text) {
    static const RE2 form("([0-9]{1,6}(?:[.][0-9]{1,3})?) ?([kMGT]?)bit/s");
    std::string amount;
    std::string unit;
    if (!RE2::FullMatch(re2::StringPiece(text.data(), text.size()), form, &amount, &unit))
        return {};
    double value = 0;
    std::from_chars(amount.data(), amount.data() + amount.size(), value);
    constexpr std::string_view units = "kMGT";
    if (!unit.empty())
        for (std::size_t i = 0; i <= units.find(unit.front()); ++i) value *= 1000;
    if (value <= 0) return {};
    return value;
}

const Format person_id = {"a name", check_person};
const Format mail_address = {"a mail address", check_mail};
const Format phone = {"a telephone number such as +34600000000", check_phone};
const Format zone = {"a time zone such as Europe/Madrid", check_zone};
const Format handover = {"a weekday and a time such as `Mon 09:00`, or a time", check_handover};
const Format clock_time = {"a time of day such as 10:00, or off", check_clock_time};
const Format date = {"a date such as 2026-01-05", check_date};
const Format url = {"a URL", check_url};
const Format origin = {"a URL such as https://ops.example.com", check_origin};
const Format smtp_url = {"a mail server such as smtp://mail.internal:587", check_smtp};
const Format sftp_url = {"a folder such as sftp://user@host/folder/", check_sftp};
const Format store_url = {"postgres://user@host/database", check_store};
const Format gateway_address = {"host:port, or unix:/path", check_gateway};
const Format link_speed = {"bits per second such as 10Gbit/s", check_link};
const Format clock_range = {"a range of times such as 22:00-24:00", check_clock_range};
const Format weekday_range = {"a weekday, or a range such as mon-fri", check_weekdays};
const Format day_range = {"a day of the month, or a range such as 1-7", check_days};
const Format month_range = {"a month, or a range such as jun-aug", check_months};
const Format year_range = {"a year, or a range such as 2026-2028", check_years};
const Format matcher = {"a matcher such as severity=sev1", check_matcher};
const Format label_name = {"the name of a label", check_label};
const Format message_template = {"text with ${subject}, ${text}, ${to}, ${ack}, ${severity}",
                                 check_message};
const Format mapped_name = {"one of title, service, severity, key, status", check_mapped};
const Format verb = {"a verb such as shift", check_verb};
const Format json_pointer = {"a JSON pointer such as /alert/title", check_pointer};

}  // namespace sg::config::formats
