// The ledger: what happened, who did it, what it followed from. Append-only and hash-chained:
// whoever changes, removes or swaps a record breaks the chain; whoever recomputes the chain or cuts
// its end contradicts the head that was published outside. Tamper-evident, no more.
//
// The pre-image of a record's hash is written down in docs/ledger.md.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "store/session.h"

namespace sg::store {

struct NewEntry {
    Instant recorded_at;
    std::string kind;
    std::int64_t version = 1;
    std::string who;
    std::string origin;
    std::optional<std::int64_t> cause;
    std::vector<std::string> subjects;
    std::string payload;
};

struct Entry : NewEntry {
    std::int64_t seq = 0;
    std::string salt;    // Empty, as the payload is, when the content was erased.
    std::string digest;  // SHA-256(salt ‖ payload).
    std::string prev;    // Hash of the record before; 64 zeros for the first.
    std::string hash;
    bool erased = false;
};

struct Head {
    std::int64_t seq = 0;
    std::string hash;
};

// The last lock taken in a transaction. Error `unavailable`, and a session that is_lost(): another
// leader has appended, step down.
Result<Entry> append(const Tx& tx, NewEntry entry);

Result<Head> head(Session& session);  // Nothing yet: 0 and 64 zeros.
Result<std::optional<Entry>> find_entry(Session& session, std::int64_t seq);

// In order; `after` is exclusive. Of a subject, of kinds, or all.
struct Range {
    std::int64_t after = 0;
    std::int64_t limit = 100;
    std::string subject;
    std::string kind;
};
Result<std::vector<Entry>> entries(Session& session, const Range& range);
Result<std::vector<Entry>> entries_before(Session& session, const std::string& subject,
                                          std::int64_t before, std::int64_t limit);

// Erases the content of a record; the chain still verifies. The command that does it is recorded.
Result<void> erase_payload(const Tx& tx, std::int64_t seq);

// --- verification --------------------------------------------------------------------------------

// A head that was published outside: `seq hash`, a line each.
using Anchors = std::vector<Head>;
Result<Anchors> parse_anchors(std::string_view text);

struct Verdict {
    std::int64_t records = 0;
    std::int64_t erased = 0;
    Head head;
    // The first thing that is wrong; empty: the chain holds.
    std::string wrong;
    std::int64_t at = 0;
};

using Progress = std::function<void(std::int64_t records)>;
Result<Verdict> verify(Session& session, const Anchors& anchors, const Progress& progress = {});

std::string hash_of(const Entry& entry);  // Of its fields, digest and prev included.

}  // namespace sg::store
