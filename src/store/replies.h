// Replies to requests that carry an idempotency key: what is sent again is answered again, not
// done again. The key is noted in the transaction that does it; the reply follows in one of its
// own, so that a crash between the two can lose the reply, never do it twice.
#pragma once

#include <optional>
#include <string>

#include "store/session.h"

namespace sg::store {

struct Claim {
    std::string key;     // Whose it is and what they call it.
    std::string digest;  // Of what was asked.
    Instant at;
};

struct KeptReply {
    std::string digest;
    std::int64_t status = 0;  // 0: done, and its reply was not kept.
    std::string body;
    Instant at;
};

Result<std::optional<KeptReply>> find_reply(Session& session, const std::string& key);
Result<void> claim(const Tx& tx, const Claim& claim);  // Error: the key is taken.
Result<void> keep_reply(const Tx& tx, const std::string& key, const KeptReply& reply);
Result<void> forget_replies(const Tx& tx, Instant before);

}  // namespace sg::store
