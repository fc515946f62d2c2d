// PagerDuty's Events API v2. Pure: what is posted, and what the answer means.
// Source: PagerDuty's developer documentation, events-API-v2.
#pragma once

#include <string>
#include <vector>

#include "platform/notify/verdict.h"

namespace sg::platform::pagerduty {

inline constexpr std::string_view enqueue_url = "https://events.pagerduty.com/v2/enqueue";
inline constexpr std::size_t summary_max = 1024;
inline constexpr std::size_t body_max = 512U << 10;

// One event for each topic, to be posted in this order. The same incident always has the same
// `dedup_key`, so that a duplicate opens no second alert. A test opens one and closes it again.
// What makes an event larger than `body_max` is left out: the facts first.
std::vector<std::string> events(const ports::Message& message, const std::string& routing_key);

// Delivered is 202; 429 and 5xx come again.
ports::Delivery judge(const notify::Answer& answer);

}  // namespace sg::platform::pagerduty
