// How often one person may be told something through one channel. Source: the limits that GoAlert
// came to, reference/operations.md §3.10.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/time.h"

namespace sg::notify {

struct Limit {
    std::uint32_t count = 1;
    Duration per = 1min;
};

// What kind of disturbance a message is; each has its limits for one person and channel.
enum class Disturbance : std::uint8_t { mail, text_message, call, chat, status_mail, free };

std::span<const Limit> limits_of(Disturbance disturbance);

// For all messages of one channel, to whomever.
inline constexpr Limit channel_limit = {5, 5s};

// How far back the limits look.
inline constexpr Duration remembered = 3h;

// The first instant from `now` on at which one more is within every limit. `sent`: when others went
// out or will go out, in order. Never before one of those: they are a queue.
Instant opens_at(std::span<const Limit> limits, std::span<const Instant> sent, Instant now);

}  // namespace sg::notify
