// SQL of the status page; no rules.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "ops/decision/turn.h"
#include "ops/respond/statuspage/model.h"

namespace sg::statuspage {

Result<std::map<std::string, Component>> components(store::Session& session);
Result<std::optional<Notice>> find_notice(store::Session& session, std::int64_t id);
Result<std::optional<Notice>> notice_of(store::Session& session, std::int64_t incident);
Result<std::vector<Notice>> open_notices(store::Session& session);  // Also what is not public yet.
// Those that changed since then, newest first.
Result<std::vector<Notice>> notices_since(store::Session& session, Instant since);

Result<std::optional<Maintenance>> find_maintenance(store::Session& session, std::int64_t id);
Result<std::vector<Maintenance>> maintenances_since(store::Session& session, Instant since);

struct PastDay {
    std::string day;  // `2026-11-23`
    Day of;
};
Result<std::vector<PastDay>> days_since(store::Session& session, const std::string& day);
Result<std::string> last_day(store::Session& session);  // Empty: none was closed yet.

Result<std::optional<Target>> target(store::Session& session, const std::string& name);
Result<std::vector<Target>> broken_targets(store::Session& session);

// How the tables follow from the events: one row per kind.
std::span<const ops::FoldRow> folds();

}  // namespace sg::statuspage
