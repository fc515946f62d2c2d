// What others may ask about telling people.
#pragma once

#include <string>
#include <vector>

#include "config/operations.h"
#include "ops/respond/notify/model.h"
#include "store/session.h"

namespace sg::notify {

// One channel, for `streamgate notify` and the console.
struct ChannelReport {
    std::string channel;
    config::Channel::Kind kind = config::Channel::Kind::terminal;
    std::vector<std::string> people;   // Whom it reaches.
    std::vector<Reachability> broken;  // Whom it should and does not.
    std::int64_t under_way = 0;        // Waiting, or tried again.
    Instant taken_at;                  // The last message that it took, tests included; 0: none.
    Instant tested_at;                 // The last test that it took.
    Instant test_due;                  // The next; 0: none.
};

// In the order of the file.
Result<std::vector<ChannelReport>> channel_reports(const store::Tx& tx,
                                                   const config::Operations& operations,
                                                   Instant now);

// Everybody who was told of an incident, or was to be; in order of time.
Result<std::vector<Notification>> told_of(const store::Tx& tx, std::int64_t incident);

// Of all, the latest first.
Result<std::vector<Notification>> latest(const store::Tx& tx, std::int64_t limit);

// `bo (secondary, +49 170 1234567, bo@example.com)`: who it is, and how one reaches them oneself.
std::string contact_of(const std::string& person, std::string_view level,
                       const config::Operations& operations);

void describe(Visitor& v, ChannelReport& report);

// Aligned columns, a line of summary first.
std::string show(const std::vector<ChannelReport>& reports, Instant now);

}  // namespace sg::notify
