// What the traffic generator has seen, counted by many threads and reported by one.
#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <vector>

#include "base/time.h"

namespace sg::demo {

class Tally {
  public:
    void exchange(Duration took, bool good);
    void playing(int change);  // A viewer has begun (+1) or has given up (-1).
    void stall();
    void event();
    void message();

    // One line about the time since the last one, which took `period`; then counting starts again.
    std::string report(Duration period);

  private:
    struct Counts {
        std::uint64_t failed = 0;
        std::uint64_t stalls = 0;
        std::uint64_t events = 0;
        std::uint64_t messages = 0;
        std::vector<Duration> took;  // Bound: the requests of one period.
    };
    std::mutex mutex_;
    Counts counts_;
    int playing_ = 0;
};

}  // namespace sg::demo
