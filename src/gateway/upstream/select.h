// Which endpoint serves an exchange, first and again. The rules are ServicePolicy's; here is what
// it is told.
#pragma once

#include "gateway/exchange.h"

namespace sg::gateway::upstream {

// The first attempt. ok: it is in `exchange.attempt`.
Ending choose(Exchange& exchange);

// Another attempt after one that ended so. False: that ending stands.
bool choose_again(Exchange& exchange, Ending ending);

// The attempt under way is slow, or was answered with a status to be retried: somebody else to ask
// instead, kept in `exchange.next`. False: there is none; keep waiting, or pass the answer on.
bool choose_instead(Exchange& exchange, Ending ending, RetryCause cause);

// Tells the policy how the attempt under way went. Exactly once per attempt.
void end_attempt(Exchange& exchange, Outcome outcome);
Outcome outcome_of(Ending ending);

}  // namespace sg::gateway::upstream
