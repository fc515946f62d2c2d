// For tests of ServicePolicy: a service with endpoints, and requests that end as told.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "gateway/upstream/policy.h"

namespace sg::gateway::upstream::test {

constexpr Tick start{77'000'000'000};

inline std::vector<EndpointAddress> addresses(int count, int from = 1) {
    std::vector<EndpointAddress> list;
    for (int i = 0; i < count; ++i) {
        EndpointAddress& id = list.emplace_back();
        id.text = "10.0.0." + std::to_string(from + i) + ":80";
        id.name = "host" + std::to_string(from + i) + ":80";
        id.telemetry = static_cast<std::uint16_t>(from + i);
    }
    return list;
}

inline config::Service service(config::Balance balance = config::Balance::least_requests) {
    config::Service s;
    s.name = "api";
    s.balance = balance;
    s.versions["default"] = {};
    return s;
}

struct Bed {
    explicit Bed(config::Service s = service(), int count = 4, std::uint64_t seed = 1)
        : config(std::move(s)), policy(config, {{1, 2}, seed, 1}) {
        int from = 1;
        for (const auto& [name, version] : config.versions) {
            policy.set_endpoints(name, addresses(count, from), now);
            from += count;
        }
    }

    config::Service config;
    ServicePolicy policy;
    Tick now = start;

    EndpointState& at(int number) {
        for (const auto& e : policy.endpoints())
            if (e->id.telemetry == number) return *e;
        std::abort();
    }
    ChooseInput input(Replay replay = Replay::possible) const {
        ChooseInput in;
        in.now = now;
        in.replay = replay;
        return in;
    }
    Choice choose(Replay replay = Replay::possible) { return policy.choose(input(replay)); }
    Choice retry_after(const Choice& failed, RetryCause cause = RetryCause::failed) {
        ChooseInput in = input();
        EndpointState* const tried[] = {failed.endpoint};
        in.tried = tried;
        return policy.retry(in, cause);
    }
    void finish(Choice& choice, int status = 200) {
        policy.answered(choice, status, now);
        policy.end(choice, Outcome::done, now);
    }
    // Requests one after another, each answered at once; who got how many.
    std::map<int, int> spread(int requests, Duration apart = 0ns) {
        std::map<int, int> got;
        for (int i = 0; i < requests; ++i) {
            now = now + apart;
            Choice c = choose();
            ++got[c ? c.endpoint->id.telemetry : 0];
            if (c) finish(c);
        }
        return got;
    }
    // Requests until one goes to this endpoint; the others are answered.
    Choice aim(int number, Replay replay = Replay::possible) {
        for (int i = 0; i < 10'000; ++i) {
            Choice c = choose(replay);
            if (c && c.endpoint->id.telemetry == number) return c;
            if (c) finish(c);
        }
        return {};
    }
    void fail(int number, int times, Outcome outcome = Outcome::connect_failed) {
        for (int i = 0; i < times; ++i) {
            Choice c = aim(number);
            policy.end(c, outcome, now);
        }
    }
};

}  // namespace sg::gateway::upstream::test
