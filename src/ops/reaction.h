// The form of what follows from what: the rows of ops/spine.cc, and what they are given.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "ops/decision/turn.h"
#include "store/queue.h"

namespace sg::signals {
class History;
}

namespace sg::runbooks {
class Shelf;
}

namespace sg::ops {

// What a reaction may look at beside the database. Facts: nothing of it is in the ledger.
struct Senses {
    const signals::History* history = nullptr;
    const runbooks::Shelf* shelf = nullptr;
};

// When `kind` is in the ledger, `react` decides; in a transaction of its own, with a durable
// cursor.
struct Reaction {
    std::string_view name;  // Of the cursor: for ever.
    Kind kind;
    Result<void> (*react)(const Turn&, const Recorded&, const Senses&);
};

// When the clock `name` comes due. Any subject.
struct Alarm {
    std::string_view name;
    Result<void> (*ring)(const Turn&, const store::Wakeup&, const Senses&);
};

// What came of an action.
struct Performed {
    enum class How : std::uint8_t { done, again, failed };
    How how = How::done;
    std::string detail;         // What the other side said. Never a secret.
    Duration retry_after = 0s;  // Not before this, if the other side said so.
};

// Who learns what came of the actions of a kind. It decides whether there will be another attempt.
struct Outcome {
    std::string_view action;
    Result<void> (*take)(const Turn&, const store::Job&, const Performed&, const Senses&);
};

struct Spine {
    std::span<const Reaction> reactions;
    std::span<const Alarm> alarms;
    std::span<const Outcome> outcomes;
    std::span<const FoldRow> folds;
};

// A reaction that failed three times on a record: it goes on with the next, and somebody is told.
struct ReactionSetAside {
    static constexpr Kind kind = Kind::reaction_set_aside;
    std::string reaction;
    std::int64_t record = 0;
    std::string error;
};
void describe(Visitor& v, ReactionSetAside& e);

struct ActionFailed {
    static constexpr Kind kind = Kind::action_failed;
    std::string action;
    std::string key;
    std::int64_t attempts = 0;
    std::string error;
};
void describe(Visitor& v, ActionFailed& e);

}  // namespace sg::ops
