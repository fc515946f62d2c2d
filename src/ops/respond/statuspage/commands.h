// For the spine and the API. Each runs in the caller's transaction.
#pragma once

#include <optional>

#include "ops/decision/turn.h"
#include "ops/detect/signals/ask.h"
#include "ops/respond/statuspage/decide.h"

namespace sg::statuspage {

// With a configuration that has a page: its clock runs. `history` may be absent.
Result<void> follow_configuration(const ops::Turn& turn, const signals::History* history);

// How the components stand now; what changed is written.
Result<void> judge(const ops::Turn& turn, const signals::History* history);

// Its clock, once a minute: judges, closes days, and writes the page anew now and then.
Result<void> tick(const ops::Turn& turn, const signals::History* history);

Result<void> on_incident(const ops::Turn& turn, std::int64_t incident, Occasion occasion);
Result<void> on_draft_due(const ops::Turn& turn, const ops::Subject& subject);
Result<void> on_maintenance_due(const ops::Turn& turn, const ops::Subject& subject);
// What came of an action `statuspage.deliver`; no detail: it was written.
Result<void> on_delivered(const ops::Turn& turn, const std::string& body,
                          const std::string& detail);

// --- by people -----------------------------------------------------------------------------------

// Of an incident; a notice is opened where there is none. Without words what is drafted goes out.
Result<void> publish(const ops::Turn& turn, const ops::Actor& actor, std::int64_t incident,
                     const std::optional<Words>& words);
Result<void> write_draft(const ops::Turn& turn, const ops::Actor& actor, std::int64_t incident,
                         const Draft& draft);
Result<void> discard_draft(const ops::Turn& turn, const ops::Actor& actor, std::int64_t incident,
                           const std::string& reason);
// `wanted.fixed` false: as it is measured, from now on.
Result<void> fix_component(const ops::Turn& turn, const ops::Actor& actor, const Component& wanted,
                           const signals::History* history);
Result<std::int64_t> schedule_maintenance(const ops::Turn& turn, const ops::Actor& actor,
                                          MaintenanceScheduled wanted);
struct MaintenanceStep {
    std::int64_t maintenance = 0;
    Phase to = Phase::in_progress;
    std::string body;
};
Result<void> move_maintenance(const ops::Turn& turn, const ops::Actor& actor,
                              const MaintenanceStep& step);

}  // namespace sg::statuspage
