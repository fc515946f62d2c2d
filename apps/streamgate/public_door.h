// What may be asked without being an operator: requests that carry their own token, and nothing
// else. Acknowledge links, calendars, inboxes of alerts, heartbeats.
#pragma once

#include "api/inboxes.h"
#include "ops/respond/notify/ack_link.h"

namespace sg::app {

struct Visit {
    notify::Keys keys;
    Instant now;
    api::InboxLimits& limits;
};

web::Reply public_answer(api::Site& site, const web::Request& request, const Visit& visit);

}  // namespace sg::app
