// For the spine and the API. Each runs in the caller's transaction.
#pragma once

#include "ops/decision/turn.h"
#include "ops/respond/notify/decide.h"

namespace sg::notify {

// What a page tells beside itself: whoever wires page.sent to here asks oncall and incidents.
struct Background {
    oncall::Page page;
    Briefing briefing;
    std::string
        next;  // Who is paged next if nobody acknowledges; empty: as the page's policy says.
};

// On page.sent: one person is to be told.
Result<void> deliver(const ops::Turn& turn, const ops::Recorded& page_sent,
                     const Background& background);

// What came of an action `notify.send`. The dispatcher does not repeat one: that is decided here.
Result<void> on_result(const ops::Turn& turn, std::string_view action_key, const Receipt& receipt);

// The clock `notification_due` of `notification:<id>`.
Result<void> on_due(const ops::Turn& turn, std::string_view subject);

// Those who were paged for an incident learn how it goes on; what is still on its way is dropped.
struct Turnout {
    std::int64_t incident = 0;
    Purpose purpose = Purpose::acknowledged;  // acknowledged, mitigated or resolved.
    std::string by;                           // Not told by a channel of their own.
};
Result<void> tell(const ops::Turn& turn, const Turnout& turnout);
// Of something that is late and waits for the day.
Result<void> remind(const ops::Turn& turn, const Reminder& reminder);
Result<void> on_acknowledged(const ops::Turn& turn, const ops::Recorded& page_acknowledged);

// A test page, to one person through one channel. Error: not_found, when it would not reach them.
// Nobody named: whoever asks, or anybody where the channel has no addresses of people.
// Returns the notification's id, to look at with find().
Result<std::string> test(const ops::Turn& turn, const ops::Actor& actor, const std::string& channel,
                         const std::string& whom);

// On config.accepted: the clock of every channel's daily test. And that clock, of `channel:<name>`.
inline constexpr std::string_view test_clock = "notify_test_due";
Result<void> schedule_tests(const ops::Turn& turn);
Result<void> on_test_due(const ops::Turn& turn, std::string_view subject);

}  // namespace sg::notify
