// Owns the threads that make seconds: one that closes a second each second and tells it, one that
// writes the past down, and those that look at probes. Nobody waits for another.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

#include "config/model.h"
#include "ops/detect/signals/host.h"
#include "ops/detect/signals/pull.h"
#include "ops/detect/signals/rollup.h"
#include "ops/detect/signals/watch.h"

namespace sg::signals {

// What the configuration says of all this.
struct Setup {
    std::vector<GatewayAddress> gateways;
    std::vector<Lookout> lookouts;
    std::map<std::string, std::string> service_of_probe;
    double link_bits = 0;
    Duration clients_keep = 0s;  // How long it is known which clients were affected.
};
Setup setup_of(const config::Config& config, const std::string& local_socket);

class Collector {
  public:
    struct Ports {
        ports::http::Exchanges& exchanges;  // For this alone: it is used by a thread of ours.
        const ports::Prober& prober;
        const ports::Promql& promql;
        ports::Machine& machine;
        ports::UseOfServices& services;
        // Sockets of local gateways that are being taken over from.
        std::function<std::vector<std::string>()> leaving = [] {
            return std::vector<std::string>();
        };
        const Clock& clock = system_clock();
    };
    // Called with each second when it is already in the history, on a thread of ours: to keep it
    // for long is to miss the next.
    using OnSecond = std::function<void(const Second&)>;

    // Trouble with the file does not keep the signals from being watched: see stored().
    Collector(Ports ports, const std::string& history_file);
    ~Collector();
    Collector(const Collector&) = delete;

    void start(Setup setup, OnSecond told);
    void reconfigure(Setup setup);  // Takes effect with the next second.
    void stop();                    // What is known is written down.

    Second latest() const { return past_.latest(); }
    const History& history() const { return past_; }
    Rollup::State stored() const { return past_.state(); }

  private:
    static constexpr Duration write_every = 10s;

    void make_seconds();
    void write_past();
    void write();
    void apply_setup();
    Second second(Instant at);
    bool sleep(Duration length);  // False: stop.

    Ports ports_;
    Rollup past_;
    Pull pull_;
    Watch watch_;
    HostMeter meter_;
    Tick services_seen_;
    std::map<std::string, Resources> services_;
    OnSecond told_;

    std::mutex mutex_;
    std::condition_variable changed_;
    bool stopping_ = false;
    std::optional<Setup> setup_;  // Not yet in effect.
    std::thread seconds_;
    std::thread writer_;
};

}  // namespace sg::signals
