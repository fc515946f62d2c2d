// A line of the access log: its exact form, and that no bytes of a client can break it.
#include "gateway/telemetry/log_line.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <random>

#include "gateway/telemetry/sample_account.h"

namespace sg::gateway {
namespace {

using Json = nlohmann::json;

struct LogLineTest : testing::Test {
    Registry registry;
    SampleNames names = add_sample_names(registry);
    LogLine line{registry};
};

TEST_F(LogLineTest, SaysEverythingInOneLine) {
    EXPECT_EQ(line.format(sample_account(names)),
              R"({"time":"2026-11-23T06:22:31.042Z","id":"0123456789abcdeffedcba9876543210",)"
              R"("trace":"11111111111111112222222222222222","client":"192.0.2.7","method":"GET",)"
              R"("host":"api.example.com","target":"/v1/streams?token=redacted&limit=5",)"
              R"("route":"api.example.com/v1/","service":"api","version":"v2",)"
              R"("endpoint":"10.0.0.2:8080","status":200,"ending":"ok","blame":"none",)"
              R"("duration_ms":12.345,"first_byte_ms":9.876,"bytes_in":3,"bytes_out":4096,)"
              R"("protocol":"HTTP/1.1","tls":false,"tunnel":false,"agent":"curl/8","attempts":[)"
              R"({"endpoint":"10.0.0.1:8080","ending":"upstream_refused","status":0,)"
              R"("started_ms":0.100,"connect_ms":0.000,"first_byte_ms":0.000,"reused":false},)"
              R"({"endpoint":"10.0.0.2:8080","ending":"ok","status":200,"started_ms":1.000,)"
              R"("connect_ms":0.500,"first_byte_ms":8.000,"reused":false}]})"
              "\n");
}

TEST_F(LogLineTest, AFailureHasItsTokenBlameAndDetail) {
    auto a = sample_account(names);
    a.ending = Ending::request_malformed;
    a.detail = "two Host fields";
    const auto json = Json::parse(line.format(a));
    EXPECT_EQ(json["ending"], "request_malformed");
    EXPECT_EQ(json["error"], "http_request_error");
    EXPECT_EQ(json["blame"], "client");
    EXPECT_EQ(json["detail"], "two Host fields");
}

TEST_F(LogLineTest, WhatIsNotKnownIsLeftOut) {
    Account a;
    a.ending = Ending::request_malformed;
    const auto json = Json::parse(line.format(a));
    for (const char* key : {"host", "route", "service", "version", "endpoint", "detail", "agent"})
        EXPECT_FALSE(json.contains(key)) << key;
    EXPECT_EQ(json["method"], "-");
    EXPECT_TRUE(json["attempts"].empty());
}

TEST_F(LogLineTest, IsValidJsonForAnyBytes) {
    std::mt19937_64 random(3);
    auto a = sample_account(names);
    for (int i = 0; i < 20'000; ++i) {
        std::string bytes(random() % 40, '\0');
        for (auto& c : bytes) c = static_cast<char>(random());
        a.host = a.user_agent = a.detail = a.method_text = bytes;
        const auto target = "/?" + bytes + "&token=" + bytes;
        a.target = target;
        const auto text = line.format(a);
        ASSERT_TRUE(Json::accept(text)) << text;
        ASSERT_EQ(text.find('\n'), text.size() - 1);
    }
}

TEST_F(LogLineTest, TheLongestLineFits) {
    auto a = sample_account(names);
    const std::string bytes(100'000, '\x01');  // Six bytes each when escaped.
    a.host = a.user_agent = a.detail = a.method_text = a.target = bytes;
    a.attempts = Account::attempts_max;
    const auto text = line.format(a);
    EXPECT_TRUE(Json::accept(text));
    EXPECT_GT(text.size(), 6 * LogLine::target_max);
    EXPECT_LT(text.size(), LogLine::line_max);
    EXPECT_TRUE(Json::parse(text)["target"].get<std::string>().ends_with("\xE2\x80\xA6"));
}

TEST_F(LogLineTest, SecondsAndClientsAreNotMixedUpByTheirCaches) {
    auto a = sample_account(names);
    line.format(a);
    a.started_at = a.started_at + 1s;
    a.client = parse_ip("2001:db8::1").value();
    const auto json = Json::parse(line.format(a));
    EXPECT_EQ(json["time"], "2026-11-23T06:22:32.042Z");
    EXPECT_EQ(json["client"], "2001:db8::1");
}

}  // namespace
}  // namespace sg::gateway
