// The scalar types that settings are made of.
#include "base/describe.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>

#include "base/text.h"

namespace sg {

const Node* Node::find(std::string_view key) const {
    for (const Entry& entry : entries)
        if (entry.key.text == key) return &entry.value;
    return nullptr;
}

Node Node::scalar(std::string text, Place place) {
    Node node;
    node.kind = Kind::scalar;
    node.text = std::move(text);
    node.place = place;
    return node;
}

Node Node::list(Place place) {
    Node node;
    node.kind = Kind::list;
    node.place = place;
    return node;
}

Node Node::map(Place place) {
    Node node;
    node.kind = Kind::map;
    node.place = place;
    return node;
}

Node& Node::add(std::string key, Node value) {
    entries.push_back({scalar(std::move(key), value.place), std::move(value)});
    return entries.back().value;
}

bool equal(const Node& a, const Node& b) {
    const auto same = [](const Node::Entry& x, const Node::Entry& y) {
        return x.key.text == y.key.text && equal(x.value, y.value);
    };
    return a.kind == b.kind && a.text == b.text &&
           std::equal(a.items.begin(), a.items.end(), b.items.begin(), b.items.end(), equal) &&
           std::equal(a.entries.begin(), a.entries.end(), b.entries.begin(), b.entries.end(), same);
}

Result<std::size_t> parse_word(std::string_view text, std::span<const std::string_view> words,
                               std::string_view name) {
    for (std::size_t i = 0; i < words.size(); ++i)
        if (words[i] == text) return i;
    const std::vector<std::string> known(words.begin(), words.end());
    const auto near = nearest(text, known);
    auto hint = fmt::format("one of {}", fmt::join(words, ", "));
    if (!near.empty()) hint += fmt::format("; did you mean `{}`?", near);
    return fail(Errc::invalid_argument, fmt::format("`{}` is not {}", text, name), hint);
}

namespace {

template <class T>
std::shared_ptr<void> make_one() {
    return std::make_shared<T>();
}

template <class T>
Result<void> parse_whole(std::string_view text, void* value) {
    const auto [stop, error] =
        std::from_chars(text.data(), text.data() + text.size(), *static_cast<T*>(value));
    if (error == std::errc{} && stop == text.data() + text.size()) return {};
    return fail(Errc::invalid_argument, fmt::format("`{}` is not a whole number", text),
                fmt::format("a number from 0 to {}", std::numeric_limits<T>::max()));
}

template <class T>
double measure_whole(const void* value) {
    return static_cast<double>(*static_cast<const T*>(value));
}

template <class T>
std::string print_whole(const void* value) {
    return fmt::format("{}", *static_cast<const T*>(value));
}

std::string print_number(double number) { return fmt::format("{}", number); }

Result<void> parse_flag(std::string_view text, void* value) {
    const bool yes = text == "true" || text == "yes" || text == "on";
    const bool no = text == "false" || text == "no" || text == "off";
    if (!yes && !no)
        return fail(Errc::invalid_argument, fmt::format("`{}` is neither true nor false", text),
                    "write true or false");
    *static_cast<bool*>(value) = yes;
    return {};
}

template <class T, Result<T> (*parse)(std::string_view)>
Result<void> parse_into(std::string_view text, void* value) {
    TRY(*static_cast<T*>(value), parse(text));
    return {};
}

template <class T>
std::string print_unit(const void* value) {
    return to_text(*static_cast<const T*>(value));
}

Duration seconds(double s) { return Duration{static_cast<std::int64_t>(s * 1e9)}; }

}  // namespace

const Type& text_type() {
    static const Type it = {
        .name = "text",
        .schema = R"({"type":["string","number","boolean"]})",
        .parse = [](std::string_view text, void* p) -> Result<void> {
            *static_cast<std::string*>(p) = text;
            return {};
        },
        .print = [](const void* p) { return *static_cast<const std::string*>(p); },
        .make = make_one<std::string>};
    return it;
}

const Type& flag_type() {
    static const Type it = {.name = "true or false",
                            .schema = R"({"enum":[true,false,"yes","no","on","off"]})",
                            .parse = parse_flag,
                            .print = [](const void* p) -> std::string {
                                return *static_cast<const bool*>(p) ? "true" : "false";
                            },
                            .bare = true,
                            .make = make_one<bool>};
    return it;
}

const Type& uint16_type() {
    static const Type it = {.name = "a whole number",
                            .schema = R"({"type":"integer","minimum":0,"maximum":65535})",
                            .parse = parse_whole<std::uint16_t>,
                            .print = print_whole<std::uint16_t>,
                            .measure = measure_whole<std::uint16_t>,
                            .print_measure = print_number,
                            .bare = true,
                            .make = make_one<std::uint16_t>};
    return it;
}

const Type& uint32_type() {
    static const Type it = {.name = "a whole number",
                            .schema = R"({"type":"integer","minimum":0})",
                            .parse = parse_whole<std::uint32_t>,
                            .print = print_whole<std::uint32_t>,
                            .measure = measure_whole<std::uint32_t>,
                            .print_measure = print_number,
                            .bare = true,
                            .make = make_one<std::uint32_t>};
    return it;
}

const Type& int64_type() {
    static const Type it = {.name = "a whole number",
                            .schema = R"({"type":"integer"})",
                            .parse = parse_whole<std::int64_t>,
                            .print = print_whole<std::int64_t>,
                            .measure = measure_whole<std::int64_t>,
                            .print_measure = print_number,
                            .bare = true,
                            .make = make_one<std::int64_t>};
    return it;
}

namespace {

Result<void> parse_double(std::string_view text, void* value) {
    const auto [stop, error] =
        std::from_chars(text.data(), text.data() + text.size(), *static_cast<double*>(value));
    if (error == std::errc{} && stop == text.data() + text.size()) return {};
    return fail(Errc::invalid_argument, fmt::format("`{}` is not a number", text), {});
}

Result<void> parse_instant(std::string_view text, void* value) {
    const auto instant = text.empty() ? Instant{} : parse_rfc3339(text);
    if (!instant)
        return fail(Errc::invalid_argument, fmt::format("`{}` is not a point in time", text),
                    "write it as in 2026-11-23T06:22:31Z");
    *static_cast<Instant*>(value) = *instant;
    return {};
}

}  // namespace

const Type& double_type() {
    static const Type it = {
        .name = "a number",
        .schema = R"({"type":"number"})",
        .parse = parse_double,
        .print = [](const void* p) { return print_number(*static_cast<const double*>(p)); },
        .measure = [](const void* p) { return *static_cast<const double*>(p); },
        .print_measure = print_number,
        .bare = true,
        .make = make_one<double>};
    return it;
}

const Type& instant_type() {
    static const Type it = {.name = "a point in time",
                            .schema = R"({"type":"string","format":"date-time"})",
                            .parse = parse_instant,
                            .print = [](const void* p) -> std::string {
                                const Instant at = *static_cast<const Instant*>(p);
                                return at == Instant{} ? "" : to_rfc3339_exact(at);
                            },
                            .make = make_one<Instant>};
    return it;
}

const Type& duration_type() {
    static const Type it = {
        .name = "a duration",
        .schema = R"({"type":["string","integer"],)"
                  R"("pattern":"^(off|0|([0-9]+([.][0-9]+)?(ns|us|ms|s|m|min|h|d))+)$"})",
        .parse = parse_into<Duration, parse_duration>,
        .print = print_unit<Duration>,
        .measure =
            [](const void* p) {
                const Duration d = *static_cast<const Duration*>(p);
                if (d == no_timeout) return std::numeric_limits<double>::infinity();
                return static_cast<double>(d.count()) / 1e9;
            },
        .print_measure = [](double m) { return to_text(seconds(m)); },
        .make = make_one<Duration>};
    return it;
}

const Type& bytes_type() {
    static const Type it = {
        .name = "a size",
        .schema = R"({"type":["string","integer"],)"
                  R"("pattern":"^[0-9]+([.][0-9]+)? ?([kKMGT]i?)?B?$"})",
        .parse = parse_into<Bytes, parse_bytes>,
        .print = print_unit<Bytes>,
        .measure = [](const void* p) { return double(static_cast<const Bytes*>(p)->count); },
        .print_measure = [](double m) { return to_text(Bytes{static_cast<std::uint64_t>(m)}); },
        .make = make_one<Bytes>};
    return it;
}

const Type& share_type() {
    static const Type it = {
        .name = "a share",
        .schema = R"({"type":["string","number"],"pattern":"^[0-9]+([.][0-9]+)? ?%?$"})",
        .parse = parse_into<Share, parse_share>,
        .print = print_unit<Share>,
        .measure = [](const void* p) { return static_cast<const Share*>(p)->of_one; },
        .print_measure = [](double m) { return to_text(Share{m}); },
        .make = make_one<Share>};
    return it;
}

const Type& rate_type() {
    static const Type it = {
        .name = "a rate",
        .schema = R"({"type":"string","pattern":"^[0-9]+([.][0-9]+)? ?/(s|m|min|h|d)$"})",
        .parse = parse_into<Rate, parse_rate>,
        .print = print_unit<Rate>,
        .measure = [](const void* p) { return static_cast<const Rate*>(p)->per_second; },
        .print_measure = [](double m) { return to_text(Rate{m}); },
        .make = make_one<Rate>};
    return it;
}

const Type& cidr_type() {
    static const Type it = {
        .name = "an address block",
        .schema = R"({"type":"string"})",
        .parse = parse_into<Cidr, parse_cidr>,
        .print = [](const void* p) { return static_cast<const Cidr*>(p)->text(); },
        .make = make_one<Cidr>};
    return it;
}

}  // namespace sg
