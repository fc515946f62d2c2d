// Slack's incoming webhooks. Pure: what is posted, and what the answer means.
// Source: Slack's documentation of incoming webhooks and of Block Kit.
#pragma once

#include <string>

#include "platform/notify/verdict.h"

namespace sg::platform::slack {

inline constexpr std::size_t blocks_max = 50;

// `text` for previews and screen readers, `blocks` to look at, links as buttons.
std::string payload(const ports::Message& message);

// Delivered is 200 with the body `ok`, or with JSON that says so; nothing else is.
ports::Delivery judge(const notify::Answer& answer);

}  // namespace sg::platform::slack
