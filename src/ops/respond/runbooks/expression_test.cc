#include "ops/respond/runbooks/expression.h"

#include <gtest/gtest.h>

#include <map>

namespace sg::runbooks {
namespace {

const std::map<std::string, Quantity, std::less<>> values = {
    {"versions.worst_failed", {0.62, Measure::share}},
    {"pool.used", {0.95, Measure::share}},
    {"pool.waiting", {7, Measure::number}},
    {"queries.slowest", {2.5, Measure::seconds}},
    {"memory.used", {70.0 * 1024 * 1024, Measure::bytes}},
};
const std::map<std::string, std::string, std::less<>> standings = {
    {"pool", "bad"}, {"queries", "fine"}, {"cache", "unknown"}};

Verdict ask(std::string_view text) {
    const auto parsed = Expression::parse(text);
    EXPECT_TRUE(parsed) << text << ": " << (parsed ? "" : parsed.error().error.what);
    if (!parsed) return Verdict::unknown;
    return parsed->evaluate({.quantity = [](std::string_view name) -> std::optional<Quantity> {
                                 const auto found = values.find(name);
                                 if (found == values.end()) return std::nullopt;
                                 return found->second;
                             },
                             .standing =
                                 [](std::string_view name) {
                                     const auto found = standings.find(name);
                                     return found == standings.end() ? std::string()
                                                                     : found->second;
                                 }});
}

TEST(Expression, IsYesNoOrUnknown) {
    const struct {
        std::string_view text;
        Verdict verdict;
    } cases[] = {
        {"versions.worst_failed > 5%", Verdict::yes},
        {"versions.worst_failed > 62%", Verdict::no},  // Strictly.
        {"versions.worst_failed >= 62%", Verdict::yes},
        {"queries.slowest < 2500ms", Verdict::no},
        {"queries.slowest <= 2.5s", Verdict::yes},
        {"memory.used > 64MiB", Verdict::yes},
        {"pool.waiting = 7", Verdict::yes},
        {"pool.waiting != 7", Verdict::no},
        {"0.9 < pool.used", Verdict::yes},  // A plain number fits any measure.
        {"pool is bad", Verdict::yes},
        {"queries is bad", Verdict::no},
        {"cache is bad", Verdict::unknown},
        {"cache is unknown", Verdict::yes},
        {"pool is unknown", Verdict::no},
        {"nothing.known > 1", Verdict::unknown},
        {"pool.used > 10ms", Verdict::unknown},  // A share is no time.
        {"not pool is bad", Verdict::no},
        {"not cache is bad", Verdict::unknown},
        {"pool is bad or cache is bad", Verdict::yes},       // Settled.
        {"cache is bad and queries is bad", Verdict::no},    // Settled.
        {"cache is bad and pool is bad", Verdict::unknown},  //
        {"queries is bad or cache is bad", Verdict::unknown},
        {"pool is bad and queries is bad or pool is bad", Verdict::yes},  // `and` binds tighter.
        {"pool is bad and (queries is bad or not queries is bad)", Verdict::yes},
        {"not (pool is bad and queries is bad)", Verdict::yes},
    };
    for (const auto& [text, verdict] : cases) EXPECT_EQ(ask(text), verdict) << text;
}

TEST(Expression, SaysWhatIsWrongAndWhere) {
    const struct {
        std::string_view text;
        std::size_t at;
        std::string_view what;
    } cases[] = {
        {"", 0, "it ends too early"},
        {"pool.used", 9, "`pool.used` is not compared with anything"},
        {"pool.used > ", 12, "it ends too early"},
        {"pool.used > 80 apples", 15, "`apples` stands after the end"},
        {"pool.used > 80apples", 12, "`apples` is no unit"},
        {"pool is sad", 8, "`sad` is no standing"},
        {"5 is bad", 0, "a number is neither fine nor bad"},
        {"5 > 4", 0, "two numbers are always the same"},
        {"(pool is bad", 12, "a bracket is not closed"},
        {"and pool is bad", 0, "`and` stands where a name should"},
        {"a.b.c > 1", 0, "`a.b.c` is no name"},
        {"pool is bad pool is bad", 12, "`pool` stands after the end"},
        {"$x > 1", 0, "`$` is neither a name nor a number"},
    };
    for (const auto& [text, at, what] : cases) {
        const auto parsed = Expression::parse(text);
        ASSERT_FALSE(parsed) << text;
        EXPECT_EQ(parsed.error().error.what, what) << text;
        EXPECT_EQ(parsed.error().at, at) << text;
        EXPECT_FALSE(parsed.error().error.hint.empty()) << text;
    }
}

TEST(Expression, IsBoundedInDepth) {
    EXPECT_FALSE(Expression::parse(std::string(10'000, '(')));
    std::string nots;
    for (int i = 0; i < 10'000; ++i) nots += "not ";
    EXPECT_FALSE(Expression::parse(nots + "a is bad"));
}

TEST(Expression, NamesWhatItRefersTo) {
    const auto parsed = Expression::parse("a.b > 1 and (not c is bad or a.b < d.e)");
    ASSERT_TRUE(parsed);
    EXPECT_EQ(parsed->names(), (std::vector<std::string>{"a.b", "c", "d.e"}));
}

TEST(Quantity, IsWrittenForPeople) {
    const struct {
        std::string_view text;
        std::string_view shown;
    } cases[] = {{"80%", "80 %"},     {"250ms", "250 ms"}, {"90s", "90 s"}, {"64MiB", "64 MiB"},
                 {"512B", "512 B"},   {"100/s", "100/s"},  {"3", "3"},      {"1.5GiB", "1.5 GiB"},
                 {"0.05%", "0.05 %"}, {"-3", "-3"}};
    for (const auto& [text, shown] : cases) EXPECT_EQ(to_text(*parse_quantity(text)), shown);
    EXPECT_FALSE(parse_quantity("1e999"));
    EXPECT_FALSE(parse_quantity("nan"));
}

}  // namespace
}  // namespace sg::runbooks
