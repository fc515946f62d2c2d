// Inspections of what answers over HTTP, TCP and TLS, against servers that are well and ill.
#include "platform/probe/inspect.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>

#include "platform/http/server_for_tests.h"
#include "platform/probe/certificate_for_tests.h"

namespace sg::platform::probe {
namespace {

using inspect::Order;
using inspect::Standing;
using ::testing::HasSubstr;
using Server = ServerForTests;

Order order(std::string what, std::string target) {
    return {.what = {std::move(what)},
            .target = std::move(target),
            .deadline = steady_now() + 2s,
            .now = wall_now()};
}

TEST(InspectTcp, refused_and_silent_are_told_apart) {
    const auto refused = inspect_tcp(order("tcp.connect", "127.0.0.1:1"));
    ASSERT_EQ(refused.size(), 1U);
    EXPECT_EQ(refused[0].standing, Standing::bad);
    EXPECT_THAT(refused[0].title, HasSubstr("refused: nothing listens there"));
    const Server silent(Server::stay_silent);
    const auto fine = inspect_tcp(order("tcp.connect", silent.address()));
    EXPECT_EQ(fine[0].standing, Standing::fine);
    EXPECT_THAT(fine[0].title, HasSubstr("1 of 1 addresses take a connection"));
    EXPECT_TRUE(inspect_tcp(order("tls.certificate", silent.address())).empty());
}

TEST(InspectHttp, says_status_and_phases) {
    const Server well(Server::answer("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"));
    const auto fine = inspect_http(order("http.answer", well.url("/")));
    ASSERT_EQ(fine.size(), 1U);
    EXPECT_EQ(fine[0].standing, Standing::fine);
    EXPECT_THAT(fine[0].title, HasSubstr("it answers 200"));
    EXPECT_EQ(fine[0].evidence.rows.size(), 5U);
    const Server ill(Server::answer("HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n"));
    EXPECT_EQ(inspect_http(order("http.answer", ill.url("/")))[0].standing, Standing::bad);
    const Server silent(Server::stay_silent);
    auto short_one = order("http.answer", silent.url("/"));
    short_one.deadline = steady_now() + 60ms;
    EXPECT_THAT(inspect_http(short_one)[0].title, HasSubstr("no answer within"));
    EXPECT_EQ(inspect_http(order("http.certificate", well.url("/")))[0].standing, Standing::fine);
}

TEST(InspectTls, a_certificate_is_shown_whoever_trusts_it) {
    std::signal(SIGPIPE, SIG_IGN);
    const CertificateForTests certificate(::testing::TempDir() + "inspect_tls.pem", 10 * 24h);
    const Server server([&](int connection) { certificate.shake_hands(connection); });
    auto wanted = order("tls.certificate", server.address());
    const auto untrusted = inspect_tls(wanted)[0];
    EXPECT_EQ(untrusted.standing, Standing::bad);
    EXPECT_THAT(untrusted.title, HasSubstr("NOT trusted"));
    EXPECT_THAT(untrusted.title, HasSubstr("for 127.0.0.1 by CN=test"));
    wanted.ca = certificate.file();
    const auto soon = inspect_tls(wanted)[0];
    EXPECT_EQ(soon.standing, Standing::odd);
    EXPECT_THAT(soon.title, HasSubstr("trusted, TLSv1.3"));
    EXPECT_NE(soon.hint, "");
    wanted.expires_within = 24h;
    EXPECT_EQ(inspect_tls(wanted)[0].standing, Standing::fine);
    wanted.now = wanted.now + 11 * 24h;
    EXPECT_THAT(inspect_tls(wanted)[0].title, HasSubstr("ended"));
}

}  // namespace
}  // namespace sg::platform::probe
