// What can happen in a story after its time: `traffic checkout 800/s`, `bo acknowledges`.
#pragma once

#include <functional>

#include "givens.h"
#include "world.h"

namespace sg::sim {

using Act = std::function<Result<void>(World&)>;

// The words after `at 10m`. Services that are named there exist.
Act read_doing(Words& words, Givens& givens);

}  // namespace sg::sim
