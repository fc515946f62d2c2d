// Real sockets on loopback: what comes back, what is refused, and that deadlines hold.
#include "platform/http/client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "platform/http/server_for_tests.h"

namespace sg::platform::http {
namespace {

using ::testing::HasSubstr;
using Server = ServerForTests;

constexpr const char* hello =
    "HTTP/1.1 201 Created\r\nX-Kind: Greeting\r\nContent-Length: 5\r\n\r\nhello";

TEST(HttpClient, tells_status_headers_and_body) {
    std::string received;
    const Server server([&](int connection) {
        received = Server::read_until(connection, "a=1");
        Server::send(connection, hello);
    });
    const auto response = perform({.method = "POST",
                                   .url = server.url("/in?x=1"),
                                   .headers = {{"Authorization", "Bearer t"}},
                                   .body = "a=1"});
    ASSERT_TRUE(response) << response.error().message();
    EXPECT_EQ(response->status, 201);
    EXPECT_EQ(response->body, "hello");
    EXPECT_EQ(response->header("x-kind"), "Greeting");
    EXPECT_THAT(received, HasSubstr("POST /in?x=1 HTTP/1.1\r\n"));
    EXPECT_THAT(received, HasSubstr("Authorization: Bearer t\r\n"));
}

TEST(HttpClient, speaks_over_a_unix_socket) {
    const std::string path = ::testing::TempDir() + "http_client_test.sock";
    const Server server(path, Server::answer(hello));
    const auto response = perform({.url = "http://gateway/snapshot", .unix_socket = path});
    ASSERT_TRUE(response) << response.error().message();
    EXPECT_EQ(response->body, "hello");
}

TEST(HttpClient, redirects_are_answers) {
    const Server server(Server::answer(
        "HTTP/1.1 302 Found\r\nLocation: http://192.0.2.1/\r\nContent-Length: 0\r\n\r\n"));
    const auto response = perform({.url = server.url("/")});
    ASSERT_TRUE(response);
    EXPECT_EQ(response->status, 302);
}

TEST(HttpClient, errors_say_what_happened) {
    const Server silent(Server::stay_silent);
    const Server closes([](int) {});
    const Server babbles([](int connection) {
        ::shutdown(connection, SHUT_RD);
        Server::send(connection, "what is this?\r\n\r\n");
        Server::read_until(connection, "never");
    });
    const Server talks(Server::answer(hello));
    const std::pair<Request, Errc> cases[] = {
        {{.url = silent.url("/"), .timeout = 50ms}, Errc::timed_out},
        {{.url = "http://127.0.0.1:1/"}, Errc::connection_refused},
        {{.url = "http://gateway/", .unix_socket = "/nowhere/g.sock"}, Errc::connection_refused},
        {{.url = talks.url("/"), .body_max = 4}, Errc::too_large},
        {{.url = "file:///etc/passwd"}, Errc::invalid_argument},
        {{.url = talks.url("/"), .headers = {{"A", "b\r\nC: d"}}}, Errc::invalid_argument},
        {{.url = "https://" + babbles.address() + "/"}, Errc::tls_failed},
    };
    for (const auto& [request, code] : cases) {
        const auto response = perform(request);
        ASSERT_FALSE(response) << request.url;
        EXPECT_EQ(response.error().code, code) << request.url << ": " << response.error().message();
    }
    EXPECT_FALSE(perform({.url = closes.url("/")}));
    EXPECT_FALSE(perform({.url = babbles.url("/")}));
}

TEST(HttpClient, one_that_is_slow_delays_no_other) {
    const Server silent(Server::stay_silent);
    const Server quick(Server::answer(hello));
    std::vector<std::string> order;
    Exchange exchange;
    exchange.start({.url = silent.url("/"), .timeout = 300ms},
                   [&](const Result<Response>& r) { order.push_back(r ? "?" : "silent"); });
    exchange.start({.url = quick.url("/")},
                   [&](const Result<Response>& r) { order.push_back(r ? r->body : "?"); });
    exchange.start({.url = "gopher://x/"},
                   [&](const Result<Response>& r) { order.push_back(r ? "?" : "refused"); });
    EXPECT_TRUE(order.empty());
    EXPECT_EQ(exchange.under_way(), 3U);
    exchange.run(steady_now() + 60s);
    EXPECT_EQ(order, (std::vector<std::string>{"refused", "hello", "silent"}));
    EXPECT_EQ(exchange.under_way(), 0U);
}

TEST(HttpClient, done_may_start_another) {
    const Server server(Server::answer(hello));
    Exchange exchange;
    int ended = 0;
    exchange.start({.url = server.url("/")}, [&](const Result<Response>&) {
        ++ended;
        exchange.start({.url = server.url("/")}, [&](const Result<Response>&) { ++ended; });
    });
    exchange.run(steady_now() + 60s);
    EXPECT_EQ(ended, 2);
}

TEST(HttpClient, waking_ends_a_run) {
    const Server silent(Server::stay_silent);
    Exchange exchange;
    exchange.start({.url = silent.url("/"), .timeout = 60s}, [](const Result<Response>&) {});
    std::thread waker([&] { exchange.wake(); });
    exchange.run(Tick::never() - 1h);
    waker.join();
    EXPECT_EQ(exchange.under_way(), 1U);
}

TEST(HttpClient, percent_encoding_leaves_only_the_unreserved) {
    EXPECT_EQ(percent_encoded("rate(x[5m]) > 1%é"), "rate%28x%5B5m%5D%29%20%3E%201%25%C3%A9");
}

}  // namespace
}  // namespace sg::platform::http
