#include "platform/http_channel/template.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "platform/notify/message_for_tests.h"

namespace sg::platform::http_channel {
namespace {

TEST(Template, NamesAreFilledInAndNothingElse) {
    const auto m = page_for_tests();
    EXPECT_EQ(filled("${to} ${severity} ${ack}", m, Escape::none),
              "ana@example.com SEV-1 https://ops.example/a/token");
    EXPECT_EQ(filled("${nothing} ${ $ {to} ${to", m, Escape::none), "${nothing} ${ $ {to} ${to");
    EXPECT_EQ(filled("", m, Escape::none), "");
}

TEST(Template, AValueIsNotATemplate) {
    auto m = page_for_tests();
    m.subject = "${ack}";
    EXPECT_EQ(filled("${subject}", m, Escape::none), "${ack}");
}

TEST(Template, EscapedAsTheContentTypeAsks) {
    auto m = page_for_tests();
    m.subject = "say \"hi\"\n\\ & ü";
    const auto body = filled(R"({"text":"${subject}"})", m, escape_for("Application/JSON; x=y"));
    EXPECT_EQ(nlohmann::json::parse(body)["text"], m.subject);
    EXPECT_EQ(filled("t=${subject}", m, escape_for("application/x-www-form-urlencoded")),
              "t=say%20%22hi%22%0A%5C%20%26%20%C3%BC");
    EXPECT_EQ(filled("${subject}", m, escape_for("text/plain")), m.subject);
    EXPECT_EQ(escape_for("application/vnd.api+json"), Escape::json);
}

TEST(Template, TheDefaultIsJson) {
    const auto body = nlohmann::json::parse(filled(default_body(), page_for_tests(), Escape::json));
    EXPECT_EQ(body["to"], "ana@example.com");
    EXPECT_EQ(body["acknowledge"], "https://ops.example/a/token");
}

}  // namespace
}  // namespace sg::platform::http_channel
