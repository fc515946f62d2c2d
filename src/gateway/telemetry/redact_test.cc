// Which parts of a target are secrets.
#include "gateway/telemetry/redact.h"

#include <gtest/gtest.h>

namespace sg::gateway {
namespace {

std::string redact(std::string_view target) {
    std::string out;
    redact_target(target, [&](std::string_view piece) { out += piece; });
    return out;
}

TEST(Redact, SecretsAreReplacedAndNothingElse) {
    const std::pair<const char*, const char*> cases[] = {
        {"/a", "/a"},
        {"", ""},
        {"*", "*"},
        {"/a?", "/a?"},
        {"/a?b=1&c=2", "/a?b=1&c=2"},
        {"/a?token=abc", "/a?token=redacted"},
        {"/a?x=1&token=abc&y=2", "/a?x=1&token=redacted&y=2"},
        {"/a?token=abc&key=d&password=e", "/a?token=redacted&key=redacted&password=redacted"},
        {"/a?token=&x=1", "/a?token=&x=1"},
        {"/a?token", "/a?token"},
        {"/a?TOKEN=abc;x=1", "/a?TOKEN=redacted;x=1"},
        {"/a?access_token=s=s=s&x=1", "/a?access_token=redacted&x=1"},
        {"/a?%74oken=abc", "/a?%74oken=redacted"},
        {"/a?q=token=abc", "/a?q=token=abc"},
        {"/a?b=1?token=2", "/a?b=1?token=2"},
        {"http://me:secret@host/a?sig=1", "http://redacted@host/a?sig=redacted"},
        {"http://host/a@b?x=http://u:p@h/", "http://host/a@b?x=http://u:p@h/"},
        {"/go?to=http://me:pw@host/", "/go?to=http://me:pw@host/"},
    };
    for (const auto& [target, want] : cases) EXPECT_EQ(redact(target), want);
}

TEST(Redact, NamesThatSayThatTheyAreSecret) {
    for (const char* name :
         {"token",
          "Token",
          "id_token",
          "accessToken",
          "ACCESS_TOKEN",
          "accesstoken",
          "key",
          "api_key",
          "api-key",
          "apiKey",
          "apikey",
          "sig",
          "Signature",
          "X-Amz-Signature",
          "X-Amz-Credential",
          "X-Amz-Security-Token",
          "password",
          "user[password]",
          "pwd",
          "client_secret",
          "auth",
          "session",
          "sessionid",
          "jwt",
          "code",
          "%6bey",
          "a_name_that_is_longer_than_anybody_would_want_to_give_to_a_parameter"})
        EXPECT_TRUE(names_a_secret(name)) << name;
    for (const char* name : {"", "limit", "monkey", "tokens_used_not", "author", "keyword",
                             "country_code", "signal", "passenger", "_HLS_msn", "start", "%"})
        EXPECT_FALSE(names_a_secret(name)) << name;
}

}  // namespace
}  // namespace sg::gateway
