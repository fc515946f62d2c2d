// Findings, to the column.
#include "operate/inspections_view.h"

#include <gtest/gtest.h>

namespace sg::operate {
namespace {

const Json answer = Json::parse(R"({"standing":"bad","targets":[
  {"target":"gateway","subject":"gateway","standing":"fine","findings":[
    {"what":"gateway.endings","standing":"fine","title":"as before",
     "evidence":{"columns":["ending"],"rows":[["ok"]],"left_out":0}}]},
  {"target":"need:db","subject":"postgres","standing":"bad","findings":[
    {"what":"postgres.server","standing":"fine","title":"answers in 0.3 ms"},
    {"what":"postgres.queries","standing":"odd","title":"slow"},
    {"what":"postgres.locks","standing":"bad","title":"5 wait","hint":"end 7",
     "evidence":{"columns":["pid","query"],"rows":[["7","update"],["12"]],"left_out":1200}}]}]})");

TEST(InspectionsView, what_is_bad_comes_first_and_shows_its_evidence) {
    EXPECT_EQ(inspection_findings(answer, {}, Evidence::of_trouble),
              "need:db  BAD\n"
              "  BAD      postgres.locks    5 wait\n"
              "    do: end 7\n"
              "      PID  QUERY\n"
              "      7    update\n"
              "      12\n"
              "      … 1,200 more\n"
              "  odd      postgres.queries  slow\n"
              "  fine     postgres.server   answers in 0.3 ms\n"
              "\n"
              "gateway  fine\n"
              "  fine     gateway.endings  as before\n");
    EXPECT_NE(inspection_findings(answer, {}, Evidence::all).find("ENDING"), std::string::npos);
    EXPECT_NE(inspection_findings(answer, {.colour = true}, Evidence::all).find("\x1b["),
              std::string::npos);
}

TEST(InspectionsView, the_exit_code_says_the_worst) {
    EXPECT_EQ(exit_code_of(answer), 1);
    EXPECT_EQ(exit_code_of(Json{{"standing", "unknown"}}), 3);
    EXPECT_EQ(exit_code_of(Json{{"standing", "odd"}}), 0);
    EXPECT_EQ(exit_code_of(Json{{"standing", "fine"}}), 0);
}

TEST(InspectionsView, short_words_are_understood) {
    const Json catalogue = Json::parse(R"({"targets":[{"name":"gateway","subject":"gateway"},
      {"name":"need:db","subject":"postgres"},{"name":"service:api","subject":"service"},
      {"name":"need:api","subject":"http"}]})");
    EXPECT_EQ(target_of(catalogue, "db"), "need:db");
    EXPECT_EQ(target_of(catalogue, "gateway"), "gateway");
    EXPECT_EQ(target_of(catalogue, "api"), "api");  // Which one?
    EXPECT_EQ(inspection_of(catalogue, "need:db", "locks"), "postgres.locks");
    EXPECT_EQ(inspection_of(catalogue, "need:db", "postgres.locks"), "postgres.locks");
    EXPECT_EQ(inspection_of(catalogue, "need:x", "locks"), "locks");
}

}  // namespace
}  // namespace sg::operate
