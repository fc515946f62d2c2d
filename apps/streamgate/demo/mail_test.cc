// A conversation with the mail sink, and the mail as people read it.
#include <gtest/gtest.h>

#include "demo/mail_session.h"
#include "demo/mail_text.h"

namespace sg::demo {
namespace {

std::optional<std::string> sent(MailSession& session, std::initializer_list<const char*> lines) {
    std::optional<std::string> mail;
    for (const auto* line : lines)
        if (auto step = session.take(line); step.mail) mail = std::move(step.mail);
    return mail;
}

TEST(MailSession, TakesAMail) {
    MailSession session;
    EXPECT_TRUE(session.take("EHLO here").answer.starts_with("250"));
    EXPECT_TRUE(session.take("RCPT TO:<a@example.com>").answer.starts_with("503"));
    EXPECT_TRUE(session.take("DATA").answer.starts_with("503"));
    EXPECT_TRUE(session.take("STARTTLS").answer.starts_with("500"));
    const auto mail = sent(session, {"MAIL FROM:<s@example.com>", "RCPT TO:<a@example.com>", "DATA",
                                     "Subject: one", "", "..a point", "QUIT", "."});
    ASSERT_TRUE(mail);
    EXPECT_EQ(*mail, "Subject: one\r\n\r\n.a point\r\nQUIT\r\n");
    EXPECT_TRUE(session.take("QUIT").ends);
}

TEST(MailSession, RefusesWhatIsTooLargeAndGoesOn) {
    MailSession session;
    sent(session, {"MAIL FROM:<s@x>", "RCPT TO:<a@x>", "DATA"});
    const std::string line(1000, 'x');
    for (int i = 0; i < 1100; ++i) session.take(line);
    const auto step = session.take(".");
    EXPECT_FALSE(step.mail);
    EXPECT_TRUE(step.answer.starts_with("552"));
    EXPECT_TRUE(sent(session, {"MAIL FROM:<s@x>", "RCPT TO:<a@x>", "DATA", "small", "."}));
}

TEST(MailText, OfAPage) {
    const auto mail = read_mail(
        "Date: Mon, 23 Nov 2026 12:00:00 +0000\r\n"
        "To: ana@example.com\r\n"
        "Subject: =?UTF-8?B?U0VWLTEgw7w=?=\r\n =?UTF-8?B?IGJhZA==?=\r\n"
        "Content-Type: multipart/alternative; boundary=\"=_1\"\r\n\r\n"
        "--=_1\r\nContent-Type: text/plain\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
        "it costs =C2=B7 a=\r\n lot\r\nhttp://localhost/a/x=3Dy\r\n"
        "\r\n--=_1\r\nContent-Type: text/html\r\n\r\n<b>no</b>\r\n--=_1--\r\n");
    EXPECT_EQ(mail.subject, "SEV-1 ü bad");
    EXPECT_EQ(mail.to, "ana@example.com");
    EXPECT_EQ(mail.text, "it costs · a lot\nhttp://localhost/a/x=y\n");
    EXPECT_EQ(linked_html("see http://a/b?c&d now <i>"),
              "see <a href=\"http://a/b?c&amp;d\" rel=\"noreferrer\">http://a/b?c&amp;d</a> now "
              "&lt;i&gt;");
    EXPECT_EQ(read_mail("Subject: plain\r\n\r\nas it is").text, "as it is");
}

}  // namespace
}  // namespace sg::demo
