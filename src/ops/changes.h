// What changed, and when: configurations that came into force here, and changes that somebody
// outside told of. It answers the first question of every incident.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "ops/decision/turn.h"

namespace sg::ops {

// A deployment, a flag, a migration: something that was done elsewhere.
struct ChangeNoted {
    static constexpr Kind kind = Kind::change_noted;
    std::string summary;
    std::string source;   // What sent it: `ci`, a host.
    std::string service;  // Of the inbox that it came by; empty: it may be any.
    std::string inbox;
    std::string url;
    Instant changed_at;  // As its sender says, at most `now`.
};
void describe(Visitor& v, ChangeNoted& e);

// As a PagerDuty change event says it: POST /v2/change/enqueue. Source: PagerDuty, Events API v2.
struct OutsideChange {
    std::string routing_key;
    ChangeNoted change;
};
Result<OutsideChange> read_change(std::string_view body, Instant now);

Result<void> note_change(const Turn& turn, const Actor& actor, const ChangeNoted& change);

struct Changed {
    Instant at;
    std::int64_t record = 0;
    std::string what;  // `ci: catalog 1.42 is out`, `configuration 3fa0… came into force`
    std::string url;
    // Of a configuration: `path: before -> after`, a line each. Not part of what is told of it.
    std::string difference = {};
    bool is_configuration = false;
};
void describe(Visitor& v, Changed& c);

// How long before an incident a change is one that may have caused it.
inline constexpr Duration just_before = 2h;
inline constexpr std::int64_t changes_max = 20;  // Bound: of what is listed, the latest.

// In the time before `until`, the latest first: those of the service, and those that are of none.
Result<std::vector<Changed>> changes_before(store::Session& session, const std::string& service,
                                            Instant until);

}  // namespace sg::ops
