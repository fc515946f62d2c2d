// The catalogue, and which questions can be asked.
#include "ports/inspector.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <set>
#include <string>

#include "base/json.h"

namespace sg::ports {
namespace {

TEST(Inspections, have_names_of_their_own_that_begin_with_their_subject) {
    std::set<std::string_view> names;
    for (const auto& inspection : inspections()) {
        EXPECT_TRUE(names.insert(inspection.name).second) << inspection.name;
        const auto word = WordsOf<Subject>::words[static_cast<std::size_t>(inspection.subject)];
        EXPECT_TRUE(inspection.name.starts_with(std::string(word) + ".")) << inspection.name;
        EXPECT_FALSE(inspection.sentence.empty());
        EXPECT_EQ(inspection_named(inspection.name), &inspection);
    }
    for (const auto subject : {Subject::postgres, Subject::tls, Subject::gateway})
        EXPECT_FALSE(inspections_of(subject).empty());
    EXPECT_EQ(inspection_named("postgres.magic"), nullptr);
}

TEST(Inspections, are_all_in_the_manual) {
    std::ifstream file(SG_SOURCE_DIR "/docs/operations/inspect.md");
    const std::string manual(std::istreambuf_iterator<char>(file), {});
    std::size_t rows = 0;
    for (std::size_t at = 0; (at = manual.find("\n| `", at)) != std::string::npos; ++at)
        rows += manual.substr(at + 4, 40).find('.') < manual.substr(at + 4, 40).find('`') ? 1 : 0;
    EXPECT_EQ(rows, inspections().size());
    for (const auto& inspection : inspections())
        EXPECT_NE(
            manual.find(fmt::format("\n| `{}` | {} |\n", inspection.name, inspection.sentence)),
            std::string::npos)
            << inspection.name;
}

TEST(Inspections, a_question_has_bounds) {
    EXPECT_TRUE(check({.target = "gateway"}));
    EXPECT_FALSE(check({.what = {"gateway.magic"}, .target = "gateway"}));
    EXPECT_FALSE(check({.target = "gateway", .extent = {.rows = 0}}));
    EXPECT_FALSE(check({.target = "gateway", .extent = {.keys = 100'001}}));
    EXPECT_FALSE(check({.target = "gateway", .extent = {.window = 0s}}));
    EXPECT_FALSE(check({.target = "gateway", .deadline = 21s}));
}

TEST(Inspections, a_finding_is_the_same_after_json) {
    const Finding finding{.what = "postgres.locks",
                          .key = "root",
                          .standing = Standing::bad,
                          .title = "5 wait",
                          .value = 5,
                          .unit = "count",
                          .threshold = 1,
                          .hint = "look",
                          .evidence = {{"pid"}, {{"7"}, {""}}, 3}};
    const auto text = to_json(finding);
    const auto again = from_json<Finding>(text);
    ASSERT_TRUE(again) << again.error().what;
    EXPECT_EQ(to_json(*again), text);
    EXPECT_EQ(again->evidence.rows, finding.evidence.rows);
    EXPECT_EQ(again->value, finding.value);
}

TEST(Inspections, the_worst_is_bad_before_unknown_before_odd) {
    const auto of = [](std::initializer_list<Standing> list) {
        std::vector<Finding> findings;
        for (const auto standing : list) findings.push_back({.standing = standing});
        return worst(findings);
    };
    EXPECT_EQ(of({}), Standing::fine);
    EXPECT_EQ(of({Standing::fine, Standing::odd}), Standing::odd);
    EXPECT_EQ(of({Standing::odd, Standing::unknown}), Standing::unknown);
    EXPECT_EQ(of({Standing::unknown, Standing::bad, Standing::fine}), Standing::bad);
}

}  // namespace
}  // namespace sg::ports
