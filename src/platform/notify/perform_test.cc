// Every kind of channel against a server on loopback.
#include "platform/notify/perform.h"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <mutex>
#include <sstream>

#include "base/hmac.h"
#include "platform/http/server_for_tests.h"
#include "platform/notify/message_for_tests.h"
#include "platform/terminal/terminal.h"

namespace sg::platform::notify {
namespace {

using config::Channel;
using testing::HasSubstr;
using testing::Not;
using Outcome = ports::Delivery::Outcome;

// An HTTP server that keeps what it is sent.
class Receiver {
  public:
    explicit Receiver(std::string response)
        : response_(std::move(response)), server_([this](int connection) { answer(connection); }) {}

    std::string url(const std::string& path) const { return server_.url(path); }
    std::vector<std::string> requests() {
        const std::lock_guard hold(lock_);
        return requests_;
    }

  private:
    void answer(int connection) {
        std::string request = ServerForTests::read_until(connection, "\r\n\r\n");
        const auto at = request.find("Content-Length: ");
        const auto length = at == std::string::npos ? 0 : std::stoul(request.substr(at + 16));
        for (std::size_t i = 0; i < length; ++i) {
            char byte = 0;
            if (::recv(connection, &byte, 1, 0) != 1) break;
            request += byte;
        }
        {
            const std::lock_guard hold(lock_);
            requests_.push_back(request);
        }
        ServerForTests::send(connection, response_);
    }

    std::string response_;
    std::mutex lock_;
    std::vector<std::string> requests_;
    ServerForTests server_;
};

std::string reply(const std::string& status, const std::string& body) {
    return "HTTP/1.1 " + status + "\r\nContent-Length: " + std::to_string(body.size()) +
           "\r\nConnection: close\r\n\r\n" + body;
}

// A mail server that keeps what it hears; `refuses` is its answer to RCPT.
class MailSink {
  public:
    explicit MailSink(std::string to_rcpt = "250 ok")
        : to_rcpt_(std::move(to_rcpt)), server_([this](int connection) { talk(connection); }) {}

    std::string address() const { return server_.address(); }
    std::string heard() {
        const std::lock_guard hold(lock_);
        return heard_;
    }

  private:
    void talk(int connection) {
        ServerForTests::send(connection, "220 sink\r\n");
        for (;;) {
            const auto line = ServerForTests::read_until(connection, "\r\n");
            if (line.empty()) return;
            note(line);
            if (line.starts_with("EHLO")) say(connection, "250-sink\r\n250 AUTH PLAIN\r\n");
            else if (line.starts_with("AUTH")) {
                say(connection, "334 \r\n");
                ServerForTests::read_until(connection, "\r\n");
                say(connection, "235 welcome\r\n");
            } else if (line.starts_with("RCPT")) say(connection, to_rcpt_ + "\r\n");
            else if (line.starts_with("DATA")) {
                say(connection, "354 go on\r\n");
                note(ServerForTests::read_until(connection, "\r\n.\r\n"));
                say(connection, "250 2.0.0 queued as 7\r\n");
            } else if (line.starts_with("QUIT")) {
                return say(connection, "221 bye\r\n");
            } else {
                say(connection, "250 ok\r\n");
            }
        }
    }
    static void say(int connection, const std::string& text) {
        ServerForTests::send(connection, text);
    }
    void note(const std::string& text) {
        const std::lock_guard hold(lock_);
        heard_ += text;
    }

    std::string to_rcpt_;
    std::mutex lock_;
    std::string heard_;
    ServerForTests server_;
};

class Perform : public testing::Test {
  protected:
    ports::Delivery send(Channel channel, ports::Message message = page_for_tests()) {
        config::Operations operations;
        operations.public_url = "https://ops.example";
        message.channel = "it";
        operations.notify["it"] = std::move(channel);
        return perform(message, {operations, folder_});
    }

    void SetUp() override { std::filesystem::remove_all(folder_); }
    void TearDown() override { std::filesystem::remove_all(folder_); }
    std::string folder_ = testing::TempDir() + "sg_notify_" + std::to_string(::getpid());
};

TEST_F(Perform, Slack) {
    Receiver slack(reply("200 OK", "ok"));
    const auto taken =
        send({.kind = Channel::Kind::slack, .url = slack.url("/services/T1/B2/s3cr3t")});
    EXPECT_EQ(taken.outcome, Outcome::delivered) << taken.detail;
    EXPECT_THAT(slack.requests().at(0), HasSubstr("POST /services/T1/B2/s3cr3t HTTP/1.1"));
    EXPECT_THAT(slack.requests().at(0), HasSubstr("\"type\":\"actions\""));
}

TEST_F(Perform, NoSecretIsInWhatComesBack) {
    Receiver echo(reply("404 Not Found", "no services/T1/s3cr3t; key kkkk; you sent hush"));
    const auto slack = send({.kind = Channel::Kind::slack, .url = echo.url("/services/T1/s3cr3t")});
    EXPECT_EQ(slack.outcome, Outcome::permanent);
    EXPECT_THAT(slack.detail, Not(HasSubstr("s3cr3t")));
    const auto pagerduty =
        send({.kind = Channel::Kind::pagerduty, .url = echo.url("/"), .routing_key = "kkkk"});
    EXPECT_THAT(pagerduty.detail, Not(HasSubstr("kkkk")));
    const auto http = send({.kind = Channel::Kind::http,
                            .url = echo.url("/"),
                            .headers = {{"authorization", "hush"}}});
    EXPECT_THAT(http.detail, Not(HasSubstr("hush")));
    const auto nobody = send({.kind = Channel::Kind::slack, .url = "http://127.0.0.1:1/s3cr3t"});
    EXPECT_EQ(nobody.outcome, Outcome::retry);
    EXPECT_THAT(nobody.detail, Not(HasSubstr("s3cr3t")));
}

TEST_F(Perform, PagerDuty) {
    Receiver pagerduty(reply("202 Accepted", "{\"status\":\"success\"}"));
    const auto taken = send({.kind = Channel::Kind::pagerduty,
                             .url = pagerduty.url("/v2/enqueue"),
                             .routing_key = std::string(32, 'k')});
    EXPECT_EQ(taken.outcome, Outcome::delivered) << taken.detail;
    EXPECT_THAT(pagerduty.requests().at(0), HasSubstr("\"event_action\":\"trigger\""));
}

TEST_F(Perform, TheWebhookSignsTheBytesThatItSends) {
    Receiver hook(reply("204 No Content", ""));
    const auto taken = send({.kind = Channel::Kind::webhook,
                             .url = hook.url("/in"),
                             .secret = "new",
                             .secret_before = "old"});
    EXPECT_EQ(taken.outcome, Outcome::delivered) << taken.detail;
    const auto request = hook.requests().at(0);
    const auto body = request.substr(request.find("\r\n\r\n") + 4);
    EXPECT_THAT(request,
                HasSubstr("X-StreamGate-Signature: v1=" + to_hex(hmac_sha256("new", body)) +
                          ",v1=" + to_hex(hmac_sha256("old", body)) + "\r\n"));
}

TEST_F(Perform, AnHttpChannelIsWhatItsTemplateSays) {
    Receiver provider(reply("503 Busy", "later"));
    const auto busy = send(
        {.kind = Channel::Kind::http,
         .url = provider.url("/sms?to=${to}"),
         .headers = {{"Content-Type", "application/x-www-form-urlencoded"}, {"X-Token", "t0ken"}},
         .body = "severity=${severity}&to=${to}"});
    EXPECT_EQ(busy.outcome, Outcome::retry);
    const auto request = provider.requests().at(0);
    EXPECT_THAT(request, HasSubstr("POST /sms?to=ana%40example.com HTTP/1.1"));
    EXPECT_THAT(request, HasSubstr("X-Token: t0ken\r\n"));
    EXPECT_THAT(request, testing::EndsWith("\r\n\r\nseverity=SEV-1&to=ana%40example.com"));
}

TEST_F(Perform, MailToThisMachineNeedsNoTls) {
    MailSink sink;
    const auto taken = send({.kind = Channel::Kind::mail,
                             .smtp = "smtp://" + sink.address(),
                             .from = "StreamGate <sg@ops.example>"});
    EXPECT_EQ(taken.outcome, Outcome::delivered) << taken.detail;
    EXPECT_THAT(taken.detail, HasSubstr("250 2.0.0 queued as 7"));
    EXPECT_THAT(sink.heard(), HasSubstr("MAIL FROM:<sg@ops.example>"));
    EXPECT_THAT(sink.heard(), HasSubstr("RCPT TO:<ana@example.com>"));
    EXPECT_THAT(sink.heard(), HasSubstr("Subject: SEV-1 catalog: 62 % of requests fail"));
    EXPECT_THAT(sink.heard(), HasSubstr("\r\n..\r\nend\r\n"));  // A dot of ours does not end it.
}

TEST_F(Perform, ElsewhereNothingGoesOutInClear) {
    MailSink sink;
    const auto port = sink.address().substr(sink.address().find(':'));
    // 0.0.0.0 leads here too, but is no loopback address.
    Channel channel{.kind = Channel::Kind::mail,
                    .smtp = "smtp://0.0.0.0" + port,
                    .from = "sg@ops.example",
                    .user = "sg",
                    .password = "hunter2"};
    const auto refused = send(channel);
    EXPECT_EQ(refused.outcome, Outcome::permanent);
    EXPECT_THAT(refused.detail, HasSubstr("STARTTLS"));
    EXPECT_THAT(sink.heard(), Not(HasSubstr("AUTH")));
    EXPECT_THAT(sink.heard(), Not(HasSubstr("MAIL FROM")));
    channel.require_tls = false;
    const auto taken = send(channel);
    EXPECT_EQ(taken.outcome, Outcome::delivered) << taken.detail;
    EXPECT_THAT(sink.heard(), HasSubstr("AUTH PLAIN"));
}

TEST_F(Perform, TheMailServersAnswerDecides) {
    const std::pair<const char*, Outcome> cases[] = {
        {"550 no such user", Outcome::permanent},
        {"451 greylisted", Outcome::retry},
        {"452 too many", Outcome::retry},
        {"554 spam", Outcome::permanent},
    };
    for (const auto& [answer, outcome] : cases) {
        MailSink sink(answer);
        const auto delivery = send({.kind = Channel::Kind::mail,
                                    .smtp = "smtp://" + sink.address(),
                                    .from = "sg@ops.example"});
        EXPECT_EQ(delivery.outcome, outcome) << answer;
        EXPECT_THAT(delivery.detail, HasSubstr(answer));
    }
    EXPECT_EQ(
        send({.kind = Channel::Kind::mail, .smtp = "smtp://127.0.0.1:1", .from = "a@b.c"}).outcome,
        Outcome::retry);
    auto message = page_for_tests();
    message.to.clear();
    EXPECT_EQ(
        send({.kind = Channel::Kind::mail, .smtp = "smtp://127.0.0.1:1", .from = "a@b.c"}, message)
            .outcome,
        Outcome::permanent);
}

TEST_F(Perform, TheTerminalsFileIsItsOwners) {
    auto message = page_for_tests();
    message.text = "line\n\x1b]0;owned\x07\xc2\x9bm ü\n";
    EXPECT_EQ(send({.kind = Channel::Kind::terminal}, message).outcome, Outcome::delivered);
    std::ostringstream text;
    text << std::ifstream(pages_log(folder_)).rdbuf();
    EXPECT_EQ(text.str(), "2026-11-23T12:00:00.000Z to ana\nline\n]0;ownedm ü\n\n");
    struct stat now{};
    ASSERT_EQ(::stat(pages_log(folder_).c_str(), &now), 0);
    EXPECT_EQ(now.st_mode & 0777, 0600U);
}

TEST_F(Perform, TheTerminalsFileDoesNotGrowWithoutEnd) {
    auto message = page_for_tests();
    message.text = std::string(terminal::keep_max + 1, 'x');
    send({.kind = Channel::Kind::terminal}, message);
    message.text = "next";
    send({.kind = Channel::Kind::terminal}, message);
    EXPECT_LT(std::filesystem::file_size(pages_log(folder_)), 100U);
    EXPECT_GT(std::filesystem::file_size(pages_log(folder_) + ".1"), terminal::keep_max);
}

TEST_F(Perform, AChannelThatIsGoneIsSaidSo) {
    auto message = page_for_tests();
    message.channel = "gone";
    const config::Operations none;
    const auto delivery = perform(message, {none, folder_});
    EXPECT_EQ(delivery.outcome, Outcome::permanent);
    EXPECT_THAT(delivery.detail, HasSubstr("`gone`"));
}

}  // namespace
}  // namespace sg::platform::notify
