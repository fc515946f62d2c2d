// The rows: alerts, silences, groups, expected heartbeats.
#pragma once

#include <span>

#include "ops/decision/turn.h"
#include "ops/detect/alerts/decide.h"
#include "store/session.h"

namespace sg::alerts {

Result<Standing> load(const store::Tx& tx);  // What is open, active or was told.
Result<std::optional<Alert>> find(const store::Tx& tx, const std::string& fingerprint);
Result<std::vector<Alert>> open_of(const store::Tx& tx, const std::string& service);
Result<std::vector<Alert>> latest(const store::Tx& tx, std::int64_t limit);  // Resolved included.
Result<std::optional<Silence>> find_silence(const store::Tx& tx, std::int64_t number);
Result<std::vector<Silence>> silences(const store::Tx& tx);  // Those that are not over.
Result<std::vector<ExpectedHeartbeat>> heartbeats(const store::Tx& tx);

// For ops/spine.cc: how the rows follow from the events.
std::span<const ops::FoldRow> folds();

}  // namespace sg::alerts
