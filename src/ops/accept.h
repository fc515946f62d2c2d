// A configuration comes into force: recorded once, so that "what changed" has an answer.
#pragma once

#include <string>

#include "ops/decision/turn.h"

namespace sg::ops {

struct ConfigAccepted {
    static constexpr Kind kind = Kind::config_accepted;
    std::string digest;  // Of its document with all defaults, secrets left out.
    std::string file;
    std::string difference;  // From what was in force before; empty: that is not known any more.
};
void describe(Visitor& v, ConfigAccepted& e);

struct LedgerBegun {
    static constexpr Kind kind = Kind::ledger_begun;
    std::string version;
};
void describe(Visitor& v, LedgerBegun& e);

// The first record of a new ledger, then what is in force unless that was the last that came into
// force. True: it is new.
Result<bool> accept(const Turn& turn, const Actor& actor, const ConfigAccepted& accepted,
                    const std::string& version);

}  // namespace sg::ops
