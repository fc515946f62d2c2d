// Load, decide, record. For the spine and the API. Who is on call follows from the configuration
// through follow_configuration; everything else is said by people or by the clocks.
#pragma once

#include <string>
#include <string_view>

#include "ops/decision/turn.h"
#include "ops/respond/oncall/decide.h"
#include "ops/respond/oncall/model.h"
#include "ops/respond/oncall/rearrange.h"

namespace sg::oncall {

// --- the page -----------------------------------------------------------------------------------

// Begins the page of an incident; with a page under way, tells it a new severity. SEV-4 pages
// nobody: it is a ticket, until its severity rises or somebody escalates it.
Result<void> page(const ops::Turn& turn, const Trouble& trouble);

// The clocks page_step and page_reopen_due, of `page:17`.
Result<void> next_step(const ops::Turn& turn, const ops::Subject& subject);
Result<void> reopen(const ops::Turn& turn, const ops::Subject& subject);

struct Answer {
    std::int64_t page = 0;      // This one...
    std::int64_t incident = 0;  // ...or all that are open of this incident.
    std::string how;            // `link`, `cli`, `api`, `slack`
};
// By actor.who. Errors, of a page by its own number: `not_found`; `conflict`, it has stopped.
Result<void> acknowledge(const ops::Turn& turn, const ops::Actor& actor, const Answer& answer);

// Sends the pages of an incident on to the next step; begins one where there is none, of any
// severity.
Result<void> escalate(const ops::Turn& turn, const ops::Actor& actor, const Trouble& trouble,
                      const std::string& why);

Result<void> stop(const ops::Turn& turn, std::int64_t incident, const std::string& why);

// --- the schedule -------------------------------------------------------------------------------

// After each change of the configuration, and at the start.
Result<void> follow_configuration(const ops::Turn& turn);

// The clock handover_due, of `team:checkout`.
Result<void> hand_over(const ops::Turn& turn, const ops::Subject& subject);

// Return the number of what was added. `team` is set; the id and the times of its own are not.
Result<std::int64_t> add_override(const ops::Turn& turn, const ops::Actor& actor,
                                  const Override& wanted);
Result<std::int64_t> add_temporary(const ops::Turn& turn, const ops::Actor& actor,
                                   const Temporary& wanted);
Result<std::int64_t> note_handover(const ops::Turn& turn, const ops::Actor& actor,
                                   const Note& wanted);
Result<void> remove_override(const ops::Turn& turn, const ops::Actor& actor, std::int64_t id);
Result<void> remove_temporary(const ops::Turn& turn, const ops::Actor& actor, std::int64_t id);

// Of one level: the shift at `one` for the shift at `other`.
Result<void> swap(const ops::Turn& turn, const ops::Actor& actor, const std::string& team,
                  const Swap& wanted);

// Every event of the coming year in a calendar as an override like `like`: who takes over, who
// leaves, at which level. Returns how many.
struct Import {
    Override like;
    std::string calendar;
};
Result<std::int64_t> import_overrides(const ops::Turn& turn, const ops::Actor& actor,
                                      const Import& import);

// Opens a feed of a person or of a team; returns its token, which is nowhere else. `random`: at
// least 16 bytes from a source that nobody can predict.
struct FeedWanted {
    std::string person;
    std::string team;
    std::string_view random;
};
Result<std::string> open_feed(const ops::Turn& turn, const ops::Actor& actor,
                              const FeedWanted& wanted);
Result<void> revoke_feed(const ops::Turn& turn, const ops::Actor& actor, std::int64_t id);

}  // namespace sg::oncall
