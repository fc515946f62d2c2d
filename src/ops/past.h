// What is only the past: signals that look over a window still speak of a fault minutes after it is
// over. They must neither keep an incident open whose users are well again, nor open it anew.
#pragma once

#include <optional>

#include "ops/reaction.h"
#include "ops/respond/incidents/model.h"

namespace sg::ops {

// When what the trigger sees began, without what an incident that has recovered accounts for.
// Nothing: users have been well since, all of it is of the past; the clock `past_recheck_due` of
// its key then asks again for as long as the signal lasts.
Result<std::optional<Instant>> new_since(const Turn& turn, const incidents::Trigger& trigger,
                                         const Senses& senses);

// After a signal of the service has cleared: if all that is left are windows with the fault still
// in them, and users are well, those have cleared too.
Result<void> let_go_of_the_past(const Turn& turn, const std::string& service, const Senses& senses);

}  // namespace sg::ops
