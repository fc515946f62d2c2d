// From a plan to a proposal.
#include "platform/postgres/plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sg::platform::postgres {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// As PostgreSQL 15 writes it, of: select count(*) from events where kind = 7 (a million rows).
constexpr const char* aggregate = R"json([{"Plan": {"Node Type": "Aggregate", "Strategy": "Plain",
  "Partial Mode": "Finalize", "Startup Cost": 11614.55, "Total Cost": 11614.56, "Plan Rows": 1,
  "Plans": [{"Node Type": "Gather", "Total Cost": 11614.54, "Plan Rows": 2, "Plans": [
    {"Node Type": "Aggregate", "Total Cost": 10614.34, "Plans": [
      {"Node Type": "Seq Scan", "Parallel Aware": true, "Relation Name": "events",
       "Schema": "public", "Alias": "events", "Total Cost": 10613.33, "Plan Rows": 403,
       "Filter": "(events.kind = 7)"}]}]}]}}])json";

TEST(Plan, names_the_table_that_is_read_from_end_to_end) {
    const auto plan = read_plan(aggregate);
    ASSERT_TRUE(plan);
    EXPECT_EQ(plan->node, "Aggregate");
    ASSERT_EQ(plan->scans.size(), 1U);
    EXPECT_EQ(plan->scans[0].table, "events");
    EXPECT_EQ(plan->scans[0].filter, "(events.kind = 7)");
    EXPECT_NEAR(plan->scans[0].cost_share, 0.914, 0.001);
    EXPECT_EQ(index_for(plan->scans[0]), "create index concurrently on public.events (kind)");
}

TEST(Plan, what_is_no_plan_is_refused) {
    for (const char* text : {"", "[]", "{}", "[1]", R"([{"Plan":3}])", "[{\"Plan\":{", "null"})
        EXPECT_FALSE(read_plan(text)) << text;
    EXPECT_TRUE(read_plan(R"([{"Plan":{"Plans":[7,{"Plans":"x"}]}}])"));
}

std::vector<std::string> columns(std::string_view filter) { return wish_of(filter).columns; }

TEST(Plan, equality_comes_before_a_range) {
    EXPECT_THAT(columns("(kind = 7)"), ElementsAre("kind"));
    EXPECT_THAT(columns("((at > '2026-01-01'::date) AND (kind = 7) AND (size < 3))"),
                ElementsAre("kind", "at"));
    EXPECT_THAT(columns("((name)::text = 'a AND b'::text)"), ElementsAre("name"));
    EXPECT_THAT(columns("(lower((name)::text) = 'x'::text)"), ElementsAre("lower((name)::text)"));
    EXPECT_THAT(columns("(7 = kind)"), ElementsAre("kind"));
    EXPECT_THAT(columns("(kind = $1)"), ElementsAre("kind"));
    EXPECT_THAT(columns("(at > (now() - '01:00:00'::interval))"), ElementsAre("at"));
    EXPECT_THAT(columns("(e.\"Strange Name\" = 1)"), ElementsAre("\"Strange Name\""));
}

TEST(Plan, what_no_index_serves_is_not_proposed) {
    EXPECT_THAT(columns("(kind <> 7)"), IsEmpty());
    EXPECT_THAT(columns("((a = 1) OR (b = 2))"), IsEmpty());
    EXPECT_THAT(columns("(NOT done)"), IsEmpty());
    EXPECT_THAT(columns("((kind % 7) = 3)"), IsEmpty());
    EXPECT_THAT(columns(""), IsEmpty());
    EXPECT_THAT(columns("((("), IsEmpty());
    EXPECT_THAT(columns("(a = 'unclosed)"), IsEmpty());
}

TEST(Plan, a_pattern_with_an_open_beginning_needs_trigrams) {
    const auto wish = wish_of("(name ~~ '%x%'::text)");
    EXPECT_THAT(wish.columns, ElementsAre("name"));
    EXPECT_TRUE(wish.contains);
    EXPECT_FALSE(wish_of("(name ~~ 'x%'::text)").contains);
    EXPECT_EQ(index_for({.schema = "public", .table = "T", .filter = "(name ~~ '%x%'::text)"}),
              "create index concurrently on public.\"T\" using gin (name gin_trgm_ops)");
}

TEST(Plan, only_whole_reading_statements_are_explained) {
    EXPECT_TRUE(is_select("select 1"));
    EXPECT_TRUE(is_select("  /* x */ -- y\n SELECT * from t"));
    EXPECT_FALSE(is_select("selection"));
    EXPECT_FALSE(is_select("select"));
    EXPECT_FALSE(is_select("with x as (delete from t returning 1) select * from x"));
    EXPECT_FALSE(is_select("update t set a = 1"));
    EXPECT_FALSE(is_select("/* select 1"));
    EXPECT_FALSE(is_select(""));
}

TEST(Plan, parameters_are_counted) {
    EXPECT_EQ(parameters_of("select 1"), 0);
    EXPECT_EQ(parameters_of("select $1, $12, '$99'"), 12);
    EXPECT_EQ(parameters_of("select $999999999999"), 999999);
    EXPECT_EQ(parameters_of("select '$7"), 0);
}

}  // namespace
}  // namespace sg::platform::postgres
