// The retry budget: retries are at most a share of requests, or a few a second where that is more.
//
// Per worker and service, over the last 10 s. With share s no run of requests is retried more than
// s of them on average, so a service that fails entirely gets 1+s times its load, never a multiple.
#pragma once

#include <array>
#include <cstdint>

#include "base/time.h"
#include "base/units.h"

namespace sg::gateway::upstream {

class RetryBudget {
  public:
    static constexpr Duration window = 10s;
    static constexpr int buckets = 10;

    // `floor` is this worker's part of it: limits must not grow with the number of workers.
    void configure(Share share, Rate floor) {
        share_ = share.of_one;
        floor_ = floor.per_second * std::chrono::duration<double>(window).count();
    }

    void count_request(Tick now) {
        advance(now);
        ++now_bucket().requests;
        ++requests_;
    }

    // Takes one retry from the budget; false: it is used up.
    bool try_spend(Tick now);

    std::uint64_t requests() const { return requests_; }  // Within the window.
    std::uint64_t retries() const { return retries_; }

  private:
    struct Bucket {
        std::uint32_t requests = 0;
        std::uint32_t retries = 0;
    };
    static constexpr std::int64_t bucket_ns = window.count() / buckets;

    Bucket& now_bucket() { return bucket_[static_cast<std::size_t>(index_ % buckets)]; }
    void advance(Tick now) {
        if (now.ns >= ends_ns_) [[unlikely]]
            roll(now);
    }
    void roll(Tick now);

    double share_ = 0.2;
    double floor_ = 30;
    std::int64_t index_ = 0;  // Of the bucket that holds the present.
    std::int64_t ends_ns_ = INT64_MIN;
    std::uint64_t requests_ = 0;  // Sums over the buckets.
    std::uint64_t retries_ = 0;
    std::array<Bucket, buckets> bucket_{};
};

}  // namespace sg::gateway::upstream
