// The rules of telling people. Pure: no clock, no database, no randomness.
//
// One invariant: whoever is to be told is told through some channel, or notification.failed says
// that nobody was. Paging fails open: in doubt a duplicate, never a miss.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "config/operations.h"
#include "ops/decision/decision.h"
#include "ops/respond/notify/model.h"
#include "ops/respond/oncall/model.h"

namespace sg::notify {

inline constexpr std::string_view send_action = "notify.send";
inline constexpr std::string_view due_clock = "notification_due";  // Of `notification:<id>`.

// A retry is the same notification once more, each with an idempotency key of its own.
inline constexpr Duration give_up_after = 15min;
inline constexpr std::int64_t pass_on_after = 3;  // Tries, 7 s: the next channel has it too.
inline constexpr std::int64_t fail_after = 6;     // Tries, 1 min: nobody further is left to try.
inline constexpr Duration wait_most = 1min;       // Beyond it another channel is looked for.
inline constexpr Duration heard_of = 1h;          // A service is new to a person after this long.

// What has gone out, for the throttles.
struct Sent {
    std::string person;
    std::string channel;
    std::string service;
    Purpose purpose = Purpose::page;
    std::int64_t severity = 4;  // The gravest in it.
    Instant at;
};

struct Situation {
    std::vector<Sent>
        sent;  // To this person within `remembered`; to everybody in the last seconds.
    std::vector<Notification> waiting;   // Of this person.
    std::vector<Notification> siblings;  // Of the same origin.
    std::set<std::string> broken;        // Channels that do not reach this person.
};

// Of something that waits for the day: a post-mortem, an action item. Nobody is woken for it.
struct Reminder {
    std::string key;  // The same is told once.
    std::string person;
    std::int64_t incident = 0;
    std::int64_t severity = 4;
    std::string service;
    std::string text;
};

struct Summons {
    std::string person;
    oncall::Reach reach = oncall::Reach::preferred;
    Letter letter;
};

// What the platform said of one attempt.
struct Receipt {
    ports::Delivery::Outcome outcome = ports::Delivery::Outcome::delivered;
    std::string detail;
    Duration retry_after = 0s;
};

struct Context {
    const config::Operations& operations;
    Instant now;
};

// A person is paged.
ops::Decision summon(const Situation& situation, const Summons& summons, const Context& context);

// A person who was told of an incident by `channel` learns how it went on.
ops::Decision update(const Situation& situation, const Notification& before, const Letter& letter,
                     Purpose purpose, const Context& context);

// By the first channel that neither rings nor opens an alert elsewhere; by none where there is
// none.
ops::Decision remind(const Situation& situation, const Reminder& reminder, const Context& context);

// The clock of one that waits: it goes out, with all that joined it.
ops::Decision release(const Notification& notification, const Context& context);

ops::Decision on_receipt(const Situation& situation, const Notification& notification,
                         const Receipt& receipt, const Context& context);

// Of no use any more for one incident: what else it tells goes out all the same. When it tells
// nothing else it is withdrawn: nothing is sent or tried again.
ops::Decision drop(const Notification& notification, std::int64_t incident, std::string_view why);

// `number` makes it one of its own.
ops::Decision test(const std::string& channel, const std::string& person, std::int64_t number,
                   const Context& context);

// Before attempt `attempt` + 1: 1, 2, 4… 60 s, each between 80 % and 120 % of that, as the key
// says.
Duration back_off(std::int64_t attempt, std::string_view key);

// `17.2/ana/mail#3` ⇄ the notification and the attempt.
std::string key_of(const Notification& notification);
std::string id_of_key(std::string_view action_key);

Result<std::string> id_of(const ops::Recorded& event);

// row := apply(row, event), for those that change a row that there is.
Result<Notification> apply(Notification notification, const ops::Recorded& event);

}  // namespace sg::notify
