// What active checks say of one endpoint, and when the next is due. Pure: the checks themselves run
// elsewhere.
#pragma once

#include <cstdint>

#include "base/time.h"
#include "config/model.h"
#include "gateway/upstream/endpoints.h"

namespace sg::gateway::upstream {

class HealthState {
  public:
    // While there is reason to look closely, checks come at least this often.
    static constexpr Duration closely = 500ms;

    // `seed` spreads the checks of several endpoints and gateways over time.
    HealthState(const config::HealthCheck& check, std::uint64_t seed, Tick now);

    void configure(const config::HealthCheck& check) { check_ = check; }

    // When the next check should begin; never while one is under way.
    Tick next_check() const { return under_way_ ? Tick::never() : due_; }

    void began(Tick now);

    enum class Result : std::uint8_t { passed, failed };
    enum class Change : std::uint8_t { none, became_healthy, became_unhealthy };
    Change ended(Result result, Tick now);

    // The endpoint is suspected or ejected (or no longer): look closely, beginning at once.
    void suspect(Tick now);
    void trust() { suspected_ = false; }

    Health health() const { return health_; }

  private:
    Duration interval();

    config::HealthCheck check_;
    Health health_ = Health::unknown;
    bool under_way_ = false;
    bool suspected_ = false;
    std::uint32_t in_a_row_ = 0;  // Results that contradict the present health.
    std::uint64_t random_;
    Tick began_;
    Tick due_;
};

}  // namespace sg::gateway::upstream
