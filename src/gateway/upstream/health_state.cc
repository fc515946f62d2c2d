// The rules of active checks.
#include "gateway/upstream/health_state.h"

#include <algorithm>

namespace sg::gateway::upstream {

HealthState::HealthState(const config::HealthCheck& check, std::uint64_t seed, Tick now)
    : check_(check), random_(seed * 2 + 1), began_(now), due_(now) {
    // Soon, since until then we know nothing; not all at the same moment.
    due_ = now + std::min(interval(), closely) / 5 * static_cast<int>(random_ >> 60) / 16;
}

void HealthState::began(Tick now) {
    under_way_ = true;
    began_ = now;
}

HealthState::Change HealthState::ended(Result result, Tick now) {
    under_way_ = false;
    const Health said = result == Result::passed ? Health::healthy : Health::unhealthy;
    Change change = Change::none;
    if (said == health_) {
        in_a_row_ = 0;
    } else {
        ++in_a_row_;
        const std::uint32_t needed = health_ == Health::unknown ? 1  // The first word is believed.
                                     : said == Health::healthy  ? check_.healthy_after
                                                                : check_.unhealthy_after;
        if (in_a_row_ >= needed) {
            health_ = said;
            in_a_row_ = 0;
            change = said == Health::healthy ? Change::became_healthy : Change::became_unhealthy;
        }
    }
    // From beginning to beginning; a check that took longer is followed by the next at once.
    due_ = std::max(now, began_ + interval());
    return change;
}

void HealthState::suspect(Tick now) {
    if (suspected_) return;
    suspected_ = true;
    if (now - began_ > closely / 5) due_ = std::min(due_, now);
}

// With up to a tenth less, so that many gateways do not check in step.
Duration HealthState::interval() {
    const bool close_look = suspected_ || in_a_row_ > 0 || health_ == Health::unhealthy;
    const Duration every = close_look ? std::min(check_.every, closely) : check_.every;
    random_ = random_ * 6364136223846793005ull + 1442695040888963407ull;
    return every - every / 10 * static_cast<int>(random_ >> 56) / 256;
}

}  // namespace sg::gateway::upstream
