#include "ops/respond/runbooks/expression.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <variant>

namespace sg::runbooks {

namespace {

struct Unit {
    std::string_view word;
    Measure measure;
    double factor;  // To what a Quantity counts in.
};
constexpr std::array units = {
    Unit{"", Measure::number, 1},
    Unit{"%", Measure::share, 0.01},
    Unit{"ms", Measure::seconds, 0.001},
    Unit{"s", Measure::seconds, 1},
    Unit{"m", Measure::seconds, 60},
    Unit{"h", Measure::seconds, 3600},
    Unit{"d", Measure::seconds, 86400},
    Unit{"B", Measure::bytes, 1},
    Unit{"KiB", Measure::bytes, 1024},
    Unit{"MiB", Measure::bytes, 1024.0 * 1024},
    Unit{"GiB", Measure::bytes, 1024.0 * 1024 * 1024},
    Unit{"/s", Measure::per_second, 1},
};

constexpr int depth_max = 32;  // Bound: brackets and `not`, against a stack that overflows.

const Unit* find_unit(std::string_view word) {
    const auto* found = std::ranges::find(units, word, &Unit::word);
    return found == units.end() ? nullptr : found;
}

std::unexpected<Error> no_such_unit(std::string_view word) {
    return fail(Errc::invalid_argument, fmt::format("`{}` is no unit", word),
                "%, ms, s, m, h, d, B, KiB, MiB, GiB, /s, or none");
}

}  // namespace

Result<Measure> measure_of(std::string_view unit) {
    const auto* found = find_unit(unit);
    if (found == nullptr) return no_such_unit(unit);
    return found->measure;
}

Result<Quantity> parse_quantity(std::string_view text) {
    double number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || !std::isfinite(number))
        return fail(Errc::invalid_argument, fmt::format("`{}` is no number", text),
                    "a number with a unit, such as 80%, 250ms or 64MiB");
    auto rest = text.substr(static_cast<std::size_t>(end - text.data()));
    while (rest.starts_with(' ')) rest.remove_prefix(1);
    const auto* unit = find_unit(rest);
    if (unit == nullptr) return no_such_unit(rest);
    return Quantity{number * unit->factor, unit->measure};
}

std::string to_text(const Quantity& quantity) {
    const double value = quantity.value;
    switch (quantity.measure) {
        case Measure::share: return fmt::format("{:.3g} %", value * 100);
        case Measure::seconds:
            return std::abs(value) < 1 ? fmt::format("{:.3g} ms", value * 1000)
                                       : fmt::format("{:.3g} s", value);
        case Measure::bytes:
            for (const auto* word : {"GiB", "MiB", "KiB"})
                if (std::abs(value) >= find_unit(word)->factor)
                    return fmt::format("{:.3g} {}", value / find_unit(word)->factor, word);
            return fmt::format("{:.0f} B", value);
        case Measure::per_second: return fmt::format("{:.3g}/s", value);
        case Measure::number: break;
    }
    return fmt::format("{:.6g}", value);
}

// --- the tree -----------------------------------------------------------------------------------

namespace {

using Child = std::shared_ptr<const Expression::Term>;
using Operand = std::variant<std::string, Quantity>;  // A name, or a value.

enum class Relation : std::uint8_t { more, more_or_equal, less, less_or_equal, equal, unequal };

constexpr std::array<std::pair<std::string_view, Relation>, 6> relations = {{
    {">=", Relation::more_or_equal},  // The longer ones first.
    {"<=", Relation::less_or_equal},
    {"!=", Relation::unequal},
    {">", Relation::more},
    {"<", Relation::less},
    {"=", Relation::equal},
}};

struct Either {
    std::vector<Child> of;
};
struct Both {
    std::vector<Child> of;
};
struct Not {
    Child of;
};
struct Comparison {
    Operand left;
    Relation relation = Relation::equal;
    Operand right;
};
struct Is {
    std::string name;
    std::string standing;
};

}  // namespace

struct Expression::Term {
    std::variant<Either, Both, Not, Comparison, Is> what;
};

// --- reading ------------------------------------------------------------------------------------

namespace {

bool is_word(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-' || c == '.';
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

class Parser {
  public:
    using Mistake = Expression::Mistake;
    using Parsed = std::expected<Child, Mistake>;

    explicit Parser(std::string_view text) : text_(text) {}

    Parsed whole() {
        auto parsed = either(0);
        if (!parsed) return parsed;
        if (!rest().empty())
            return mistake(fmt::format("`{}` stands after the end", shown()),
                           "`and` or `or` join two comparisons");
        return parsed;
    }

  private:
    Parsed either(int depth) { return joined<Either>("or", depth, &Parser::both); }
    Parsed both(int depth) { return joined<Both>("and", depth, &Parser::one); }

    template <class Join>
    Parsed joined(std::string_view word, int depth, Parsed (Parser::*part)(int)) {
        auto first = (this->*part)(depth);
        if (!first) return first;
        Join join{{*first}};
        while (take(word)) {
            auto next = (this->*part)(depth);
            if (!next) return next;
            join.of.push_back(*next);
        }
        if (join.of.size() == 1) return first;
        return make(std::move(join));
    }

    Parsed one(int depth) {
        if (depth > depth_max) return mistake("it is nested too deeply", "take a `decide` more");
        if (take("not")) {
            auto of = one(depth + 1);
            if (!of) return of;
            return make(Not{*of});
        }
        if (rest().starts_with('(')) {
            ++at_;
            auto inner = either(depth + 1);
            if (!inner) return inner;
            if (!rest().starts_with(')')) return mistake("a bracket is not closed", "add a `)`");
            ++at_;
            return inner;
        }
        return comparison();
    }

    Parsed comparison() {
        const auto left_at = (rest(), at_);
        auto left = operand();
        if (!left) return std::unexpected(left.error());
        if (take("is")) return standing(*left, left_at);
        for (const auto& [sign, relation] : relations) {
            if (!rest().starts_with(sign)) continue;
            at_ += sign.size();
            auto right = operand();
            if (!right) return std::unexpected(right.error());
            return compared(std::move(*left), relation, std::move(*right), left_at);
        }
        return mistake(fmt::format("`{}` is not compared with anything", shown(left_at)),
                       "such as `pool.used > 90%` or `pool is bad`");
    }

    Parsed compared(Operand left, Relation relation, Operand right, std::size_t at) {
        const auto* a = std::get_if<Quantity>(&left);
        const auto* b = std::get_if<Quantity>(&right);
        if (a != nullptr && b != nullptr) {
            at_ = at;
            return mistake("two numbers are always the same", "compare what a check found");
        }
        return make(Comparison{std::move(left), relation, std::move(right)});
    }

    Parsed standing(const Operand& left, std::size_t left_at) {
        const auto* name = std::get_if<std::string>(&left);
        if (name == nullptr) {
            at_ = left_at;
            return mistake("a number is neither fine nor bad", "name a check before `is`");
        }
        for (const auto* word : {"fine", "odd", "bad", "unknown"})
            if (take(word)) return make(Is{*name, word});
        return mistake(fmt::format("`{}` is no standing", shown()), "fine, odd, bad or unknown");
    }

    std::expected<Operand, Mistake> operand() {
        const auto text = rest();
        if (text.empty()) return mistake("it ends too early", "a name or a number should follow");
        if (is_digit(text[0]) || text[0] == '-') return number(text);
        const auto end = std::ranges::find_if_not(text, is_word) - text.begin();
        const auto name = text.substr(0, static_cast<std::size_t>(end));
        if (name.empty())
            return mistake(fmt::format("`{}` is neither a name nor a number", text[0]),
                           "a name is `step` or `step.finding`");
        if (is_reserved(name))
            return mistake(fmt::format("`{}` stands where a name should", name),
                           "a name is `step` or `step.finding`");
        if (std::ranges::count(name, '.') > 1 || name.ends_with('.') || name.starts_with('.'))
            return mistake(fmt::format("`{}` is no name", name), "`step` or `step.finding`");
        at_ += name.size();
        return Operand{std::string(name)};
    }

    std::expected<Operand, Mistake> number(std::string_view text) {
        const auto ends = [](char c) { return c == ' ' || c == ')' || c == '<' || c == '>'; };
        const auto end = std::ranges::find_if(text, ends) - text.begin();
        const auto word = text.substr(0, static_cast<std::size_t>(end));
        auto quantity = parse_quantity(word);
        if (!quantity) return std::unexpected(Mistake{at_, quantity.error()});
        at_ += word.size();
        return Operand{*quantity};
    }

    static bool is_reserved(std::string_view word) {
        constexpr std::array<std::string_view, 4> words = {"and", "or", "not", "is"};
        return std::ranges::find(words, word) != words.end();
    }

    std::string_view rest() {
        while (at_ < text_.size() &&
               (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\t'))
            ++at_;
        return text_.substr(at_);
    }

    bool take(std::string_view word) {
        const auto text = rest();
        if (!text.starts_with(word)) return false;
        if (text.size() > word.size() && is_word(text[word.size()])) return false;
        at_ += word.size();
        return true;
    }

    // The word at which reading stopped, for a message.
    std::string shown(std::optional<std::size_t> from = {}) {
        const auto text = from ? text_.substr(*from) : rest();
        if (text.empty()) return "the end";
        const auto end =
            std::max<std::ptrdiff_t>(1, std::ranges::find_if_not(text, is_word) - text.begin());
        return std::string(text.substr(0, static_cast<std::size_t>(end)));
    }

    std::unexpected<Mistake> mistake(std::string what, std::string hint) {
        const std::size_t at = at_ < text_.size() ? (rest(), at_) : text_.size();
        return std::unexpected(
            Mistake{at, Error{Errc::invalid_argument, std::move(what), std::move(hint)}});
    }

    static Child make(auto what) {
        return std::make_shared<const Expression::Term>(Expression::Term{std::move(what)});
    }

    std::string_view text_;
    std::size_t at_ = 0;
};

// --- asking -------------------------------------------------------------------------------------

bool holds(double left, Relation relation, double right) {
    switch (relation) {
        case Relation::more: return left > right;
        case Relation::more_or_equal: return left >= right;
        case Relation::less: return left < right;
        case Relation::less_or_equal: return left <= right;
        case Relation::equal: return left == right;
        case Relation::unequal: return left != right;
    }
    return false;
}

struct Asking {
    const Facts& facts;

    Verdict ask(const Child& term) const {
        return std::visit([&](const auto& what) { return (*this)(what); }, term->what);
    }

    Verdict operator()(const Either& either) const {
        return until(either.of, Verdict::yes, Verdict::no);
    }
    Verdict operator()(const Both& both) const { return until(both.of, Verdict::no, Verdict::yes); }
    Verdict operator()(const Not& negated) const {
        const auto verdict = ask(negated.of);
        if (verdict == Verdict::unknown) return verdict;
        return verdict == Verdict::yes ? Verdict::no : Verdict::yes;
    }
    Verdict operator()(const Is& is) const {
        const auto standing = facts.standing(is.name);
        if (is.standing == "unknown")
            return standing.empty() || standing == is.standing ? Verdict::yes : Verdict::no;
        if (standing.empty() || standing == "unknown") return Verdict::unknown;
        return standing == is.standing ? Verdict::yes : Verdict::no;
    }
    Verdict operator()(const Comparison& comparison) const {
        const auto left = value_of(comparison.left), right = value_of(comparison.right);
        if (!left || !right) return Verdict::unknown;
        const bool comparable = left->measure == right->measure ||
                                left->measure == Measure::number ||
                                right->measure == Measure::number;
        if (!comparable) return Verdict::unknown;
        return holds(left->value, comparison.relation, right->value) ? Verdict::yes : Verdict::no;
    }

    // The first that settles it; else unknown if one is, else what they all agree on.
    Verdict until(const std::vector<Child>& of, Verdict settles, Verdict otherwise) const {
        auto verdict = otherwise;
        for (const auto& term : of) {
            const auto one = ask(term);
            if (one == settles) return settles;
            if (one == Verdict::unknown) verdict = Verdict::unknown;
        }
        return verdict;
    }

    std::optional<Quantity> value_of(const Operand& operand) const {
        if (const auto* quantity = std::get_if<Quantity>(&operand)) return *quantity;
        return facts.quantity(std::get<std::string>(operand));
    }
};

void collect(const Child& term, std::vector<std::string>& names) {
    const auto add = [&](const std::string& name) {
        if (std::ranges::find(names, name) == names.end()) names.push_back(name);
    };
    const auto add_operand = [&](const Operand& operand) {
        if (const auto* name = std::get_if<std::string>(&operand)) add(*name);
    };
    if (const auto* either = std::get_if<Either>(&term->what))
        for (const auto& of : either->of) collect(of, names);
    else if (const auto* both = std::get_if<Both>(&term->what))
        for (const auto& of : both->of) collect(of, names);
    else if (const auto* negated = std::get_if<Not>(&term->what)) collect(negated->of, names);
    else if (const auto* is = std::get_if<Is>(&term->what)) add(is->name);
    else if (const auto* comparison = std::get_if<Comparison>(&term->what)) {
        add_operand(comparison->left);
        add_operand(comparison->right);
    }
}

}  // namespace

std::expected<Expression, Expression::Mistake> Expression::parse(std::string_view text) {
    auto root = Parser(text).whole();
    if (!root) return std::unexpected(root.error());
    Expression expression;
    expression.text_ = text;
    expression.root_ = std::move(*root);
    return expression;
}

Verdict Expression::evaluate(const Facts& facts) const {
    if (root_ == nullptr) return Verdict::unknown;
    return Asking{facts}.ask(root_);
}

std::vector<std::string> Expression::names() const {
    std::vector<std::string> names;
    if (root_ != nullptr) collect(root_, names);
    return names;
}

}  // namespace sg::runbooks
