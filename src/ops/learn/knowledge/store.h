// SQL of post-mortems and action items; no rules.
#pragma once

#include <span>

#include "ops/decision/turn.h"
#include "ops/learn/knowledge/ask.h"

namespace sg::knowledge {

// Those that were to prevent something, of incidents with this signal.
Result<std::vector<ActionItem>> items_against(store::Session& session, const std::string& key);

std::span<const ops::FoldRow> folds();

}  // namespace sg::knowledge
