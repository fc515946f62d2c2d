// What telemetry and the ledger show of a service in trouble: which versions, endpoints, routes and
// clients its trouble is of, which dependencies fail as well, and what was changed just before.
#pragma once

#include <string>

#include "ops/reaction.h"
#include "ops/respond/runbooks/diagnosis.h"
#include "ops/respond/runs/commands.h"

namespace sg::ops {

// Since `began`. Nothing is known of a service that has no traffic.
Result<runbooks::Picture> picture_of(const Turn& turn, const signals::History& history,
                                     const std::string& service, Instant began);

// The same as what runbooks ask for. Without a history nothing is known.
Result<runs::Known> known_of(const Turn& turn, const Senses& senses, const std::string& service,
                             Instant began);

// Of an incident since it began; else of the last minutes. Both arguments are to outlive it.
runs::Diagnose diagnosis_of(const Turn& turn, const Senses& senses);

}  // namespace sg::ops
