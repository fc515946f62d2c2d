// How often somebody may: a bucket for each key, which fills at a steady rate. Pure: time is an
// argument.
#pragma once

#include <map>
#include <string>

#include "base/time.h"

namespace sg::api {

class Allowance {
  public:
    struct Rate {
        double per_second = 1;
        double burst = 1;
        std::size_t keys_most = 1024;  // Bound: the key that asked longest ago gives way.
    };
    explicit Allowance(Rate rate) : rate_(rate) {}

    // Zero: it may, and that was one. Else how long until it may.
    Duration take(const std::string& key, Instant now);

  private:
    struct Bucket {
        double left;
        Instant at;
    };
    void make_room();

    Rate rate_;
    std::map<std::string, Bucket> buckets_;
};

}  // namespace sg::api
