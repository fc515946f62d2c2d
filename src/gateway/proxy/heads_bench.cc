// What a request costs between two sockets: path, match, and both heads. Aim: 400 ns in all for ten
// fields.
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <array>

#include "gateway/proxy/heads.h"
#include "gateway/router/path.h"
#include "gateway/router/request_for_test.h"
#include "gateway/router/router.h"

namespace sg::gateway {
namespace {

constexpr std::string_view request_lines =
    "GET /v1/users/42/profile?fields=name,mail HTTP/1.1\nHost: api.example.com\n"
    "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0\n"
    "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8\n"
    "Accept-Language: en-US,en;q=0.5\nAccept-Encoding: gzip, deflate, br, zstd\n"
    "Referer: https://www.example.com/start\nConnection: keep-alive\n"
    "Cookie: session=0123456789abcdef0123456789abcdef\nCache-Control: no-cache\nX-App: web";
constexpr std::string_view response_bytes =
    "HTTP/1.1 200 OK\r\nServer: nginx/1.22.1\r\nDate: Mon, 23 Nov 2026 06:40:05 GMT\r\n"
    "Content-Type: application/json\r\nContent-Length: 1024\r\nConnection: keep-alive\r\n"
    "Cache-Control: private, max-age=0\r\nETag: \"0123456789abcdef\"\r\nVary: Accept-Encoding\r\n"
    "X-Frame-Options: DENY\r\nX-Content-Type-Options: nosniff\r\n\r\n";

config::Config config_of(int hosts, int paths) {
    config::Config config;
    for (int host = 0; host < hosts; ++host) {
        for (int path = 0; path < paths; ++path) {
            config::Route route;
            route.name = fmt::format("{}-{}", host, path);
            route.hosts = {host == 0 ? "api.example.com" : fmt::format("h{}.example.com", host)};
            route.path.value = path == 0 ? "/v1/" : fmt::format("/v1/s{}/", path);
            config.routes.push_back(std::move(route));
        }
    }
    return config;
}

void match_routes(benchmark::State& state) {
    const auto config =
        config_of(static_cast<int>(state.range(0)), static_cast<int>(state.range(1)));
    const router::Router router(config);
    const router::ParsedRequest request(request_lines);
    for (auto _ : state) benchmark::DoNotOptimize(router.match(request.head, request.head.path));
}
BENCHMARK(match_routes)->Args({1, 1})->Args({1, 1000})->Args({300, 20});

void normalize(benchmark::State& state) {
    constexpr std::string_view paths[] = {"/v1/users/42/profile", "/v1/caf%C3%A9/a%20b",
                                          "/v1//users/../%75sers/42"};
    const auto path = paths[state.range(0)];
    std::string scratch;
    for (auto _ : state) benchmark::DoNotOptimize(router::normalize_path(path, scratch));
}
BENCHMARK(normalize)->Arg(0)->Arg(1)->Arg(2);

struct Exchange {
    Exchange() : request(request_lines) {
        http::h1::HeadScan scan;
        CHECK(parse_response(response_bytes, {}, scan, http::Method::get, response).progress ==
              http::h1::Progress::done);
    }

    std::size_t run() {
        const auto path = router::normalize_path(request.head.path, scratch);
        const auto match = router.match(request.head, path.path);
        const auto origin = proxy::find_origin(request.head, caller, {});
        const router::Variables variables{.client = origin.client,
                                          .request_id = {1, 2},
                                          .host = router::host_of(request.head.authority),
                                          .path = path.path};
        http::Out to_endpoint(memory.data(), memory.size());
        const auto written =
            proxy::append_request_head(to_endpoint, request.head,
                                       {.route = match.route,
                                        .variables = &variables,
                                        .origin = &origin,
                                        .caller = &caller,
                                        .trace = {.trace_id = {1, 2}, .span_id = 3},
                                        .prefix_length = match.prefix_length,
                                        .pseudonym = "streamgate-0123456789abcdef",
                                        .endpoint = {}});
        benchmark::DoNotOptimize(written);
        http::Out to_client(memory.data() + 4096, 4096);
        proxy::ResponseContext context{
            .reply = {.route = match.route, .variables = &variables, .date = {}},
            .framing = http::Framing::length,
            .content_length = response.content_length,
            .sticky_cookie = {}};
        benchmark::DoNotOptimize(append_response_head(to_client, response, context));
        return to_endpoint.size() + to_client.size();
    }

    config::Config config = config_of(4, 8);
    router::Router router{config};
    router::ParsedRequest request;
    http::ResponseHead response;
    proxy::Caller caller{.ip = parse_ip("192.0.2.7").value(), .listener_port = 443, .tls = true};
    std::string scratch;
    std::array<char, 8192> memory;
};

void match_and_both_heads(benchmark::State& state) {
    Exchange exchange;
    for (auto _ : state) benchmark::DoNotOptimize(exchange.run());
}
BENCHMARK(match_and_both_heads);

}  // namespace
}  // namespace sg::gateway
