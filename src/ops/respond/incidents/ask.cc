#include "ops/respond/incidents/ask.h"

#include <algorithm>

namespace sg::incidents {

std::optional<Promise> next_promise(const Incident& incident) {
    const bool hurts = incident.state == State::declared || incident.state == State::acknowledged;
    std::vector<Promise> running;
    const auto runs = [&](std::string what, Instant met, Duration allowed) {
        if (met == Instant{} && allowed > 0s)
            running.push_back({std::move(what), incident.declared_at + allowed});
    };
    if (hurts) {
        runs("acknowledge", incident.acknowledged_at, incident.policy.respond);
        runs("assess", incident.assessed_at, incident.policy.assess);
        runs("mitigate", incident.mitigated_at, incident.policy.mitigate);
    }
    if ((hurts || incident.state == State::mitigated) && incident.policy.communicate > 0s) {
        const bool was_told = incident.told_at != Instant{};
        running.push_back(
            {"tell those who wait",
             (was_told ? incident.told_at : incident.declared_at) + incident.policy.communicate});
    }
    const auto first = std::ranges::min_element(running, {}, &Promise::due);
    if (first == running.end()) return std::nullopt;
    return *first;
}

}  // namespace sg::incidents
