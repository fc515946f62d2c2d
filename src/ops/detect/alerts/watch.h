// What is remembered from second to second and is no decision: a restart may forget it, and then an
// alert lasts a little longer or a hard fault is found up to ten seconds later. Kept by whoever
// calls judge(), with what that caller knows of the world.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "ops/detect/alerts/hard_fault.h"
#include "ops/detect/alerts/model.h"

namespace sg::alerts {

// One series of an answer to the PromQL of a rule.
struct Answer {
    Labels labels;
    double value = 0;
};

// Whether what we write would survive. Each is an alert while it is so.
struct Durability {
    bool store_is_durable = true;  // Writes are acknowledged before they are on disk.
    bool disk_fails = false;       // The system reports errors of the disk.
    bool replica_is_lost = false;  // There should be one.
    std::optional<Duration> replica_lag;
    std::string why;  // For people.
};

struct Watch {
    Durability durability;  // Set by the caller.

    // Kept by judge().
    std::map<std::string, std::vector<Answer>> answers;  // By rule; the last that were given.
    Instant at;                                          // Of the last second that was looked at.
    std::map<std::string, std::deque<SecondCount>> seconds;  // Bound: hard_fault_seconds.
    std::map<std::string, Instant> absent_since;             // Of firing alerts, by fingerprint.
    std::map<std::string, std::optional<Duration>> full_in;  // Disks, by rule and resource.
    Instant forecast_at;
    std::map<std::string, Instant> beat_at;  // Of heartbeats out, by URL.
    std::vector<std::string> mistakes;       // Rules that could not be evaluated, and why.
};

}  // namespace sg::alerts
