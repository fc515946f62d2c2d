// Carrying out a typed verb on the platform: the orchestrator, the gateway, a database, a cache.
// Whether it may be done is decided elsewhere; this only does it, and takes it back.
#pragma once

#include <string>

#include "base/result.h"
#include "base/time.h"
#include "ports/verbs.h"

namespace sg::ports {

struct Order {
    // `mitigation-17`. What is carried out in the gateway bears it as the id of a directive, so
    // that the same order given twice is in force once.
    std::string id;
    Act act;
    std::string origin;  // `mitigation`, `drill`, a person
    std::string reason;
    // The gateway takes it back by itself then, even with operations dead; other platforms do not
    // know of it.
    Instant expires_at = Instant::never();
    // What before() found when it was asked for this act. A verb that must hit what was meant then,
    // and nothing else (cancel_query), refuses without it.
    std::string before = {};
};

class Executor {
  public:
    virtual ~Executor() = default;

    // What is in force now of what the act changes, in a form that take_back() reads; it is
    // recorded before anything is done. Error: it cannot be done here, so it is not begun.
    virtual Result<std::string> before(const Act& act, Instant now) const = 0;

    // Blocks, at most 10 s. Returns what was done, for people. Requires: check(order.act).
    // Error: `again` of its code says whether the same may be tried once more.
    virtual Result<std::string> carry_out(const Order& order, Instant now) const = 0;

    // Puts back what before() found. Done already, or never carried out: no error. Requires: the
    // verb's undo is `restores`.
    virtual Result<std::string> take_back(const Order& order, const std::string& before,
                                          Instant now) const = 0;
};

}  // namespace sg::ports
