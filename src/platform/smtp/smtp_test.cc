// Against a real mail server; tests/smtp/run starts one, says where, and reads what it received.
#include "platform/smtp/smtp.h"

#include <gmock/gmock.h>

#include <cstdlib>
#include <sstream>

#include "platform/notify/message_for_tests.h"

namespace sg::platform::smtp {
namespace {

using Outcome = ports::Delivery::Outcome;
using testing::HasSubstr;

TEST(Smtp, KnowsThisMachine) {
    for (const auto* url :
         {"smtp://127.0.0.1:25", "smtp://127.9.9.9", "smtps://[::1]:465", "smtp://localhost/host"})
        EXPECT_TRUE(is_loopback(url)) << url;
    for (const auto* url : {"smtp://0.0.0.0:25", "smtp://mail.internal:587", "smtp://[::2]:25",
                            "smtp://127.0.0.1.evil.example", "smtp://127.0.0.1@evil.example", "",
                            "smtp://", "smtp://["})
        EXPECT_FALSE(is_loopback(url)) << url;
}

// $SG_TEST_SMTP: a certificate file, and the URLs of a server with STARTTLS, with TLS, and without.
std::vector<std::string> places() {
    const char* const text = std::getenv("SG_TEST_SMTP");
    std::istringstream words(text == nullptr ? "" : text);
    std::vector<std::string> all;
    for (std::string word; words >> word;) all.push_back(word);
    return all;
}

struct Case {
    std::string name;
    std::size_t place;
    Tls tls = Tls::required;
    bool trusts = true;
    std::string password = "hunter2";
    Outcome outcome = Outcome::delivered;
    std::string detail;
};

std::vector<Case> cases() {
    if (places().size() < 4) return {};
    return {
        {.name = "Starttls", .place = 1},
        {.name = "ImplicitTls", .place = 2},
        {.name = "InClearIfAllowed", .place = 3, .tls = Tls::where_offered},
        {.name = "NotInClear", .place = 3, .outcome = Outcome::permanent, .detail = "STARTTLS"},
        {.name = "NotToAStranger",
         .place = 1,
         .trusts = false,
         .outcome = Outcome::permanent,
         .detail = "certificate"},
        {.name = "NotToAStrangerEither",
         .place = 2,
         .tls = Tls::where_offered,
         .trusts = false,
         .outcome = Outcome::permanent,
         .detail = "certificate"},
        {.name = "WithTheWrongPassword",
         .place = 1,
         .password = "wrong",
         .outcome = Outcome::permanent,
         .detail = "535"},
    };
}

class RealMailServer : public testing::TestWithParam<Case> {};
INSTANTIATE_TEST_SUITE_P(Smtp, RealMailServer, testing::ValuesIn(cases()),
                         [](const auto& one) { return one.param.name; });

// Without a server there are no cases; tests/smtp/run fails when none ran.
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(RealMailServer);

TEST_P(RealMailServer, TakesTheMailOrSaysWhyNot) {
    auto message = page_for_tests();
    message.subject = "SEV-1 catálogo: 62 % of requests fail since 12:59:22 UTC (38 s)   INC-204";
    message.text = message.subject + "\n.\nend · ü\n";
    message.html = "<p>ü" + std::string(300, 'x') + "</p>\n";
    const auto delivery = deliver(message, {.url = places()[GetParam().place],
                                            .from = "StreamGate <sg@ops.example>",
                                            .user = "sg",
                                            .password = GetParam().password,
                                            .tls = GetParam().tls,
                                            .ca = GetParam().trusts ? places()[0] : ""});
    EXPECT_EQ(delivery.outcome, GetParam().outcome) << delivery.detail;
    EXPECT_THAT(delivery.detail, HasSubstr(GetParam().detail));
}

}  // namespace
}  // namespace sg::platform::smtp
