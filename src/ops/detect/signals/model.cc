#include "ops/detect/signals/model.h"

namespace sg::signals {

namespace {

// The counts of a flow, as one list for whatever is done to each.
constexpr std::int64_t Flow::* counts[] = {
    &Flow::requests, &Flow::failed,   &Flow::client_errors, &Flow::timed,
    &Flow::within,   &Flow::bytes_in, &Flow::bytes_out,
};

// Counts of a gateway that has gone mad wrap around; they must not be undefined.
std::int64_t plus(std::int64_t a, std::int64_t b) {
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) + static_cast<std::uint64_t>(b));
}

}  // namespace

Flow& Flow::operator+=(const Flow& other) {
    for (const auto count : counts) this->*count = plus(this->*count, other.*count);
    duration.merge(other.duration);
    return *this;
}

Flow since(const Flow& now, const Flow& before) {
    Flow difference;
    for (const auto count : counts) {
        if (now.*count < before.*count || before.*count < 0) return now;
        difference.*count = plus(now.*count, -(before.*count));
    }
    auto earlier = before.duration;  // A coarser row that came since made the sum coarser.
    if (earlier.scale > now.duration.scale) earlier.downscale(now.duration.scale);
    difference.duration = now.duration.since(earlier);
    return difference;
}

}  // namespace sg::signals
