// What is changed at a PostgreSQL server, and only by a typed verb: one query ends. Inspecting
// never comes here.
#pragma once

#include <string>

#include "ports/executor.h"

namespace sg::platform::postgres {

// `cancel_query`. before() says which query the session runs; carry_out() cancels that one and no
// other: a session runs one query after another, and its number is used again by the system.
// Requires: ports::check(act).
Result<std::string> before(const std::string& target, const ports::Act& act, Tick deadline);
Result<std::string> carry_out(const std::string& target, const ports::Order& order, Tick deadline);

}  // namespace sg::platform::postgres
