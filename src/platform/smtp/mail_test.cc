#include "platform/smtp/mail.h"

#include <gmock/gmock.h>

#include "base/base64.h"
#include "base/text.h"
#include "platform/notify/message_for_tests.h"

namespace sg::platform::smtp {
namespace {

using testing::HasSubstr;
using testing::Not;

const Address ana{"", "ana@example.com"};
const Address us{"StreamGate", "streamgate@ops.example"};

TEST(Mail, FieldsInOrderAndTheBodyAsText) {
    const auto mail = written(page_for_tests(), us, ana);
    EXPECT_THAT(mail, testing::StartsWith(
                          "Date: Mon, 23 Nov 2026 12:00:00 +0000\r\n"
                          "From: \"StreamGate\" <streamgate@ops.example>\r\n"
                          "To: ana@example.com\r\n"
                          "Subject: SEV-1 catalog: 62 % of requests fail since 12:59:22 UTC "));
    EXPECT_THAT(mail, HasSubstr("\r\nAuto-Submitted: auto-generated\r\n"));
    EXPECT_THAT(mail, HasSubstr("\r\nImportance: high\r\n"));
    EXPECT_THAT(mail, HasSubstr("\r\n\r\nSEV-1 catalog"));
    EXPECT_THAT(mail, HasSubstr("1,930 people =C2=B7 =C3=BC\r\n.\r\nend\r\n"));
}

TEST(Mail, NoLineIsLongAndEveryOneEndsInCrLf) {
    auto message = page_for_tests();
    message.html = "<p>" + std::string(500, 'x') + "</p>";
    message.text += std::string(300, 'y') + std::string(200, ' ') + "\n";
    message.subject += std::string(200, 'z') + " ünïcödé " + std::string(100, 'w');
    for (auto line : split(written(message, us, ana), '\n')) {
        if (line.empty()) continue;
        ASSERT_TRUE(line.ends_with('\r')) << line;
        EXPECT_LE(line.size(), 79U) << line;
    }
}

TEST(Mail, NothingInAMessageCanAddAField) {
    auto message = page_for_tests();
    message.subject = "x\r\nBcc: eve@evil.example\r\n\r\nbody";
    const auto mail = written(message, {"a\r\nBcc: b", us.mailbox}, ana);
    EXPECT_THAT(mail, Not(HasSubstr("\nBcc")));
    EXPECT_FALSE(parse_address("ana@example.com\r\nBcc: eve@evil.example"));
    EXPECT_FALSE(parse_address("<ana@example.com>\nx"));
    EXPECT_FALSE(parse_address("ana@example.com> SIZE=1 <x@y"));
    EXPECT_FALSE(parse_address("ana"));
    EXPECT_FALSE(parse_address("änä@example.com"));
    EXPECT_FALSE(parse_address(""));
}

TEST(Mail, AddressesWithAndWithoutAName) {
    const auto full = parse_address("Ana Ruiz <ana@example.com>");
    ASSERT_TRUE(full);
    EXPECT_EQ(full->name, "Ana Ruiz");
    EXPECT_EQ(full->mailbox, "ana@example.com");
    EXPECT_EQ(full->domain(), "example.com");
    EXPECT_EQ(parse_address(" ana@example.com ")->mailbox, "ana@example.com");
}

TEST(Mail, SubjectsBeyondAsciiAreEncodedWords) {
    EXPECT_EQ(field_text("plain", 9), "plain");
    EXPECT_EQ(field_text("für", 9), "=?UTF-8?B?ZsO8cg==?=");
    EXPECT_EQ(field_text("=?fake?=", 9), "=?UTF-8?B?PT9mYWtlPz0=?=");
    std::string umlauts;
    for (int i = 0; i < 100; ++i) umlauts += "ü";
    for (const auto word : split(field_text(umlauts, 9), '\n')) {
        const auto begin = word.find("?B?") + 3;
        const auto bytes =
            from_base64url(word.substr(begin, word.find_first_of("=?", begin) - begin));
        ASSERT_TRUE(bytes) << word;
        EXPECT_EQ(bytes->size() % 2, 0U) << word;  // Whole characters.
        EXPECT_LE(word.size(), 76U);
    }
}

TEST(Mail, QuotedPrintable) {
    EXPECT_EQ(quoted_printable("a=b"), "a=3Db\r\n");
    EXPECT_EQ(quoted_printable("trailing \nnext"), "trailing=20\r\nnext\r\n");
    EXPECT_EQ(quoted_printable("crlf\r\nkept\n"), "crlf\r\nkept\r\n");
    EXPECT_EQ(quoted_printable(std::string(76, 'x')), std::string(75, 'x') + "=\r\nx\r\n");
}

TEST(Mail, TheSameKeyHasTheSameId) {
    EXPECT_EQ(message_id("k", "d"), message_id("k", "d"));
    EXPECT_NE(message_id("k", "d"), message_id("l", "d"));
    EXPECT_THAT(message_id("k", "ops.example"), testing::EndsWith("@ops.example>"));
}

TEST(Mail, MailsOfOneIncidentAreAThread) {
    auto later = page_for_tests();
    later.key = "204.1.resolved/ana/mail";
    const auto reference = [](const std::string& mail) {
        const auto at = mail.find("References: ");
        return mail.substr(at, mail.find("\r\n", at) - at);
    };
    EXPECT_EQ(reference(written(page_for_tests(), us, ana)), reference(written(later, us, ana)));
}

}  // namespace
}  // namespace sg::platform::smtp
