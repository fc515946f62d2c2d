// What a `decide` step compares: `versions.worst_failed > 5% and not (database is bad)`.
//
// Three-valued: what was not found out makes an answer unknown, never false, unless the rest
// decides it. Pure; total on any bytes.
//
//   either      := both ("or" both)*
//   both        := one ("and" one)*
//   one         := "not" one | "(" either ")" | comparison
//   comparison  := operand (">" | ">=" | "<" | "<=" | "=" | "!=") operand
//                | name "is" ("fine" | "odd" | "bad" | "unknown")
//   operand     := name | number unit?     name := word ("." word)?
//   unit        := % | ms | s | m | h | d | B | KiB | MiB | GiB | /s
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace sg::runbooks {

// What a value counts: two of different kinds are not compared. A plain number fits any.
enum class Measure : std::uint8_t { number, share, seconds, bytes, per_second };

struct Quantity {
    double value = 0;  // A share of one, seconds, bytes, or per second.
    Measure measure = Measure::number;
    bool operator==(const Quantity&) const = default;
};

// `80%`, `250ms`, `64MiB`, `100/s`, `3`. Error: what was found, and the units there are.
Result<Quantity> parse_quantity(std::string_view text);
Result<Measure> measure_of(std::string_view unit);  // `ms` → seconds; empty → number.
std::string to_text(const Quantity& quantity);

enum class Verdict : std::uint8_t { no, yes, unknown };

// What is known of `step.finding`, or of all findings of `step`. Nothing: it was not found out.
struct Facts {
    std::function<std::optional<Quantity>(std::string_view name)> quantity;
    std::function<std::string(std::string_view name)> standing;  // `bad`; empty: unknown.
};

class Expression {
  public:
    struct Term;  // A node of the tree.

    // Error: `at` (byte offset, from 0), what was found there, what would be right.
    struct Mistake {
        std::size_t at = 0;
        Error error;
    };
    static std::expected<Expression, Mistake> parse(std::string_view text);

    Verdict evaluate(const Facts& facts) const;
    std::vector<std::string> names() const;  // That it refers to, in order, each once.
    const std::string& text() const { return text_; }

  private:
    std::string text_;
    std::shared_ptr<const Term> root_;  // Immutable: copies share it.
};

}  // namespace sg::runbooks
