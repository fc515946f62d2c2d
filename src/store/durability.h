// Whether what is committed would survive: of the database as it is set up, not of a promise.
#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "base/time.h"
#include "store/session.h"

namespace sg::store {

struct Durability {
    std::string weakness;         // Why a commit may be lost with the power; empty: it is not.
    bool wants_replica = false;   // A standby is named in its configuration.
    std::int64_t replicas = 0;    // That stream from it now.
    std::optional<Duration> lag;  // Of the one that is furthest behind; as far as we may see it.
};

// Asks the database; a few microseconds with SQLite. In a transaction of its own: an error may end
// that.
Result<Durability> durability(Session& session);

}  // namespace sg::store
