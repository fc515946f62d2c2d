// What is changed at a Redis server, and only by a typed verb: its limit of memory, and keys that
// go. Inspecting never comes here.
#pragma once

#include <string>

#include "ports/executor.h"

namespace sg::platform::redis {

struct Server {
    std::string target;
    std::string ca;  // Whom to trust; empty: the system's.
};

// `grow_cache` and `clear_cache`. Requires: ports::check(act).
Result<std::string> before(const Server& server, const ports::Act& act, Tick deadline);
Result<std::string> carry_out(const Server& server, const ports::Order& order, Tick deadline);

// `grow_cache` alone. What somebody else has set since stays.
Result<std::string> take_back(const Server& server, const ports::Order& order,
                              const std::string& before, Tick deadline);

}  // namespace sg::platform::redis
