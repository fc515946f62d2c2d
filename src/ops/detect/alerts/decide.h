// The state machine of an alert, and what silences, outside alerts and heartbeats do to it. Pure.
#pragma once

#include <span>

#include "ops/decision/decision.h"
#include "ops/detect/alerts/inbox.h"
#include "ops/detect/alerts/model.h"

namespace sg::alerts {

// What was decided before.
struct Standing {
    std::map<std::string, Alert> open;  // Pending and firing, by fingerprint.
    std::vector<Silence> silences;      // Those that are not over.
    std::map<std::string, Told> told;   // By group.
};

// Which firing alerts are no longer seen, and since when; keeps `absent_since` up to date.
void note_absence(std::map<std::string, Instant>& absent_since, const Standing& standing,
                  std::span<const Condition> seen, Instant now);

// Everything that follows from what is seen now.
ops::Decision judge(const Standing& standing, std::span<const Condition> seen,
                    const std::map<std::string, Instant>& absent_since,
                    const config::Operations& operations, Instant now);

// An alert from outside. `row`: what is known under its fingerprint.
std::string fingerprint_of(const config::Inbox& inbox, const OutsideAlert& alert);
ops::Decision take_in(const Standing& standing, const config::Operations& operations,
                      const config::Inbox& inbox, const OutsideAlert& alert, Instant now);

// Nobody sent it again.
ops::Decision expire(const Alert& alert);

// What a silence must be like. Error: it means everything or nothing, ends before it begins, or
// never.
Result<void> check(const Silence& silence, const Standing& standing,
                   const config::Operations& operations, Instant now);

Alert alert_of(const config::Heartbeat& heartbeat, Instant now);
// The clock came due: nothing was heard in time.
ops::Decision miss(const Standing& standing, const config::Operations& operations,
                   const config::Heartbeat& heartbeat, Instant now);
// It was heard. `row`: its alert, if it fires.
ops::Decision beat(const config::Heartbeat& heartbeat, const std::optional<Alert>& row,
                   Instant now);

// row := apply(row, event).
Result<Alert> apply(Alert alert, const ops::Recorded& event);
Result<Silence> apply(Silence silence, const ops::Recorded& event);

}  // namespace sg::alerts
