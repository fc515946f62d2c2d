// What goes into a statement and comes out of one: the part of SQL that SQLite and PostgreSQL
// share. Times are BIGINT nanoseconds, structs are JSON in TEXT, digests are lower-case hex in
// TEXT.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/check.h"
#include "base/time.h"

namespace sg::store {

struct Null {
    bool operator==(const Null&) const = default;
};

class Value {
  public:
    Value() = default;
    Value(Null) {}
    Value(std::int64_t number) : value_(number) {}
    Value(int number) : value_(std::int64_t{number}) {}
    Value(double number) : value_(number) {}
    Value(std::string text) : value_(std::move(text)) {}
    Value(std::string_view text) : value_(std::string(text)) {}
    Value(const char* text) : value_(std::string(text)) {}
    Value(Instant at) : value_(at.ns) {}
    Value(Duration d) : value_(std::int64_t{d.count()}) {}

    using Held = std::variant<Null, std::int64_t, double, std::string>;
    const Held& held() const { return value_; }
    bool operator==(const Value&) const = default;

  private:
    Held value_;
};

using Values = std::vector<Value>;

// One row of a result; columns in the order of the SELECT.
class Row {
  public:
    explicit Row(Values values) : values_(std::move(values)) {}

    bool is_null(std::size_t column) const { return std::holds_alternative<Null>(at(column)); }
    std::int64_t integer(std::size_t column) const;  // NULL: 0.
    double number(std::size_t column) const;
    std::string text(std::size_t column) const;
    Instant instant(std::size_t column) const { return {integer(column)}; }
    Duration duration(std::size_t column) const { return Duration{integer(column)}; }
    std::size_t size() const { return values_.size(); }
    const Values& values() const { return values_; }

  private:
    const Value::Held& at(std::size_t column) const {
        CHECK(column < values_.size());
        return values_[column].held();
    }

    Values values_;
};

using Rows = std::vector<Row>;

}  // namespace sg::store
