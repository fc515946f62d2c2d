// What others may ask about being on call. Teams and people are named as in the configuration.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/model.h"
#include "ops/respond/oncall/decide.h"
#include "ops/respond/oncall/quality.h"
#include "ops/respond/oncall/schedule.h"
#include "store/session.h"

namespace sg::oncall {

// Error: `not_found`, there is no such team.
Result<Schedule> schedule_of(store::Session& session, const config::Config& config,
                             const std::string& team, Instant since);
Result<OnCall> who_is_on_call(store::Session& session, const config::Config& config,
                              const std::string& team, Instant at);
// By level and time, slots merged.
Result<std::vector<Shift>> shifts(store::Session& session, const config::Config& config,
                                  const std::string& team, Span span);
Result<Quality> quality_of(store::Session& session, const config::Config& config,
                           const std::string& team, Instant now);

// Those that hold or are to come.
Result<std::vector<Override>> overrides_of(store::Session& session, const std::string& team,
                                           Instant now);
Result<std::vector<Temporary>> temporaries_of(store::Session& session, const std::string& team,
                                              Instant now);
Result<std::vector<Note>> open_notes(store::Session& session, const std::string& team);

// Who can be paged for a team, known people only. Never fails but for the database: with rotations
// that make no sense there is nobody on call, and the escalation goes on to everyone.
Result<Crew> crew_of(store::Session& session, const config::Config& config, const std::string& team,
                     Instant at);

Result<std::optional<Page>> find_page(store::Session& session, std::int64_t id);
Result<std::vector<Page>> pages_of(store::Session& session, std::int64_t incident);
struct PageWish {
    std::int64_t incident = 0;  // 0: of all.
    std::int64_t before = INT64_MAX;
    std::int64_t limit = 50;
};
Result<std::vector<Page>> list_pages(store::Session& session,
                                     const PageWish& wish);  // Newest first.

// The calendar behind a token, `text/calendar; charset=utf-8`. Nothing: there is no such feed, or
// it was revoked.
Result<std::optional<std::string>> calendar_of(store::Session& session,
                                               const config::Config& config, std::string_view token,
                                               Instant now);
Result<std::vector<Feed>> feeds(store::Session& session);

}  // namespace sg::oncall
