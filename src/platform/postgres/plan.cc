#include "platform/postgres/plan.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <nlohmann/json.hpp>
#include <optional>

#include "base/text.h"

namespace sg::platform::postgres {

namespace {

using Json = nlohmann::json;
constexpr int depth_most = 64;  // Bound: of nodes below nodes, and of brackets.

double number_at(const Json& node, const char* key) {
    const auto at = node.find(key);
    return at != node.end() && at->is_number() ? at->get<double>() : 0;
}

std::string text_at(const Json& node, const char* key) {
    const auto at = node.find(key);
    return at != node.end() && at->is_string() ? at->get<std::string>() : std::string();
}

void collect(const Json& node, Plan& plan, int depth) {
    if (!node.is_object() || depth > depth_most) return;
    if (text_at(node, "Node Type") == "Seq Scan" && node.contains("Filter"))
        plan.scans.push_back({text_at(node, "Schema"), text_at(node, "Relation Name"),
                              text_at(node, "Filter"), number_at(node, "Plan Rows"),
                              plan.cost > 0 ? number_at(node, "Total Cost") / plan.cost : 0});
    const auto below = node.find("Plans");
    if (below == node.end() || !below->is_array()) return;
    for (const auto& child : *below) collect(child, plan, depth + 1);
}

// --- filters, as the server writes them back: every comparison in brackets -----------------------

// Where the bracket, quote or quoted name that begins at `at` ends; npos: it does not.
std::size_t past(std::string_view text, std::size_t at) {
    const char open = text[at];
    if (open == '\'' || open == '"') {
        const auto end = text.find(open, at + 1);
        return end == std::string_view::npos ? end : end + 1;
    }
    int depth = 0;
    for (; at < text.size(); ++at) {
        if (text[at] == '\'' || text[at] == '"') {
            at = text.find(text[at], at + 1);
            if (at == std::string_view::npos) return at;
        } else if (text[at] == '(') {
            ++depth;
        } else if (text[at] == ')' && --depth == 0) {
            return at + 1;
        }
    }
    return std::string_view::npos;
}

std::string_view without_brackets(std::string_view text) {
    while (text.starts_with('(') && past(text, 0) == text.size())
        text = trim(text.substr(1, text.size() - 2));
    return text;
}

// The parts between a word at the outermost level: `a AND b` by ` AND `.
std::vector<std::string_view> parts_by(std::string_view text, std::string_view word) {
    std::vector<std::string_view> parts;
    std::size_t from = 0;
    for (std::size_t at = 0; at < text.size();) {
        if (text[at] == '(' || text[at] == '\'' || text[at] == '"') {
            at = past(text, at);
            if (at == std::string_view::npos) return {text};
        } else if (text.substr(at).starts_with(word)) {
            parts.push_back(text.substr(from, at - from));
            at += word.size();
            from = at;
        } else {
            ++at;
        }
    }
    parts.push_back(text.substr(from));
    return parts;
}

// `(name)::text` and `events.name` are `name`. An expression stays one; a constant is nothing.
std::string column_of(std::string_view side) {
    side = without_brackets(trim(side));
    if (const auto casts = parts_by(side, "::"); casts.size() > 1)
        side = without_brackets(trim(casts.front()));
    if (side.empty() || side.front() == '\'' || side.front() == '$' || side.front() == '-' ||
        std::isdigit(static_cast<unsigned char>(side.front())) != 0)
        return {};
    if (side == "true" || side == "false" || side == "NULL") return {};
    if (const auto dots = parts_by(side, "."); dots.size() > 1) side = dots.back();
    if (side.starts_with("CURRENT_") || side.starts_with("now(")) return {};  // No column.
    // A call is indexed as it stands; other expressions are left to people.
    const auto call = side.front() == '"' ? std::string_view::npos : side.find('(');
    const bool is_call = call != std::string_view::npos && past(side, call) == side.size();
    const bool is_name = side.front() == '"' ? past(side, 0) == side.size()
                                             : side.find_first_of(" (") == std::string_view::npos;
    if (is_call && side.substr(0, call).find(' ') == std::string_view::npos)
        return std::string(side);
    return is_name ? std::string(side) : std::string();
}

struct Comparison {
    std::string column;
    enum class Kind : std::uint8_t { equal, range, contains } kind = Kind::equal;
};

std::optional<Comparison> comparison_of(std::string_view text) {
    using Kind = Comparison::Kind;
    text = without_brackets(trim(text));
    struct Row {
        std::string_view sign;
        Kind kind;
    };
    constexpr Row signs[] = {{" ~~ ", Kind::contains}, {" ~~* ", Kind::contains},
                             {" >= ", Kind::range},    {" <= ", Kind::range},
                             {" = ", Kind::equal},     {" > ", Kind::range},
                             {" < ", Kind::range}};
    for (const auto& [sign, kind] : signs) {
        const auto sides = parts_by(text, sign);
        if (sides.size() != 2) continue;
        auto column = column_of(sides[0]);
        if (column.empty() && kind != Kind::contains) column = column_of(sides[1]);
        if (column.empty()) return std::nullopt;
        // `like 'x%'` is a range, if the index sorts by bytes; with % in front it is none.
        const auto pattern = trim(sides[1]);
        const bool prefix = kind == Kind::contains && !pattern.starts_with("'%") &&
                            !pattern.starts_with("'_") && sign == " ~~ ";
        return Comparison{std::move(column), prefix ? Kind::range : kind};
    }
    return std::nullopt;
}

std::string as_name(const std::string& name) {
    const bool plain = !name.empty() && std::ranges::all_of(name, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
    });
    return plain || name.starts_with('"') ? name : '"' + name + '"';
}

}  // namespace

Result<Plan> read_plan(std::string_view json) {
    const Json parsed = Json::parse(json, nullptr, false);
    if (!parsed.is_array() || parsed.empty() || !parsed[0].is_object() ||
        !parsed[0].contains("Plan") || !parsed[0]["Plan"].is_object())
        return fail(Errc::protocol_violation, "this is no plan");
    const Json& top = parsed[0]["Plan"];
    Plan plan{.cost = number_at(top, "Total Cost"), .node = text_at(top, "Node Type")};
    collect(top, plan, 0);
    std::ranges::sort(plan.scans, std::greater{}, &Scan::cost_share);
    return plan;
}

Wish wish_of(std::string_view filter) {
    using Kind = Comparison::Kind;
    Wish wish;
    std::string range, contained;
    for (const auto part : parts_by(without_brackets(trim(filter)), " AND ")) {
        auto found = comparison_of(part);
        if (!found) continue;
        auto& columns = wish.columns;
        if (found->kind == Kind::equal) {
            if (std::ranges::find(columns, found->column) == columns.end())
                columns.push_back(std::move(found->column));
        } else if (found->kind == Kind::range && range.empty()) {
            range = std::move(found->column);
        } else if (found->kind == Kind::contains && contained.empty()) {
            contained = std::move(found->column);
        }
    }
    if (!range.empty() && std::ranges::find(wish.columns, range) == wish.columns.end())
        wish.columns.push_back(std::move(range));
    if (wish.columns.empty() && !contained.empty()) {
        wish.columns.push_back(std::move(contained));
        wish.contains = true;
    }
    constexpr std::size_t columns_most = 3;  // More make the index dear and help little.
    if (wish.columns.size() > columns_most) wish.columns.resize(columns_most);
    return wish;
}

std::string index_for(const Scan& scan) {
    auto wish = wish_of(scan.filter);
    if (wish.columns.empty() || scan.table.empty()) return {};
    for (auto& column : wish.columns)
        if (column.find('(') == std::string::npos) column = as_name(column);
    const auto table =
        (scan.schema.empty() ? "" : as_name(scan.schema) + ".") + as_name(scan.table);
    if (wish.contains)
        return fmt::format("create index concurrently on {} using gin ({} gin_trgm_ops)", table,
                           wish.columns.front());
    return fmt::format("create index concurrently on {} ({})", table,
                       fmt::join(wish.columns, ", "));
}

bool is_select(std::string_view statement) {
    // Comments may stand before it: `/* from the catalogue */ select …`.
    for (;;) {
        statement = trim(statement);
        while (statement.starts_with('\n') || statement.starts_with('\r'))
            statement = trim(statement.substr(1));
        if (statement.starts_with("--")) {
            const auto end = statement.find('\n');
            if (end == std::string_view::npos) return false;
            statement.remove_prefix(end + 1);
        } else if (statement.starts_with("/*")) {
            const auto end = statement.find("*/");
            if (end == std::string_view::npos) return false;
            statement.remove_prefix(end + 2);
        } else {
            break;
        }
    }
    constexpr std::string_view word = "select";
    if (statement.size() <= word.size()) return false;
    const char next = statement[word.size()];
    const bool ends = !(std::isalnum(static_cast<unsigned char>(next)) != 0 || next == '_');
    return ends && equal_ignoring_case(statement.substr(0, word.size()), word);
}

int parameters_of(std::string_view statement) {
    int most = 0;
    for (std::size_t at = 0; at + 1 < statement.size(); ++at) {
        if (statement[at] == '\'' || statement[at] == '"') {
            at = past(statement, at);
            if (at == std::string_view::npos) break;
            --at;
            continue;
        }
        if (statement[at] != '$') continue;
        int number = 0;
        for (auto digit = at + 1; digit < statement.size() && number < 100'000 &&
                                  std::isdigit(static_cast<unsigned char>(statement[digit])) != 0;
             ++digit)
            number = number * 10 + (statement[digit] - '0');
        most = std::max(most, number);
    }
    return most;
}

}  // namespace sg::platform::postgres
