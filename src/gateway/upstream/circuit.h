// Circuit limits: how many requests a service and connections an endpoint may have, over all
// workers.
//
// The one mutable thing that workers share on the way of a request: a limit must mean what it says
// whatever the number of workers, and a share of it for each would refuse on a busy worker while
// another idles.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>

namespace sg::gateway::upstream {

// A line of cache of its own, so that services do not slow each other down.
class alignas(64) CircuitCounter {
  public:
    // False: `limit` are in already. Never lets more in than the limit; at the limit itself, two
    // that come at the same moment may both be refused although one place was just becoming free.
    bool try_enter(std::uint32_t limit) {
        // Relaxed: the number protects nothing but itself.
        if (in_.fetch_add(1, std::memory_order_relaxed) < limit) return true;
        in_.fetch_sub(1, std::memory_order_relaxed);
        return false;
    }
    void leave() { in_.fetch_sub(1, std::memory_order_relaxed); }
    std::uint32_t in() const { return in_.load(std::memory_order_relaxed); }

  private:
    std::atomic<std::uint32_t> in_{0};
};

// Hands the same counter to every worker and to every configuration that names the same thing.
// Asked when a policy is built, never per request. A counter lives as long as somebody holds it.
class Circuits {
  public:
    std::shared_ptr<CircuitCounter> of_service(const std::string& service);
    std::shared_ptr<CircuitCounter> of_endpoint(const std::string& service,
                                                const std::string& endpoint);

  private:
    std::shared_ptr<CircuitCounter> at(std::string key);

    std::mutex mutex_;
    std::map<std::string, std::weak_ptr<CircuitCounter>> counters_;
};

}  // namespace sg::gateway::upstream
