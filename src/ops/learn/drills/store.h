// The table of drills. No rules.
#pragma once

#include <span>

#include "ops/decision/turn.h"
#include "ops/learn/drills/ask.h"

namespace sg::drills {

std::span<const ops::FoldRow> folds();

}  // namespace sg::drills
