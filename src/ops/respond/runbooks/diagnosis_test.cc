#include "ops/respond/runbooks/diagnosis.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <random>

namespace sg::runbooks {
namespace {

constexpr Instant began{1'795'000'000'000'000'000};

std::string first(const Picture& picture) {
    const auto found = suspects(picture);
    return found.empty() ? "" : fmt::format("{} {}", word(found[0].kind), found[0].name);
}

TEST(Diagnosis, NamesThePartThatStandsOut) {
    const struct {
        std::string_view why;
        Picture picture;
        std::string_view first;
    } cases[] = {
        {"nothing is known", {}, ""},
        {"one version alone has nothing to be compared with",
         {.versions = {{"v1", 500, 1000}}},
         ""},
        {"a canary that fails", {.versions = {{"v1", 1, 950}, {"v2", 30, 50}}}, "version v2"},
        {"both fail alike", {.versions = {{"v1", 500, 1000}, {"v2", 50, 100}}}, ""},
        {"three failures prove nothing", {.versions = {{"v1", 0, 10}, {"v2", 3, 10}}}, ""},
        {"the large one fails, the canary does not",
         {.versions = {{"v1", 600, 1000}, {"v2", 0, 100}}},
         "version v1"},
        {"worse, and not by enough", {.versions = {{"v1", 2000, 10000}, {"v2", 3000, 10000}}}, ""},
        {"one of three endpoints",
         {.endpoints = {{"a:1", 90, 100}, {"b:1", 0, 100}, {"c:1", 1, 100}},
          .versions = {{"v1", 91, 300}}},
         "endpoint a:1"},
        {"a version of two endpoints: not one of them",
         {.endpoints = {{"a:1", 0, 400}, {"b:1", 45, 50}, {"c:1", 44, 50}},
          .versions = {{"v1", 0, 400}, {"v2", 89, 100}}},
         "version v2"},
        {"a version of one endpoint is the version",
         {.endpoints = {{"a:1", 0, 400}, {"b:1", 45, 50}},
          .versions = {{"v1", 0, 400}, {"v2", 45, 50}}},
         "version v2"},
        {"one endpoint of the version that has two",
         {.endpoints = {{"a:1", 0, 400}, {"b:1", 49, 50}, {"c:1", 0, 50}},
          .versions = {{"v1", 0, 400}, {"v2", 49, 100}}},
         "endpoint b:1"},
        {"what it needs fails",
         {.versions = {{"v1", 500, 1000}}, .needs = {"catalog-db"}},
         "dependency catalog-db"},
        {"a route", {.routes = {{"/cart", 80, 100}, {"/", 0, 900}}}, "route /cart"},
        {"a version, and what it needs: the version differs, so it is not the dependency",
         {.versions = {{"v1", 0, 900}, {"v2", 90, 100}}, .needs = {"catalog-db"}},
         "version v2"},
        {"nothing stands out, and something was changed",
         {.began = began,
          .versions = {{"v1", 500, 1000}},
          .changes = {{7, began - 5min, "configuration", ""}}},
         "change configuration"},
        {"a change too long ago, and one that came later",
         {.began = began,
          .changes = {{7, began - 31min, "configuration", ""}, {8, began + 1s, "weights", ""}}},
         ""},
    };
    for (const auto& [why, picture, expected] : cases) EXPECT_EQ(first(picture), expected) << why;
}

TEST(Diagnosis, SaysWhichChangeItBeganWith) {
    const auto found = suspects({.began = began,
                                 .versions = {{"v1", 0, 900}, {"v2", 62, 100}},
                                 .changes = {{31, began - 2min, "v2 at 10 % since 02:12", "v2"},
                                             {32, began - 1min, "weights of v1", "v1"}}});
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].change, 31);
    EXPECT_EQ(found[0].evidence,
              "62 % of its requests go wrong, 0 % elsewhere (p < 1e-12); v2 at 10 % since 02:12");
}

// With parts that are alike, chance names one no more often than it is allowed to.
TEST(Diagnosis, IsRarelyFooledByChance) {
    std::mt19937 random(7);
    std::binomial_distribution<std::int64_t> large(2000, 0.02), small(100, 0.02);
    int fooled = 0;
    constexpr int rounds = 20'000;
    for (int i = 0; i < rounds; ++i)
        fooled += suspects({.versions = {{"v1", large(random), 2000}, {"v2", small(random), 100}}})
                          .empty()
                      ? 0
                      : 1;
    EXPECT_LE(fooled, rounds * 2 * p_most);
}

}  // namespace
}  // namespace sg::runbooks
