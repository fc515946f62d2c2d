// What a decision costs: choose(), answered() and end() of a request, with siblings in flight.
#include <benchmark/benchmark.h>

#include <vector>

#include "gateway/upstream/policy.h"

namespace sg::gateway::upstream {
namespace {

struct Bench {
    ServicePolicy policy;
    std::vector<Choice> open;
    Tick now{1'000'000'000};

    Bench(config::Balance balance, int endpoints, int versions)
        : policy(service(balance, versions), {{1, 2}, 7, 2}) {
        for (int v = 0; v < versions; ++v) {
            std::vector<EndpointAddress> list;
            for (int i = 0; i < endpoints; ++i) {
                EndpointAddress& id = list.emplace_back();
                id.text = "10." + std::to_string(v) + ".0." + std::to_string(i) + ":80";
            }
            policy.set_endpoints("v" + std::to_string(v), list, now);
        }
        open.resize(64);
        for (Choice& c : open) c = policy.choose(input());
    }
    static config::Service service(config::Balance balance, int versions) {
        config::Service s;
        s.balance = balance;
        for (int v = 0; v < versions; ++v)
            s.versions["v" + std::to_string(v)].weight = 100 + 800 * (v == 0);
        return s;
    }
    ChooseInput input() {
        ChooseInput in;
        in.now = now = now + 2us;
        in.hash = static_cast<std::uint64_t>(now.ns) * 0x9E3779B97F4A7C15ull;
        in.replay = Replay::possible;
        return in;
    }
};

void run(benchmark::State& state, config::Balance balance, int versions) {
    Bench bench(balance, static_cast<int>(state.range(0)), versions);
    std::size_t i = 0;
    const bool whole = state.range(1) != 0;
    for (auto _ : state) {
        Choice& slot = bench.open[i++ % bench.open.size()];
        if (whole) bench.policy.answered(slot, 200, bench.now);
        bench.policy.end(slot, Outcome::done, bench.now);
        slot = bench.policy.choose(bench.input());
        benchmark::DoNotOptimize(slot);
    }
}

void least_requests(benchmark::State& s) { run(s, config::Balance::least_requests, 1); }
void two_versions(benchmark::State& s) { run(s, config::Balance::least_requests, 2); }
void round_robin(benchmark::State& s) { run(s, config::Balance::round_robin, 1); }
void consistent_hash(benchmark::State& s) { run(s, config::Balance::consistent_hash, 1); }

// Arguments: endpoints; 1 with answered(), which measures the time to the first byte.
BENCHMARK(least_requests)->ArgsProduct({{4, 64}, {0, 1}});
BENCHMARK(two_versions)->ArgsProduct({{4, 64}, {0, 1}});
BENCHMARK(round_robin)->ArgsProduct({{4, 64}, {0, 1}});
BENCHMARK(consistent_hash)->ArgsProduct({{4, 64}, {0, 1}});

}  // namespace
}  // namespace sg::gateway::upstream
