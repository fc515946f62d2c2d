#include "platform/slack/slack.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "platform/notify/message_for_tests.h"

namespace sg::platform::slack {
namespace {

using nlohmann::json;
using Outcome = ports::Delivery::Outcome;

notify::Answer answer(int status, std::string body, ports::http::Headers headers = {}) {
    ports::http::Response response;
    response.status = status;
    response.body = std::move(body);
    response.headers = std::move(headers);
    return response;
}

TEST(Slack, TextForPreviewsAndBlocksWithButtons) {
    const auto body = json::parse(payload(page_for_tests()));
    EXPECT_EQ(body["text"], page_for_tests().subject);
    EXPECT_EQ(body["blocks"].size(), 2U);
    const std::string text = body["blocks"][0]["text"]["text"];
    EXPECT_THAT(text, testing::HasSubstr("*impact* 1,930 people &amp; &lt;counting&gt;"));
    EXPECT_EQ(body["blocks"][1]["elements"][0]["url"], "https://ops.example/a/token");
    EXPECT_EQ(body["blocks"][1]["elements"][1]["text"]["text"], "war room");
}

TEST(Slack, ManyTopicsStayWithinWhatSlackTakes) {
    auto message = page_for_tests();
    message.topics.assign(40, message.topics[0]);
    message.topics[0].facts = {{"impact", std::string(10'000, 'x')}};
    message.topics[1].headline = "broken \xff bytes";
    const auto body = json::parse(payload(message));
    EXPECT_LE(body["blocks"].size(), blocks_max);
    for (const auto& block : body["blocks"])
        if (block.contains("text")) {
            EXPECT_LE(block["text"]["text"].get<std::string>().size(), 3000U);
        }
    EXPECT_EQ(body["blocks"].back()["text"]["text"], "and 25 more");
}

TEST(Slack, OnlyOkIsDelivered) {
    const std::tuple<int, const char*, Outcome> cases[] = {
        {200, "ok", Outcome::delivered},
        {200, "{\"ok\":true}", Outcome::delivered},
        {200, "{\"ok\":false,\"error\":\"invalid_blocks\"}", Outcome::permanent},
        {200, "<html>sign in to the network</html>", Outcome::permanent},
        {200, "[1]", Outcome::permanent},
        {400, "invalid_payload", Outcome::permanent},
        {403, "action_prohibited", Outcome::permanent},
        {404, "no_service", Outcome::permanent},
        {410, "channel_is_archived", Outcome::permanent},
        {429, "rate_limited", Outcome::retry},
        {500, "rollup_error", Outcome::retry},
        {302, "", Outcome::permanent},
    };
    for (const auto& [status, body, outcome] : cases)
        EXPECT_EQ(judge(answer(status, body)).outcome, outcome) << status << ' ' << body;
    EXPECT_EQ(judge(fail(Errc::connection_refused)).outcome, Outcome::retry);
    EXPECT_EQ(judge(fail(Errc::tls_untrusted)).outcome, Outcome::permanent);
}

TEST(Slack, SaysWhenToComeBack) {
    EXPECT_EQ(judge(answer(429, "", {{"retry-after", "30"}})).retry_after, 30s);
    EXPECT_EQ(judge(answer(429, "", {{"retry-after", "99999999"}})).retry_after, 1h);
    EXPECT_EQ(judge(answer(429, "", {{"retry-after", "-1"}})).retry_after, 0s);
    EXPECT_EQ(judge(answer(429, "", {{"retry-after", "soon"}})).retry_after, 0s);
    EXPECT_EQ(judge(answer(404, "no_service")).detail, "Slack answered 404: no_service");
}

}  // namespace
}  // namespace sg::platform::slack
