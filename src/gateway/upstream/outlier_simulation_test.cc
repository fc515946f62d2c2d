// The promises of docs/upstreams.md about failing endpoints, in virtual time at 400 requests/s,
// with and without active checks, with one worker and with two. Prints what it measures.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "gateway/upstream/outlier_simulation.h"

namespace sg::gateway::upstream::simulation {
namespace {

constexpr double rate = 400;
constexpr Duration slow = 200ms;  // Forty times the usual.
constexpr std::uint64_t seed = 20261123;

struct Scene {
    Mode mode;
    bool checks;
    std::uint32_t workers;
    config::Balance balance = config::Balance::least_requests;
};

std::string_view name_of(Mode mode) {
    constexpr std::string_view names[] = {"fine",   "hangs",       "stopped",
                                          "resets", "answers 500", "refuses"};
    return names[static_cast<std::size_t>(mode)];
}

std::string name_of(const Scene& s) {
    return fmt::format("{:<11} {:<9} {} worker{} {}", name_of(s.mode),
                       s.checks ? "checks" : "no checks", s.workers, s.workers == 1 ? " " : "s",
                       s.balance == config::Balance::round_robin ? "round robin" : "least      ");
}

config::Service service_of(const Scene& scene) {
    config::Service service;
    service.name = "api";
    service.versions["default"] = {};
    service.balance = scene.balance;
    if (scene.checks) service.health.kind = config::HealthCheck::Kind::http;
    return service;
}

bool is_silent(Mode mode) { return mode == Mode::hangs || mode == Mode::stopped; }

std::vector<Scene> scenes() {
    std::vector<Scene> all;
    for (const Mode mode :
         {Mode::hangs, Mode::stopped, Mode::resets, Mode::answers_500, Mode::refuses})
        for (const bool checks : {false, true})
            for (const std::uint32_t workers : {1u, 2u}) {
                all.push_back({mode, checks, workers});
                // Least requests notices silence by itself; round robin must be told.
                if (is_silent(mode))
                    all.push_back({mode, checks, workers, config::Balance::round_robin});
            }
    return all;
}

struct Seen {
    int failed = 0;             // Idempotent requests.
    double slow_share = 0;      // From the failure to the healing.
    Duration back{};            // From the healing to the first success.
    double share_after_2s = 0;  // Of the endpoint, from 2 s after healing on.
};

// `phase` moves the moment of healing, so that it meets trials and checks in every state.
Seen one_of_four(const Scene& scene, Duration phase) {
    World world(service_of(scene), 4, scene.workers,
                seed + static_cast<std::uint64_t>(phase.count()));
    const Tick start = world.time.now;
    const Tick fails = start + 5s, heals = start + 25s + phase, ends = heals + 5s;
    world.traffic(rate, ends);
    world.time.at(fails, [&] { world.set(2, scene.mode); });
    world.time.at(heals, [&] { world.set(2, Mode::fine); });
    world.time.run_until(ends + 31s);

    Seen seen;
    int slow_ones = 0, meanwhile = 0, after_2s = 0, its_own = 0;
    Tick first_back = Tick::never();
    for (const Record& r : world.records) {
        if (r.idempotent && !r.ok) ++seen.failed;
        if (r.idempotent && r.began >= fails - 1s && r.began < heals) {
            ++meanwhile;
            if (r.ended - r.began > slow) ++slow_ones;
        }
        if (r.endpoint == 2 && r.ok && r.began >= heals) first_back = std::min(first_back, r.ended);
        if (r.began < heals + 2s) continue;
        ++after_2s;
        if (r.endpoint == 2) ++its_own;
    }
    seen.slow_share = static_cast<double>(slow_ones) / meanwhile;
    seen.back = first_back - heals;
    seen.share_after_2s = static_cast<double>(its_own) / after_2s;
    return seen;
}

TEST(FailingEndpoint, OneOfFour) {
    for (const Scene& scene : scenes()) {
        const int phases = is_silent(scene.mode) ? 2 : 1;
        Seen worst;
        double share = 0;
        for (int i = 0; i < phases; ++i) {
            const Seen seen = one_of_four(scene, 613ms * i);
            worst.failed += seen.failed;
            worst.slow_share = std::max(worst.slow_share, seen.slow_share);
            worst.back = std::max(worst.back, seen.back);
            share += seen.share_after_2s / phases;
        }
        fmt::print(
            "one of four, {}: failed {}, slow at most {:.2f}%, back after at most {} ms, "
            "share from 2 s on {:.1f}%\n",
            name_of(scene), worst.failed, 100 * worst.slow_share, worst.back / 1ms, 100 * share);
        SCOPED_TRACE(name_of(scene));
        EXPECT_EQ(worst.failed, 0);
        EXPECT_LE(worst.slow_share, 0.01);
        EXPECT_LE(worst.back, 1750ms);
        EXPECT_NEAR(share, 0.25, 0.04);  // Of at least 1,200 requests: three standard deviations.
    }
}

TEST(FailingEndpoint, AllFour) {
    for (const Scene& scene : scenes()) {
        World world(service_of(scene), 4, scene.workers, seed);
        world.first_byte = 1s;
        const Tick start = world.time.now;
        const Tick fails = start + 5s, heals = start + 15s, ends = start + 20s;
        world.traffic(rate, ends);
        std::uint64_t requests = 0, attempts = 0;
        world.time.at(fails, [&] {
            for (std::size_t i = 0; i < 4; ++i) world.set(i, scene.mode);
            requests = world.requests;
            attempts = world.attempts();
        });
        world.time.at(heals, [&] {
            for (std::size_t i = 0; i < 4; ++i) world.set(i, Mode::fine);
            requests = world.requests - requests;
            attempts = world.attempts() - attempts;
        });
        world.time.run_until(ends + 31s);

        int late_failures = 0;
        Tick last_failure = heals;
        for (const Record& r : world.records) {
            if (r.ok) continue;
            last_failure = std::max(last_failure, r.ended);
            if (r.ended > heals + 1s) ++late_failures;
        }
        const double ratio = static_cast<double>(attempts) / static_cast<double>(requests);
        fmt::print("all four, {}: attempts {:.3f} × requests, last failure {} ms after healing\n",
                   name_of(scene), ratio, (last_failure - heals) / 1ms);
        SCOPED_TRACE(name_of(scene));
        EXPECT_LE(ratio, 1.2);
        EXPECT_EQ(late_failures, 0);
    }
}

// A dependency of all endpoints becomes slow: nobody is to blame, so nobody is ejected, and retries
// stay within the budget until the allowance has learnt.
TEST(SlowService, IsNotPunished) {
    for (const bool checks : {false, true}) {
        World world(service_of({Mode::fine, checks, 2}), 4, 2, seed);
        const Tick start = world.time.now;
        world.traffic(rate, start + 40s);
        std::uint64_t at_20s[3] = {};
        const auto ejections = [&] {
            std::uint64_t sum = 0;
            for (const auto& policy : world.workers)
                for (const auto& e : policy->endpoints()) sum += e->ejections_total;
            return sum;
        };
        world.time.at(start + 5s, [&] {
            for (Server& s : world.servers) s.usual = 2s;
        });
        world.time.at(start + 20s, [&] {
            at_20s[0] = world.requests, at_20s[1] = world.attempts(), at_20s[2] = ejections();
        });
        world.time.run_until(start + 80s);
        const auto more = [](std::uint64_t attempts, std::uint64_t requests) {
            return static_cast<double>(attempts) / static_cast<double>(requests);
        };
        const double overall = more(world.attempts(), world.requests);
        const double learnt = more(world.attempts() - at_20s[1], world.requests - at_20s[0]);
        const auto failed = std::ranges::count(world.records, false, &Record::ok);
        fmt::print(
            "slow service, {}: ejections {}, failed {}, attempts {:.4f} × requests, {:.4f} "
            "once learnt\n",
            checks ? "checks" : "no checks", ejections(), failed, overall, learnt);
        EXPECT_LE(ejections(), 2u);
        EXPECT_EQ(ejections(), at_20s[2]);
        EXPECT_EQ(failed, 0);
        EXPECT_LE(overall, 1.05);
        EXPECT_EQ(learnt, 1.0);
    }
}

// Low-latency HLS: a third of the requests are held on purpose, for up to 1.5 s.
TEST(SlowService, BlockedPlaylistsAreNotPunished) {
    World world(service_of({Mode::fine, false, 2}), 4, 2, seed);
    for (Server& s : world.servers) s.blocked_share = 0.33;
    const Tick start = world.time.now;
    world.traffic(40, start + 60s);
    world.time.run_until(start + 70s);
    std::uint64_t ejections = 0;
    for (const auto& policy : world.workers)
        for (const auto& e : policy->endpoints()) ejections += e->ejections_total;
    EXPECT_EQ(ejections, 0u);
    EXPECT_EQ(world.attempts(), world.requests);
    for (const Server& s : world.servers)
        EXPECT_NEAR(static_cast<double>(s.attempts) / static_cast<double>(world.requests), 0.25,
                    0.03);
}

}  // namespace
}  // namespace sg::gateway::upstream::simulation
