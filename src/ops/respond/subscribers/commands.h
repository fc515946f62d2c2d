// For the spine, the API and the public door. Each runs in the caller's transaction.
#pragma once

#include <string>

#include "ops/decision/turn.h"
#include "ops/respond/subscribers/decide.h"
#include "ops/respond/subscribers/link.h"

namespace sg::subscribers {

inline constexpr std::int64_t confirmed_most = 100'000;  // Bound: of subscribers...
inline constexpr std::int64_t asked_most = 10'000;       // ...and of those who never answered.

struct Question {
    std::string address;  // As address_of() gives it.
    Components components;
    std::string id;  // 16 random hex digits and a random secret: used if it is not known yet.
    std::string secret;
};
// Sends the question. Says nothing of whether the address is known. Errors: `not_found`, nobody can
// subscribe; `invalid_argument`, a component does not exist; `exhausted`.
Result<void> ask(const ops::Turn& turn, const ops::Actor& actor, const Question& question);

// By link. Error: `permission_denied`, whatever is wrong with it.
Result<void> confirm(const ops::Turn& turn, const Claim& claim);
// More than once is once: no error.
Result<void> unsubscribe(const ops::Turn& turn, const Claim& claim);

// By an operator: an id, or an address. Error: `not_found`.
Result<void> remove(const ops::Turn& turn, const ops::Actor& actor, const std::string& whom);

Result<void> on_expiry(const ops::Turn& turn, const ops::Subject& subject);

// An update of the status page was published: nobody is told in this transaction.
Result<void> on_published(const ops::Turn& turn, const ops::Recorded& event);
Result<void> on_batch_due(const ops::Turn& turn, const std::string& subject);
Result<void> on_result(const ops::Turn& turn, const std::string& body, const Came& came);

}  // namespace sg::subscribers
