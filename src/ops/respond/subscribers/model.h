// The nouns of being told: a subscriber, a letter to one, and the payloads of events. No address is
// in any of them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/describe.h"
#include "base/time.h"
#include "ops/decision/kinds.h"

namespace sg::subscribers {

using Components = std::vector<std::string>;  // Of the status page; empty: all.

// Somebody who is told by mail. Webhooks stand in the configuration.
struct Subscriber {
    std::string id;         // 16 random hex digits.
    Components components;  // Confirmed.
    Components wanted;      // Asked for last.
    bool confirmed = false;
    Instant asked_at;  // Of `wanted`; a link confirms only what was asked then.
    Instant confirmed_at;
    std::int64_t refused = 0;  // Letters in a row that the mail server refused for good.
    bool operator==(const Subscriber&) const = default;
};

enum class Reason : std::uint8_t { unsubscribed, expired, refused, operators };

// What is to be handed to one: the question whether they want it, or an update.
struct Letter {
    std::string subscriber;   // Empty: a webhook.
    std::string webhook;      // Its name.
    std::string about;        // `notice:17`, `maintenance:3`; empty: the question.
    std::int64_t update = 0;  // Its number.
    std::int64_t attempt = 1;
    bool operator==(const Letter&) const = default;
};

struct SubscriberAsked {
    static constexpr ops::Kind kind = ops::Kind::subscriber_asked;
    std::string subscriber;
    Components components;
};
struct SubscriberConfirmed {
    static constexpr ops::Kind kind = ops::Kind::subscriber_confirmed;
    std::string subscriber;
};
struct SubscriberRemoved {
    static constexpr ops::Kind kind = ops::Kind::subscriber_removed;
    std::string subscriber;
    Reason reason = Reason::unsubscribed;
};
struct SubscriberRefused {  // By the mail server, for good.
    static constexpr ops::Kind kind = ops::Kind::subscriber_refused;
    std::string subscriber;
};
struct SubscriberReached {  // After it refused.
    static constexpr ops::Kind kind = ops::Kind::subscriber_reached;
    std::string subscriber;
};
struct SubscribersTold {  // One batch.
    static constexpr ops::Kind kind = ops::Kind::subscribers_told;
    std::string about;
    std::int64_t update = 0;
    std::int64_t mails = 0;
    std::int64_t webhooks = 0;
};
struct LetterGivenUp {
    static constexpr ops::Kind kind = ops::Kind::subscribers_letter_given_up;
    std::string to;  // The id of a subscriber, or the name of a webhook.
    std::string about;
    std::int64_t update = 0;
    std::int64_t attempts = 0;
    std::string detail;
};

void describe(Visitor& v, Subscriber& s);
void describe(Visitor& v, Letter& l);
void describe(Visitor& v, SubscriberAsked& e);
void describe(Visitor& v, SubscriberConfirmed& e);
void describe(Visitor& v, SubscriberRemoved& e);
void describe(Visitor& v, SubscriberRefused& e);
void describe(Visitor& v, SubscriberReached& e);
void describe(Visitor& v, SubscribersTold& e);
void describe(Visitor& v, LetterGivenUp& e);

}  // namespace sg::subscribers

namespace sg {
template <>
struct WordsOf<subscribers::Reason> {
    static constexpr std::string_view name = "a reason";
    static constexpr std::string_view words[] = {"unsubscribed", "expired", "refused", "operators"};
};
}  // namespace sg
