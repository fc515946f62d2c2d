// The rows: what was decided about each objective. An objective that is well has none.
#pragma once

#include <map>
#include <span>

#include "ops/decision/turn.h"
#include "ops/detect/slo/model.h"
#include "store/session.h"

namespace sg::slo {

Result<std::map<std::string, Standing>> load(const store::Tx& tx);
Result<std::optional<Standing>> find(const store::Tx& tx, const std::string& id);
Result<std::vector<Standing>> of_service(const store::Tx& tx, const std::string& service);

// For ops/spine.cc: how the rows follow from the events.
std::span<const ops::FoldRow> folds();

}  // namespace sg::slo
