// Finding a request in the log, and telling its story.
#include "gateway/telemetry/story.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "gateway/telemetry/log_line.h"
#include "gateway/telemetry/sample_account.h"

namespace sg::gateway {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

struct StoryTest : testing::Test {
    fs::path folder = fs::path(testing::TempDir()) /
                      ("story_" + std::to_string(::getpid()) + "_" +
                       testing::UnitTest::GetInstance()->current_test_info()->name());
    std::string path = folder / "access.log";
    Registry registry;
    SampleNames names = add_sample_names(registry);
    Account a = sample_account(names);
    LogLine line{registry};

    void SetUp() override { fs::create_directories(folder); }
    void TearDown() override { fs::remove_all(folder); }
    LogHit hit() { return {"access.log", std::string(line.format(a))}; }
    void log(const std::string& file, std::uint64_t high) {
        a.request_id.high = high;
        std::ofstream(file, std::ios::app) << line.format(a);
    }
};

TEST_F(StoryTest, IsToldFromTheQuestionToTheAdvice) {
    a.ending = Ending::upstream_status;
    a.status = 503;
    a.attempt[1].status = 503;
    a.attempt[1].ending = Ending::upstream_status;
    a.tls = true;
    EXPECT_EQ(*tell_story(hit()), R"(Request 0123456789abcdeffedcba9876543210
  asked      GET https://api.example.com/v1/streams?token=redacted&limit=5
  by         192.0.2.7 (HTTP/1.1 over TLS, curl/8)
  at         2026-11-23T06:22:31.042Z
  trace      11111111111111112222222222222222
  routed     route api.example.com/v1/, service api, version v2, endpoint 10.0.0.2:8080
  answered   503, over after 12.3 ms, first byte after 9.9 ms
  bytes      3 B in, 4.0 KiB out

Attempts
     endpoint       begun   connected  first byte  status  ended
  1  10.0.0.1:8080  0.1 ms  -          -           -       upstream_refused
  2  10.0.0.2:8080  1.0 ms  0.5 ms     8.0 ms      503     upstream_status

Ended with upstream_status
  means      the endpoint answered with a server error
  whose      the service's
  look at    the endpoint's log for this request: it answered with this status itself; pass on
             the request id or the trace

From access.log
)");
}

TEST_F(StoryTest, IsToldForEveryEnding) {
    for (std::size_t i = 0; i < ending_count; ++i) {
        a.ending = static_cast<Ending>(i);
        const auto story = tell_story(hit());
        ASSERT_TRUE(story);
        EXPECT_THAT(*story, HasSubstr(std::string(endings[i].sentence)));
    }
}

TEST_F(StoryTest, ControlCharactersOfStrangersDoNotReachTheTerminal) {
    a.host = "\x1b[31mred\x07";
    a.detail = "\x1b[2J";
    EXPECT_EQ(tell_story(hit())->find('\x1b'), std::string::npos);
}

TEST_F(StoryTest, ADamagedLineIsAnErrorNotACrash) {
    EXPECT_FALSE(tell_story({"access.log", "{\"id\":\"01"}));
    EXPECT_TRUE(tell_story({"access.log", "{\"id\":5,\"attempts\":[1,{}],\"status\":\"x\"}"}));
}

TEST_F(StoryTest, ProgramsGetTheLineAndItsMeaning) {
    const auto json = nlohmann::json::parse(*story_json(hit()));
    EXPECT_EQ(json["request"]["status"], 200);
    EXPECT_EQ(json["ending"]["name"], "ok");
    EXPECT_EQ(json["file"], "access.log");
}

TEST_F(StoryTest, IsFoundByThePrefixOfItsId) {
    for (std::uint64_t i = 1; i <= 5'000; ++i) log(path, i << 32);  // More than a piece.
    const auto found = search_log(path, "00001388");
    ASSERT_EQ(found.hits.size(), 1U);
    EXPECT_THAT(found.hits[0].line, HasSubstr("\"id\":\"00001388"));
    EXPECT_TRUE(found.hits[0].line.starts_with("{\"time\"") && found.hits[0].line.ends_with("}"));
    EXPECT_EQ(found.searched[0].first_time, "2026-11-23T06:22:31.042Z");

    const auto many = search_log(path, "0000");
    EXPECT_EQ(many.hits.size(), LogSearch::hits_max);
    EXPECT_TRUE(many.more);
}

TEST_F(StoryTest, IsFoundInRotatedFilesToo) {
    log(path, 1);
    log(path + ".1", 2);
    log(path + ".2", 3);
    const auto found = search_log(path, "0000000000000003");
    ASSERT_EQ(found.hits.size(), 1U);
    EXPECT_EQ(found.hits[0].file, path + ".2");
    EXPECT_EQ(found.searched.size(), 3U);
    // What is found in a newer file ends the search.
    EXPECT_EQ(search_log(path, "0000000000000001").searched.size(), 1U);
}

TEST_F(StoryTest, WhatIsNotFoundIsExplained) {
    log(path, 1);
    const auto text = tell_missing(search_log(path, "ffff"), "ffff", 0.1);
    EXPECT_THAT(text, HasSubstr("searched " + path));
    EXPECT_THAT(text, HasSubstr("only 10% are written"));
    EXPECT_THAT(text, HasSubstr("older than 2026-11-23T06:22:31.042Z"));
    EXPECT_THAT(tell_missing(search_log("/nowhere/log", "ffff"), "ffff", 1),
                HasSubstr("there is no log yet"));
}

TEST_F(StoryTest, WhatATypedIdMayLookLike) {
    EXPECT_EQ(*id_prefix(" 0123ABCD "), "0123abcd");
    EXPECT_EQ(*id_prefix("01234567-89ab-cdef-0123-456789abcdef"),
              "0123456789abcdef0123456789abcdef");
    EXPECT_FALSE(id_prefix("012"));
    EXPECT_FALSE(id_prefix("not-an-id"));
    EXPECT_FALSE(id_prefix("0123456789abcdef0123456789abcdef0"));
}

}  // namespace
}  // namespace sg::gateway
