// Answers as the HTTP API documents them, and those that no server should give.
#include "platform/prometheus/query.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "platform/http/server_for_tests.h"

namespace sg::platform::prometheus {
namespace {

using ::testing::HasSubstr;

constexpr const char* vector_answer =
    R"({"status":"success","data":{"resultType":"vector","result":[)"
    R"({"metric":{"__name__":"up","job":"a"},"value":[1435781451.781,"1"]},)"
    R"({"metric":{"job":"b"},"value":[1435781451.781,"NaN"]},)"
    R"({"metric":{"job":"c"},"value":[1435781451.781,"2.5e-1"]}]}})";

TEST(Promql, reads_vectors_and_scalars) {
    const auto vector = read_answer(vector_answer);
    ASSERT_TRUE(vector);
    ASSERT_EQ(vector->size(), 2U);
    EXPECT_EQ((*vector)[0].labels.at("job"), "a");
    EXPECT_EQ((*vector)[0].value, 1);
    EXPECT_EQ((*vector)[1].value, 0.25);
    const auto scalar =
        read_answer(R"({"status":"success","data":{"resultType":"scalar","result":[1.5,"7"]}})");
    ASSERT_TRUE(scalar);
    EXPECT_EQ(scalar->front().value, 7);
}

TEST(Promql, says_why_there_is_no_answer) {
    const std::pair<const char*, Errc> cases[] = {
        {R"({"status":"error","errorType":"bad_data","error":"parse error"})",
         Errc::invalid_argument},
        {R"({"status":"success","data":{"resultType":"matrix","result":[]}})", Errc::unsupported},
        {R"({"status":"success"})", Errc::protocol_violation},
        {R"({"status":"success","data":{"resultType":"vector","result":{}}})",
         Errc::protocol_violation},
        {"[1,2]", Errc::protocol_violation},
        {"<html>", Errc::protocol_violation},
        {"", Errc::protocol_violation},
    };
    for (const auto& [json, code] : cases) {
        const auto answer = read_answer(json);
        ASSERT_FALSE(answer) << json;
        EXPECT_EQ(answer.error().code, code) << json;
    }
}

TEST(Promql, asks_a_server) {
    std::string received;
    const std::string body = vector_answer;
    const ServerForTests server([&](int connection) {
        received = ServerForTests::read_until(connection, "%5B5m%5D%29");
        ServerForTests::send(connection, "HTTP/1.1 200 OK\r\nContent-Length: " +
                                             std::to_string(body.size()) + "\r\n\r\n" + body);
    });
    const auto answer = Server().ask(server.url("/"), "rate(x[5m])", 5s);
    ASSERT_TRUE(answer) << answer.error().message();
    EXPECT_EQ(answer->size(), 2U);
    EXPECT_THAT(received, HasSubstr("POST /api/v1/query HTTP/1.1"));
    const ServerForTests broken(
        ServerForTests::answer("HTTP/1.1 503 Unavailable\r\nContent-Length: 0\r\n\r\n"));
    EXPECT_EQ(Server().ask(broken.url(""), "up", 5s).error().code, Errc::unavailable);
}

}  // namespace
}  // namespace sg::platform::prometheus
