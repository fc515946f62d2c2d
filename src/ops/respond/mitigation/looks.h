// How things stand around a mitigation, from the database and the telemetry: no rules.
#pragma once

#include "ops/decision/turn.h"
#include "ops/respond/mitigation/measure.h"
#include "ops/respond/mitigation/safeguards.h"

namespace sg::signals {
class History;
}

namespace sg::mitigation {

// What the act bears on: `service:catalog`; the very thing; whose users. Requires: ports::check.
struct Aim {
    std::string target;
    std::string spot;
    std::string service;
};
Aim aim_of(const config::Config& config, const Proposal& wanted);

// Without telemetry nothing is known of the load, but how many endpoints there are.
Result<Situation> look_around(const ops::Turn& turn, const Mitigation& m,
                              const signals::History* history);
Result<Sight> look_at(const ops::Turn& turn, const Mitigation& m, const signals::History* history);

}  // namespace sg::mitigation
