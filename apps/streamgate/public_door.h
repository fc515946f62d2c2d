// What may be asked without being an operator: requests that carry their own token, and nothing
// else. Acknowledge links, calendars, inboxes of alerts, heartbeats, subscriptions.
#pragma once

#include "api/inboxes.h"
#include "api/subscriptions.h"
#include "ops/respond/notify/ack_link.h"

namespace sg::app {

struct Visit {
    notify::Keys keys;
    Instant now;
    api::InboxLimits& limits;
    api::SubscriptionLimits& subscriptions;
};

web::Reply public_answer(api::Site& site, const web::Request& request, const Visit& visit);

}  // namespace sg::app
