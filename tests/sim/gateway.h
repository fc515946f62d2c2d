// A gateway that never was: it counts what its traffic would have come to, and says so in snapshots
// of the real form. Whatever reads those cannot tell the difference.
#pragma once

#include <map>
#include <string>

#include "config/model.h"
#include "random.h"
#include "telemetry/snapshot.h"

namespace sg::sim {

// What the clients of a service do, and what they get.
struct Load {
    double rate = 0;  // Requests a second.
    Duration latency = 50ms;
    double errors = 0;  // A share of one: answered with 502, the upstream's blame.
    double slow = 0;    // A share of one: these take `slow_latency`.
    Duration slow_latency = 2s;
};

class Gateway {
  public:
    Gateway(const config::Config& config, std::string name, Instant started_at);

    // `checkout`: its version v1; `checkout/v2`: another one.
    void serve(const std::string& service, const Load& load);
    const Load& load(const std::string& service) const;
    void set_endpoints(const std::string& service, int healthy, int known);

    // Requests arrive as even as they can; with chance, as they do in life.
    void pass(Duration span, Random* chance = nullptr);

    telemetry::Snapshot snapshot(Instant taken_at);
    void restart(Instant at);  // Everything that it had counted is gone with it.

    // Exact, since the world began: what detectors must be judged by.
    struct Truth {
        std::int64_t requests = 0;
        std::int64_t failed = 0;
    };
    Truth truth(const std::string& service) const;

  private:
    struct Service {
        Load load;
        Duration objective{};
        double requests_owed = 0;  // Fractions of requests, until they are whole ones.
        double failures_owed = 0;
        double slow_owed = 0;
        std::uint64_t done = 0;
        std::uint64_t failed = 0;
        std::uint64_t within = 0;
        telemetry::ExponentialHistogram durations{};
        Truth truth;
        int healthy = 1;
        int known = 1;
    };
    static void count(Service& service, std::uint64_t requests, Duration latency);
    static void pass(Service& service, double seconds, Random* chance);

    std::string name_;
    Instant started_at_;
    std::uint64_t sequence_ = 0;
    std::map<std::string, Service> services_;
};

}  // namespace sg::sim
