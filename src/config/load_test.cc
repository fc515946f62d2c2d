#include "config/load.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>

namespace sg::config {
namespace {

Snapshot good(std::string_view text) {
    const auto loaded = load_text(text, "/etc/streamgate/streamgate.yaml", {.look_outside = false});
    EXPECT_EQ(loaded.rendered, "");
    return loaded.config ? loaded.config : std::make_shared<Config>();
}

std::string bad(std::string_view text) {
    const auto loaded = load_text(text, "/etc/streamgate/streamgate.yaml", {.look_outside = false});
    EXPECT_EQ(loaded.config, nullptr);
    return loaded.rendered;
}

TEST(Load, the_smallest_file) {
    const auto config = good("listen: :8080\nroutes:\n  - to: http://127.0.0.1:9000\n");
    ASSERT_EQ(config->listen.size(), 1U);
    EXPECT_EQ(config->listen[0].address, ":8080");
    EXPECT_EQ(config->listen[0].place, (Place{1, 9}));
    ASSERT_EQ(config->routes.size(), 1U);
    EXPECT_EQ(config->routes[0].service, "127.0.0.1:9000");
    EXPECT_EQ(config->routes[0].name, "/");
    const auto& service = config->services.at("127.0.0.1:9000");
    const auto& endpoint = service.versions.at("default").endpoints.at(0);
    EXPECT_EQ(endpoint.host, "127.0.0.1");
    EXPECT_EQ(endpoint.port, 9000);
    EXPECT_EQ(config->state, "/etc/streamgate/state");
}

TEST(Load, routes_to_urls_share_services_by_url_and_keep_schemes_apart) {
    const auto config = good(R"(
listen: :8080
routes:
  - { path: /a/, to: "http://o.example:443" }
  - { path: /b/, to: "https://o.example" }
  - { path: /c/, to: "o.example:443" }
  - { path: /d/, to: "unix:/run/x.sock" }
  - { path: /e/, to: "https://[2001:db8::1]:8443/" }
)");
    EXPECT_EQ(config->services.size(), 4U);
    EXPECT_EQ(config->routes[0].service, config->routes[2].service);
    EXPECT_NE(config->routes[0].service, config->routes[1].service);
    const auto& tls = config->services.at(config->routes[1].service).versions.at("default");
    EXPECT_EQ(tls.endpoints[0].scheme, Scheme::https);
    EXPECT_EQ(tls.endpoints[0].port, 443);
    const auto& v6 = config->services.at(config->routes[4].service).versions.at("default");
    EXPECT_EQ(v6.endpoints[0].host, "2001:db8::1");
    EXPECT_EQ(config->routes[3].service, "unix:/run/x.sock");
}

TEST(Load, listeners_in_every_form) {
    const auto config = good(R"(
listen:
  - :8080
  - address: :8443
    tls: { certificate: certs/a.pem, key: certs/a.key, minimum: 1.3 }
    proxy_protocol_from: 10.0.0.0/8
  - address: unix:run/gateway.sock
    tls:
      - { certificate: /c/b.pem, key: /c/b.key }
      - { certificate: /c/c.pem, key: /c/c.key }
  - { address: "[::1]:9443", tls: self-signed }
routes: { respond: 204 }
)");
    ASSERT_EQ(config->listen.size(), 4U);
    EXPECT_EQ(config->listen[1].tls->certificates.at(0).key, "/etc/streamgate/certs/a.key");
    EXPECT_EQ(config->listen[1].tls->minimum, TlsVersion::v1_3);
    EXPECT_EQ(config->listen[1].proxy_protocol_from.at(0).text(), "10.0.0.0/8");
    EXPECT_EQ(config->listen[2].address, "unix:/etc/streamgate/run/gateway.sock");
    EXPECT_EQ(config->listen[2].tls->certificates.size(), 2U);
    EXPECT_TRUE(config->listen[3].tls->self_signed);
    EXPECT_EQ(config->routes[0].respond->status, 204);
}

TEST(Load, services_in_every_form) {
    const auto config = good(R"(
listen: :8080
services:
  one: origin.internal:9100
  two: [10.0.0.1:80, "https://b.example"]
  three:
    endpoints: 10.0.0.1:9000
    health: /healthz
    balance: consistent-hash
    hash_on: header x-user
    retry: off
    outlier: off
    sticky: SG
    slow_start: 1m30s
    proxy_protocol: v2
    timeouts: { total: 90s, between_bytes: off }
  four:
    versions:
      v1: { weight: 95, endpoints: [10.0.0.1:9000] }
      v2: { weight: 5, run: "./catalog --port ${PORT}" }
    health: tcp
    retry: { on: [connect, 503], attempts: 3, budget: 10%, budget_floor: 60/m }
  five: { run: { command: x, replicas: 2, environment: { A: "1" } }, health: { status: 204 } }
routes:
  - { path: /, to: one }
)");
    const auto& services = config->services;
    EXPECT_EQ(services.at("one").versions.at("default").endpoints.at(0).port, 9100);
    EXPECT_EQ(services.at("two").versions.at("default").endpoints.at(1).scheme, Scheme::https);
    const auto& three = services.at("three");
    EXPECT_EQ(three.health.kind, HealthCheck::Kind::http);
    EXPECT_EQ(three.health.path, "/healthz");
    EXPECT_EQ(three.hash_on, HashOn::header);
    EXPECT_EQ(three.hash_name, "x-user");
    EXPECT_EQ(three.retry.attempts, 1U);
    EXPECT_FALSE(three.outlier.enabled);
    EXPECT_EQ(three.sticky.name, "SG");
    EXPECT_EQ(three.slow_start, 90s);
    EXPECT_EQ(three.proxy_protocol, ProxyProtocol::v2);
    EXPECT_EQ(three.timeouts.total, 90s);
    EXPECT_EQ(three.timeouts.between_bytes, no_timeout);
    const auto& four = services.at("four");
    EXPECT_EQ(four.versions.at("v2").run->command, "./catalog --port ${PORT}");
    EXPECT_EQ(four.health.kind, HealthCheck::Kind::tcp);
    EXPECT_TRUE(four.retry.on_connect);
    EXPECT_FALSE(four.retry.on_reset);
    EXPECT_EQ(four.retry.on_status, std::vector<std::uint16_t>{503});
    EXPECT_EQ(four.retry.budget_floor.per_second, 1);
    EXPECT_EQ(services.at("five").health.status_to, 204U);
    EXPECT_EQ(services.at("five").health.kind, HealthCheck::Kind::http);
}

TEST(Load, routes_in_every_form) {
    const auto config = good(R"yaml(
listen: :8080
services: { a: { endpoints: 10.0.0.1:80, timeouts: { connect: 3s, first_byte: 9s } } }
routes:
  - host: [API.example.com, "*.example.com"]
    path: /v1/
    methods: [GET, POST]
    headers: { X-Beta: "*", x-kind: ~^a+$, x-one: 1 }
    query: { v: 2 }
    to: a
    rewrite: /
    request_headers: { set: { x-client: "${client.address}" }, add: { via-x: y }, remove: cookie }
    response_headers: { remove: [server, x-powered-by] }
    timeouts: { first_byte: 20s }
    retry: 3
    body_max: 10MiB
  - { path: /v1, to: a, name: exact }
  - { path_regex: "^/u/([0-9]+)$", to: a, rewrite: { regex: "^/u/(.*)", to: '/\1' }
}
  - { path: /old/, redirect: { to: /v1/, status: 302 } }
  - { path: /robots.txt, respond: { body: "x", content_type: text/x } }
)yaml");
    const auto& first = config->routes.at(0);
    EXPECT_EQ(first.hosts.at(0), "api.example.com");
    EXPECT_EQ(first.path.kind, PathMatch::Kind::prefix);
    ASSERT_EQ(first.headers.size(), 3U);
    EXPECT_EQ(first.headers[0].name, "x-beta");
    EXPECT_EQ(first.headers[0].kind, FieldMatch::Kind::present);
    EXPECT_EQ(first.headers[1].kind, FieldMatch::Kind::regex);
    EXPECT_EQ(first.headers[1].value, "^a+$");
    EXPECT_EQ(first.headers[2].value, "1");
    EXPECT_EQ(first.rewrite.prefix, "/");
    ASSERT_EQ(first.request_headers.size(), 3U);
    EXPECT_EQ(first.request_headers[2].verb, FieldEdit::Verb::remove);
    EXPECT_EQ(first.timeouts->first_byte, 20s);
    EXPECT_EQ(first.timeouts->connect, 3s) << "what a route does not say is the service's";
    EXPECT_EQ(first.retry->attempts, 3U);
    EXPECT_EQ(first.body_max->count, 10ULL << 20);
    EXPECT_EQ(config->routes[1].path.kind, PathMatch::Kind::exact);
    EXPECT_EQ(config->routes[1].name, "exact");
    EXPECT_EQ(config->routes[2].path.kind, PathMatch::Kind::regex);
    EXPECT_EQ(config->routes[3].redirect->status, 302);
    EXPECT_EQ(config->routes[4].respond->content_type, "text/x");
}

TEST(Load, all_mistakes_at_once_in_the_order_of_the_file) {
    const auto text = bad("routes:\n  - to: nobody\n  - { path: x, to: 1.2.3.4 }\nlisten: 80\n");
    const auto first = text.find(":2:9: error: service `nobody`");
    const auto second = text.find(":3:13: error: `x` does not begin with `/`");
    const auto third = text.find(":4:9: error: `80` is only a port");
    EXPECT_LT(first, second);
    EXPECT_LT(second, third);
    EXPECT_NE(third, std::string::npos) << text;
}

TEST(Load, keys_of_later_parts_of_the_product_are_not_taken_silently) {
    for (const char* key : {"console", "host", "backups"})
        EXPECT_NE(bad(std::string("listen: :80\nroutes: { respond: 200 }\n") + key + ": {}\n")
                      .find("has no setting"),
                  std::string::npos);
}

TEST(Load, anchors_merge_keys_and_extensions) {
    const auto config = good(R"(
x-defaults: &quick { connect: 250ms, first_byte: 2s }
listen: :8080
services:
  a: { endpoints: "h:1", timeouts: *quick }
  b: { endpoints: "h:1", timeouts: { <<: *quick, connect: 1s } }
routes: { to: a }
)");
    EXPECT_EQ(config->services.at("a").timeouts.connect, 250ms);
    EXPECT_EQ(config->services.at("b").timeouts.connect, 1s);
    EXPECT_EQ(config->services.at("b").timeouts.first_byte, 2s);
}

class LoadFiles : public testing::Test {
  protected:
    void SetUp() override {
        folder_ =
            std::filesystem::temp_directory_path() / ("config-load-" + std::to_string(getpid()));
        std::filesystem::create_directories(folder_);
    }
    void TearDown() override { std::filesystem::remove_all(folder_); }
    std::string write(const std::string& name, std::string_view text) {
        std::ofstream(folder_ / name) << text;
        return (folder_ / name).string();
    }
    std::filesystem::path folder_;
};

TEST_F(LoadFiles, secrets_come_from_files_and_environment_and_are_never_printed) {
    write("token", "s3cret-value\n");
    ::setenv("SG_TEST_TOKEN", "other-value", 1);
    const auto file = write("a.yaml", R"(
listen: :8080
services:
  a:
    run:
      command: x
      environment: { T: "${file:token}", E: "p-${env:SG_TEST_TOKEN}", L: "$${env:X}" }
routes:
  - { to: a, request_headers: { set: { authorization: "Bearer ${file:token}" } } }
)");
    const auto config = load_file(file);
    ASSERT_TRUE(config) << config.error().message();
    const auto& environment = (*config)->services.at("a").versions.at("default").run->environment;
    EXPECT_EQ(environment.at("T"), "s3cret-value");
    EXPECT_EQ(environment.at("E"), "p-other-value");
    EXPECT_EQ(environment.at("L"), "${env:X}");
    EXPECT_EQ((*config)->routes[0].request_headers[0].value, "Bearer s3cret-value");
    EXPECT_EQ((*config)->secrets.size(), 3U);
    EXPECT_EQ((*config)->secrets.at("routes.0.request_headers.set.authorization").source,
              "Bearer ${file:token}");

    write("token", "s3cret value\nwith a line break");
    const auto refused = load_file(file);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().message().find("s3cret"), std::string::npos);
    EXPECT_NE(refused.error().message().find("${file:token}"), std::string::npos);
}

TEST_F(LoadFiles, what_cannot_be_read_is_said) {
    EXPECT_NE(load_file(folder_ / "none.yaml").error().what.find("No such file"),
              std::string::npos);
    EXPECT_NE(load_file(folder_).error().what.find("is a folder"), std::string::npos);
}

TEST(Load, hostile_files_are_bounded) {
    std::string bomb = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n";
    for (int i = 1; i < 12; ++i) {
        bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [";
        for (int k = 0; k < 10; ++k) bomb += (k ? ",*a" : "*a") + std::to_string(i - 1);
        bomb += "]\n";
    }
    EXPECT_NE(bad(bomb).find("more than 200000 values"), std::string::npos);
    EXPECT_NE(bad("a: " + std::string(10000, '[')).find("hint:"), std::string::npos);
    EXPECT_NE(bad(std::string(5 << 20, 'a')).find("larger than 4 MiB"), std::string::npos);
    EXPECT_NE(bad("a: \xff\n").find("not UTF-8"), std::string::npos);
    std::string many;
    for (int i = 0; i < 5000; ++i) many += "k" + std::to_string(i) + ": 1\n";
    EXPECT_NE(bad(many).find("more mistakes"), std::string::npos);
    EXPECT_NE(bad("\"\\e[31m\": 1\n").find("\\x1b"), std::string::npos);
    EXPECT_NE(bad("a: " + std::string(1 << 20, '{')).find("more than 200000"), std::string::npos);
}

// Large files made by tools: none of the checks may take time that grows with the square.
TEST(Load, large_files_take_bounded_time) {
    std::string routes = "listen: :80\nservices: { s: \"h:1\" }\nroutes:\n";
    std::string listeners = "routes: { respond: 200 }\nlisten:\n";
    for (int i = 0; i < 5000; ++i) {
        routes += "- { methods: [M" + std::to_string(i) + "], to: s }\n";
        listeners += "- 127.0." + std::to_string(i / 250) + "." + std::to_string(i % 250) + ":80\n";
    }
    std::string operations =
        "listen: :80\nroutes: { respond: 200 }\nalerts: { a: { when: cpu > 1%, "
        "services: [";
    std::string objectives =
        "listen: :80\nroutes: { respond: 200 }\nobjectives: { all: { errors: [";
    for (int i = 0; i < 20000; ++i) {
        operations += "s" + std::to_string(i) + ", ";
        objectives += "9" + std::to_string(i % 9) + "." + std::to_string(10000 + i) + "%, ";
    }
    const auto began = std::clock();  // Of the processor: others may be at work too.
    EXPECT_EQ(good(routes)->routes.size(), 5000U);
    EXPECT_EQ(good(listeners)->listen.size(), 5000U);
    EXPECT_NE(bad("a: [" + std::string(150'000, ',')).find("error"), std::string::npos);
    EXPECT_NE(bad(operations + "]}}").find("more mistakes than are shown"), std::string::npos);
    EXPECT_EQ(good(objectives + "]}}")->operations.objectives.at("all").size(), 20003U);
    EXPECT_LT(std::clock() - began, 30 * CLOCKS_PER_SEC);
}

}  // namespace
}  // namespace sg::config
