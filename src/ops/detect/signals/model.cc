#include "ops/detect/signals/model.h"

namespace sg::signals {

namespace {

// The counts of a flow, as one list for whatever is done to each.
constexpr std::int64_t Flow::* counts[] = {
    &Flow::requests, &Flow::failed,   &Flow::client_errors, &Flow::timed,
    &Flow::within,   &Flow::bytes_in, &Flow::bytes_out,
};

}  // namespace

Flow& Flow::operator+=(const Flow& other) {
    for (const auto count : counts) this->*count += other.*count;
    duration.merge(other.duration);
    return *this;
}

Flow since(const Flow& now, const Flow& before) {
    Flow difference;
    for (const auto count : counts) {
        if (now.*count < before.*count) return now;
        difference.*count = now.*count - before.*count;
    }
    auto earlier = before.duration;  // A coarser row that came since made the sum coarser.
    if (earlier.scale > now.duration.scale) earlier.downscale(now.duration.scale);
    difference.duration = now.duration.since(earlier);
    return difference;
}

}  // namespace sg::signals
