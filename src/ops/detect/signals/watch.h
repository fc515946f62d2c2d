// Probes, needs, outside queries and what services use: everything whose answer may take a while.
// A few threads look at what is due; the latest outcome is there without waiting.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "config/operations.h"
#include "ops/detect/signals/model.h"
#include "ports/machine.h"
#include "ports/probe.h"
#include "ports/promql.h"

namespace sg::signals {

struct Lookout {  // Something to look at, again and again.
    enum class Kind : std::uint8_t { probe, need, outside, services };
    Kind kind = Kind::probe;
    std::string name;           // outside: the expression.
    ports::ProbeTarget target;  // probe, need; outside: the server's URL and the time-out.
    Duration every = 10s;
};

Lookout lookout_of(const config::Probe& probe);
Lookout lookout_of(const config::Need& need);

class Watch {
  public:
    struct Ports {
        const ports::Prober& prober;
        const ports::Promql& promql;
        ports::UseOfServices& services;
        const Clock& clock;
    };
    explicit Watch(Ports ports) : ports_(ports) {}
    ~Watch();
    Watch(const Watch&) = delete;

    // What is looked at from now on. What was already looked at keeps its rhythm and its outcome.
    void set(std::vector<Lookout> lookouts);

    void fill(Second& second) const;  // With the latest outcomes.
    ports::ServiceUse services() const;

    void stop();  // Returns when the looks under way are over.

  private:
    static constexpr std::size_t threads_max = 8;
    static constexpr int outside_misses_max = 3;  // Then its last value is too old to be shown.

    struct Job {
        Lookout lookout;
        Tick due;
        bool is_running = false;
        std::optional<Look> look;
        std::vector<Sample> samples;
        int misses = outside_misses_max;  // outside: in a row.
    };

    void work();
    std::shared_ptr<Job> next(std::unique_lock<std::mutex>& lock);  // Null: stop.
    void perform(Job& job);
    void look_at(Job& job);
    void ask_outside(Job& job);
    void look_at_services();

    Ports ports_;
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    bool stopping_ = false;
    std::vector<std::shared_ptr<Job>> jobs_;
    ports::ServiceUse use_;
    std::vector<std::thread> threads_;
};

}  // namespace sg::signals
