// How requests ended of late, by service: the history keeps flows, not endings. In memory only.
#pragma once

#include <deque>
#include <map>
#include <mutex>
#include <string>

#include "ops/detect/signals/model.h"

namespace sg::inspections {

using Endings = std::map<std::string, std::int64_t>;  // By name.
using ByService = std::map<std::string, Endings>;

class EndingsLately {
  public:
    static constexpr Duration kept = 70min;  // An hour's window, and what it is compared with.
    static constexpr Duration step = 10s;    // Bound: 420 steps.

    void add(const signals::Second& second);  // In their order; from one thread.

    // Of the steps that end in (from, to]; `service` empty: of all. From any thread.
    Endings between(const std::string& service, Instant from, Instant to) const;
    Instant since() const;  // Nothing is known before; 0: nothing at all.

  private:
    struct Step {
        Instant at;  // Its end.
        ByService counts;
    };
    mutable std::mutex mutex_;
    std::deque<Step> steps_;
    Instant since_;
};

}  // namespace sg::inspections
