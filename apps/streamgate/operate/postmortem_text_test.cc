#include "operate/postmortem_text.h"

#include <gtest/gtest.h>

namespace sg::operate {
namespace {

Json postmortem() {
    return {{"incident", 204},
            {"version", 3},
            {"sections", {{"summary", "It broke.\n\n## and: a heading of its own"}}}};
}

TEST(PostmortemText, WhatIsNotTouchedIsNotChanged) {
    EXPECT_TRUE(changed(postmortem(), editable(postmortem())).empty());
}

TEST(PostmortemText, WhatIsWrittenUnderAHeadingIsThatSection) {
    auto text = editable(postmortem());
    const auto at = text.find("## factors:");
    const auto line = text.find('\n', at);
    text.insert(line + 1, "\nThe cable.\n");
    const auto sections = changed(postmortem(), text);
    ASSERT_EQ(sections.size(), 1);
    EXPECT_EQ(sections.at("factors"), "The cable.");
}

TEST(PostmortemText, AHeadingThatIsNoneOfOursIsText) {
    EXPECT_EQ(edited("x\n## summary: s\na\n## other\nb\n").at("summary"), "a\n## other\nb");
    EXPECT_TRUE(edited("nothing").empty());
}

TEST(PostmortemText, AllThatWasWrittenMayGo) {
    const auto sections = changed(postmortem(), "## summary: x\n\n");
    EXPECT_EQ(sections.at("summary"), "");
}

TEST(PostmortemText, ItIsCalledByItsIncident) {
    for (const auto* word : {"204", "PM-204", "INC-204"})
        EXPECT_EQ(parse_postmortem(word).value_or(0), 204) << word;
    EXPECT_FALSE(parse_postmortem("PM-x"));
}

TEST(PostmortemText, WhatHappenedBeforeIsOneLineEach) {
    const Json answer{{"before",
                       {{{"incident", 12}, {"title", "t"}, {"lessons", "Look at the pool.\nmore"}},
                        {{"incident", 7}, {"title", "the same"}}}}};
    EXPECT_EQ(seen_before(answer),
              "seen before   INC-12, lesson: Look at the pool.\n"
              "              INC-7, the same\n");
    EXPECT_EQ(seen_before(Json{{"before", Json::array()}}), "");
}

}  // namespace
}  // namespace sg::operate
