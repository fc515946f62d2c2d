// How requests ended of late, by service: the history keeps flows, not endings. In memory only.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "ops/detect/signals/model.h"

namespace sg::inspections {

using Endings = std::map<std::string, std::int64_t>;  // By name.

class EndingsLately {
  public:
    static constexpr Duration kept = 70min;  // An hour's window, and what it is compared with.
    static constexpr Duration step = 10s;    // Bound: 420 steps.

    void add(const signals::Second& second);  // In their order; from one thread.

    // Of the steps that end in (from, to]; `service` empty: of all. From any thread.
    Endings between(const std::string& service, Instant from, Instant to) const;
    Instant since() const;  // Nothing is known before; 0: nothing at all.

  private:
    // Sixteen bytes each: with 60 services, 420 steps of maps would take 6 MB.
    struct Count {
        std::uint16_t service = 0;  // Index into `names_`.
        std::uint16_t ending = 0;
        std::int64_t count = 0;
    };
    struct Step {
        Instant at;  // Its end.
        std::vector<Count> counts;
    };
    static constexpr std::size_t names_max = 10'000;  // Bound: services and endings; then dropped.

    std::optional<std::uint16_t> index_of(const std::string& name);
    void count(const std::string& service, const std::string& ending, std::int64_t count);

    mutable std::mutex mutex_;
    std::deque<Step> steps_;
    std::vector<std::string> names_;
    std::map<std::string, std::uint16_t> indexes_;
    Instant since_;
};

}  // namespace sg::inspections
