// The rules of being told. Pure: no clock, no database, no log, no address.
//
// They serve one invariant: who confirmed is told of each public update that concerns them once;
// who did not, or no longer wants to, of nothing.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ops/decision/decision.h"
#include "ops/respond/subscribers/model.h"

namespace sg::subscribers {

inline constexpr Duration question_lasts = 24h;  // Then who did not answer is forgotten.
inline constexpr std::int64_t batch_most = 50;
inline constexpr Duration batch_every = 2s;
inline constexpr std::int64_t attempts_max = 8;  // Of a letter: over about four hours.
inline constexpr std::int64_t refusals_max = 3;  // In a row.
inline constexpr std::string_view letter_action = "subscribers.tell";
inline constexpr std::string_view expiry_clock = "subscriber_expires";
inline constexpr std::string_view batch_clock = "subscribers_due";

ops::Subject subject_of(const std::string& subscriber);  // `subscriber:5f…`

// --- one of them -------------------------------------------------------------------------------

// Known or not, confirmed or not: the question goes out, and until it is answered nothing changes.
ops::Decision ask(const std::optional<Subscriber>& known, const SubscriberAsked& question,
                  Instant now);
// Once more than once is once.
ops::Decision confirm(const Subscriber& subscriber);
ops::Decision remove(const Subscriber& subscriber, Reason reason);
// The question was not answered in time.
ops::Decision ring(const Subscriber& subscriber, Instant now);

Subscriber apply(Subscriber subscriber, const ops::Recorded& event);

// --- an update ---------------------------------------------------------------------------------

// How far the telling of an update has come, as the subject of its clock: `notice:17.3>5f…`.
struct Telling {
    std::string about;
    std::int64_t update = 0;
    std::string after;  // The subscriber that was told last; empty: nobody yet.
    bool operator==(const Telling&) const = default;
};
std::string text_of(const Telling& telling);
std::optional<Telling> telling_of(const std::string& text);

ops::Decision begin(const std::string& about, std::int64_t update, Instant now);

// Whether somebody who wants `wanted` (nothing: all) is told of what concerns `concerned` (nothing:
// nobody can say, so all).
bool concerns(const Components& wanted, const Components& concerned);

struct Batch {
    std::vector<Subscriber> next;       // Confirmed, by id, after Telling::after; batch_most.
    std::vector<std::string> webhooks;  // With the first batch.
    Components concerned;
};
ops::Decision tell(const Telling& telling, const Batch& batch, Instant now);

// --- what came of a letter ---------------------------------------------------------------------

struct Came {
    enum class How : std::uint8_t { taken, later, refused } how = How::taken;
    std::string detail = {};  // Without the address.
};
// No subscriber: a webhook, or they are gone.
ops::Decision on_result(const Letter& letter, const std::optional<Subscriber>& subscriber,
                        const Came& came, Instant now);

}  // namespace sg::subscribers
