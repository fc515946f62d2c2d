// What telemetry costs per request. Budget: account 150 ns, a line of the log 1 µs.
#include <benchmark/benchmark.h>

#include <vector>

#include "gateway/telemetry/counters.h"
#include "gateway/telemetry/log_line.h"
#include "gateway/telemetry/trace.h"

namespace {

using namespace sg;
using namespace sg::gateway;

struct Gateway {
    Registry registry;
    std::vector<std::uint16_t> endpoints;
    std::vector<Account> accounts;

    // 1,000 clients, 40 routes, 4 endpoints each; every seventh request fails over to a second
    // endpoint.
    Gateway() {
        for (int i = 0; i < 1000; ++i) {
            Account a;
            const auto name = "route-" + std::to_string(i % 40);
            a.route = registry.route(name);
            a.service = registry.service(name);
            registry.set_objective(a.service, 200ms);
            a.version = registry.version(a.service, "v1");
            a.request_id = {std::uint64_t(i) * 7919, std::uint64_t(i) * 104729};
            a.started_at = {1'795'000'000'000'000'000 + i * 1'000'000LL};
            a.duration_ns = 300'000 + i * 1'777;
            a.first_byte_ns = 250'000 + i * 1'555;
            a.status = i % 50 == 0 ? 404 : 200;
            a.method = i % 9 == 0 ? http::Method::post : http::Method::get;
            a.method_text = i % 9 == 0 ? "POST" : "GET";
            a.host = "api.example.com";
            a.target = "/v1/streams/8f14e45f/segments/00017.m4s?session=abcdef&start=10";
            a.user_agent = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36";
            a.client = parse_ip("203.0.113." + std::to_string(i % 250)).value();
            a.bytes_out = 1024;
            a.attempts = i % 7 == 0 ? 2 : 1;
            for (std::uint8_t t = 0; t < a.attempts; ++t) {
                const auto host = "10.0.0." + std::to_string((i + t) % 4 + 1) + ":8080";
                a.attempt[t].endpoint = registry.endpoint(a.version, host);
                a.attempt[t].status = 200;
                a.attempt[t].reused = t == 0;
                a.attempt[t].first_byte_ns = 240'000;
            }
            a.endpoint = a.attempt[0].endpoint;
            accounts.push_back(a);
        }
    }
};

void account_mixed(benchmark::State& state) {
    Gateway gateway;
    WorkerCounters counters(gateway.registry);
    std::size_t i = 0;
    for (auto _ : state) {
        account(counters, gateway.accounts[i]);
        if (++i == gateway.accounts.size()) i = 0;
    }
}
BENCHMARK(account_mixed);

void account_alike(benchmark::State& state) {
    Gateway gateway;
    WorkerCounters counters(gateway.registry);
    for (auto _ : state) account(counters, gateway.accounts[1]);
}
BENCHMARK(account_alike);

void format_line(benchmark::State& state) {
    Gateway gateway;
    LogLine line(gateway.registry);
    std::size_t i = 0;
    for (auto _ : state) {
        benchmark::DoNotOptimize(line.format(gateway.accounts[i]));
        if (++i == gateway.accounts.size()) i = 0;
    }
}
BENCHMARK(format_line);

void begin_new_trace(benchmark::State& state) {
    IdGenerator ids;
    http::Fields fields;
    for (auto _ : state)
        benchmark::DoNotOptimize(
            begin_trace(fields, config::TraceTrust::from_trusted, Peer::stranger, ids));
}
BENCHMARK(begin_new_trace);

void bucket_index(benchmark::State& state) {
    std::uint64_t value = 12'345;
    for (auto _ : state) {
        benchmark::DoNotOptimize(telemetry::bucket_of(value));
        value = value * 6364136223846793005ULL % 3'600'000'000'000 + 1;
    }
}
BENCHMARK(bucket_index);

}  // namespace
