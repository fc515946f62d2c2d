#include "telemetry/encode.h"

#include <gtest/gtest.h>

#include "telemetry/sample_snapshot.h"

namespace sg::telemetry {
namespace {

TEST(Snapshot, ComesBackAsItWas) {
    const auto before = sample_snapshot();
    const auto after = decode(encode(before));
    ASSERT_TRUE(after) << after.error().message();
    EXPECT_EQ(*after, before);
}

TEST(Snapshot, AnEmptyOneComesBackToo) {
    const auto after = decode(encode(Snapshot{}));
    ASSERT_TRUE(after) << after.error().message();
    EXPECT_EQ(*after, Snapshot{});
}

TEST(Snapshot, RoutesOfIndexZeroAreNotTakenForUnknown) {
    Snapshot before;
    before.requests = {{.route = 0}, {.route = unknown}};
    const auto after = decode(encode(before)).value();
    EXPECT_EQ(after.requests[0].route, 0);
    EXPECT_EQ(after.requests[1].route, unknown);
}

TEST(Snapshot, UnknownKeysAreIgnored) {
    EXPECT_TRUE(decode(R"({"version":1,"from_the_future":[1,{}]})"));
}

struct Bad {
    const char* text;
    const char* says;
};

class BadSnapshot : public testing::TestWithParam<Bad> {};

TEST_P(BadSnapshot, IsRefusedWithAReason) {
    const auto result = decode(GetParam().text);
    ASSERT_FALSE(result);
    EXPECT_NE(result.error().what.find(GetParam().says), std::string::npos) << result.error().what;
}

INSTANTIATE_TEST_SUITE_P(
    All, BadSnapshot,
    testing::Values(
        Bad{"", "not JSON"}, Bad{"[]", "not JSON"}, Bad{"{}", "version 0"},
        Bad{R"({"version":2})", "version 2"}, Bad{R"({"version":"1"})", "version 0"},
        Bad{R"({"version":1,"gateway":5})", "gateway is not a text"},
        Bad{R"({"version":1,"sequence":-1})", "sequence is out of range"},
        Bad{R"({"version":1,"requests":{}})", "requests is not a list"},
        Bad{R"({"version":1,"requests":[{"route":70000}]})", "requests [0] route is too large"},
        Bad{R"({"version":1,"requests":[{"duration":{"at":[15,1]}}]})", "no such bound"},
        Bad{R"({"version":1,"requests":[{"duration":{"at":[1]}}]})", "pairs"},
        Bad{R"({"version":1,"flows":[{"duration":{"at":[9,1,8,1]}}]})", "out of order"},
        Bad{R"({"version":1,"flows":[{"duration":{"at":[900000,1]}}]})", "no such bucket"},
        Bad{R"({"version":1,"flows":[{"duration":{"scale":99}}]})", "unknown scale"},
        Bad{R"({"version":1,"service_rows":[{"clients":"#"}]})", "another size"},
        Bad{R"({"version":1,"endpoint_rows":[{"health":9}]})", "no state of health"}));

}  // namespace
}  // namespace sg::telemetry
