#include "words.h"

#include <fmt/format.h>

#include <cctype>
#include <charconv>

#include "base/units.h"

namespace sg::sim {

namespace {

std::string without_quotes(std::string_view text) {
    std::string out;
    for (const char c : text)
        if (c != '"') out += c;
    return out;
}

}  // namespace

std::optional<Duration> time_of(std::string_view text) {
    Duration sum{};
    if (text.empty()) return std::nullopt;
    while (!text.empty()) {
        std::size_t end = 0;
        while (end < text.size() &&
               (std::isdigit(static_cast<unsigned char>(text[end])) != 0 || text[end] == '.'))
            ++end;
        while (end < text.size() && std::isalpha(static_cast<unsigned char>(text[end])) != 0) ++end;
        const auto part = parse_duration(text.substr(0, end));
        if (end == 0 || !part) return std::nullopt;
        sum += *part;
        text.remove_prefix(end);
    }
    return sum;
}

// Quotes keep what is between them together, also within `title~"two words"`.
Words::Words(std::string_view line, int number) : line_(line), number_(number) {
    for (std::size_t at = 0; at < line.size();) {
        if (line[at] == ' ' || line[at] == '\t') {
            ++at;
            continue;
        }
        if (line[at] == '#') break;
        std::size_t end = at;
        for (bool quoted = false; end < line.size() && (quoted || line[end] != ' '); ++end)
            if (line[end] == '"') quoted = !quoted;
        words_.push_back({std::string(line.substr(at, end - at)), at, end - at});
        at = end;
    }
}

std::string Words::take() {
    if (at_end()) {
        wrong("the line ends here", "something is missing");
        return {};
    }
    return words_[next_++].text;
}

bool Words::take_if(std::string_view word) {
    if (peek() != word) return false;
    ++next_;
    return true;
}

std::string Words::rest() {
    if (at_end()) return {};
    const auto from = words_[next_].column;
    const auto& last = words_.back();
    next_ = words_.size();
    return std::string(line_.substr(from, last.column + last.length - from));
}

void Words::wrong(std::string what, std::string hint) {
    if (mistake_) return;
    mistake_ = Mistake{
        .line = number_, .column = line_.size(), .what = std::move(what), .hint = std::move(hint)};
    if (next_ == 0 || next_ > words_.size()) return;
    mistake_->column = words_[next_ - 1].column;
    mistake_->length = words_[next_ - 1].length;
}

void Words::end() {
    if (at_end() || mistake_) return;
    const auto word = take();
    wrong(fmt::format("`{}` is not expected here", word), "the line is complete before it");
}

Duration Words::time(std::string_view what) {
    const auto word = take();
    const auto found = time_of(word);
    if (!found) wrong(fmt::format("`{}` is not {}", word, what), "write 90s, 10m or 1h30m");
    return found.value_or(Duration{});
}

double Words::share() {
    const auto word = take();
    const auto found = parse_share(word);
    if (!found) wrong(fmt::format("`{}` is not a share", word), "write 5% or 0.05");
    return found ? found->of_one : 0;
}

double Words::rate() {
    const auto word = take();
    const auto found = parse_rate(word);
    if (!found) wrong(fmt::format("`{}` is not a rate", word), "write 800/s");
    return found ? found->per_second : 0;
}

std::int64_t Words::number(std::string_view what) {
    const auto word = take();
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
    if (error != std::errc{} || end != word.data() + word.size())
        wrong(fmt::format("`{}` is not {}", word, what), "write a whole number");
    return value;
}

std::string Words::text() {
    const auto word = take();
    if (word.size() < 2 || !word.starts_with('"') || !word.ends_with('"'))
        wrong(fmt::format("`{}` is not a text", word), "write it in quotes");
    return without_quotes(word);
}

std::string Words::name(std::string_view what) {
    auto word = take();
    while (word.ends_with(',') || word.ends_with(':') || word.ends_with(';')) word.pop_back();
    if (word.empty()) wrong(fmt::format("{} is missing", what), "write its name");
    return word;
}

}  // namespace sg::sim
