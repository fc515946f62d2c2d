// What a plan (EXPLAIN, FORMAT JSON) says of reading too much, and what would help. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace sg::platform::postgres {

// A table that is read from end to end although only some of its rows are wanted.
struct Scan {
    std::string schema;
    std::string table;
    std::string filter;     // As the server writes it: ((kind = 7) AND (at > now()))
    double rows = 0;        // That it expects to be left.
    double cost_share = 0;  // Of the whole plan's cost.
};

struct Plan {
    double cost = 0;
    std::string node;         // The top one: `Aggregate`
    std::vector<Scan> scans;  // Dearest first.
};

Result<Plan> read_plan(std::string_view json);

// What an index would need, from a filter: what is compared with `=` first, then at most one range.
// Empty: nothing in it that a plain index serves.
struct Wish {
    std::vector<std::string> columns;  // Or expressions: `lower(name)`.
    bool contains = false;             // `like '%x%'`: only a trigram index helps.
};
Wish wish_of(std::string_view filter);

// `create index concurrently on public.events (kind, at)`; empty: nothing to propose.
std::string index_for(const Scan& scan);

// Whether this may be explained: one reading statement, whole.
bool is_select(std::string_view statement);
int parameters_of(std::string_view statement);  // The largest n of $n.

}  // namespace sg::platform::postgres
