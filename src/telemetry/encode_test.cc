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

Snapshot with_sketch(const Sketch& sketch) {
    Snapshot snapshot;
    snapshot.services = {"catalog"};
    snapshot.service_rows = {{.service = 0, .clients = sketch}};
    return snapshot;
}

TEST(Snapshot, SketchesOfAnyFullnessComeBack) {
    const SketchKey key{1, 2};
    Sketch sketch;
    for (std::uint64_t client = 0; client < 3000; ++client) {
        sketch.add(keyed_hash(key, client, 7));
        if (client % 50 > 2) continue;
        const auto after = decode(encode(with_sketch(sketch)));
        ASSERT_TRUE(after) << after.error().message();
        EXPECT_EQ(after->service_rows[0].clients, sketch);
    }
    for (const std::size_t only : {std::size_t{0}, Sketch::registers - 1}) {
        Sketch one;
        one.rank[only] = Sketch::rank_max;
        EXPECT_EQ(decode(encode(with_sketch(one)))->service_rows[0].clients, one);
    }
}

TEST(Snapshot, ASketchOfOneClientIsShort) {
    Sketch sketch;
    sketch.add(keyed_hash({1, 2}, 3, 4));
    EXPECT_LT(encode(with_sketch(sketch)).size(), Sketch::registers);
}

TEST(Snapshot, NothingIsSaidOfClientsWhileNothingFails) {
    Snapshot snapshot;
    snapshot.service_rows = {{.service = 0, .minutes = {{.minute = 5}}}};
    EXPECT_EQ(encode(snapshot).find("listed"), std::string::npos);
}

TEST(Snapshot, ALongerListOfClientsThanAnyIsRefused) {
    Snapshot snapshot;
    snapshot.service_rows = {{.service = 0, .minutes = {{.minute = 5}}}};
    auto& list = snapshot.service_rows[0].minutes[0].listed;
    list.failed = 1;
    list.clients.resize(affected_clients_max, {.name = "192.0.2.7"});
    EXPECT_TRUE(decode(encode(snapshot)));
    list.clients.push_back(list.clients.front());
    EXPECT_FALSE(decode(encode(snapshot)));
}

TEST(Snapshot, BadSketchesAreRefused) {
    const auto decoded = [](const std::string& text) {
        return decode(R"({"version":1,"service_rows":[{"clients":")" + text + R"("}]})");
    };
    const std::string dense(Sketch::registers, '#');
    EXPECT_TRUE(decoded(dense));
    EXPECT_TRUE(decoded(" 3#"));  // 16 × 32 zeros.
    for (const auto& bad : {dense + "#", dense.substr(1), std::string(" 3"), std::string(" "),
                            std::string(" 3$"), std::string(" ##") + dense, " 3#" + dense,
                            std::string(" ~~"), std::string("  #"), " 2#" + dense.substr(1)})
        EXPECT_FALSE(decoded(bad)) << bad;
}

#define LISTED(client) \
    R"({"version":1,"service_rows":[{"minutes":[{"listed":{"clients":[)" client "]}}]}]}"

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
        Bad{R"({"version":1,"service_rows":[{"minutes":[{"listed":[]}]}]})", "list of clients"},
        Bad{LISTED(R"([0,"a",1])"), "is not a client"},
        Bad{LISTED(R"([9,"a",1,0,0,0])"), "no kind of client"},
        Bad{LISTED(R"([0,"",1,0,0,0])"), "no name of a client"},
        Bad{LISTED(R"([0,"\u001b[2J",1,0,0,0])"), "no name of a client"},
        Bad{LISTED(R"([0,"a",-1,0,0,0])"), "is no count"},
        Bad{R"({"version":1,"endpoint_rows":[{"health":9}]})", "no state of health"}));

}  // namespace
}  // namespace sg::telemetry
