// Faults that somebody must hold: processes that stand still, sessions that keep what others want.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "injectors.h"

namespace sg::app {

// The instance itself, or what it has started under that name.
Result<std::vector<int>> processes_of(int pid, const std::string& name);
std::string joined(const std::vector<int>& pids);  // `12 13`

// They stand still for at most `longest`: a guard of its own lets them go on, whatever becomes of
// us.
Result<void> freeze(const std::vector<int>& pids, Duration longest);
void thaw(const std::string& undo);  // `continue 12 13`

// Sessions with a database or a cache, for at most `longest`; they end when it is given up.
Result<std::shared_ptr<Injectors::Held>> hold(const ports::Fault& fault, const std::string& target,
                                              Duration longest);

}  // namespace sg::app
