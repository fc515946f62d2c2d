// What others may ask about telling people.
#pragma once

#include <optional>
#include <string>
#include <string_view>
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

// Where a list goes on: after the one that was sent then.
struct Place {
    Instant sent_at;
    std::string id;
    std::string text() const;  // `1795424973000000000:17.2/ana/mail`
    static Result<Place> parse(std::string_view text);
};

struct Wish {
    std::int64_t incident = 0;  // 0: of all.
    std::int64_t limit = 50;
    std::optional<Place> before;  // Not set: from the latest.
};

struct Listing {
    std::vector<Notification> notifications;  // The latest first.
    std::optional<Place> next;                // Set if there may be more.
};

// Who was told, or was to be.
Result<Listing> told(const store::Tx& tx, const Wish& wish);

// `bo (secondary, +49 170 1234567, bo@example.com)`: who it is, and how one reaches them oneself.
std::string contact_of(const std::string& person, std::string_view level,
                       const config::Operations& operations);

void describe(Visitor& v, ChannelReport& report);

// Aligned columns, a line of summary first.
std::string show(const std::vector<ChannelReport>& reports, Instant now);

}  // namespace sg::notify
