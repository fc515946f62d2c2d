// Scaling and restarting what runs here, for operations: by the supervisor, within a deadline.
#pragma once

#include <cstdint>
#include <string>

#include "platform/local/files.h"
#include "ports/executor.h"

namespace sg::platform::local {

// `scale` and `restart`. Requires: ports::check(act).
Result<std::string> before(const Layout& layout, const ports::Act& act, Tick deadline);

// `scale` says what is wanted and does not wait. `restart` waits until the new processes are
// healthy, one after another, as long as there is time; the supervisor goes on without us.
Result<std::string> carry_out(const Layout& layout, const ports::Order& order, Tick deadline);

// `scale` alone.
Result<std::string> take_back(const Layout& layout, const ports::Order& order,
                              const std::string& before, Tick deadline);

}  // namespace sg::platform::local
