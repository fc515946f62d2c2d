// The nouns of telling people: what is said of an incident (a letter), and its way to one person
// through one channel (a notification). A page is not a notification: it may take several.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/describe.h"
#include "base/time.h"
#include "ops/decision/kinds.h"
#include "ports/channel.h"

namespace sg::notify {

using Purpose = ports::Message::Kind;  // page, acknowledged, mitigated, resolved, test,
                                       // reminder

// What is known of an incident beside its page, for those who are woken by it. One line each;
// empty: not known. Whoever reacts to page.sent fills it in.
struct Briefing {
    Instant since;         // The first bad event.
    std::string impact;    // `1,930 people, 5,210 failed requests, 4.1 % of this month's budget`
    std::string likely;    // `catalog v2, at 20 % since 02:12:50 (change 33, bo)`
    std::string proposed;  // `roll back v2 to 0 % · takes 1 s · undo included`
    std::string runbook;   // Its name or URL.
    std::string graph;     // URL; empty: the one of the war room.
    std::vector<std::string> contacts;  // `bo (secondary, +49 170 1234567, bo@example.com)`
    std::string next;                   // The promise to be kept next: `acknowledge`
    Instant next_at;                    // When it is due.
    bool drill = false;
};

// Who else is told, and who comes next: `paged ana and bo; cy at 02:19 if nobody acknowledges`.
struct Company {
    std::vector<std::string> paged;
    std::string next;
    Instant next_at;
};

struct Letter {
    std::int64_t incident = 0;  // 0: a test.
    std::int64_t page = 0;
    std::int64_t number = 0;    // Of page.sent within its page.
    std::int64_t severity = 4;  // 1 to 4.
    std::string service;
    std::string title;
    Briefing briefing;
    Company company;
    std::string by;  // Who acknowledged, mitigated or resolved it.
    Instant ended;   // 0: not mitigated or resolved.
};

enum class State : std::uint8_t { waiting, sending, delivered, refused, withdrawn };

// A letter, or several in one, on the way to a person through a channel.
struct Notification {
    std::string id;      // `<origin>/<channel>`
    std::string origin;  // `17.2/ana`: what is passed on from channel to channel keeps it.
    std::string person;
    std::string channel;
    std::string service;  // Of its letters.
    Purpose purpose = Purpose::page;
    State state = State::sending;
    std::vector<Letter> letters;     // Bound: letters_max.
    std::int64_t more = 0;           // Letters beyond it.
    std::vector<std::string> tried;  // Channels that had it before.
    std::int64_t attempt = 1;
    Instant begun_at;
    Instant due;  // When it goes out, or may go out again.
    Instant ended_at;
    std::string detail;  // What the channel said last.
    std::string told;    // `SEV-1 catalog: 62 % of requests fail (incident 204)`
};

inline constexpr std::size_t letters_max = 50;

// Whether a channel reaches a person. Channels without addresses of people (Slack, PagerDuty,
// webhooks) have one row, whose person is empty.
struct Reachability {
    std::string channel;
    std::string person;
    bool broken = false;
    Instant since;
    std::string detail;
};

// --- payloads of events -------------------------------------------------------------------------

struct NotificationSent : Notification {
    static constexpr ops::Kind kind = ops::Kind::notification_sent;
};
struct NotificationHeld : Notification {
    static constexpr ops::Kind kind = ops::Kind::notification_held;
};

struct Progress {
    std::string id;
    std::string person;
    std::string channel;
    std::string told;
    std::int64_t attempt = 1;
    std::string detail;
};
struct NotificationDelayed : Progress {
    static constexpr ops::Kind kind = ops::Kind::notification_delayed;
    Instant due;
};
struct NotificationDelivered : Progress {
    static constexpr ops::Kind kind = ops::Kind::notification_delivered;
    Duration after{};  // Since it was first meant to go out.
};
struct NotificationRefused : Progress {
    static constexpr ops::Kind kind = ops::Kind::notification_refused;
};
struct NotificationWithdrawn : Progress {
    static constexpr ops::Kind kind = ops::Kind::notification_withdrawn;
};

// Nobody was reached: the fallback is to be paged. One for each incident.
struct NotificationFailed {
    static constexpr ops::Kind kind = ops::Kind::notification_failed;
    std::int64_t incident = 0;
    std::int64_t page = 0;
    std::string person;
    std::vector<std::string> channels;  // Tried; empty: there was none to try.
    std::string told;
    std::string detail;
};

// They ended so long ago that only the ledger keeps them.
struct NotificationsDropped {
    static constexpr ops::Kind kind = ops::Kind::notifications_dropped;
    std::int64_t count = 0;
    Instant before;
};
inline constexpr Duration kept_for = 90 * 24h;

struct ChannelBroken : Reachability {
    static constexpr ops::Kind kind = ops::Kind::channel_broken;
};
struct ChannelMended : Reachability {
    static constexpr ops::Kind kind = ops::Kind::channel_mended;
};

void describe(Visitor& v, Briefing& briefing);
void describe(Visitor& v, Company& company);
void describe(Visitor& v, Letter& letter);
void describe(Visitor& v, Notification& notification);
void describe(Visitor& v, Reachability& reachability);
void describe(Visitor& v, Progress& progress);
void describe(Visitor& v, NotificationDelayed& event);
void describe(Visitor& v, NotificationDelivered& event);
void describe(Visitor& v, NotificationFailed& event);
void describe(Visitor& v, NotificationsDropped& event);

}  // namespace sg::notify

namespace sg {

template <>
struct WordsOf<notify::Purpose> {
    static constexpr std::string_view name = "a purpose";
    static constexpr std::string_view words[] = {"page",     "acknowledged", "mitigated",
                                                 "resolved", "test",         "reminder"};
};
template <>
struct WordsOf<notify::State> {
    static constexpr std::string_view name = "a state of a notification";
    static constexpr std::string_view words[] = {"waiting", "sending", "delivered", "refused",
                                                 "withdrawn"};
};

}  // namespace sg
