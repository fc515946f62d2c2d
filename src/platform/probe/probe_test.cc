// Each kind of probe against a server that is well, one that is ill, one that is silent and none.
#include "platform/probe/probe.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <fstream>

#include "platform/http/server_for_tests.h"
#include "platform/probe/certificate_for_tests.h"
#include "platform/probe/dial.h"

namespace sg::platform::probe {
namespace {

using ports::ProbeTarget;
using ::testing::HasSubstr;
using Kind = ProbeTarget::Kind;
using Server = ServerForTests;

Result<void> look(ProbeTarget target) { return Prober().look(target, wall_now()); }

std::string why(ProbeTarget target) {
    const auto result = look(std::move(target));
    return result ? "well" : result.error().what;
}

TEST(Probe, nobody_listens) {
    for (const auto& [kind, target] : std::initializer_list<std::pair<Kind, std::string>>{
             {Kind::http, "http://127.0.0.1:1/"},
             {Kind::tcp, "127.0.0.1:1"},
             {Kind::tls, "127.0.0.1:1"},
             {Kind::redis, "redis://127.0.0.1:1"}}) {
        const auto result = look({.kind = kind, .target = target});
        ASSERT_FALSE(result) << target;
        EXPECT_EQ(result.error().code, Errc::connection_refused) << target;
    }
    EXPECT_FALSE(look({.kind = Kind::postgres, .target = "postgres://u@127.0.0.1:1/db"}));
}

TEST(Probe, nobody_answers) {
    const Server silent(Server::stay_silent);
    const auto& at = silent.address();
    for (const auto& [kind, target] : std::initializer_list<std::pair<Kind, std::string>>{
             {Kind::http, "http://" + at + "/"},
             {Kind::tls, at},
             {Kind::redis, at},
             {Kind::postgres, "postgres://u@" + at + "/db?sslmode=disable"}}) {
        const auto result = look({.kind = kind, .target = target, .timeout = 60ms});
        ASSERT_FALSE(result) << target;
        EXPECT_EQ(result.error().code, Errc::timed_out) << target;
    }
    EXPECT_TRUE(look({.kind = Kind::tcp, .target = at}));
}

TEST(Probe, http_looks_at_status_and_body) {
    const Server server(Server::answer("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"));
    EXPECT_EQ(why({.kind = Kind::http, .target = server.url("/")}), "well");
    EXPECT_EQ(why({.kind = Kind::http, .target = server.url("/"), .contains = "ell"}), "well");
    EXPECT_THAT(why({.kind = Kind::http, .target = server.url("/"), .contains = "bye"}),
                HasSubstr("does not contain `bye`"));
    EXPECT_EQ(why({.kind = Kind::http, .target = server.url("/"), .status_from = 204}),
              "it answers 200");
}

TEST(Probe, dns_resolves_what_is_known) {
    EXPECT_EQ(why({.kind = Kind::dns, .target = "localhost"}), "well");
    EXPECT_EQ(look({.kind = Kind::dns, .target = "no-such-name.invalid"}).error().code,
              Errc::dns_failed);
}

TEST(Probe, redis_answers_ping) {
    std::string asked;
    const Server server([&](int connection) {
        asked = Server::read_until(connection, "secret\r\n");
        Server::send(connection, "+OK\r\n");
        asked += Server::read_until(connection, "PING\r\n");
        Server::send(connection, "+PONG\r\n");
    });
    EXPECT_EQ(why({.kind = Kind::redis, .target = "redis://:secret@" + server.address() + "/0"}),
              "well");
    EXPECT_EQ(asked, "*2\r\n$4\r\nAUTH\r\n$6\r\nsecret\r\n*1\r\n$4\r\nPING\r\n");
    const Server loading([](int connection) {
        Server::read_until(connection, "PING\r\n");
        Server::send(connection, "-LOADING Redis is loading the dataset in memory\r\n");
    });
    EXPECT_THAT(why({.kind = Kind::redis, .target = loading.address()}), HasSubstr("LOADING"));
}

std::string message(char kind, const std::string& body) {
    const auto length = static_cast<std::uint32_t>(body.size() + 4);
    std::string text(1, kind);
    for (const int shift : {24, 16, 8, 0}) text += static_cast<char>(length >> shift & 0xFF);
    return text + body;
}

// Source: PostgreSQL manual, "Frontend/Backend Protocol", message formats. Each query in turn is
// answered with one row of these columns.
ServerForTests::Script postgres_that_says(std::vector<std::vector<std::string>> rows) {
    using std::string_literals::operator""s;
    return [rows = std::move(rows)](int connection) {
        Server::read_until(connection, "\0\0"s);  // The start-up message ends with an empty name.
        Server::send(connection, message('R', "\0\0\0\0"s) + message('Z', "I"));
        std::string end = "select 1\0"s;  // Of the query; then of the one about replication.
        for (const auto& row : rows) {
            Server::read_until(connection, std::exchange(end, "end\0"s));
            if (row.empty()) {
                Server::send(connection, message('E', "SERROR\0C42883\0Mno such function\0\0"s) +
                                             message('Z', "I"));
                continue;
            }
            const auto count = "\0"s + static_cast<char>(row.size());
            auto columns = count;
            auto values = count;
            for (const auto& value : row) {
                columns += "c\0\0\0\0\0\0\0\0\0\0\x19\xff\xff\xff\xff\xff\xff\0\0"s;
                values += "\0\0\0"s + static_cast<char>(value.size()) + value;
            }
            Server::send(connection, message('T', columns) + message('D', values) +
                                         message('C', "SELECT 1\0"s) + message('Z', "I"));
        }
        Server::read_until(connection, "X\0\0\0\4"s);
    };
}

std::string why_of_postgres(const Server& server) {
    return why({.kind = Kind::postgres,
                .target = "postgres://u@" + server.address() + "/db?sslmode=disable"});
}

TEST(Probe, postgres_gives_a_row) {
    using std::string_literals::operator""s;
    EXPECT_EQ(why_of_postgres(Server(postgres_that_says({{"1"}, {"0", "0"}}))), "well");
    EXPECT_EQ(why_of_postgres(Server(postgres_that_says({{"1"}, {"12.5", "0"}}))), "well");
    EXPECT_EQ(why_of_postgres(Server(postgres_that_says({{"1"}, {"312.5", "0"}}))),
              "it is a replica, 312 s behind");
    EXPECT_EQ(why_of_postgres(Server(postgres_that_says({{"1"}, {"0", "1"}}))),
              "its replica is gone: no standby streams from it");
    // Others speak the same protocol, and have no replication to be asked of.
    EXPECT_EQ(why_of_postgres(Server(postgres_that_says({{"1"}, {}}))), "well");
    const Server starting([](int connection) {
        Server::read_until(connection, "\0\0"s);
        Server::send(connection, message('E',
                                         "SFATAL\0C57P03\0Mthe database system is starting "
                                         "up\0\0"s));
    });
    EXPECT_THAT(why({.kind = Kind::postgres,
                     .target = "postgres://u@" + starting.address() + "/db?sslmode=disable"}),
                HasSubstr("starting up"));
    EXPECT_FALSE(look({.kind = Kind::postgres, .target = "postgres://u@:x:/"}));
}

TEST(Probe, tls_needs_trust_and_time_left) {
    std::signal(SIGPIPE, SIG_IGN);  // As operations do: OpenSSL writes to what may be closed.
    const CertificateForTests certificate(::testing::TempDir() + "probe_tls.pem", 10 * 24h);
    const Server server([&](int connection) { certificate.shake_hands(connection); });
    const ProbeTarget target{
        .kind = Kind::tls, .target = server.address(), .ca = certificate.file()};
    EXPECT_EQ(why(target), "well");
    auto soon = target;
    soon.expires_within = 14 * 24h;
    EXPECT_THAT(why(soon), HasSubstr("the certificate ends in"));
    auto later = target;
    later.expires_within = 7 * 24h;
    EXPECT_EQ(why(later), "well");
    auto untrusted = target;
    untrusted.ca.clear();
    EXPECT_EQ(look(untrusted).error().code, Errc::tls_untrusted);
}

TEST(Probe, a_certificate_has_an_end) {
    const Instant now{1'000'000'000'000'000'000};
    EXPECT_TRUE(look_at_end({}, now, 24h));
    EXPECT_TRUE(look_at_end(now + 25h, now, 24h));
    EXPECT_FALSE(look_at_end(now + 24h, now, 24h));
    EXPECT_THAT(look_at_end(now - 1h, now, 24h).error().what, HasSubstr("ended at"));
}

}  // namespace
}  // namespace sg::platform::probe
