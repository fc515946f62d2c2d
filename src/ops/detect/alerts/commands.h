// For the spine and the API.
#pragma once

#include <string>

#include "ops/decision/turn.h"
#include "ops/detect/alerts/inbox.h"
#include "ops/detect/alerts/watch.h"
#include "ops/detect/signals/ask.h"

namespace sg::alerts {

// Once a second. `watch` is the caller's, the same from call to call.
Result<void> judge(const ops::Turn& turn, const signals::Second& second,
                   const signals::History& history, Watch& watch);

// While another process judges: keeps what a judge needs to go on at once, decides nothing.
void look_on(const signals::Second& second, Watch& watch);

// What came into an inbox, read by one of inbox.h. Error: there is no such inbox.
Result<void> receive(const ops::Turn& turn, const std::string& inbox, const Incoming& incoming);

// The number and the author are set here. Returns the number.
Result<std::int64_t> add_silence(const ops::Turn& turn, const ops::Actor& actor, Silence silence);
Result<void> expire_silence(const ops::Turn& turn, const ops::Actor& actor, std::int64_t number);

// A heartbeat was heard. Error: nobody expects it.
Result<void> heartbeat(const ops::Turn& turn, const std::string& name);

// Clocks. `subject` as of the clock: `heartbeat:backup`, `alert:9f2c…`.
Result<void> heartbeat_missed(const ops::Turn& turn, const std::string& subject);
Result<void> alert_ends(const ops::Turn& turn, const std::string& subject);

}  // namespace sg::alerts
