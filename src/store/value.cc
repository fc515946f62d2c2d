#include "store/value.h"

#include <charconv>

namespace sg::store {

namespace {

template <class T>
T parse(const std::string& text) {
    T number{};
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

}  // namespace

std::int64_t Row::integer(std::size_t column) const {
    const auto& value = at(column);
    if (const auto* number = std::get_if<std::int64_t>(&value)) return *number;
    if (const auto* number = std::get_if<double>(&value)) return static_cast<std::int64_t>(*number);
    if (const auto* text = std::get_if<std::string>(&value)) return parse<std::int64_t>(*text);
    return 0;
}

double Row::number(std::size_t column) const {
    const auto& value = at(column);
    if (const auto* number = std::get_if<double>(&value)) return *number;
    if (const auto* number = std::get_if<std::int64_t>(&value)) return static_cast<double>(*number);
    if (const auto* text = std::get_if<std::string>(&value)) return parse<double>(*text);
    return 0;
}

std::string Row::text(std::size_t column) const {
    const auto& value = at(column);
    if (const auto* text = std::get_if<std::string>(&value)) return *text;
    if (const auto* number = std::get_if<std::int64_t>(&value)) return std::to_string(*number);
    if (const auto* number = std::get_if<double>(&value)) return std::to_string(*number);
    return {};
}

}  // namespace sg::store
