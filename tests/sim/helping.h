// What people do about mitigations in a story: `ana approves`, `bo does clear_cache need=sessions`.
#pragma once

#include <string>

#include "doings.h"

namespace sg::sim {

// After the verb. Empty: it is none of these.
Act read_helping(Words& words, const std::string& who, const std::string& verb);

}  // namespace sg::sim
