// What is only the past: signals that look over a window still speak of a fault minutes after it is
// over. They must neither keep an incident open whose users are well again, nor open it anew.
#pragma once

#include "ops/reaction.h"
#include "ops/respond/incidents/model.h"

namespace sg::ops {

// What the trigger saw began before the open incident of its service recovered, and its users have
// been well since: there is nothing new in it.
Result<bool> is_of_the_past(const Turn& turn, const incidents::Trigger& trigger,
                            const Senses& senses);

// After a signal of the service has cleared: if all that is left are windows with the fault still
// in them, and users are well, those have cleared too.
Result<void> let_go_of_the_past(const Turn& turn, const std::string& service, const Senses& senses);

}  // namespace sg::ops
