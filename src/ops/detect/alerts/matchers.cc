#include "ops/detect/alerts/matchers.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>

#include "base/text.h"

namespace sg::alerts {

namespace {

constexpr std::int64_t pattern_memory_max = 1 << 20;  // Bound: of one compiled expression.

constexpr std::string_view operators[] = {"=", "!=", "=~", "!~"};

bool is_label_name(std::string_view text) {
    if (text.empty() || (text.front() >= '0' && text.front() <= '9')) return false;
    return std::ranges::all_of(text, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '_' || c == '.';
    });
}

Result<std::string> unquoted(std::string_view text) {
    if (text.empty() || text.front() != '"') return std::string(text);
    std::string out;
    for (std::size_t i = 1; i < text.size(); ++i) {
        if (text[i] == '"') {
            if (i + 1 == text.size()) return out;
            break;
        }
        if (text[i] == '\\' && i + 1 < text.size() && (text[i + 1] == '"' || text[i + 1] == '\\'))
            ++i;
        out += text[i];
    }
    return fail(Errc::invalid_argument, fmt::format("the quotes of {} do not match", text));
}

}  // namespace

Result<Matcher> Matcher::parse(std::string_view text) {
    text = trim(text);
    const auto at = text.find_first_of("=!");
    const auto name = trim(text.substr(0, at));
    if (at == std::string_view::npos || !is_label_name(name))
        return fail(Errc::invalid_argument, fmt::format("`{}` is not a matcher", text),
                    "a label, one of = != =~ !~, and a value: service=catalog");
    std::size_t length = text.substr(at).starts_with("=~") || text.substr(at).starts_with("!=") ||
                                 text.substr(at).starts_with("!~")
                             ? 2
                             : 1;
    const auto is = std::ranges::find(operators, text.substr(at, length));
    if (is == std::end(operators))
        return fail(Errc::invalid_argument, fmt::format("`{}` is not a matcher", text),
                    "one of = != =~ !~ stands between label and value");
    Matcher matcher;
    matcher.name_ = std::string(name);
    matcher.is_ = static_cast<Is>(is - std::begin(operators));
    TRY(matcher.value_, unquoted(trim(text.substr(at + length))));
    if (matcher.is_ == Is::equal || matcher.is_ == Is::not_equal) return matcher;
    RE2::Options options;
    options.set_log_errors(false);
    options.set_max_mem(pattern_memory_max);
    auto pattern = std::make_shared<const RE2>(matcher.value_, options);
    if (!pattern->ok())
        return fail(Errc::invalid_argument, fmt::format("`{}` is not a regular expression: {}",
                                                        matcher.value_, pattern->error()));
    matcher.pattern_ = std::move(pattern);
    return matcher;
}

bool Matcher::matches(const Labels& labels) const {
    const auto value = label(labels, name_);
    switch (is_) {
        case Is::equal: return value == value_;
        case Is::not_equal: return value != value_;
        case Is::like:
        case Is::not_like: break;
    }
    const re2::StringPiece piece(value.data(), value.size());
    return RE2::FullMatch(piece, *pattern_) == (is_ == Is::like);
}

std::string Matcher::text() const {
    std::string quoted;
    for (const char c : value_) {
        if (c == '"' || c == '\\') quoted += '\\';
        quoted += c;
    }
    return fmt::format("{}{}\"{}\"", name_, operators[static_cast<std::size_t>(is_)], quoted);
}

Result<std::vector<Matcher>> parse_matchers(std::span<const std::string> texts) {
    std::vector<Matcher> matchers;
    for (const auto& text : texts) {
        TRY(auto matcher, Matcher::parse(text));
        matchers.push_back(std::move(matcher));
    }
    return matchers;
}

bool matches_all(std::span<const Matcher> matchers, const Labels& labels) {
    return std::ranges::all_of(matchers, [&](const Matcher& m) { return m.matches(labels); });
}

}  // namespace sg::alerts
