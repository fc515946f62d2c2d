// What a supervisor must know of its predecessor: which processes are whose. Written after every
// change, so that a supervisor that is killed at any moment leaves a true picture behind.
#pragma once

#include <string>

#include "base/result.h"
#include "platform/local/keeper.h"
#include "platform/local/model.h"

namespace sg::platform::local {

struct Remembered {
    State orchestra;
    Keeper keeper;
};

std::string to_text(const State& orchestra, const Keeper& keeper, const std::string& boot);

// Empty state for a file of another boot: none of its processes can live.
Result<Remembered> from_text(const std::string& text, const std::string& boot);

}  // namespace sg::platform::local
