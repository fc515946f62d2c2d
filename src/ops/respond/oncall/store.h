// SQL of being on call; no rules.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "ops/decision/turn.h"
#include "ops/respond/oncall/quality.h"
#include "ops/respond/oncall/rearrange.h"

namespace sg::oncall {

// `since`: overrides and temporary schedules that ended before are left out; they are counted.
Result<Roster> load_roster(store::Session& session, const std::string& team, Instant since);
Result<std::vector<std::string>> teams_with_rotations(store::Session& session);
Result<std::map<std::string, std::int64_t>> load_turns(store::Session& session,
                                                       const std::string& team);
Result<std::optional<Override>> find_override(store::Session& session, std::int64_t id);
Result<std::optional<Temporary>> find_temporary(store::Session& session, std::int64_t id);

// Who was last told to stand where, and the notes that nobody was told yet.
Result<Standing> load_standing(store::Session& session, const std::string& team);
Result<std::vector<Note>> open_notes(store::Session& session, const std::string& team);

Result<std::optional<Page>> find_page(store::Session& session, std::int64_t id);
Result<std::vector<Page>> pages_of(store::Session& session, std::int64_t incident);
Result<std::vector<Paged>> paged_since(store::Session& session, Instant since);

Result<std::optional<Feed>> find_feed(store::Session& session, const std::string& digest);
Result<std::optional<Feed>> find_feed_by_id(store::Session& session, std::int64_t id);
Result<std::vector<Feed>> feeds(store::Session& session);

// How the tables follow from the events: one row per kind.
std::span<const ops::FoldRow> folds();

}  // namespace sg::oncall
