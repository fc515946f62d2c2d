#include "gateway/router/conditions.h"

#include <optional>
#include <string>

#include "base/text.h"
#include "http/chars.h"

namespace sg::gateway::router {

namespace {

bool any_line_satisfies(const FieldTest& test, const http::Fields& fields) {
    if (!fields.has(test.id)) return false;
    for (const auto& field : fields.all()) {
        if (field.id != test.id) continue;
        if (test.id == http::FieldId::other && !equal_ignoring_case(field.name, test.name))
            continue;
        if (test.accepts(field.value)) return true;
    }
    return false;
}

// Takes one decoded character from the front. What is no escape stands for itself.
char take_decoded(std::string_view& text) {
    const char c = text.front();
    if (c == '%' && text.size() >= 3 && http::is(text[1], http::char_hex) &&
        http::is(text[2], http::char_hex)) {
        const auto byte = http::hex_value(text[1]) * 16 + http::hex_value(text[2]);
        text.remove_prefix(3);
        return static_cast<char>(byte);
    }
    text.remove_prefix(1);
    return c == '+' ? ' ' : c;
}

bool equals_decoded(std::string_view raw, std::string_view wanted) {
    while (!raw.empty()) {
        if (wanted.empty() || take_decoded(raw) != wanted.front()) return false;
        wanted.remove_prefix(1);
    }
    return wanted.empty();
}

std::optional<std::string_view> first_value(std::string_view query, std::string_view name) {
    while (!query.empty()) {
        const auto end = query.find('&');
        const auto parameter = query.substr(0, end);
        const auto equals = parameter.find('=');
        if (equals_decoded(parameter.substr(0, equals), name))
            return equals == std::string_view::npos ? std::string_view{}
                                                    : parameter.substr(equals + 1);
        if (end == std::string_view::npos) break;
        query.remove_prefix(end + 1);
    }
    return std::nullopt;
}

bool value_satisfies(const FieldTest& test, std::string_view raw) {
    if (test.kind == config::FieldMatch::Kind::exact) return equals_decoded(raw, test.value);
    if (raw.find_first_of("%+") == std::string_view::npos) return test.accepts(raw);
    std::string decoded;
    while (!raw.empty()) decoded.push_back(take_decoded(raw));
    return test.accepts(decoded);
}

}  // namespace

bool fields_satisfy(std::span<const FieldTest> tests, const http::Fields& fields) {
    for (const auto& test : tests)
        if (!any_line_satisfies(test, fields)) return false;
    return true;
}

bool query_satisfies(std::span<const FieldTest> tests, std::string_view query) {
    for (const auto& test : tests) {
        const auto raw = first_value(query, test.name);
        if (!raw || !value_satisfies(test, *raw)) return false;
    }
    return true;
}

}  // namespace sg::gateway::router
