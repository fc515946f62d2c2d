// Dead-man's switches: which heartbeats are expected, and our own to others.
#pragma once

#include <span>

#include "ops/detect/alerts/decide.h"

namespace sg::alerts {

// The clocks of what the configuration expects are set, those of what it no longer does are
// stopped.
ops::Decision expect(const config::Operations& operations,
                     std::span<const ExpectedHeartbeat> expected, const Standing& standing,
                     Instant now);

// The body of action `heartbeat.send`.
struct HeartbeatSend {
    std::string url;
};
void describe(Visitor& v, HeartbeatSend& send);

// Due ones as actions. Keyed by the period, so that a restart sends none twice; given up when the
// next is due. That they are sent at all says that operations judges.
ops::Decision send_heartbeats(const config::Operations& operations,
                              std::map<std::string, Instant>& beat_at, Instant now);

}  // namespace sg::alerts
